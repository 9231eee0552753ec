"""What a person allowed, folded from what they said. Pure.

A state holds the latest word on each channel, purpose and topic; `*` stands for all topics. The fold takes the later
of two words, and the stricter of two at one instant, so the order in which changes arrive does not matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sojourn.clock import iso, parse_iso
from sojourn.events.model import Event

ALL = "*"
MAX_CHANGES = 50  # of one event; the door refuses longer lists
MAX_TEXT = 4000


class Channel(StrEnum):
    """How a person is reached."""

    EMAIL = "email"
    SMS = "sms"


class Purpose(StrEnum):
    """Why a person is written to."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    TRACKING = "tracking"  # being measured: a pixel and counted links in what is sent anyway


class Status(StrEnum):
    """What a person said."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Refusal(StrEnum):
    """Why a person must not be written to."""

    NO_CONSENT = "no_consent"
    UNSUBSCRIBED = "unsubscribed"


NEEDS_NO_CONSENT = frozenset({Purpose.TRANSACTIONAL, Purpose.SERVICE})
STATUS_OF_EVENT = {"Consent Given": Status.GIVEN, "Consent Withdrawn": Status.WITHDRAWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChange:
    """One thing that a person said, with its evidence. `topic` None means all topics."""

    channel: Channel
    purpose: Purpose
    topic: str | None
    status: Status
    at: datetime
    source: str
    wording: str | None = None
    event_key: str = ""

    @property
    def slot(self) -> str:
        """The place in the state that this change is about."""
        return _slot(self.channel, self.purpose, self.topic)


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest word in one slot; `at` is canonical text, which sorts in the order of time."""

    status: Status
    at: str
    by: str

    @classmethod
    def of(cls, change: ConsentChange) -> Self:
        """As the change would have it."""
        return cls(change.status, iso(change.at), change.source)

    @property
    def weight(self) -> tuple[str, bool, str]:
        """Later outweighs earlier; at one instant a withdrawal outweighs."""
        return self.at, self.status is Status.WITHDRAWN, self.by

    def as_json(self) -> dict[str, str]:
        """As it is kept."""
        return {"status": self.status.value, "at": self.at, "by": self.by}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> Self:
        """From what `as_json` gave."""
        return cls(Status(kept["status"]), kept["at"], kept["by"])


@dataclass(frozen=True, slots=True)
class Consent:
    """All that a contact allowed; `revision` 0 means that nothing was written yet."""

    contact: str
    revision: int = 0
    state: Mapping[str, Standing] = field(default_factory=dict)

    def refusal(self, channel: str, purpose: str, topic: str | None) -> Refusal | None:
        """Why this contact may not be written to, or None when they may."""
        if purpose in NEEDS_NO_CONSENT:
            return None
        for_all = self.state.get(_slot(channel, purpose, None))
        for_topic = self.state.get(_slot(channel, purpose, topic)) if topic else None
        if for_topic and for_topic.status is Status.WITHDRAWN:
            return Refusal.UNSUBSCRIBED
        if for_all and for_all.status is Status.WITHDRAWN:
            given_since = for_topic is not None and for_topic.at > for_all.at
            return None if given_since else Refusal.UNSUBSCRIBED
        return None if for_all or for_topic else Refusal.NO_CONSENT

    def may_measure(self, channel: str) -> bool:
        """Whether openings and clicks may be counted: until this contact says no."""
        said = self.state.get(_slot(channel, Purpose.TRACKING, None))
        return said is None or said.status is Status.GIVEN


def apply(consent: Consent, change: ConsentChange) -> Consent:
    """The consent after one more change; of the same revision, which only a write raises."""
    said, known = Standing.of(change), consent.state.get(change.slot)
    if known and known.weight >= said.weight:
        return consent
    return replace(consent, state={**consent.state, change.slot: said})


def changes_of(event: Event) -> tuple[ConsentChange, ...]:
    """What an event says about consent: by its name, and in `context.consent`. What cannot be read is passed over."""
    named = STATUS_OF_EVENT.get(event.event) if event.type == "track" else None
    found = [_change(event, event.properties, named)] if named else []
    found.extend(_change(event, said, _status(said, named)) for said in _attached(event))
    readable = {(change.slot, change.status): change for change in found if change}
    return tuple(readable.values())


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
        at=_said_at(event),
        source=_text(said.get("source")) or event.source,
        wording=_text(said.get("wording")),
        event_key=event.key,
    )


def _said_at(event: Event) -> datetime:
    """Nobody speaks in the future: a wrong clock must not outweigh whatever the person says next."""
    return parse_iso(iso(min(event.at, event.received_at)))


def _text(value: Any) -> str | None:
    return value.strip()[:MAX_TEXT] or None if isinstance(value, str) else None


def _slot(channel: str, purpose: str, topic: str | None) -> str:
    return f"{channel}|{purpose}|{topic or ALL}"
