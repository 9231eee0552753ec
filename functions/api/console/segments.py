"""Segments: the list, one of them, who is in, and why somebody is or is not."""

from datetime import date
from typing import Any

from chalice.app import Blueprint, Request, Response
from markupsafe import Markup

from functions.api.console import charts
from functions.api.console.asking import ask, at
from functions.api.console.formats import short_day
from functions.api.console.pieces import piece_of
from functions.api.console.rendering import part, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

PER_PAGE, MEMBERS = 25, 50
DAYS = 30  # of a chart
segments = Blueprint(__name__)


@page(segments, "/console/segments")
def list_segments(request: Request, session: Session) -> Response:
    """Names, what they mean and how they stand; each size comes by itself."""
    cursor = parameter(request, "cursor")
    told = ask(session, "GET", "/api/segments", {"cursor": cursor, "limit": PER_PAGE}).body
    found = {"segments": told["items"], "next": told["next"], "is_first": cursor is None}
    return render(session, "segments/list.html", **found, state=state)


@page(segments, "/console/segments/{name}")
def show_segment(request: Request, session: Session, name: str) -> Response:
    """The rule, how many, who came and went, and what looks at it."""
    told = brief(session, name)
    return render(session, "segments/segment.html", segment=told, state=state(told), **_charts(told["days"]))


@page(segments, "/console/segments/{name}/size")
def show_size(request: Request, session: Session, name: str) -> Response:
    """How many are in, and how that went: a cell of the list."""
    told = brief(session, name)
    curve = charts.spark([day["members"] for day in told["days"][-DAYS:]], _("How its size went"))
    return part(session, "segments/size.html", segment=told, curve=curve if len(told["days"]) > 1 else "")


@page(segments, "/console/segments/{name}/members")
def list_members(request: Request, session: Session, name: str) -> Response:
    """Who is in, a moment ago."""
    piece = piece_of(request, session, MEMBERS)
    path = at("/api/segments/{name}/members", name=name)
    told = ask(session, "GET", path, piece.query(parts=3, rest=4)).body
    show, template = (part, "member_rows") if piece.is_rest else (render, "members")
    links = piece.links(told, at("/console/segments/{name}/members", name=name))
    return show(session, f"segments/{template}.html", name=name, members=told["items"], **links)


@page(segments, "/console/segments/{name}/explain")
def explain(request: Request, session: Session, name: str) -> Response:
    """Each condition with what was seen of one contact."""
    asked = (parameter(request, "contact") or "").strip()
    if not asked:
        return render(session, "segments/explain.html", name=name, asked="", told=None, error="")
    path = at("/api/segments/{name}/explain", name=name)
    try:
        told = ask(session, "GET", path, {"contact": asked}).body
    except Problem as problem:
        if problem.code != "contact_not_found":
            raise
        error = _("Nobody is known by that. Type a whole email address, a user id or our own id.")
        return render(session, "segments/explain.html", 404, name=name, asked=asked, told=None, error=error)
    return render(session, "segments/explain.html", name=name, asked=asked, told=told, error="")


def brief(session: Session, name: str) -> dict[str, Any]:
    """A segment as its page shows it."""
    told: dict[str, Any] = ask(session, "GET", at("/api/segments/{name}/brief", name=name)).body
    return told


def state(told: dict[str, Any]) -> tuple[str, str]:
    """The tone of a badge, and its word."""
    if told["invalid"]:
        return "bad", _("Stands still")
    if told["pending"]:
        return "info", _("Everybody is being judged")
    return ("good", _("Up to date")) if told["live"] else ("", _("Draft"))


def _charts(days: list[dict[str, Any]]) -> dict[str, Any]:
    """Who came and went, and how many were in; nothing where nobody ever came."""
    if not days:
        return {"moves": Markup(""), "sizes": Markup(""), "latest": ""}
    shown = days[-DAYS:]
    names = [short_day(date.fromisoformat(day["day"])) for day in shown]
    came = {_("Came"): [day["entered"] for day in shown], _("Left"): [day["left"] for day in shown]}
    return {
        "moves": charts.bars(_("Who came and who left, by day"), names, came),
        "latest": names[-1],
        "sizes": charts.line(_("How many were in"), names, [day["members"] for day in shown]),
    }
