"""Journeys: the list, and one of them as it runs."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.journeys_drawing import drawing
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.clock import is_on_loopback

PAGE = 50

journeys = Blueprint(__name__)


@page(journeys, "/console/journeys")
def list_journeys(request: Request, session: Session) -> Response:
    """Names and states at once; each row asks for its own figures when it comes into sight."""
    told = ask(session, "GET", "/api/journeys", {"cursor": parameter(request, "cursor"), "limit": PAGE}).body
    return render(
        session,
        "journeys/list.html",
        journeys=told["items"],
        next=told["next"],
        is_first=parameter(request, "cursor") is None,
        states=states(),
    )


@page(journeys, "/console/journeys/{name}/row")
def show_row(request: Request, session: Session, name: str) -> Response:
    """A row of the list with its figures; whoever types the address sees the journey."""
    if not session.is_part:
        return redirect(at("/console/journeys/{name}", name=name))
    told = watched(session, name)
    row = {"name": name, "state": told["state"], "live_version": told["version"]}
    return part(session, "journeys/row.html", journey=row, told=told, states=states())


@page(journeys, "/console/journeys/{name}")
def show_journey(request: Request, session: Session, name: str) -> Response:
    """Its steps, what became of the messages, how it stands; who stands where is counted when it is asked for, since
    that looks through the index of all open runs."""
    told = watched(session, name)
    counted = parameter(request, "count") is not None and told["version"] is not None
    standing = _standing(session, name) if counted else None
    return render(session, "journeys/live.html", **_shown(told, standing))


@page(journeys, "/console/journeys/{name}/outline")
def show_outline(request: Request, session: Session, name: str) -> Response:
    """The steps with who stands in each, and the figures, for the page that is open already; one that shows another
    state or version begins anew."""
    if not session.is_part:
        return redirect(here(name) + "?count=yes")
    told = watched(session, name)
    if parameter(request, "seen") not in (None, _seen(told)):
        return redirect(here(name))
    return part(session, "journeys/outline.html", **_shown(told, _standing(session, name), is_again=True))


def watched(session: Session, name: str) -> dict[str, Any]:
    """The journey as it runs."""
    found: dict[str, Any] = ask(session, "GET", at("/api/journeys/{name}/steps", name=name)).body
    return found


def _seen(told: dict[str, Any]) -> str:
    return f"{told['state']}-{told['version']}"


def here(name: str, *more: str) -> str:
    """A page of this journey."""
    return "/".join((at("/console/journeys/{name}", name=name), *more))


def _standing(session: Session, name: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(session, "GET", at("/api/journeys/{name}/standing", name=name)).body
    return found


def _shown(
    told: dict[str, Any], standing: dict[str, Any] | None, *, is_again: bool = False
) -> dict[str, Any]:
    steps = set(_names(told["steps"]))
    places = standing["steps"] if standing else {}
    return {
        "journey": told,
        "here": here(told["name"]),
        "seen": f"{here(told['name'], 'outline')}?seen={_seen(told)}",
        "state": told["state"] or "draft",
        "states": states(),
        "standing": standing,
        "is_again": is_again,
        "tree": drawing(told, standing),
        "elsewhere": {step: each for step, each in places.items() if step not in steps},
        "machine": machine(told["version_arn"]),
        "kinds": KINDS,
        "modes": modes(),
    }


def _names(steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield step["step"]
        for way in step["ways"]:
            yield from _names(way["steps"])


def machine(version_arn: str | None) -> str:
    """The page of its state machine in the AWS console; none of a cloud that has no such console."""
    if not version_arn or version_arn.count(":") < 6 or is_on_loopback():
        return ""
    arn = ":".join(version_arn.split(":")[:7])
    region = quote(arn.split(":")[3], safe="-")
    at_aws = f"https://{region}.console.aws.amazon.com/states/home?region={region}"
    return f"{at_aws}#/statemachines/view/{quote(arn, safe='')}"


def states() -> Mapping[str, str]:
    """The words of states."""
    return {"live": _("Live"), "paused": _("Paused"), "stopped": _("Stopped"), "draft": _("Draft")}


def modes() -> Mapping[str, str]:
    """What each sending mode means for a journey."""
    return {
        "live": _("Messages go to everybody in it."),
        "allow_list": _("Messages go only to the addresses that the workspace allows."),
        "draft": _("Messages are written, and wait until a person lets them go."),
        "off": _("Nothing is sent; messages wait."),
    }


# The drawing of each kind of step.
KINDS = {
    "send": "mail",
    "wait": "clock",
    "wait for": "flag",
    "branch": "split",
    "split": "split",
    "repeat": "refresh",
    "update": "edit",
    "call": "external",
    "task": "user",
    "start": "play",
    "end": "stop",
    "exit": "out",
}
