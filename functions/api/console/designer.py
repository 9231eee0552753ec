"""Designing a journey: its outline, a form for the step that is chosen, its text, and what is wrong at each step.

All of it is one form. A button says what it does (designer_deeds), the server does it to the text and answers the desk
anew.
"""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import Answer, ask, at
from functions.api.console.colleagues import saved_meanwhile
from functions.api.console.designer_deeds import RefusedDeedError, deed_of, done
from functions.api.console.designer_desk import Desk, reading_of, sent
from functions.api.console.designer_fields import UnreadableFieldError
from functions.api.console.designer_merging import Conflicted, brought_together, conflict_of
from functions.api.console.designer_panel import applied
from functions.api.console.designer_showing import shown
from functions.api.console.designer_tree import found
from functions.api.console.forms import Form, form
from functions.api.console.journeys import here
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.rules_builder import types_of
from functions.api.console.rules_deeds import UndoneError
from functions.api.console.session import Session
from functions.api.console.texts import UneditableError, put
from functions.api.console.words import _
from functions.api.paging import parameter
from functions.api.roles import require
from sojourn.errors import Problem
from sojourn.journeys.checking.words import SLUG

REFUSED = (400, 413, 422)
CONFLICTS = (409, 412)
COPY = re.compile(r"-copy(-\d{1,4})?$")
LONGEST_STEM = 30  # with `-copy-1234` it is a name still
SAVING = ("PUT", "/api/journeys/{name}")
EMPTY = """\
journey: my-journey
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Say hello
    template: ""
"""

designer = Blueprint(__name__)


@page(designer, "/console/new-journey")
def show_new(request: Request, session: Session) -> Response:
    """A first step to go on from, or a copy of a journey that is there."""
    require(session.role, *SAVING)
    if other := parameter(request, "from"):
        text = _copy_of(session, other)
        facts = shown(session, Desk("", text, text, 0), {}, is_checked=False)
        return render(session, "designer/edit.html", copy_of=other, **facts)
    return _desk(session, Desk("", EMPTY, EMPTY, 0), {}, is_checked=False)


@page(designer, "/console/new-journey", "POST")
def change_new(request: Request, session: Session) -> Response:
    """The same as for one that was saved."""
    return _changed(session, sent(form(request), ""), form(request))


@page(designer, "/console/journeys/{name}/edit")
def show_desk(request: Request, session: Session, name: str) -> Response:
    """The draft as it was saved last, or what is live."""
    require(session.role, *SAVING)
    text, revision = saved(session, name)
    desk = Desk(name, text, text, revision, parameter(request, "at") or "")
    return _desk(session, desk, {}, is_checked=False)


@page(designer, "/console/new-journey/names")
def show_names(request: Request, session: Session) -> Response:
    """The names that selects offer, for a page that has come already; they travel in its form from then on."""
    if not session.is_part:
        return redirect("/console/new-journey")
    told = {**ask(session, "GET", "/api/names").body, "attributes": sorted(types_of(session))}
    name = parameter(request, "journey") or ""
    action = here(name, "edit") if name else "/console/new-journey"
    return part(session, "designer/names.html", names=json.dumps(told), action=action)


@page(designer, "/console/journeys/{name}/edit", "POST")
def change_desk(request: Request, session: Session, name: str) -> Response:
    """What a button asks for, done to the text of the form; stored by `save` alone."""
    return _changed(session, sent(form(request), name), form(request))


def saved(session: Session, name: str) -> tuple[str, int]:
    """The text that an author begins with, and its revision."""
    told = ask(session, "GET", at("/api/journeys/{name}", name=name)).body
    live = told["live"]
    return (told["source"], told["revision"]) if told["revision"] or not live else (live["source"], 0)


def _copy_of(session: Session, name: str) -> str:
    """What an author of this journey begins with, under a name that no other has."""
    text, _revision = saved(session, name)
    taken = ask(session, "GET", "/api/names", {"of": "journeys"}).body["journeys"]
    stem = COPY.sub("", name)[:LONGEST_STEM]
    wanted = (f"{stem}-copy{number}" for number in ("", *(f"-{n}" for n in range(2, len(taken) + 3))))
    return put(text, ("journey",), next(each for each in wanted if each not in taken))


def _changed(session: Session, desk: Desk, said: Form) -> Response:
    require(session.role, *SAVING)
    deed, _place = deed_of(said)
    names = names_in(said)
    try:
        desk = done(applied(desk, said, names), said)
    except (UneditableError, RefusedDeedError, UnreadableFieldError, UndoneError) as refusal:
        return _desk(session, desk, names, 422, error=str(refusal))
    if deed == "merge":
        desk = brought_together(desk, said)
        return _desk(session, desk, names, note=_("Brought together. Look at it, then save it."))
    return _save(session, desk, names) if deed == "save" else _desk(session, desk, names)


def names_in(said: Form) -> dict[str, list[str]]:
    """The names that the form carries for its selects; whatever else it says is nothing."""
    try:
        told = json.loads(said.raw("names") or "{}")
    except ValueError:
        return {}
    lists = told.items() if isinstance(told, dict) else ()
    return {str(key): [str(each) for each in names] for key, names in lists if isinstance(names, list)}


def _save(session: Session, desk: Desk, names: dict[str, list[str]]) -> Response:
    named = desk.name or _own_name(desk)
    if not named:
        error = _("Give it a name first: small letters, digits and hyphens, such as “welcome”.")
        if reading_of(desk.text).fault:
            error = _("Not saved: mend what is marked first.")
        return _desk(session, replace(desk, at=""), names, 422, error=error)
    try:
        told = _put(session, named, desk)
    except Problem as problem:
        if problem.status in CONFLICTS:
            return _desk(session, desk, names, 409, conflict=_conflict(session, named, desk, problem))
        if problem.status not in REFUSED:
            raise
        error = _("Not saved: mend what is marked first.") if problem.extra.get("errors") else problem.message
        return _desk(session, desk, names, 422, error=error)
    flash = _("Saved as revision %(number)s.") % {"number": told.body["revision"]}
    return redirect(here(named, "edit") + (f"?at={quote(desk.at)}" if desk.at else ""), flash=flash)


def _own_name(desk: Desk) -> str:
    called = found(reading_of(desk.text).journey, "journey")
    return called if isinstance(called, str) and SLUG.fullmatch(called) else ""


def _put(session: Session, name: str, desk: Desk) -> Answer:
    body = {"source": desk.text, "revision": desk.revision}
    return ask(session, "PUT", at("/api/journeys/{name}", name=name), body=body)


def _conflict(session: Session, name: str, desk: Desk, problem: Problem) -> Conflicted:
    text, revision = saved(session, name)
    title = saved_meanwhile(session, problem.extra.get("saved_by"))
    return conflict_of(desk, theirs=text, revision=revision, title=title)


def _desk(
    session: Session, desk: Desk, names: dict[str, list[str]], status: int = 200, **told: Any
) -> Response:
    """The page, or the part that htmx puts in the place of the one before: whatever came of it, it is to be seen."""
    facts = shown(session, desk, names, **told)
    if session.is_part:
        return part(session, "designer/desk.html", 200 if status == 409 else status, **facts)
    return render(session, "designer/edit.html", status, **facts)
