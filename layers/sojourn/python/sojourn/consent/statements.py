"""What an event says of consent: by its name, and in `context.consent`. Pure.

A browser's key is public, so what comes with it may be anybody's word: it asks for consent to be mailed and never gives
it, speaks of tracking for its own visitor only, and takes nothing away from a person who is known.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.consent.model import ALL, Channel, ConsentChange, Purpose, Status
from sojourn.events.model import Event, Trust

MAX_CHANGES = 50  # of one event; the door refuses longer lists
MAX_TEXT = 4000
MAX_FACT = 300  # characters of one piece of evidence
STATUS_OF_EVENT = {
    "Consent Requested": Status.PENDING,
    "Consent Given": Status.GIVEN,
    "Consent Withdrawn": Status.WITHDRAWN,
}
EVIDENCE = ("form", "page", "ip_prefix", "user_agent", "statement", "requested_at", "message_id", "locale")


def changes_of(event: Event, *, is_known: bool = True) -> tuple[ConsentChange, ...]:
    """The changes that may be recorded; what cannot be read, or is not this caller's to say, is passed over.

    `is_known` says whether the person is known by more than what browsers told; who does not know leaves it so.
    """
    named = STATUS_OF_EVENT.get(event.event) if event.type == "track" else None
    found = [_change(event, event.properties, named)] if named else []
    found.extend(_change(event, said, _status(said, named)) for said in _attached(event))
    allowed = (_as_trusted(change, event.trust, is_known) for change in found if change)
    return tuple({(change.slot, change.status): change for change in allowed if change}.values())


def wording_hash(wording: str) -> str:
    """What proves, later, which words were on the form."""
    return hashlib.sha256(wording.encode("utf-8", "replace")).hexdigest()


def _as_trusted(change: ConsentChange, trust: Trust, is_known: bool) -> ConsentChange | None:
    if trust is not Trust.BROWSER or change.status is Status.PENDING:
        return change
    if change.status is Status.GIVEN and change.purpose is not Purpose.TRACKING:
        return replace(change, status=Status.PENDING)
    return None if is_known else change


def _attached(event: Event) -> Iterator[Mapping[str, Any]]:
    listed = event.context.get("consent")
    if isinstance(listed, list):
        yield from (said for said in listed[:MAX_CHANGES] if isinstance(said, Mapping))


def _status(said: Mapping[str, Any], named: Status | None) -> Status | None:
    """An attached consent is given unless it, or the event's name, says otherwise."""
    status = said.get("status", named or Status.GIVEN)
    return Status(status) if status in tuple(Status) else None


def _change(event: Event, said: Mapping[str, Any], status: Status | None) -> ConsentChange | None:
    channel, purpose = said.get("channel"), said.get("purpose")
    topic = said.get("topic")
    readable = channel in tuple(Channel) and purpose in tuple(Purpose) and isinstance(topic, str | None)
    if status is None or not readable:
        return None
    return ConsentChange(
        channel=Channel(str(channel)),
        purpose=Purpose(str(purpose)),
        topic=None if topic in (None, "", ALL) else topic,
        status=status,
        at=parse_iso(iso(min(event.at, event.received_at))),  # nobody speaks in the future
        source=_text(said.get("source")) or event.source,
        wording=_text(said.get("wording")),
        wording_version=_text(said.get("wording_version"), MAX_FACT),
        event_key=event.key,
        how=_text(said.get("how"), MAX_FACT) or "",
        evidence=_evidence(event, said),
        is_imported=event.is_imported,
    )


def _evidence(event: Event, said: Mapping[str, Any]) -> dict[str, str]:
    """What is told beside the statement, and what the call tells of its surroundings."""
    page = event.context.get("page")
    around = {
        "page": page.get("url") if isinstance(page, Mapping) else None,
        "ip_prefix": event.context.get("ip"),  # cut at the door
        "user_agent": event.context.get("userAgent"),
        "locale": event.context.get("locale"),
    }
    told = said.get("evidence")
    told = told if isinstance(told, Mapping) else {}
    texts = {name: _text(told.get(name), MAX_FACT) or _text(around.get(name), MAX_FACT) for name in EVIDENCE}
    return {name: text for name, text in texts.items() if text}


def _text(value: Any, longest: int = MAX_TEXT) -> str | None:
    return value.strip()[:longest] or None if isinstance(value, str) else None
