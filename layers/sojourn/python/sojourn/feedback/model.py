"""What SES says of a mail, read from its JSON. Pure; the tables are the documentation.

Both spellings are read: `eventType` of configuration sets and `notificationType` of identities (those carry no tags).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from sojourn.errors import PoisonRecordError
from sojourn.feedback.letters import json_object

TAG = "message_id"


class Kind(StrEnum):
    """What happened, as far as it matters here."""

    PROGRESS = "progress"  # the provider has the mail; nothing else follows
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REFUSED = "refused"  # the provider took the mail and threw it away


KIND_OF = {
    "Send": Kind.PROGRESS,
    "Delivery": Kind.DELIVERED,
    "Bounce": Kind.BOUNCED,
    "Complaint": Kind.COMPLAINED,
    "Reject": Kind.REFUSED,
    "Rendering Failure": Kind.REFUSED,
    "DeliveryDelay": Kind.PROGRESS,  # SES keeps trying
    "Open": Kind.PROGRESS,  # our own pixel and links tell these better
    "Click": Kind.PROGRESS,
    "Subscription": Kind.PROGRESS,  # of SES's own contact lists, which are not used
}
# Where the particulars stand, and who is concerned.
DETAIL_OF = {
    "Send": "send", "Delivery": "delivery", "Bounce": "bounce", "Complaint": "complaint", "Reject": "reject",
    "Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay", "Open": "open", "Click": "click",
    "Subscription": "subscription",
}  # fmt: skip
RECIPIENTS_OF = {Kind.BOUNCED: "bouncedRecipients", Kind.COMPLAINED: "complainedRecipients"}
REASON_OF = {"Reject": "rejected", "Rendering Failure": "rendering_failure"}


class Bounce(StrEnum):
    """What a bounce means for the address."""

    HARD = "hard"  # dead: closed at once
    SOFT = "soft"  # counted
    UNCLEAR = "unclear"  # nobody knows: nothing follows


BOUNCE_OF_TYPE = {"Permanent": Bounce.HARD, "Transient": Bounce.SOFT, "Undetermined": Bounce.UNCLEAR}
HARD_STATUSES = {"5.4.4"}  # the domain cannot be routed to; SES calls it Transient
NOT_A_COMPLAINT = {"not-spam"}  # the recipient took it back
NOT_A_PERSON = {"OnAccountSuppressionList"}  # SES did not even try: the mail never arrived


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that a bounce or complaint is about."""

    address: str
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing that SES said of one mail. `tag` is our message id, where the mail carries it."""

    name: str
    kind: Kind
    tag: str
    tagged: bool  # whether the mail could carry tags at all
    provider_id: str
    mailed_at: datetime
    at: datetime
    recipients: tuple[Recipient, ...] = ()
    type: str = ""
    subtype: str = ""
    feedback: str = ""

    @property
    def reason(self) -> str:
        """Why the provider threw the mail away."""
        return REASON_OF.get(self.name, "")

    @property
    def is_complaint_of_a_person(self) -> bool:
        """Whether somebody called the mail spam, and means it."""
        meant = self.feedback not in NOT_A_COMPLAINT and not self.never_arrived
        return self.kind is Kind.COMPLAINED and meant

    @property
    def never_arrived(self) -> bool:
        """Whether the complaint is the provider's own, of an address that it does not write to any more."""
        return self.kind is Kind.COMPLAINED and self.subtype in NOT_A_PERSON

    @property
    def was_not_tried(self) -> bool:
        """Whether SES kept the mail back, for the account wrote there before: no rate of SES has it."""
        return self.subtype in NOT_A_PERSON

    @property
    def bounced_for_good(self) -> bool:
        """Whether an address of it is dead."""
        return any(self.bounce_of(each) is Bounce.HARD for each in self.recipients)

    def bounce_of(self, recipient: Recipient) -> Bounce | None:
        """What the bounce, if it is one, means for this address."""
        if self.never_arrived:
            return Bounce.HARD
        if self.kind is not Kind.BOUNCED:
            return None
        if recipient.status in HARD_STATUSES and self.type == "Transient":
            return Bounce.HARD
        return BOUNCE_OF_TYPE.get(self.type, Bounce.UNCLEAR)


def read_notification(text: str) -> Notification | None:
    """What a message on the topic says; None when it is not about a mail; PoisonRecordError when unreadable."""
    if text.lstrip().startswith("Successfully validated"):  # SES greets a new destination in plain text
        return None
    said = json_object(text)
    name = said.get("eventType") or said.get("notificationType")
    if not isinstance(name, str) or name not in KIND_OF:
        return None
    try:
        return _notification(said, name)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PoisonRecordError(f"a {name} event of an unknown shape") from error


def _notification(said: Mapping[str, Any], name: str) -> Notification:
    mail, kind = said["mail"], KIND_OF[name]
    detail = said.get(DETAIL_OF[name]) or {}
    recipients = detail[RECIPIENTS_OF[kind]] if kind in RECIPIENTS_OF else ()
    return Notification(
        name=name,
        kind=kind,
        tag=_first(mail.get("tags") or {}, TAG),
        tagged="eventType" in said,
        provider_id=str(mail["messageId"]),
        mailed_at=_moment(mail["timestamp"]),
        at=_moment(detail.get("timestamp") or mail["timestamp"]),
        recipients=tuple(_recipient(recipient) for recipient in recipients),
        type=str(detail.get("bounceType") or ""),
        subtype=str(detail.get("bounceSubType") or detail.get("complaintSubType") or ""),
        feedback=str(detail.get("complaintFeedbackType") or ""),
    )


def _first(tags: Mapping[str, Any], name: str) -> str:
    values = tags.get(name)
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else ""


def _recipient(said: Mapping[str, Any]) -> Recipient:
    address = said["emailAddress"]
    return Recipient(parseaddr(address)[1] or address, str(said.get("status") or "").strip())


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
