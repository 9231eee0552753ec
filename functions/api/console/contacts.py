"""One contact: their life on one line, and what is known of them beside it."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console import contacts_words as words
from functions.api.console.asking import ask, at
from functions.api.console.rendering import render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.paging import parameter
from sojourn.errors import Problem

A_PAGE, MOST_JOURNEYS = 40, 200

contacts = Blueprint(__name__)


@page(contacts, "/console/contacts/{contact}")
def show_contact(request: Request, session: Session, contact: str) -> Response:
    """The life-line, a page of it, and what holds now."""
    kind, cursor = parameter(request, "kind") or "", parameter(request, "cursor")
    told = life(session, contact, {"kind": kind, "cursor": cursor, "limit": A_PAGE})
    person = told["contact"]
    return render(
        session,
        "contacts/contact.html",
        person=person,
        name=words.name_of(person),
        path=path_of(person["id"]),
        days=words.days(told["items"], session.zone),
        kinds=words.kinds(),
        kind=kind,
        cursor=cursor,
        next=told["next"],
        traits=words.traits_of(person["traits"]),
        consent=words.consent_of(person["consent"]),
        segments=told["segments"],
        journeys=told["journeys"],
    )


@page(contacts, "/console/contacts/{contact}/explain")
def explain_contact(request: Request, session: Session, contact: str) -> Response:
    """Why they are in a journey or not; without one named, which ones there are to ask about."""
    journey = parameter(request, "journey") or ""
    person = ask(session, "GET", at("/api/contacts/{contact}", contact=contact)).body
    context: dict[str, Any] = {
        "name": words.name_of(person),
        "path": path_of(person["id"]),
        "journey": journey,
        "tones": words.TONES,
    }
    if not journey:
        known = ask(session, "GET", "/api/journeys", {"limit": MOST_JOURNEYS}).body["items"]
        names = [(each["name"], each["name"]) for each in known]
        return render(session, "contacts/explain.html", told=None, names=names, error="", **context)
    try:
        told = ask(session, "GET", "/api/explain", {"contact": contact, "journey": journey}).body
    except Problem as problem:
        if problem.status not in (400, 404):
            raise
        return render(
            session, "contacts/explain.html", 404, told=None, names=[], error=problem.message, **context
        )
    return render(session, "contacts/explain.html", told=told, names=[], error="", **context)


def life(session: Session, contact: str, query: dict[str, Any] | None = None) -> Any:
    """What the API tells of a contact's life."""
    return ask(session, "GET", at("/api/contacts/{contact}/timeline", contact=contact), query).body


def path_of(contact: str) -> str:
    """The page of a contact."""
    return at("/console/contacts/{contact}", contact=contact)
