"""The way out of a message: its topic, its channel, everything, or only less of it.

Addresses are closed first, then consent is withdrawn, the event comes last: each can be repeated, and a second POST, or
one at the same instant, finds nothing left to do.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sojourn.clock import parse_iso
from sojourn.consent.model import MESSAGING, Channel, Consent, ConsentChange, Purpose, Status
from sojourn.consent.suppression import Reason
from sojourn.contacts.addresses import address_hash
from sojourn.contacts.model import Profile
from sojourn.events.model import Event, EventType, internal_event
from sojourn.messages.model import Message, split_message_id
from sojourn.tables import store_errors_translated
from sojourn.tracking.forms import Scope
from sojourn.tracking.tokens import Action
from sojourn.tracking.visits import Gate, happened

Slot = tuple[Channel, str | None]


def unsubscribed(text: str, *, by: str, gate: Gate, scope: Scope = Scope.TOPIC) -> bool:
    """Withdraw as much as was asked for; one who had no topic leaves all marketing of the channel. False: no change."""
    with store_errors_translated():
        token = gate.token(text, Action.UNSUBSCRIBE)
        message = _message(token.message_id, gate) if token else None
        if message is None:
            return False
        profile = gate.get_profile(message.contact)
        if scope is Scope.LESS:
            return _wishes_less(message, gate)
        slots = _slots(message, scope)
        _close_addresses(message, profile, slots, gate)
        at = gate.clock.calendar()
        changed = gate.record_consent(profile.contact, lambda now: _withdrawals(now, slots, message, by, at))
    if changed:
        happened("Unsubscribed", message, {"by": by, "topic": message.topic, "scope": scope.value}, gate=gate)
    return changed > 0


def is_ours(text: str, *, gate: Gate) -> bool:
    """Whether this is one of our unsubscribe links; asks the key, not the message."""
    with store_errors_translated():
        return gate.token(text, Action.UNSUBSCRIBE) is not None


def withdrawals(
    consent: Consent, slots: Sequence[Slot], *, at: datetime, how: str, event_key: str
) -> list[ConsentChange]:
    """The withdrawal of each slot that is not withdrawn yet.

    Not earlier than anything said on its channel: a fast clock elsewhere must not undo it.
    """
    return [
        ConsentChange(
            channel=channel,
            purpose=Purpose.MARKETING,
            topic=topic,
            status=Status.WITHDRAWN,
            at=max([at, *_said_on(consent, channel)]),
            source=how,
            how=how,
            event_key=event_key,
        )
        for channel, topic in slots
        if consent.status(channel, Purpose.MARKETING, topic) is not Status.WITHDRAWN
    ]


def _message(message_id: str, gate: Gate) -> Message | None:
    """The message; once it is forgotten, a stand-in from all marketing mail while the person is still there."""
    found = gate.find_message(message_id)
    parts = split_message_id(message_id)
    if found or parts is None:
        return found
    profile = gate.get_profile(parts[0])
    identity = next(iter(profile.partitions), None)
    if not profile.revision or identity is None:
        return None
    return Message(
        contact=parts[0],
        digest=parts[1],
        enrolment="",
        journey="",
        version=0,
        step="",
        channel=Channel.EMAIL.value,
        template="",
        template_version=0,
        identity=identity,
    )


def _slots(message: Message, scope: Scope) -> list[Slot]:
    if scope is Scope.ALL:
        return [(channel, None) for channel in MESSAGING]
    return [(Channel(message.channel), (message.topic or None) if scope is Scope.TOPIC else None)]


def _close_addresses(message: Message, profile: Profile, slots: Sequence[Slot], gate: Gate) -> None:
    """Who leaves all marketing of a channel leaves it for every contact with that address, now and later."""
    addresses = {Channel.EMAIL: profile.email, Channel.SMS: profile.phone}
    for channel, topic in slots:
        if topic is None:
            known = addresses[channel]
            keys = {address_hash(channel, known)} if known else set()
            keys |= {message.address_hash} if message.channel == channel and message.address_hash else set()
            for key in sorted(keys):
                gate.suppress_hash(
                    key, reason=Reason.UNSUBSCRIBE, at=gate.clock.calendar(), source="unsubscribe"
                )


def _withdrawals(
    consent: Consent, slots: Sequence[Slot], message: Message, by: str, at: datetime
) -> list[ConsentChange]:
    made = withdrawals(consent, slots, at=at, how=by, event_key=f"{message.id}|unsubscribe")
    return [replace(change, evidence={"message_id": message.id}) for change in made]


def _said_on(consent: Consent, channel: str) -> list[datetime]:
    prefix = f"{channel}|{Purpose.MARKETING.value}|"
    return [parse_iso(said.at) for slot, said in consent.state.items() if slot.startswith(prefix)]


def _wishes_less(message: Message, gate: Gate) -> bool:
    return not gate.insert([less_often(message.identity, gate.clock.calendar(), wished=True)]).failed


def less_often(identity: str, at: datetime, *, wished: bool, id: str = "") -> Event:  # noqa: A002
    """The wish as a trait of the person, for segments and, later, caps."""
    event = internal_event(identity, "", at=at, message_id=id or uuid.uuid4().hex, properties={})
    return replace(event, type=EventType.IDENTIFY.value, payload={"traits": {"less_often": wished}})
