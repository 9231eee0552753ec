"""Who stands in a step of a journey, and why a person is in it or not."""

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.journeys import here
from functions.api.console.pieces import piece_of
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

PAGE = 50

people = Blueprint(__name__)


@page(people, "/console/journeys/{name}/people")
def list_people(request: Request, session: Session, name: str) -> Response:
    """Those who stand in `?step=`, by cursor."""
    step, piece = parameter(request, "step") or "", piece_of(request, session, PAGE)
    query = {"step": step, **piece.query(parts=2, rest=2)}
    told = ask(session, "GET", at("/api/journeys/{name}/people", name=name), query).body
    show, template = (part, "people_rows") if piece.is_rest else (render, "people")
    facts = {"name": name, "here": here(name), "step": step, "people": told["items"]}
    links = piece.links(told, here(name, "people"), step=step)
    return show(session, f"journeys/{template}.html", **facts, **links)


@page(people, "/console/journeys/{name}/explain")
def explain(request: Request, session: Session, name: str) -> Response:
    """Why somebody is in it or not, and what comes next."""
    asked = parameter(request, "contact")
    told, error = None, ""
    if asked:
        try:
            told = ask(session, "GET", "/api/explain", {"journey": name, "contact": asked}).body
        except Problem as problem:
            if problem.code != "contact_not_found":
                raise
            error = _("Nobody is known by this. Try an address, a user id or our own id.")
    return render(
        session,
        "journeys/explain.html",
        422 if error else 200,
        name=name,
        here=here(name),
        asked=asked or "",
        told=told,
        error=error,
    )
