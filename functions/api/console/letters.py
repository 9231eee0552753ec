"""Templates: the list, one as people would get it, and a test to somebody of the team."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.frames import framed
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

PER_PAGE = 50
letters = Blueprint(__name__)


@page(letters, "/console/templates")
def list_templates(request: Request, session: Session) -> Response:
    """Every one with its newest version."""
    cursor = parameter(request, "cursor")
    told = ask(session, "GET", "/api/templates", {"cursor": cursor, "limit": PER_PAGE}).body
    found = {"letters": told["items"], "next": told["next"], "is_first": cursor is None}
    return render(session, "templates/list.html", **found)


@page(letters, "/console/templates/{name}")
def show_template(request: Request, session: Session, name: str) -> Response:
    """Its newest version, as somebody (`?as=`, our own id) would get it, or with its fields' names."""
    return _shown(session, name, whose=parameter(request, "as") or "")


@page(letters, "/console/templates/{name}/as", "POST")
def look_as(request: Request, session: Session, name: str) -> Response:
    """As somebody who is known by an address: the page's own address then has their id, and nothing personal."""
    said, here = form(request).get("as"), at("/console/templates/{name}", name=name)
    if not said:
        return redirect(here)
    try:
        found = ask(session, "GET", at("/api/contacts/{contact}", contact=said)).body
    except Problem as problem:
        if problem.status not in (400, 404):
            raise
        unknown = _("Nobody is known by this. Try an address, a user id or our own id.")
        return _shown(session, name, 422, asked=said, unknown=unknown)
    return redirect(f"{here}?as={found['id']}")


@page(letters, "/console/templates/{name}/preview")
def preview(request: Request, session: Session, name: str) -> Response:
    """Its HTML by itself, in a sandbox: of `?version=`, to `?as=`, and with `?dark=1` as a dark mailbox shows it."""
    version = parameter(request, "version") or ""
    number = int(version) if version.isascii() and version.isdigit() else None
    told = looked_at(session, name, parameter(request, "as") or "", version=number)
    return framed(told["html"], dark=parameter(request, "dark") is not None)


@page(letters, "/console/templates/{name}/test", "POST")
def send_test(request: Request, session: Session, name: str) -> Response:
    """One to somebody of the team, with the facts of a contact where one is named."""
    said = form(request)
    body = {"to": said.get("to"), **({"as": said.get("as")} if said.get("as") else {})}
    try:
        told = ask(session, "POST", at("/api/templates/{name}/test", name=name), body=body).body
    except Problem as problem:
        if problem.status not in (400, 404):
            raise
        return _shown(session, name, 422, to=said.get("to"), error=problem.message)
    return redirect(at("/console/templates/{name}", name=name), flash=_outcome(told))


def newest(session: Session, name: str) -> dict[str, Any]:
    """As its author wrote it."""
    told: dict[str, Any] = ask(session, "GET", at("/api/templates/{name}", name=name)).body
    return told


def looked_at(session: Session, name: str, whose: str, **more: Any) -> dict[str, Any]:
    """As they would get it; with made-up facts for nobody."""
    body = {key: value for key, value in {"as": whose, **more}.items() if value}
    told: dict[str, Any] = ask(
        session, "POST", at("/api/templates/{name}/preview", name=name), body=body
    ).body
    return told


def _shown(session: Session, name: str, status: int = 200, *, whose: str = "", **told: Any) -> Response:
    letter = newest(session, name)
    broken, look = "", None
    try:
        look = looked_at(session, name, whose, version=letter["version"])
    except Problem as problem:
        if problem.status not in (400, 404, 422):
            raise
        broken = problem.message
    facts = {"to": "", "error": "", "asked": "", "unknown": "", "whose": whose, "broken": broken, **told}
    return render(session, "templates/template.html", status, letter=letter, look=look, **facts)


def _outcome(told: Mapping[str, Any]) -> str:
    if told["state"] == "sent":
        return _("The test of version %(version)s is on its way.") % {"version": told["version"]}
    return _("Nothing went out: %(state)s, %(reason)s.") % {"state": told["state"], "reason": told["reason"]}
