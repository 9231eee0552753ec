"""Views of what is done to a journey that runs: let somebody in, pause, resume, stop."""

import json
import re
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.contacts import wanted_contact
from functions.api.journeys import wanted_journey
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.errors import Problem
from sojourn.journeys.language.entering import ByRequest
from sojourn.journeys.language.times import Duration
from sojourn.journeys.live import LiveJourney, State, change_state, live
from sojourn.journeys.requests import MOST_PROPERTIES, KeyReusedError, request_entry

running = Blueprint(__name__)
LONGEST_ID = 256
RESERVED = {"journey", "by"}
LATE = re.compile(r"send|(skip|spread)(?: over)? (.+)")


@route(running, "/api/journeys/{name}/enrolments", "POST")
def request_enrolment(request: Request, name: str) -> Response:
    """Let somebody in by an event of ours; whether they may is decided when it takes effect."""
    entry = wanted_entry(name)
    sent = sent_object(request)
    refuse_unknown(sent, {"user_id", "contact", "properties", "key"})
    properties = _properties(sent, entry)
    key = request.headers.get("idempotency-key", "").strip().strip('"')
    pk, now = _identity(sent), world().clock.calendar()
    try:
        message_id, is_new = request_entry(pk, name, properties, at=now, key=key)
    except KeyReusedError:
        said = "this Idempotency-Key was used for another request: send a new one, or the same request"
        raise Problem(422, "idempotency_key_reused", said) from None
    told = {"accepted": True, "message_id": message_id, "is_new": is_new}
    return Response(told, {"Content-Type": "application/json"}, 202)


@route(running, "/api/journeys/{name}/pause", "POST")
def pause_journey(request: Request, name: str) -> dict[str, Any]:
    """Nobody leaves, and nothing is sent: messages wait for `resume`, without being asked after."""
    _nothing_sent(request)
    return _changed(name, State.PAUSED)


@route(running, "/api/journeys/{name}/resume", "POST")
def resume_journey(request: Request, name: str) -> dict[str, Any]:
    """Go on. `late` says what becomes of messages that are late by now: `send`, `skip 24 hours`, `spread 2 hours`."""
    sent = sent_object(request) if request.raw_body else {}
    refuse_unknown(sent, {"late"})
    late = _late(sent.get("late", "send"))
    if _live(name).state is State.STOPPED:
        raise Problem(
            409, "journey_stopped", f"{name} was stopped for good: publish it again to let people in"
        )
    return _changed(name, State.LIVE, late=late)


@route(running, "/api/journeys/{name}/stop", "POST")
def stop_journey(request: Request, name: str) -> dict[str, Any]:
    """Nobody comes in, no run sends anything more, held messages neither, and the runs end. Said again, it tells how
    many have ended, and whether all have."""
    _nothing_sent(request)
    return _changed(name, State.STOPPED)


def _changed(name: str, state: State, late: dict[str, Any] | None = None) -> dict[str, Any]:
    before = _live(name)
    if before.state is State.STOPPED and state is State.PAUSED:
        raise Problem(409, "journey_stopped", f"{name} was stopped: nothing of it is left to pause")
    now = world().clock.calendar()
    after = change_state(name, state, now=now, late=late)
    changed = before.state is not after.state
    if after.since:
        _follow(after)  # said again, too: whoever said it first may have died before this
    if changed:
        telemetry.note("journey changed", journey=name, state=state.value)
    told = {"name": name, "state": after.state.value, "since": after.since or None, "changed": changed}
    return told | (_ended(after) if after.state is State.STOPPED else {})


def _ended(journey: LiveJourney) -> dict[str, Any]:
    """How far the runs that were in it are ended."""
    from sojourn.journeys.stopping import progress

    found = progress(journey)
    return {"ended": found.ended, "is_done": found.is_done}


def _follow(journey: LiveJourney) -> None:
    """What must follow: held messages are let go; who is in what was stopped leaves, and no day lets in."""
    from functions.api.hidden import retire_dates
    from sojourn.bootstrap import settings
    from sojourn.journeys.releasing import ask
    from sojourn.journeys.stopping import begin

    clock, shards = world().clock, int(settings().due_shards)
    if journey.state is not State.PAUSED:
        ask(journey, clock=clock, shards=shards)
    if journey.state is State.STOPPED:
        begin(journey, clock=clock, shards=shards)
        retire_dates(journey)


