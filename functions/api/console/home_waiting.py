"""Home's figures of what waits for a person: each comes by itself after the page, as queues are asked one at a time."""

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.formats import number
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter

HERE = "/console/waiting"
home_waiting = Blueprint(__name__)
Figure = tuple[str, str, str]  # label, figure, where to go
Wait = tuple[str, str, str, str]  # which, and its figure


@page(home_waiting, HERE)
def show_waiting(request: Request, session: Session) -> Response:
    """One figure of home; and a page of its own with all of them."""
    if session.is_part:
        told = ask(session, "GET", "/api/overview/waiting", {"of": parameter(request, "of")}).body
        return part(session, "home/figures.html", waits=waits(told), is_known=True)
    told = ask(session, "GET", "/api/overview/waiting").body
    return render(session, "home/waiting.html", waits=waits(told), is_known=True, asked=told["approvals"])


def waits(told: Mapping[str, Any] | None = None) -> list[Wait]:
    """The figures that were told; a dash each before they were asked for."""
    known: Mapping[str, Any] = dict.fromkeys(MAKERS) if told is None else told
    return [(kind, *make(known[kind])) for kind, make in MAKERS.items() if kind in known]


def _approvals(asked: list[dict[str, Any]] | None) -> Figure:
    place = "/console/journeys"
    if asked:
        one = at("/console/journeys/{name}/publish", name=asked[0]["journey"])
        place = HERE if len(asked) > 1 else one
    return _("Approvals for you to give"), _many(asked), place


def _messages(held: dict[str, Any] | None) -> Figure:
    count = number(held["count"] if held else None)
    return _("Messages to release"), f"{count}+" if held and held["more"] else count, "/console/messages"


def _imports(broken: list[dict[str, Any]] | None) -> Figure:
    place = "/console/imports"
    if broken and len(broken) == 1:
        place = at("/console/imports/{id}", id=broken[0]["id"])
    return _("Imports that broke off"), _many(broken), place


def _failures(fallen: dict[str, int] | None) -> Figure:
    count = None if fallen is None else sum(fallen.values())
    return _("Failures in queues"), number(count), "/console/settings/health/queues"


def _many(found: list[dict[str, Any]] | None) -> str:
    return number(None if found is None else len(found))


MAKERS: Mapping[str, Callable[[Any], Figure]] = {
    "approvals": _approvals,
    "messages": _messages,
    "imports": _imports,
    "failures": _failures,
}
