"""The preference centre, /p/<token>, and double opt-in, /p/confirm/<token>. Public, for people: pages and forms.

Runs twice: the second press finds nothing left to change. Dies midway: what is recorded stays, and the next press does
the rest. GET, HEAD and OPTIONS change nothing, whoever sends them; a link that ended says so and offers a new one.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from chalice.app import Chalice, Request, Response

from functions.preferences.world import centre, settings
from sojourn import telemetry
from sojourn.events.surroundings import truncated_ip
from sojourn.http import lambda_handler
from sojourn.tables import store_errors_translated
from sojourn.tracking.confirming import Link, confirmed, link_of
from sojourn.tracking.forms import fields_of
from sojourn.tracking.pages import filled
from sojourn.tracking.preferences import (
    REASONS,
    Visitor,
    choices_of,
    request_noted,
    save,
    stop,
    tell_reason,
    visitor_of,
)
from sojourn.tracking.tokens import Action

PAGES = Path(__file__).parent / "page.html"
FORMS = [
    "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json",
    "application/octet-stream",
]  # fmt: skip
LONGEST_AGENT = 300

Fields = set[tuple[str, str]]


class Page(StrEnum):
    """What a page is for."""

    CHOICES = "choices"
    ERASE = "erase"
    NOTED = "noted"
    CONFIRM = "confirm"
    CONFIRMED = "confirmed"
    ENDED_CONFIRM = "ended_confirm"
    ENDED = "ended"
    FRESH = "fresh"
    GONE = "gone"
    NOT_FOUND = "not_found"
    BUSY = "busy"


PAGE_OF_STATUS = {404: Page.NOT_FOUND, 405: Page.NOT_FOUND}
PAGE_OF_CONFIRM = {Link.GOOD: Page.CONFIRM, Link.ENDED: Page.ENDED_CONFIRM, Link.NONE: Page.GONE}

app = Chalice(app_name="preferences")


@app.route("/p/confirm/{token}", methods=["GET", "OPTIONS"])
def ask_before_confirming(token: str) -> Response:
    """A page with a button. Scanners that follow links sign nobody up."""
    return _page(PAGE_OF_CONFIRM[link_of(token, Action.CONFIRM, gate=centre().gate)])


@app.route("/p/confirm/{token}", methods=["POST"], content_types=FORMS)
def confirm(token: str) -> Response:
    """The button: 200, and the same page for whoever presses it again."""
    link = link_of(token, Action.CONFIRM, gate=centre().gate)
    if link is not Link.GOOD or ("confirm", "subscribe") not in _fields():
        return _page(PAGE_OF_CONFIRM[link])
    changed = confirmed(token, seen=_seen(), gate=centre().gate)
    telemetry.note("confirmation answered", changed=changed)
    return _page(Page.CONFIRMED)


@app.route("/p/{token}", methods=["GET", "OPTIONS"])
def show_choices(token: str) -> Response:
    """The boxes as they stand."""
    return _unchanged(token, link_of(token, Action.PREFERENCES, gate=centre().gate))


@app.route("/p/{token}", methods=["POST"], content_types=FORMS)
def change_choices(token: str) -> Response:
    """What one of the page's buttons says."""
    link, fields = link_of(token, Action.PREFERENCES, gate=centre().gate), _fields()
    action = next((value for name, value in fields if name == "action"), "")
    if link is Link.ENDED and action == "fresh":
        return _fresh(token)
    if link is not Link.GOOD or action not in ACTIONS:
        return _unchanged(token, link)
    with store_errors_translated():
        visitor = visitor_of(token, seen=_seen(), centre=centre())
        telemetry.note("preferences answered", action=action, known=visitor is not None)
        return ACTIONS[action](token, visitor, fields) if visitor else _page(Page.GONE)


def _unchanged(token: str, link: Link) -> Response:
    return _choices(token) if link is Link.GOOD else _page(Page.ENDED if link is Link.ENDED else Page.GONE)


def _saved(token: str, visitor: Visitor, fields: Fields) -> Response:
    values = {name: {value for field, value in fields if field == name} for name in ("shown", "on")}
    save(visitor, values["shown"], values["on"], centre=centre())
    _reason(visitor, fields)
    wish = {"less_often": "less_often" in values["on"]} if "less_often" in values["shown"] else {}
    return _choices(token, "Saved. This is how it stands now.", **wish)


def _stopped(token: str, visitor: Visitor, fields: Fields) -> Response:
    stop(visitor, centre=centre())
    _reason(visitor, fields)
    return _choices(token, "All marketing has stopped, by e-mail and by text.")


def _exported(token: str, visitor: Visitor, fields: Fields) -> Response:
    centre().export(visitor)
    return _page(Page.NOTED, what="data")


def _asked(token: str, visitor: Visitor, fields: Fields) -> Response:
    return _page(Page.ERASE)


def _erased(token: str, visitor: Visitor, fields: Fields) -> Response:
    stop(visitor, centre=centre())
    centre().erase(visitor)
    return _page(Page.NOTED, what="erasure")


ACTIONS = {"save": _saved, "stop": _stopped, "export": _exported, "erase": _asked, "erase_now": _erased}


def _fresh(token: str) -> Response:
    """A mail with a new link, by the journey that listens for this event; to the address it went to before."""
    with store_errors_translated():
        if visitor := visitor_of(token, seen=_seen(), centre=centre()):
            request_noted(visitor, "Preferences Requested", gate=centre().gate)
    return _page(Page.FRESH)


def _reason(visitor: Visitor, fields: Fields) -> None:
    told = dict(fields)
    tell_reason(visitor, told.get("reason", ""), told.get("comment", ""), centre=centre())


def _choices(token: str, note: str = "", **known: Any) -> Response:
    with store_errors_translated():
        visitor = visitor_of(token, seen={}, centre=centre())
        if visitor is None:
            return _page(Page.GONE)
        choices = choices_of(visitor, centre=centre())
    return _page(
        Page.CHOICES,
        note=note,
        choices=choices,
        reasons=REASONS,
        **{"less_often": choices.less_often, **known},
    )


def _fields() -> Fields:
    request = _request()
    raw = request.raw_body
    body = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    return fields_of(body, request.headers.get("content-type", ""))


def _seen() -> dict[str, str]:
    """What proves, later, that somebody pressed."""
    request = _request()
    ip = truncated_ip(str((request.context.get("identity") or {}).get("sourceIp") or ""))
    agent = request.headers.get("user-agent", "").strip()[:LONGEST_AGENT]
    return {name: value for name, value in (("ip_prefix", ip), ("user_agent", agent)) if value}


def _request() -> Request:
    return cast(Request, app.current_request)  # inside a view there is one


def _page(page: Page, status: int = 200, **facts: Any) -> Response:
    made = filled(PAGES, page, settings().from_name, {"note": "", "what": "", **facts})
    return Response(made.body, dict(made.headers), status)


answer_as_api = lambda_handler(app)


@telemetry.measured
def handler(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
    """People come here: what fails shows them a page, not a problem document."""
    answer = answer_as_api(event, context)
    status = int(answer["statusCode"])
    if status < 400:
        return answer
    kept = {name: value for name, value in answer["headers"].items() if name in {"Allow", "Retry-After"}}
    page = _page(PAGE_OF_STATUS.get(status, Page.BUSY), status).to_dict()
    body = "" if event["httpMethod"] == "HEAD" else page["body"]
    return {**page, "headers": {**page["headers"], **kept}, "body": body}
