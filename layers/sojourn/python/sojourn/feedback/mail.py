"""What follows when SES says something of a mail.

Addresses first, then the message, the event last: each can be repeated, so a crash anywhere is mended by the queue's
next attempt, and the same notification three times is one event. The event lets segments know of whoever was written
to; whoever else has the address is judged again by the next sweep.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter

from sojourn.clock import Clock
from sojourn.consent.addresses.store import soft_bounce, suppress
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import record
from sojourn.consent.suppression import Reason, Send
from sojourn.contacts.addresses import address_hash, email_key
from sojourn.contacts.store import find_contact, get_profile
from sojourn.errors import Retryable, StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.events.store import insert
from sojourn.feedback.lattice import BOUNCED, COMPLAINED, DELIVERED, RANK, after, outcome_of
from sojourn.feedback.letters import Letter
from sojourn.feedback.model import Bounce, Kind, Notification, Recipient, read_notification
from sojourn.feedback.store import note_delivery, replace_message
from sojourn.messages.model import Message, split_message_id
from sojourn.messages.proofs.model import id_in
from sojourn.messages.proofs.store import note_outcome
from sojourn.messages.store import find_message, messages_of

ATTEMPTS = 8
SOURCE = "ses"
JudgeAgain = Callable[[str], None]  # a contact, by the next sweep
CLOCKS_DIFFER_BY = timedelta(days=1)
EVENT_OF_OUTCOME = {BOUNCED: "Message Bounced", COMPLAINED: "Message Complained"}


class MessageNotYetKnownError(Retryable):
    """The provider speaks of a message that is not written yet: ask the queue to say it again."""


def take_feedback(letter: Letter, *, clock: Clock, judge_again: JudgeAgain) -> bool:
    """Let one notification take effect; False when it is not about a mail of ours."""
    notification = read_notification(letter.text)
    if notification is None:
        return False
    if not notification.tagged and not notification.tag:
        return _of_an_identity(notification, clock, judge_again)
    if proof := id_in(notification.tag):
        _of_a_proof(proof, notification, clock, judge_again)
        return True
    if notification.kind is Kind.DELIVERED and note_delivery(notification.tag):
        return True
    message = find_message(notification.tag)
    if message is None:
        if split_message_id(notification.tag) and letter.may_be_early(clock):
            raise MessageNotYetKnownError(notification.tag)
        return False
    _of_a_message(notification, message, clock)
    _tell_holders(notification, message.contact, judge_again)
    return True


def _of_an_identity(notification: Notification, clock: Clock, judge_again: JudgeAgain) -> bool:
    """Feedback on the sender's identity names no message; what it says of the addresses holds all the same."""
    concerns = notification.kind in {Kind.BOUNCED, Kind.COMPLAINED}
    if concerns:
        _close_addresses(notification, None, _moment(notification, clock))
        _tell_holders(notification, "", judge_again)
    return concerns


def _of_a_proof(proof: str, notification: Notification, clock: Clock, judge_again: JudgeAgain) -> None:
    """Whoever tests sees what became of it; an address that takes no mail takes none, whoever wrote to it."""
    if outcome := outcome_of(notification) or notification.reason:
        weight = RANK.get(outcome, max(RANK.values()))
        note_outcome(proof, outcome, over={known for known, rank in RANK.items() if rank < weight})
    _of_an_identity(notification, clock, judge_again)


def _tell_holders(notification: Notification, told: str, judge_again: JudgeAgain) -> None:
    """Whose address it is now: another contact than the one who was written to, or nobody knows who that was."""
    for recipient in notification.recipients:
        holder = find_contact(email_key(recipient.address))
        if holder and holder != told:
            judge_again(holder)


def _of_a_message(notification: Notification, message: Message, clock: Clock) -> None:
    at = _moment(notification, clock)
    event = _event(notification, message, at)
    _close_addresses(notification, message, at)
    if event and notification.is_complaint_of_a_person:
        record(message.contact, _withdrawal(message, event))
    _advance(message, notification)
    if event and insert([event]).failed:
        raise StoreBusyError("events")


