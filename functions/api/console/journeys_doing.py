"""What is done to a journey that runs: pause, resume, stop, each after a page that says how many people it touches."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.journeys import here, watched
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _, ngettext
from functions.api.roles import require
from sojourn.errors import Problem

LATE = ("send", "skip 24 hours", "spread 2 hours")

doing = Blueprint(__name__)


@page(doing, "/console/journeys/{name}/pause")
def ask_pause(request: Request, session: Session, name: str) -> Response:
    """The question before."""
    return _question(session, name, "pause")


@page(doing, "/console/journeys/{name}/resume")
def ask_resume(request: Request, session: Session, name: str) -> Response:
    """The question before, and what becomes of messages that are late by now."""
    return _question(session, name, "resume")


@page(doing, "/console/journeys/{name}/stop")
def ask_stop(request: Request, session: Session, name: str) -> Response:
    """The question before."""
    return _question(session, name, "stop")


@page(doing, "/console/journeys/{name}/pause", "POST")
def pause(request: Request, session: Session, name: str) -> Response:
    """Nobody leaves, nothing is sent."""
    ask(session, "POST", at("/api/journeys/{name}/pause", name=name))
    return redirect(here(name), flash=_("Paused: nobody leaves, and nothing is sent until you resume it."))


@page(doing, "/console/journeys/{name}/resume", "POST")
def resume(request: Request, session: Session, name: str) -> Response:
    """Go on."""
    late = form(request).get("late") or LATE[0]
    ask(session, "POST", at("/api/journeys/{name}/resume", name=name), body={"late": late})
    return redirect(here(name), flash=_("Resumed: what was held goes out within minutes."))


@page(doing, "/console/journeys/{name}/stop", "POST")
def stop(request: Request, session: Session, name: str) -> Response:
    """For good."""
    ask(session, "POST", at("/api/journeys/{name}/stop", name=name))
    return redirect(here(name), flash=_("Stopped: those who were in it are being taken out."))


def _question(session: Session, name: str, deed: str) -> Response:
    """Whoever may not do it is told before they are asked; so is who comes too late."""
    require(session.role, "POST", f"/api/journeys/{{name}}/{deed}")
    told = watched(session, name)
    if told["state"] not in BEFORE[deed]:
        raise Problem(409, "journey_state", _impossible(told))
    active = told["report"]["enrolments"]["active"]
    held = told["report"]["messages"]["pending"]
    return render(
        session,
        f"journeys/{deed}.html",
        journey=told,
        here=here(name),
        touched=_touched(active),
        held=held,
        late=LATE,
    )


BEFORE = {"pause": ("live",), "resume": ("paused",), "stop": ("live", "paused")}


def _touched(active: int) -> str:
    if not active:
        return _("Nobody is in it now.")
    said = ngettext("%(num)s person is in it now.", "%(num)s people are in it now.", active)
    return said % {"num": f"{active:,}"}


def _impossible(told: dict[str, Any]) -> str:
    words = {
        "live": _("This journey is live already."),
        "paused": _("This journey is paused already."),
        "stopped": _("This journey was stopped: publish it again to let people in."),
    }
    return words.get(told["state"], _("This journey was never published."))
