"""Settings of all messages: hours, caps, and how fast the account may send."""

import json
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask
from functions.api.console.forms import Form, form
from functions.api.console.rendering import render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.settings_workspace import saved
from functions.api.console.words import _
from sojourn.errors import Problem

settings_rules = Blueprint(__name__)
HERE = "/console/settings/rules"
CHANNELS = ("email", "sms")
NUMBERS = ("email_rate", "email_quota", "judged_from")
CAP = ("at most", "per", "channel", "topic", "on cap", "count")
SPARE = 2  # empty rows to write into


@page(settings_rules, HERE)
def show_rules(request: Request, session: Session) -> Response:
    """A form of them; who may not change them reads them."""
    answer = ask(session, "GET", "/api/workspace")
    return _form(session, answer.body, answer.headers["etag"].strip('"'))


@page(settings_rules, HERE, "POST")
def change_rules(request: Request, session: Session) -> Response:
    """Save them, unless somebody saved meanwhile."""
    said = form(request)
    return saved(session, {"delivery": _delivery(said)}, said, HERE, _form)


def _delivery(said: Form) -> dict[str, Any]:
    hours = {channel: said.get(f"hours-{channel}") for channel in CHANNELS if said.get(f"hours-{channel}")}
    numbers = {name: _number(said.get(name)) for name in NUMBERS if said.get(name)}
    caps = list(_caps(said))
    return {**({"hours": hours} if hours else {}), **({"caps": caps} if caps else {}), **numbers}


def _caps(said: Form) -> list[dict[str, Any]]:
    """What the form has no field for travels with its row: a page must not forget what a file said."""
    columns = {name: said.all(f"cap-{name.replace(' ', '-')}") for name in (*CAP, "rest")}
    found = []
    for number, most in enumerate(columns["at most"]):
        if not most.strip():
            continue
        row = {name: values[number].strip() for name, values in columns.items() if number < len(values)}
        rest = _rest(row.pop("rest", ""))
        found.append(
            {**rest, **{name: value for name, value in row.items() if value}, "at most": _number(most)}
        )
    return found


def _rest(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        raise Problem(400, "malformed_body", _("the form cannot be read: load the page again")) from None
    return found if isinstance(found, dict) else {}


def _number(text: str) -> float | int | str:
    """As a number where it is one; what is none the API refuses by its name."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _form(
    session: Session,
    workspace: dict[str, Any],
    revision: str,
    *,
    status: int = 200,
    error: str = "",
    theirs: dict[str, Any] | None = None,
) -> Response:
    delivery = workspace.get("delivery") or {}
    facts: dict[str, Any] = {
        "delivery": delivery,
        "caps": [_row(cap) for cap in delivery.get("caps", ())] + [_row({})] * SPARE,
        "topics": [("", _("all topics")), *_topics(workspace, delivery)],
        "revision": revision,
        "error": error,
        "theirs": theirs,
        "words": {"email": _("E-mail"), "sms": _("Text message")},
    }
    return render(session, "settings/rules.html", status, **facts)


def _row(cap: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in cap.items() if name not in CAP}
    return {**{name: cap.get(name, "") for name in CAP}, "rest": json.dumps(rest) if rest else ""}


def _topics(workspace: dict[str, Any], delivery: dict[str, Any]) -> list[tuple[str, str]]:
    capped = {cap["topic"] for cap in delivery.get("caps", ()) if cap.get("topic")}
    return [(name, name) for name in sorted({*(workspace.get("topics") or {}), *capped})]
