"""People of older versions: brought to the live one, or let go on in it after they had finished; and one let in."""

import uuid
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.fates import clauses_of, fates, standing_in
from functions.api.console.forms import Form, form
from functions.api.console.journeys import here
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.roles import require
from sojourn.errors import Problem

REFUSED = (400, 404, 409, 422)
SHARDS = 8  # parts in which people are moved: how far it has come

moving = Blueprint(__name__)


@page(moving, "/console/journeys/{name}/move")
def show_moving(request: Request, session: Session, name: str) -> Response:
    """How far those have come who were told to move; who is in older versions is counted when it is asked for, since
    that looks through the index of all open runs."""
    return _shown(session, name, is_counted=parameter(request, "count") is not None)


@page(moving, "/console/journeys/{name}/older")
def show_older(request: Request, session: Session, name: str) -> Response:
    """The same for the page that is open already."""
    if not session.is_part:
        return redirect(here(name, "move") + "?count=yes")
    live = _live(session, name)
    return part(session, "moving/older.html", **_facts(session, name, live), **_counted(session, name, live))


@page(moving, "/console/journeys/{name}/move/{version}")
def show_progress(request: Request, session: Session, name: str, version: str) -> Response:
    """The part that changes while they move; the page changes with the end."""
    told = _progress(session, name, int(version) if version.isdecimal() else 0)
    if not session.is_part or not _is_on(told):
        return redirect(here(name, "move"))
    return part(session, "moving/progress.html", here=here(name), version=version, **told)


@page(moving, "/console/journeys/{name}/move", "POST")
def move(request: Request, session: Session, name: str) -> Response:
    """By the step that each stands in."""
    said = form(request)
    clauses = clauses_of(said)
    if not clauses:
        return redirect(here(name, "move"), flash=_("Everybody stays."))
    try:
        ask(session, "POST", at("/api/journeys/{name}/migrations", name=name), body={"clauses": clauses})
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return _shown(session, name, problem.status, error=problem.message, said=said)
    return redirect(here(name, "move"), flash=_("They are on their way."))


@page(moving, "/console/journeys/{name}/continue", "POST")
def go_on(request: Request, session: Session, name: str) -> Response:
    """Those who have finished an older version go on at a step of the live one."""
    to = form(request).raw("to")
    try:
        ask(session, "POST", at("/api/journeys/{name}/continuations", name=name), body={"to": to})
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return _shown(session, name, problem.status, error=problem.message)
    return redirect(here(name, "move"), flash=_("They are being let in."))


@page(moving, "/console/journeys/{name}/enrol")
def ask_whom(request: Request, session: Session, name: str) -> Response:
    """One person, by their address, user id or our id."""
    require(session.role, "POST", "/api/journeys/{name}/enrolments")
    return _whom(session, name, {"once": uuid.uuid4().hex})


@page(moving, "/console/journeys/{name}/enrol", "POST")
def enrol(request: Request, session: Session, name: str) -> Response:
    """Asked for; whether they may come in is decided when it takes effect, and Explain tells."""
    said = form(request)
    try:
        person = ask(session, "GET", at("/api/contacts/{contact}", contact=said.get("contact") or "-")).body
        body = {"contact": person["id"], **({"key": said.get("key")} if said.get("key") else {})}
        # Sent twice, it is one request: the form bears the mark that tells.
        headers = {"Idempotency-Key": said.get("once") or uuid.uuid4().hex}
        ask(session, "POST", at("/api/journeys/{name}/enrolments", name=name), body=body, headers=headers)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        error = (
            _("Nobody is known by this. Try an address, a user id or our own id.")
            if problem.code == "contact_not_found"
            else problem.message
        )
        return _whom(session, name, {**said.as_dict(), "once": uuid.uuid4().hex}, error)
    explained = at("?contact={contact}", contact=person["id"])
    flash = _("Asked for. Within seconds you see here whether they came in, and why not if not.")
    return redirect(here(name, "explain") + explained, flash=flash)


def _whom(session: Session, name: str, said: dict[str, str], error: str = "") -> Response:
    status = 422 if error else 200
    return render(session, "moving/enrol.html", status, name=name, here=here(name), said=said, error=error)


def _shown(
    session: Session,
    name: str,
    status: int = 200,
    *,
    error: str = "",
    said: Form | None = None,
    is_counted: bool = True,
) -> Response:
    live = _live(session, name)
    facts = {**_facts(session, name, live), "error": error, "is_counted": is_counted}
    counted = _counted(session, name, live, said) if is_counted else {}
    return render(session, "moving/move.html", status, **facts, **counted)


def _live(session: Session, name: str) -> dict[str, Any]:
    require(session.role, "POST", "/api/journeys/{name}/migrations")
    found: dict[str, Any] = ask(session, "GET", at("/api/journeys/{name}/versions/live", name=name)).body
    return found


def _facts(session: Session, name: str, live: dict[str, Any]) -> dict[str, Any]:
    about = {"name": name, "here": here(name), "version": live["version"]}
    return {**about, **_progress(session, name, live["version"])}


def _counted(session: Session, name: str, live: dict[str, Any], said: Form | None = None) -> dict[str, Any]:
    """Who stands where, and what was chosen for them."""
    plan = ask(
        session,
        "POST",
        at("/api/journeys/{name}/plan", name=name),
        body=live["source"],
        headers={"Content-Type": "application/yaml"},
    ).body
    older = {version: count for version, count in plan["standing"].items() if int(version) < live["version"]}
    return {
        "standing": standing_in(older, clauses_of(said or Form()), plan["may_move_to"]),
        "fates": fates(plan["may_move_to"]),
        "may_move_to": plan["may_move_to"],
    }


def _progress(session: Session, name: str, version: int) -> dict[str, Any]:
    """How far both have come; none where none was asked for."""
    return {
        "migration": _found(session, "/api/journeys/{name}/migrations/{version}", name, version),
        "continuation": _found(session, "/api/journeys/{name}/continuations/{version}", name, version),
        "shards": SHARDS,
    }


def _found(session: Session, path: str, name: str, version: int) -> Any:
    try:
        return ask(session, "GET", at(path, name=name, version=version)).body
    except Problem as problem:
        if problem.status != 404:
            raise
        return None


def _is_on(told: dict[str, Any]) -> bool:
    return any(told[each] and told[each]["status"] == "running" for each in ("migration", "continuation"))
