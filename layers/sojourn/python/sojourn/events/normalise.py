"""From what a client sent to the event that is stored. Pure: one item in, one event out, or the reason why not.

    type and name → ids → time → parts → text

Raises EventRejectedError when nothing of the item can be stored; what was only left out is in `Normalised.left_out`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.events.encode import canonical, encode, may_nest_deeper_than
from sojourn.events.envelope import Envelope
from sojourn.events.identifiers import identifiers, message_id, partition, utf8
from sojourn.events.model import Event, EventType, sort_key
from sojourn.events.parts import leave_out, parts_of
from sojourn.events.proofs import trust_of
from sojourn.events.rejections import EventRejectedError, Rejection
from sojourn.events.times import occurred
from sojourn.events.traits import odd_addresses
from sojourn.http.bodies import MAX_DEPTH, is_deeper_than

LONGEST_NAME = 200
LARGE_EVENT = 32 * 1024  # what Segment documents; its own clients send more
LARGEST_EVENT = 64 * 1024
OVER_32KB = "over_32kb"

TYPES = frozenset(kind.value for kind in EventType)
NOT_PART_OF_THE_EVENT = {"sentAt", "writeKey", "userHash", "previousHash"}


@dataclass(frozen=True, slots=True)
class Normalised:
    """The event, its payload as text, and what was left out of it."""

    event: Event
    text: str
    left_out: list[Rejection]


def normalise(item: Any, envelope: Envelope, *, path_type: str | None = None) -> Normalised:
    """The event of one item; `path_type` is set when the call's path said what type it is."""
    if not isinstance(item, dict):
        raise EventRejectedError("event_not_object", "an event must be a JSON object")
    try:
        return _normalise(item, envelope, path_type)
    except RecursionError as error:
        raise _too_deep() from error


def event_type(item: Mapping[str, Any], path_type: str | None) -> str:
    """The type that the item states; on a path of its own it may be silent, but not contradict."""
    stated = item.get("type")
    if path_type is not None:
        if stated is not None and stated != path_type:
            raise EventRejectedError("type_mismatch", f"this path takes events of type {path_type}", "type")
        return path_type
    if not isinstance(stated, str) or stated not in TYPES:
        raise EventRejectedError("unknown_type", f"type must be one of {', '.join(sorted(TYPES))}", "type")
    return stated


def event_name(item: Mapping[str, Any], kind: str) -> str:
    """The name of what was done; only track has one."""
    if kind != "track":
        return ""
    name = item.get("event")
    if not isinstance(name, str) or not name.strip():
        raise EventRejectedError("missing_event", "a track call needs the name of an event", "event")
    if len(name) > LONGEST_NAME:
        raise EventRejectedError("invalid_event", f"event may have {LONGEST_NAME} characters", "event")
    return utf8(name, "invalid_event", "event")


def generated_message_id(item: Mapping[str, Any], kind: str) -> str:
    """For an event without one: the same event gets the same id, however often it is sent."""
    meant = {key: value for key, value in item.items() if key not in NOT_PART_OF_THE_EVENT}
    return hashlib.sha256(canonical({**meant, "type": kind})).hexdigest()


def _normalise(item: dict[str, Any], envelope: Envelope, path_type: str | None) -> Normalised:
    kind = event_type(item, path_type)
    name = event_name(item, kind)
    ids = identifiers(item, kind)
    identity = message_id(item.get("messageId")) or generated_message_id(item, kind)
    sent_at, skew = envelope.sent(item)
    timestamp = item.get("timestamp")
    if timestamp is None:
        timestamp = item.get("originalTimestamp")
    when = occurred(timestamp, skew, received=envelope.received)
    payload = parts_of(item, envelope.shared)
    trust, unproved = trust_of(item, payload, ids, trust=envelope.trust, secrets=envelope.secrets)
    left_out = unproved + leave_out(payload, kind=kind, name=name, trust=trust, ip=envelope.ip)
    payload |= ids
    if when.flag:
        payload |= {"originalTimestamp": timestamp, "sentAt": sent_at, "flags": [when.flag]}
    flags = [rejection.code for rejection in left_out]
    if kind == "identify":
        flags += odd_addresses(payload.get("traits", {}))
    if flags:
        payload["flags"] = [*payload.get("flags", ()), *flags]
    pk = partition(ids)
    text = _sized_text(pk, payload)
    sk = sort_key(when.client_time, envelope.source, identity)
    event = Event(pk, sk, kind, name, when.at, envelope.received, envelope.source, identity, payload, trust)
    return Normalised(event, text, left_out)


def _sized_text(pk: str, payload: dict[str, Any]) -> str:
    """The payload as text, neither too large nor too deep; a large one says so in its flags."""
    text, size = encode(pk, payload)
    if may_nest_deeper_than(MAX_DEPTH, text) and is_deeper_than(MAX_DEPTH, payload):
        raise _too_deep()
    if size > LARGEST_EVENT:
        raise EventRejectedError("event_too_large", f"an event may have {LARGEST_EVENT} bytes")
    if size <= LARGE_EVENT:
        return text
    payload["flags"] = [*payload.get("flags", ()), OVER_32KB]
    return encode(pk, payload)[0]


def _too_deep() -> EventRejectedError:
    return EventRejectedError("too_deep", f"objects and arrays may nest {MAX_DEPTH} deep")
