"""Home's figures of what waits for a person: they come after the page, for queues are asked one at a time."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.formats import number
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _

HERE = "/console/waiting"
home_waiting = Blueprint(__name__)
Waits = tuple[str, str, str]  # label, figure, where to go


@page(home_waiting, HERE)
def show_waiting(request: Request, session: Session) -> Response:
    """A part of home, and a page of its own where no scripts run."""
    told = ask(session, "GET", "/api/overview/waiting").body
    show, template = (part, "home/figures.html") if session.is_part else (render, "home/waiting.html")
    return show(session, template, waits=waits(told), asked=told["approvals"])


def waits(told: Mapping[str, Any] | None = None) -> list[Waits]:
    """The figures; a dash each before they were asked for."""
    labels = [
        _("Approvals for you to give"),
        _("Messages to release"),
        _("Imports that broke off"),
        _("Failures in queues"),
    ]
    places = ["/console/journeys", "/console/messages", "/console/imports", "/console/settings/health/queues"]
    if told is None:
        return [(label, number(None), place) for label, place in zip(labels, places, strict=True)]
    asked, broken, held, fallen = (told[name] for name in ("approvals", "imports", "messages", "failures"))
    if len(asked) > 1:
        places[0] = HERE
    elif asked:
        places[0] = at("/console/journeys/{name}/publish", name=asked[0]["journey"])
    if len(broken) == 1:
        places[2] = at("/console/imports/{id}", id=broken[0]["id"])
    counts = [len(asked), held["count"], len(broken), None if fallen is None else sum(fallen.values())]
    figures = [number(count) for count in counts]
    figures[1] += "+" if held["more"] else ""
    return list(zip(labels, figures, places, strict=True))
