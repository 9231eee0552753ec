"""Settings of the workspace: where it is, its brand, the topics people choose from, and what is measured of them."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask
from functions.api.console.forms import Form, form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.errors import Problem

settings_workspace = Blueprint(__name__)
HERE = "/console/settings/workspace"
TRACKING = f"{HERE}/tracking"
SPARE = 3  # empty rows to write into
BRAND = ("name", "site", "color")


@page(settings_workspace, HERE)
def show_workspace(request: Request, session: Session) -> Response:
    """A form of it; who may not change it reads it."""
    answer = ask(session, "GET", "/api/workspace")
    revision = answer.headers["etag"].strip('"')
    return _form(session, answer.body, revision)


@page(settings_workspace, HERE, "POST")
def change_workspace(request: Request, session: Session) -> Response:
    """Save it, unless somebody saved meanwhile."""
    said = form(request)
    return saved(session, _wanted(said), said, HERE, _form)


@page(settings_workspace, TRACKING, "POST")
def change_tracking(request: Request, session: Session) -> Response:
    """Whether people who never said a word of it are measured."""
    wanted = {"default": "on" if form(request).get("tracking") == "on" else "off"}
    ask(session, "PUT", "/api/workspace/tracking", body=wanted)
    return redirect(HERE, flash=_("Saved. It holds within a minute."))


def saved(session: Session, wanted: dict[str, Any], said: Form, place: str, again: Any) -> Response:
    """A part of the workspace's document with the revision that was read: saved, or the form with what was wrong."""
    revision = said.get("revision")
    try:
        ask(session, "PUT", "/api/workspace", body=wanted, headers={"If-Match": f'"{revision}"'})
    except Problem as problem:
        if problem.status in (409, 412):
            now = problem.extra.get("now") or {}
            newer = str(problem.extra.get("revision") or revision)
            answer: Response = again(session, {**now, **wanted}, newer, status=412, theirs=now)
            return answer
        if problem.status != 400:
            raise
        there = ask(session, "GET", "/api/workspace").body
        wrong: Response = again(session, {**there, **wanted}, revision, status=422, error=problem.message)
        return wrong
    return redirect(place, flash=_("Saved. It holds within a minute."))


def rows_of(said: Form, *names: str) -> list[tuple[str, ...]]:
    """Rows of fields that bear the same names: those in which the first was filled in."""
    columns = [[value.strip() for value in said.all(name)] for name in names]
    return [row for row in zip(*columns, strict=False) if row[0]]


def _wanted(said: Form) -> dict[str, Any]:
    return {
        "country": said.get("country").upper() or None,
        "timezone": said.get("timezone") or None,
        "brand": {part: said.get(f"brand-{part}") for part in BRAND if said.get(f"brand-{part}")},
        "topics": {name: label or name for name, label in rows_of(said, "topic", "label")},
    }


def _form(
    session: Session,
    workspace: dict[str, Any],
    revision: str,
    *,
    status: int = 200,
    error: str = "",
    theirs: dict[str, Any] | None = None,
) -> Response:
    tracking = ask(session, "GET", "/api/workspace/tracking").body["default"]
    stack = ask(session, "GET", "/api/workspace/stack").body
    topics = list((workspace.get("topics") or {}).items()) + [("", "")] * SPARE
    facts = {"topics": topics, "own": workspace.get("brand") or {}, "tracking": tracking, "stack": stack}
    known = {"workspace": workspace, "revision": revision, "error": error, "theirs": theirs}
    return render(session, "settings/workspace.html", status, **facts, **known)
