"""What a notification makes of a message: upwards only, so that neither order nor repetition matters. Pure."""

from dataclasses import replace

from sojourn.clock import iso
from sojourn.feedback.model import Kind, Notification
from sojourn.messages.model import BOUNCE, COMPLAINT, SIMULATED, Message, MessageState

# A provider that speaks of a mail has it, whatever we believed; `skipped` and `failed` were decided before it could.
BECOMES_SENT = frozenset({MessageState.PLANNED, MessageState.SENDING, MessageState.UNKNOWN})
CAN_BE_REFUSED = BECOMES_SENT | {MessageState.SENT}
DELIVERED, BOUNCED, COMPLAINED = "delivered", "bounced", "complained"
RANK = {"": 0, DELIVERED: 1, BOUNCED: 2, COMPLAINED: 3}
WEIGHT = {"": 0, BOUNCE: 1, COMPLAINT: 2, SIMULATED: 3}


def after(message: Message, notification: Notification) -> Message:
    """The message, now that this is known of it."""
    if notification.kind is Kind.REFUSED:
        return _refused(message, notification.reason)
    sent = _with_outcome(_sent(message, notification), outcome_of(notification))
    return _with_weight(sent, against_of(notification))


def outcome_of(notification: Notification) -> str:
    """How the mail fared, as far as this tells; empty when it does not tell."""
    if notification.kind is Kind.COMPLAINED:
        return _outcome_of_complaint(notification)
    return {Kind.DELIVERED: DELIVERED, Kind.BOUNCED: BOUNCED}.get(notification.kind, "")


def against_of(notification: Notification) -> str:
    """What it does to the sender's reputation, as SES counts it: nothing where SES did not even try the address."""
    if notification.was_not_tried:
        return ""
    if notification.is_complaint_of_a_person:
        return COMPLAINT
    return BOUNCE if notification.bounced_for_good else ""


def _outcome_of_complaint(notification: Notification) -> str:
    if notification.is_complaint_of_a_person:
        return COMPLAINED
    return BOUNCED if notification.never_arrived else DELIVERED  # "not spam" is said of a mail that was read


def _refused(message: Message, reason: str) -> Message:
    if message.outcome or message.state not in CAN_BE_REFUSED:
        return message
    return replace(message, state=MessageState.FAILED, reason=reason)


def _sent(message: Message, notification: Notification) -> Message:
    known = replace(message, provider_id=message.provider_id or notification.provider_id)
    if message.state not in BECOMES_SENT:
        return known
    sent_at = message.sent_at or iso(notification.mailed_at)
    return replace(known, state=MessageState.SENT, reason="", sent_at=sent_at)


def _with_weight(message: Message, against: str) -> Message:
    if message.state is not MessageState.SENT or WEIGHT[against] <= WEIGHT.get(message.against, 0):
        return message
    return replace(message, against=against)


def _with_outcome(message: Message, outcome: str) -> Message:
    if message.state is not MessageState.SENT or RANK[outcome] <= RANK.get(message.outcome, 0):
        return message
    return replace(message, outcome=outcome)
