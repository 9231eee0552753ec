"""Views of the workspace: where it is, and what holds for all its messages."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.routing import route
from sojourn import config, telemetry
from sojourn.bootstrap import settings
from sojourn.contacts.addresses import country
from sojourn.contacts.workspace import ID, KIND
from sojourn.errors import Problem
from sojourn.events.traits import is_timezone

PLACE = ("country", "timezone")

workspaces = Blueprint(__name__)


@route(workspaces, "/api/workspace")
def show_workspace(request: Request) -> dict[str, Any]:
    """Where the company is, and what it says of its messages."""
    return _shown(_kept())


@route(workspaces, "/api/workspace/stack")
def show_stack(request: Request) -> dict[str, Any]:
    """Who writes: parameters of the stack, which only a deployment changes."""
    known = settings()
    address = {"sender": known.email_from, "from_name": known.from_name}
    return {**address, "postal_address": known.postal_address}


@route(workspaces, "/api/workspace", "PUT")
def put_workspace(request: Request) -> dict[str, Any]:
    """Say where the company is: numbers without + and hours without a zone go by it, after a minute.

    Country and time zone are said together; what is said of messages stays until it is said anew, and then as a whole.
    """
    sent = sent_object(request)
    refuse_unknown(sent, {*PLACE, "delivery"})
    there = _kept()
    is_of_place = "delivery" not in sent or any(name in sent for name in PLACE)
    place = _place(sent) if is_of_place else {name: there.get(name) for name in PLACE}
    delivery = _delivery(sent["delivery"]) if "delivery" in sent else _rest(there)
    config.put(KIND, ID, {**place, **delivery})
    changed(_shown(there), _shown({**place, **delivery}))
    telemetry.note("workspace saved", delivers=bool(delivery))
    return _shown({**place, **delivery})


def _kept() -> dict[str, Any]:
    row = config.get(KIND, ID)
    return dict(row.data) if row else {}


def _place(sent: dict[str, Any]) -> dict[str, Any]:
    code, zone = sent.get("country"), sent.get("timezone")
    if code is not None and not country(code):
        raise Problem(400, "invalid_country", "`country` is a code of two letters, like FR", field="country")
    if zone is not None and not (isinstance(zone, str) and is_timezone(zone)):
        raise Problem(400, "invalid_timezone", "`timezone` is a name like Europe/Paris", field="timezone")
    return {"country": country(code) or None, "timezone": zone}


def _delivery(said: Any) -> dict[str, Any]:
    from sojourn.journeys.policies import PolicyRefusedError, read_policy

    if not isinstance(said or {}, dict):
        raise Problem(400, "invalid_field", "`delivery` is an object: hours, caps …", field="delivery")
    try:
        policy = read_policy(said or {})
    except PolicyRefusedError as error:
        errors = [finding.to_json() for finding in error.findings]
        first = error.findings[0]
        words = f"{first.problem} — {first.remedy}"
        raise Problem(400, "invalid_delivery", words, field="delivery", errors=errors) from error
    return {"said": policy.said, "delivery": policy.delivery} if policy.said else {}


def _rest(there: dict[str, Any]) -> dict[str, Any]:
    return {name: there[name] for name in ("said", "delivery") if there.get(name)}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    said = row.get("said")
    place = {name: row.get(name) or None for name in PLACE}
    return {**place, **({"delivery": said} if said else {})}
