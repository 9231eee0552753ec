"""The journeys that ship: a gallery, each with its steps and a rehearsal, and one of them as a draft of one's own."""

from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.journeys import KINDS, here
from functions.api.console.presets_shipped import (
    Preset,
    groups_of,
    letter_of,
    own_letters,
    own_text,
    preset_named,
    segment_text,
    shipped,
)
from functions.api.console.rehearse import choices
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.roles import require
from functions.api.world import world
from sojourn.errors import Problem

REFUSED = (400, 409, 412, 413, 422)

presets = Blueprint(__name__)


@page(presets, "/console/presets")
def show_gallery(request: Request, session: Session) -> Response:
    """All of them, by what they are for; nothing is asked of the cloud."""
    known = shipped()
    groups = [(word, [known[name] for name in names]) for word, names in groups_of()]
    return render(session, "presets/list.html", groups=groups, kinds=KINDS)


@page(presets, "/console/presets/{preset}")
def show_preset(request: Request, session: Session, preset: str) -> Response:
    """Its steps, what it needs, and a rehearsal."""
    return _shown(session, _wanted(preset), preset)


@page(presets, "/console/presets/{preset}", "POST")
def use_preset(request: Request, session: Session, preset: str) -> Response:
    """A draft under a name of one's own, with its letters and segments; whatever is there already stays as it is.

    The journey is saved last: who is interrupted sends the form again, and what was made meanwhile is kept."""
    require(session.role, "PUT", "/api/journeys/{name}")
    chosen, name = _wanted(preset), form(request).get("name")
    there = ask(session, "GET", "/api/names").body
    if name in there["journeys"]:
        error = _("There is a journey of this name already: take another.")
        return _shown(session, chosen, name, 422, error=error)
    try:
        _make(session, chosen, name, there)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return _shown(session, chosen, name, 422, error=_why(problem))
    waiting = [each for each in chosen.segments if each not in there["segments"]]
    flash = _("It is yours. Put your own words into it and its letters.")
    more = _("Publish its segments first: %(names)s.") % {"names": ", ".join(waiting)} if waiting else ""
    return redirect(here(name, "edit"), flash=f"{flash} {more}".strip())


def _make(session: Session, preset: Preset, name: str, there: dict[str, list[str]]) -> None:
    text = own_text(preset, name)  # refuses a name that cannot be one
    brand = ask(session, "GET", "/api/workspace").body.get("brand") or {}
    for theirs, ours in own_letters(preset, name).items():
        if ours not in there["templates"]:
            letter = letter_of(theirs, ours, brand)
            ask(session, "PUT", at("/api/templates/{name}", name=ours), body=letter)
    for segment in preset.segments:
        if segment not in there["segments"]:
            body = {"source": segment_text(segment), "revision": 0}
            ask(session, "PUT", at("/api/segments/{name}", name=segment), body=body)
    ask(session, "PUT", at("/api/journeys/{name}", name=name), body={"source": text, "revision": 0})


def _shown(session: Session, preset: Preset, name: str, status: int = 200, *, error: str = "") -> Response:
    facts = choices(session, "", {"entry": _entry(preset)}) | {"told": None, "diary": None, "error": ""}
    return render(
        session,
        "presets/preset.html",
        status,
        preset=preset,
        kinds=KINDS,
        wanted=name,
        fault=error,
        **facts,
    )


def _entry(preset: Preset) -> str:
    """What the event of those says who walk through it in its rehearsal."""
    soon = (world().clock.calendar() + timedelta(days=30)).date()
    said = {
        "cart": "cart_id: basket, value: 80",
        "upsell": "total: 80",
        "replenishment": f"refill_sku: coffee, refill_at: {soon}",
    }
    return said.get(preset.name, "")


def _wanted(name: str) -> Preset:
    found = preset_named(name)
    if found is None:
        raise Problem(404, "preset_not_found", _("No journey of this name ships."))
    return found


def _why(problem: Problem) -> str:
    errors: list[Any] = problem.extra.get("errors") or []
    return errors[0]["problem"] if errors else problem.message
