"""The preference centre: what a signed link in a mail shows and lets its holder change.

Nothing of the person is shown but the choices. A second press of the same button finds nothing left to change.
"""

import hashlib
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.clock import parse_iso
from sojourn.consent.model import MESSAGING, Channel, Consent, ConsentChange, Status
from sojourn.consent.store import Say, get_consent, ledger_of
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
A_WHILE = timedelta(minutes=10)  # one address gets no more service mail than that
NO_NEWS_AFTER = timedelta(days=1)  # what was said before needs not be told any more
AGES_AGO = datetime(2000, 1, 1, tzinfo=UTC)


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
    """What the page stands on."""

    gate: Gate
    topics: Callable[[], Mapping[str, str]]
    measured_unasked: Callable[[], bool]
    get_consent: Callable[[str], Consent] = get_consent
    ledger_of: Callable[[str], list[ConsentChange]] = ledger_of


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


def visitor_of(
    text: str, *, seen: Mapping[str, str], centre: Centre, action: Action = Action.PREFERENCES
) -> Visitor | None:
    """Who holds this link; None when the link is none of ours, or the person is gone."""
    token = centre.gate.token(text, action)
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
        # Until the profile has it, the same press makes the same event.
        id_ = f"{visitor.message.digest}-{LESS}-{visitor.profile.revision}"
        wish = less_often(visitor.message.identity, _sent(visitor), wished=wishes, id=id_)
        _insert([replace(wish, at=at)], centre)
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
    press = uuid.uuid4().hex

    def keyed(consent: Consent) -> list[ConsentChange]:
        made = say(consent)
        alike = {status: [each for each in made if each.status is status] for status in EVENT_OF}
        keys = {
            status: _told(visitor, f"{press}-{status.value}", those).key
            for status, those in alike.items()
            if those
        }
        return [replace(each, event_key=keys[each.status]) for each in made]

    changed = centre.gate.record_consent(visitor.contact, keyed) > 0
    _insert(_lately(visitor, centre), centre)
    return changed


def _lately(visitor: Visitor, centre: Centre) -> list[Event]:
    """The events of what this mail's presses left in the ledger: of one that died in between, the next one tells."""
    since = centre.gate.clock.calendar() - NO_NEWS_AFTER
    presses: dict[str, list[ConsentChange]] = {}
    for each in centre.ledger_of(visitor.contact):
        is_ours = each.how == choices.HOW and each.evidence.get("message_id") == visitor.message.id
        if is_ours and each.at >= since:
            presses.setdefault(each.event_key, []).append(each)
    return [_told(visitor, key.rpartition("#")[2], made) for key, made in presses.items()]


def _told(visitor: Visitor, message_id: str, made: Sequence[ConsentChange]) -> Event:
    """The event of changes that say alike; the same whatever order they come in."""
    first, *others = sorted(made, key=lambda each: each.slot)
    event = _event(visitor, EVENT_OF[first.status], first.at, message_id, _statement(first))
    return replace(
        event, payload={**event.payload, "context": {"consent": [_statement(each) for each in others]}}
    )


def tell_reason(visitor: Visitor, reason: str, comment: str, *, centre: Centre) -> None:
    """Keep why somebody leaves, if they say so; said again by the same mail's page, it is said once."""
    if reason in REASONS:
        told = {"reason": reason, "comment": comment.strip()[:LONGEST_COMMENT]}
        digest = hashlib.sha256("|".join(told.values()).encode("utf-8", "replace")).hexdigest()[:32]
        event = _event(visitor, "Unsubscribe Reason Given", _sent(visitor), digest, told)
        _insert([replace(event, at=centre.gate.clock.calendar())], centre)


def request_noted(visitor: Visitor, name: str, *, gate: Gate) -> None:
    """Keep that somebody asked, which sends them a mail; pressing again within a while of the page's mail asks once."""
    now = gate.clock.calendar()
    since = _sent(visitor)
    whiles = max(0, (now - since) // A_WHILE)
    word = name.partition(" ")[0].lower()
    event = _event(visitor, name, since + whiles * A_WHILE, f"{visitor.message.digest}-{word}-{whiles}")
    event = replace(event, at=now)
    if gate.insert([event]).failed:
        raise StoreBusyError("events")


def _sent(visitor: Visitor) -> datetime:
    """When the mail was, which is in the key of what is to be kept once for each mail."""
    return parse_iso(visitor.message.decided_at) if visitor.message.decided_at else AGES_AGO


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