def wanted_entry(name: str) -> ByRequest:
    """The journey's entry by request; the Problem that says what it lacks."""
    wanted_journey(name)
    return _entry(_live(name))


def _live(name: str) -> LiveJourney:
    found = live().get(name)
    if found is None:
        wanted_journey(name)
        raise Problem(409, "journey_not_live", f"{name} is not published: POST /api/journeys/{name}/publish")
    return found


def _entry(journey: LiveJourney) -> ByRequest:
    entry = next((each for each in journey.entries if isinstance(each, ByRequest)), None)
    if entry is None:
        said = f"{journey.name} is not entered by request: give it the entry `{{api: true}}` and publish it"
        raise Problem(409, "no_entry_by_request", said)
    if journey.state is State.STOPPED:
        raise Problem(
            409, "journey_stopped", f"{journey.name} was stopped: publish it again to let people in"
        )
    return entry


def _properties(sent: dict[str, Any], entry: ByRequest) -> dict[str, Any]:
    said = sent.get("properties", {})
    if not isinstance(said, dict):
        raise Problem(400, "invalid_field", "`properties` is an object", field="properties")
    if taken := sorted(RESERVED & said.keys()):
        problem = f"the property `{taken[0]}` is Sojourn's own: give yours another name"
        raise Problem(400, "invalid_field", problem, field=f"properties.{taken[0]}")
    if len(json.dumps(said).encode()) > MOST_PROPERTIES:
        raise Problem(413, "properties_too_large", f"`properties` may be {MOST_PROPERTIES} bytes of JSON")
    return _keyed(sent, dict(said), entry)


def _keyed(sent: dict[str, Any], properties: dict[str, Any], entry: ByRequest) -> dict[str, Any]:
    """The key is a property like any other; `key` is another way to say it."""
    key = sent.get("key")
    if key is None and entry.key and properties.get(entry.key) is None:
        said = f"the journey tells runs apart by `{entry.key}`: send it as `key`, or among the properties"
        raise Problem(400, "key_missing", said, field="key")
    if key is None:
        return properties
    if not entry.key:
        raise Problem(400, "invalid_field", "the journey's entry has no key: leave `key` out", field="key")
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_ID:
        raise Problem(400, "invalid_field", f"`key` is a text of 1 to {LONGEST_ID} characters", field="key")
    if str(properties.setdefault(entry.key, key)) != key:
        said = f"`key` and the property `{entry.key}` are not the same: leave one of them out"
        raise Problem(400, "invalid_field", said, field="key")
    return properties


def _identity(sent: dict[str, Any]) -> str:
    """The identity under which the event is kept."""
    if ("user_id" in sent) == ("contact" in sent):
        raise Problem(400, "who", "name one of `user_id` and `contact`", field="user_id")
    field = "user_id" if "user_id" in sent else "contact"
    named = sent[field]
    if not isinstance(named, str) or not 0 < len(named) <= LONGEST_ID:
        raise Problem(
            400, "invalid_field", f"`{field}` is a text of 1 to {LONGEST_ID} characters", field=field
        )
    if field == "user_id":
        return f"u#{named}"
    profile = wanted_contact(named)
    if not profile.partitions:
        raise Problem(409, "contact_has_no_identity", "no event of this contact was ever seen")
    return profile.partitions[0]


def _late(said: Any) -> dict[str, Any]:
    """`skip 24 hours` → what is later than that is skipped; `spread 2 hours` → over so long."""
    found = LATE.fullmatch(said.strip()) if isinstance(said, str) else None
    try:
        if found and found[1]:
            duration = Duration.from_text(found[2])
            if duration.seconds:
                return {"how": found[1], "seconds": duration.seconds}
        elif found:
            return {"how": "send"}
    except ValueError:
        pass
    problem = "`late` is `send`, `skip 24 hours` (what is later is skipped), or `spread 2 hours`"
    raise Problem(400, "invalid_field", problem, field="late")


def _nothing_sent(request: Request) -> None:
    if request.raw_body:
        refuse_unknown(sent_object(request), set())