def _close_addresses(notification: Notification, message: Message | None, at: datetime) -> None:
    for recipient in notification.recipients:
        if notification.is_complaint_of_a_person:
            suppress(Channel.EMAIL, recipient.address, reason=Reason.COMPLAINT, at=at, source=SOURCE)
            continue
        bounce = notification.bounce_of(recipient)
        if bounce is Bounce.HARD:
            suppress(Channel.EMAIL, recipient.address, reason=Reason.BOUNCE, at=at, source=SOURCE)
        if bounce is Bounce.SOFT:
            _soft_bounce(notification, recipient, message, at)


def _soft_bounce(
    notification: Notification, recipient: Recipient, message: Message | None, at: datetime
) -> None:
    # Counted by the provider's id, which the identity's feedback on the same mail carries as well.
    soft_bounce(
        recipient.address,
        message_id=notification.provider_id,
        at=at,
        source=SOURCE,
        sends=lambda: list(_sends(notification, recipient, message)) if message else (),
    )


def _sends(notification: Notification, recipient: Recipient, message: Message) -> Iterator[Send]:
    """This contact's mails to this address, the newest first."""
    to_address = address_hash(Channel.EMAIL, recipient.address)
    contacts = {message.contact, *get_profile(message.contact).collections}
    sent_to_them = (sent for contact in sorted(contacts) for sent in messages_of(contact))
    to_contact = (sent for sent in sent_to_them if sent.address_hash == to_address)
    for sent in sorted(to_contact, key=attrgetter("decided_at"), reverse=True):
        provider_id = notification.provider_id if sent.id == message.id else sent.provider_id
        if provider_id:
            yield Send(provider_id, sent.outcome == DELIVERED)


def _advance(message: Message, notification: Notification) -> None:
    """Write what is new of the message; whoever wrote in between is read again."""
    for _ in range(ATTEMPTS):
        changed = after(message, notification)
        if changed == message or replace_message(message, changed):
            return
        found = find_message(message.id)
        if found is None:
            return
        message = found
    raise StoreBusyError("message")


def _moment(notification: Notification, clock: Clock) -> datetime:
    """When the provider says it was, unless its clock is out of its mind."""
    now = clock.calendar()
    return notification.at if notification.at <= now + CLOCKS_DIFFER_BY else now


def _event(notification: Notification, message: Message, at: datetime) -> Event | None:
    """What journeys and segments see of it; a delivery is only state of the message, unless its run asks for it."""
    outcome = outcome_of(notification)
    name = "Message Delivered" if outcome == DELIVERED and message.followed else EVENT_OF_OUTCOME.get(outcome)
    if name is None:
        return None
    particulars = {"bounce_type": notification.type or "Permanent", "bounce_subtype": notification.subtype}
    return internal_event(
        message.identity,
        name,
        at=at,
        message_id=_event_id(notification),
        properties={
            "message_id": message.id,
            "journey": message.journey,
            "version": message.version,
            "step": message.step,
            "channel": message.channel,
            "template": message.template,
            **(
                particulars
                if outcome == BOUNCED
                else {"feedback": notification.feedback}
                if notification.feedback
                else {}
            ),
        },
    )


def _event_id(notification: Notification) -> str:
    """The same for the same notification, however often it comes."""
    who = ",".join(sorted(recipient.address for recipient in notification.recipients))
    said = f"{notification.provider_id}|{notification.name}|{who}|{notification.at.isoformat()}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _withdrawal(message: Message, event: Event) -> ConsentChange:
    """Whoever complains of one mail wants none of its kind."""
    return ConsentChange(
        channel=Channel(message.channel),
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.WITHDRAWN,
        at=event.at,
        source="complaint",
        event_key=event.key,
    )
