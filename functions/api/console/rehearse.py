"""Rehearsing in the console: a journey played with people on a virtual clock, as saved or as it is being written."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import Form, form
from functions.api.console.journeys import here
from functions.api.console.rehearse_figures import shown
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.world import world
from sojourn.clock import iso
from sojourn.errors import Problem

USUAL, LEARNED = "usual", "learned"
COUNTS, DAYS = (100, 500, 2_000), (14, 30, 90, 365)
MOST_MEMBERS = 200  # of a segment: a page of its members
REFUSED = (400, 404, 413, 422)
NOTHING: Mapping[str, str] = MappingProxyType({})
WHENEVER = "%Y-%m-%dT%H:%M"

rehearsing = Blueprint(__name__)


@page(rehearsing, "/console/rehearse")
def show_unsaved(request: Request, session: Session) -> Response:
    """The choices for a journey that has no name yet: its text comes with them."""
    return _box(session, "")


@page(rehearsing, "/console/rehearse", "POST")
def rehearse_unsaved(request: Request, session: Session) -> Response:
    """The text as it is being written."""
    return _rehearsed(session, "", form(request))


@page(rehearsing, "/console/journeys/{name}/rehearse")
def show_choices(request: Request, session: Session, name: str) -> Response:
    """With whom, from when, for how long; the page plays it at once, where scripts run."""
    return _box(session, name)


@page(rehearsing, "/console/journeys/{name}/rehearse", "POST")
def rehearse(request: Request, session: Session, name: str) -> Response:
    """The text that comes along, or the draft as it was saved; what became of them, or one person's diary."""
    return _rehearsed(session, name, form(request))


def _box(session: Session, name: str) -> Response:
    show, template = (part, "box.html") if session.is_part else (render, "rehearse.html")
    return show(session, f"rehearse/{template}", **choices(session, name), told=None, error="")


def _rehearsed(session: Session, name: str, said: Form) -> Response:
    told, diary, error = None, None, ""
    try:
        asked = _asked(session, name, said)
        if said.get("person"):
            diary = ask(
                session, "POST", "/api/journeys/rehearse", body={**asked, "diary": said.get("person")}
            )
        if diary is None or not session.is_part:
            told = shown(ask(session, "POST", "/api/journeys/rehearse", body=asked).body)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        error = _error(problem)
    kept = {name: value for name, value in said.as_dict().items() if name != "csrf"}
    facts = choices(session, name, kept) | {"told": told, "error": error}
    facts["diary"] = diary.body["diary"] if diary else None
    status = 422 if error else 200
    if not session.is_part:
        return render(session, "rehearse/rehearse.html", status, **facts)
    return part(session, "rehearse/diary.html" if diary else "rehearse/panel.html", status, **facts)


def _asked(session: Session, name: str, said: Form) -> dict[str, Any]:
    """A request as the API takes it."""
    source = said.raw("source").replace("\r\n", "\n")
    return {
        **({"source": source} if source.strip() or not name else {"journey": name}),
        "contacts": _people(session, said),
        "start": _start(session, said.get("start")),
        "days": _number(said.get("days"), DAYS[1]),
        "learned": said.get("habits") == LEARNED,
        "behaviour": {"arrivals": {"properties": _properties(said.get("entry"))}},
    }


def _people(session: Session, said: Form) -> int | list[dict[str, Any]]:
    """So many who are made up, or the first of a segment with what is known of them."""
    segment = said.get("segment")
    if not segment:
        return _number(said.get("people"), COUNTS[0])
    query = {"profiles": "true", "limit": MOST_MEMBERS}
    found = ask(session, "GET", at("/api/segments/{name}/members", name=segment), query).body["items"]
    people = [each["profile"] for each in found if each.get("profile")]
    if not people:
        raise Problem(422, "nobody_there", _("Nobody is in this segment."))
    return [{**each["traits"], "contact": each["id"], "segments": [segment]} for each in people]


def _properties(said: str) -> dict[str, Any]:
    """`cart_id: b-1, value: 80`: what the event says that lets them in."""
    pairs = [each.partition(":") for each in re.split(r"[,\n]", said) if each.strip()]
    if any(not name.strip() or not colon for name, colon, _value in pairs):
        raise Problem(
            422, "invalid_field", _("What their event says is written as “total: 80, currency: EUR”.")
        )
    return {name.strip(): _value_of(value.strip()) for name, _colon, value in pairs}


def _value_of(text: str) -> str | float | bool:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if math.isfinite(float(text)) else text
    except ValueError:
        return text


def _start(session: Session, said: str) -> str:
    """What the field says is the viewer's own time."""
    try:
        found = datetime.fromisoformat(said) if said else _now(session)
    except ValueError:
        raise Problem(422, "invalid_field", _("That is no day and time to begin at.")) from None
    return iso(found if found.tzinfo else found.replace(tzinfo=ZoneInfo(session.zone)))


def _now(session: Session) -> datetime:
    return (
        world().clock.calendar().astimezone(ZoneInfo(session.zone)).replace(minute=0, second=0, microsecond=0)
    )


def choices(session: Session, name: str, said: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """What the choices are, and what was chosen."""
    nothing = dict.fromkeys(("segment", "person", "entry", "source"), "")
    usual = {
        **nothing, "people": str(COUNTS[0]), "days": str(DAYS[1]), "habits": USUAL,
        "start": _now(session).strftime(WHENEVER),
    }  # fmt: skip
    return {
        "name": name,
        "here": here(name) if name else "/console/journeys",
        "action": here(name, "rehearse") if name else "/console/rehearse",
        "said": {**usual, **said},
        "counts": COUNTS,
        "lengths": DAYS,
        "most_members": MOST_MEMBERS,
        "segments": ask(session, "GET", "/api/names").body["segments"],
        "diary": None,
    }


def _error(problem: Problem) -> str:
    """Shorter than the API's own word where that names what only its callers know."""
    if problem.code == "takes_too_long":
        return _("That takes longer than 20 seconds. Take fewer people, or fewer days.")
    if problem.code == "missing_field":
        return _("There is no text to play: save the journey first.")
    if problem.code == "journey_refused":
        errors = problem.extra.get("errors") or [{"problem": problem.message}]
        said = _("It has errors, so it cannot be played. The first: %(problem)s")
        return said % {"problem": errors[0]["problem"]}
    return problem.message


def _number(said: str, usual: int) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else usual
