"""Views of the workspace: where it is, its brand and topics, and what holds for all its messages.

The document has a revision: `If-Match` refuses what somebody else changed meanwhile. Said twice it is said once more.
"""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.routing import route
from functions.api.workspace_words import brand_of, topics_of
from sojourn import config, telemetry
from sojourn.bootstrap import settings
from sojourn.consent.settings import read_topics
from sojourn.contacts.addresses import country
from sojourn.contacts.workspace import ID, KIND
from sojourn.errors import Problem, StaleWriteError
from sojourn.events.traits import is_timezone

PLACE, TOPICS = ("country", "timezone"), "topics"

workspaces = Blueprint(__name__)


@route(workspaces, "/api/workspace")
def show_workspace(request: Request) -> Response:
    """Where the company is, and what it says of its messages."""
    return _answer(_kept(), _topics())


@route(workspaces, "/api/workspace/stack")
def show_stack(request: Request) -> dict[str, Any]:
    """Who writes: parameters of the stack, which only a deployment changes."""
    known = settings()
    address = {"sender": known.email_from, "from_name": known.from_name}
    kept = {
        "events_kept_days": int(known.events_kept_days),
        "rejected_events_kept_days": int(known.rejected_events_kept_days),
    }
    return {**address, "postal_address": known.postal_address, "public_url": known.public_url, **kept}


@route(workspaces, "/api/workspace", "PUT")
def put_workspace(request: Request) -> Response:
    """Say where the company is: numbers without + and hours without a zone go by it, after a minute.

    Country and time zone are said together; what is said of messages, of topics and of the brand stays until it is said
    anew, and then as a whole.
    """
    sent = sent_object(request)
    refuse_unknown(sent, {*PLACE, "delivery", "topics", "brand"})
    there, offered = _kept(), _topics()
    _refuse_outrun(request, there, offered)
    row = config.Row(KIND, ID, there.revision, _data(sent, there.data))
    topics = topics_of(sent["topics"]) if "topics" in sent else offered
    revision = _written(row, topics, is_new="topics" in sent)
    after = config.Row(KIND, ID, revision, row.data)
    changed(_shown(there.data, offered), _shown(after.data, topics))
    telemetry.note("workspace saved", delivers="delivery" in row.data, topics=len(topics))
    return _answer(after, topics)


def _kept() -> config.Row:
    return config.get(KIND, ID) or config.Row(KIND, ID, 0, {})


def _topics() -> dict[str, str]:
    return dict(read_topics())


def _data(sent: dict[str, Any], there: Any) -> dict[str, Any]:
    only_others = sent and not any(name in sent for name in PLACE)
    place = {name: there.get(name) for name in PLACE} if only_others else _place(sent)
    delivery = _delivery(sent["delivery"]) if "delivery" in sent else _rest(there)
    brand = brand_of(sent["brand"]) if "brand" in sent else there.get("brand")
    return {**place, **delivery, **({"brand": brand} if brand else {})}


def _written(row: config.Row, topics: dict[str, str], *, is_new: bool) -> int:
    """The workspace, and with it the row that the preference page reads: both or neither."""
    try:
        if not is_new:
            return config.put_next(row)
        config.put_both(row, config.Row(KIND, TOPICS, 1, topics))
        return row.revision + 1
    except StaleWriteError:
        raise _outrun(_kept(), _topics(), 409) from None


def _refuse_outrun(request: Request, there: config.Row, topics: dict[str, str]) -> None:
    said = request.headers.get("if-match", "").strip()
    if said and said != "*" and said.strip('"') != str(there.revision):
        raise _outrun(there, topics, 412)


def _outrun(there: config.Row, topics: dict[str, str], status: int) -> Problem:
    code = "precondition_failed" if status == 412 else "revision_conflict"
    words = (
        f'the workspace was changed meanwhile: read it, and save again with `If-Match: "{there.revision}"`'
    )
    headers = {"ETag": f'"{there.revision}"'}
    return Problem(
        status, code, words, revision=there.revision, now=_shown(there.data, topics), headers=headers
    )


def _answer(row: config.Row, topics: dict[str, str]) -> Response:
    shown = _shown(row.data, topics)
    return Response(shown, {"Content-Type": "application/json", "ETag": f'"{row.revision}"'})


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


def _rest(there: Any) -> dict[str, Any]:
    return {name: there[name] for name in ("said", "delivery") if there.get(name)}


def _shown(row: Any, topics: dict[str, str]) -> dict[str, Any]:
    place = {name: row.get(name) or None for name in PLACE}
    more = {"delivery": row.get("said"), "brand": row.get("brand"), "topics": topics}
    return {**place, **{name: said for name, said in more.items() if said}}
