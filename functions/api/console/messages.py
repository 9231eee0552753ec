"""Messages that wait for a person's release: who they are for, one let go or discarded, or all of a journey."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.pieces import piece_of
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.roles import require
from sojourn.errors import Problem

PAGE = 50
LIST = "/console/messages"
LONGEST = 200

messages = Blueprint(__name__)


@page(messages, LIST)
def list_waiting(request: Request, session: Session) -> Response:
    """Those that expire next first, of every journey or of `?journey=`."""
    journey, piece = parameter(request, "journey") or "", piece_of(request, session, PAGE)
    query = {"state": "waiting", "journey": journey, **piece.query(parts=3, rest=3)}
    told = ask(session, "GET", "/api/messages", query).body
    show, template = (part, "rows") if piece.is_rest else (render, "list")
    links = piece.links(told, LIST, **({"journey": journey} if journey else {}))
    return show(session, f"messages/{template}.html", journey=journey, messages=told["items"], **links)


@page(messages, "/console/messages/{message}/release", "POST")
def release(request: Request, session: Session, message: str) -> Response:
    """One goes."""
    ask(session, "POST", at("/api/messages/{message}/release", message=message))
    return redirect(LIST, flash=_("Released: it goes within a minute, if every other gate is open."))


@page(messages, "/console/messages/{message}/discard")
def ask_discard(request: Request, session: Session, message: str) -> Response:
    """The question before, with the reason."""
    require(session.role, "POST", "/api/messages/{message}/discard")
    return _question(session, message)


@page(messages, "/console/messages/{message}/discard", "POST")
def discard(request: Request, session: Session, message: str) -> Response:
    """One does not go."""
    why = form(request).get("reason")
    try:
        ask(session, "POST", at("/api/messages/{message}/discard", message=message), body={"reason": why})
    except Problem as problem:
        if problem.status != 400:
            raise
        return _question(session, message, 422, why=why, error=problem.message)
    return redirect(LIST, flash=_("Discarded: it does not go, and the run goes on."))


@page(messages, "/console/journeys/{name}/release")
def ask_release_all(request: Request, session: Session, name: str) -> Response:
    """The question before, with how many are known to wait."""
    require(session.role, "POST", "/api/journeys/{name}/release")
    told = ask(session, "GET", "/api/messages", {"state": "waiting", "journey": name, "limit": PAGE}).body
    facts: dict[str, Any] = {"name": name, "count": len(told["items"]), "more": bool(told["next"])}
    return render(session, "messages/release.html", **facts)


@page(messages, "/console/journeys/{name}/release", "POST")
def release_all(request: Request, session: Session, name: str) -> Response:
    """All of a journey that wait by now."""
    ask(session, "POST", at("/api/journeys/{name}/release", name=name))
    return redirect(LIST, flash=_("Released: they go within minutes, if every other gate is open."))


def _question(session: Session, message: str, status: int = 200, **told: Any) -> Response:
    facts = {"message": message, "why": "", "error": "", "longest": LONGEST, **told}
    return render(session, "messages/discard.html", status, **facts)
