"""The preference centre: what a signed link in a mail shows and lets its holder change.

Nothing of the person is shown but the choices. A second press of the same button finds nothing left to change.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sojourn.clock import parse_iso
from sojourn.consent.model import MESSAGING, Channel, Consent, ConsentChange, Status
from sojourn.consent.store import Say, get_consent
from sojourn.consent.suppression import Reason
from sojourn.contacts.addresses import address_hash
from sojourn.contacts.model import Profile
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.messages.model import Message
from sojourn.tracking import choices
from sojourn.tracking.choices import Box
from sojourn.tracking.leaving import less_often, withdrawals
from sojourn.tracking.tokens import Action
from sojourn.tracking.visits import Gate

LESS = "less_often"
EVENT_OF = {Status.GIVEN: "Consent Given", Status.WITHDRAWN: "Consent Withdrawn"}
REASONS = {
    "too_many": "Too many messages",
    "not_relevant": "Not what I am interested in",
    "not_asked": "I never asked for them",
    "other": "Something else",
}
LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever holds a good link: the person, the mail it came by, and what their browser told."""

    profile: Profile
    message: Message
    seen: Mapping[str, str]

    @property
    def contact(self) -> str:
        """Their id."""
        return self.profile.contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """What the page stands on. `export` and `erase` begin what the law gives a person a right to."""

    gate: Gate
    topics: Callable[[], Mapping[str, str]]
    measured_unasked: Callable[[], bool]
    export: Callable[[Visitor], None]
    erase: Callable[[Visitor], None]
    get_consent: Callable[[str], Consent] = get_consent


@dataclass(frozen=True, slots=True)
class Choices:
    """The boxes of the page."""

    mail: list[Box]
    texts: list[Box]
    tracking: list[Box]
    less_often: bool

    @property
    def all(self) -> list[Box]:
        """Those that are consent."""
        return [*self.mail, *self.texts, *self.tracking]


def visitor_of(text: str, *, seen: Mapping[str, str], centre: Centre) -> Visitor | None:
    """Who holds this link; None when the link is none of ours, or the person is gone."""
    token = centre.gate.token(text, Action.PREFERENCES)
    message = centre.gate.find_message(token.message_id) if token else None
    if message is None:
        return None
    profile = centre.gate.get_profile(message.contact)
    return Visitor(profile, message, {"message_id": message.id, **seen})


def choices_of(visitor: Visitor, *, centre: Centre) -> Choices:
    """What holds now."""
    consent, offered = centre.get_consent(visitor.contact), centre.topics()
    return Choices(
        mail=choices.boxes(consent, Channel.EMAIL, offered),
        texts=choices.boxes(consent, Channel.SMS, {}),
        tracking=choices.measured(consent, unasked=centre.measured_unasked()),
        less_often=visitor.profile.traits.get(LESS) is True,
    )


def save(visitor: Visitor, shown: Collection[str], on: Collection[str], *, centre: Centre) -> bool:
    """Let the boxes hold that the form showed and that are still offered."""
    at = centre.gate.clock.calendar()
    there = [box for box in choices_of(visitor, centre=centre).all if box.slot in shown]

    def say(consent: Consent) -> list[ConsentChange]:
        moment = max([at, *(parse_iso(said.at) for said in consent.state.values())])
        return choices.changes(consent, there, on, at=moment, evidence=visitor.seen)

    changed = _record(visitor, say, centre)
    wishes = LESS in on
    if LESS in shown and wishes != (visitor.profile.traits.get(LESS) is True):
        _insert([less_often(visitor.message.identity, at, wished=wishes)], centre)
    return changed


def stop(visitor: Visitor, *, centre: Centre) -> bool:
    """All marketing, by mail and by text, for every contact with these addresses."""
    at, profile = centre.gate.clock.calendar(), visitor.profile
    for channel, address in ((Channel.EMAIL, profile.email), (Channel.SMS, profile.phone)):
        if address:
            key = address_hash(channel, address)
            centre.gate.suppress_hash(key, reason=Reason.UNSUBSCRIBE, at=at, source=choices.SOURCE)
    slots = [(channel, None) for channel in MESSAGING]

    def say(consent: Consent) -> list[ConsentChange]:
        found = withdrawals(consent, slots, at=at, how=choices.HOW, event_key="")
        moment = max([at, *(change.at for change in found)])
        return [replace(each, at=moment, evidence=visitor.seen, source=choices.SOURCE) for each in found]

    return _record(visitor, say, centre)


def _record(visitor: Visitor, say: Say, centre: Centre) -> bool:
    """Into the ledger, each change under the key of the event that tells journeys and segments of it."""
    key = uuid.uuid4().hex
    told: list[Event] = []

    def keyed(consent: Consent) -> list[ConsentChange]:
        made = say(consent)
        told[:] = [_told(visitor, key, made, status) for status in sorted({each.status for each in made})]
        return [replace(each, event_key=_told(visitor, key, made, each.status).key) for each in made]

    changed = centre.gate.record_consent(visitor.contact, keyed) > 0
    if changed:
        _insert(told, centre)
    return changed


def _told(visitor: Visitor, key: str, made: Sequence[ConsentChange], status: Status) -> Event:
    first, *others = [change for change in made if change.status is status]
    name = EVENT_OF[status]
    event = _event(visitor, name, first.at, f"{key}-{status.value}", _statement(first))
    return replace(
        event, payload={**event.payload, "context": {"consent": [_statement(each) for each in others]}}
    )


def tell_reason(visitor: Visitor, reason: str, comment: str, *, centre: Centre) -> None:
    """Keep why somebody leaves, if they say so."""
    if reason in REASONS:
        told = {"reason": reason, "comment": comment.strip()[:LONGEST_COMMENT]}
        event = _event(
            visitor, "Unsubscribe Reason Given", centre.gate.clock.calendar(), uuid.uuid4().hex, told
        )
        _insert([event], centre)


def request_noted(visitor: Visitor, name: str, *, gate: Gate) -> None:
    """Keep that somebody asked; the event's key is the mail's, so that pressing again asks once."""
    at = parse_iso(visitor.message.decided_at) if visitor.message.decided_at else gate.clock.calendar()
    event = _event(visitor, name, at, f"{visitor.message.digest}-{name.partition(' ')[0].lower()}")
    event = replace(event, at=gate.clock.calendar())
    if gate.insert([event]).failed:
        raise StoreBusyError("events")


def _statement(change: ConsentChange) -> dict[str, Any]:
    topic = {"topic": change.topic} if change.topic else {}
    return {
        "channel": change.channel.value,
        "purpose": change.purpose.value,
        **topic,
        "status": change.status.value,
        "source": change.source,
        "how": change.how,
    }


def _event(
    visitor: Visitor, name: str, at: datetime, message_id: str, properties: Mapping[str, Any] | None = None
) -> Event:
    told = {"message_id": visitor.message.id, **(properties or {})}
    return internal_event(visitor.message.identity, name, at=at, message_id=message_id, properties=told)


def _insert(events: list[Event], centre: Centre) -> None:
    if centre.gate.insert(events).failed:
        raise StoreBusyError("events")
