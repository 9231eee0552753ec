"""A message and the states of its intent (house law 4). Pure.

(absent | planned) → sending → sent | skipped(reason) | failed(reason) | unknown; `planned` alone means held.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class MessageState(StrEnum):
    """Where an intent stands."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


SETTLED = frozenset({MessageState.SENT, MessageState.SKIPPED, MessageState.FAILED, MessageState.UNKNOWN})


# What a mail does to the sender's reputation: it bounced for good, somebody called it spam; and one that SES's own
# simulator got, whatever it answers, does nothing.
BOUNCE, COMPLAINT, SIMULATED = "bounce", "complaint", "simulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one contact from one step of one enrolment. Times are ISO calendar texts."""

    contact: str
    digest: str
    enrolment: str
    journey: str
    version: int
    step: str
    channel: str
    template: str
    template_version: int
    identity: str
    topic: str = ""
    purpose: str = "marketing"
    state: MessageState = MessageState.PLANNED
    reason: str = ""
    owner: str = ""
    provider_id: str = ""
    due: str = ""
    decided_at: str = ""
    sent_at: str = ""
    held: int = 0
    parts: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    address_hash: str = ""
    zones: str = ""  # whose hours were asked when it was decided, and how they are known
    seen: Mapping[str, Any] = field(default_factory=dict)  # by the gates, where it was not plainly sent
    reserved: str = ""  # the moment for which a unit of the caps is its own
    turn: str = ""  # when the account's rate lets it go, by the wall
    released: str = ""  # when a person let it go that was a draft
    moved: bool = False  # whoever settled it moved the run on
    followed: bool = False  # a later step of its run asks when it was delivered
    against: str = ""  # what it did to the sender's reputation: one of the three above

    @property
    def id(self) -> str:
        """The id that travels: in SES tags, in links, in the API."""
        return f"{self.contact}-{self.digest}"


def message_digest(enrolment: str, step: str, round: str = "") -> str:  # noqa: A002  the language's word
    """The part of a message id that names enrolment and step, and inside a repeat the round: `2`, or `2.1`."""
    return hashlib.sha256(f"{enrolment}|{step}|{round or 1}".encode()).hexdigest()[:16]


def message_id(enrolment: str, step: str, round: str = "") -> str:  # noqa: A002
    """The id of the message that this step of this enrolment sends."""
    return f"{enrolment.partition('.')[0]}-{message_digest(enrolment, step, round)}"


def split_message_id(message: str) -> tuple[str, str] | None:
    """Contact and digest of a message id, or None when it cannot be one."""
    contact, dash, digest = message.partition("-")
    return (
        (contact, digest) if dash and contact.isalnum() and len(digest) == 16 and digest.isalnum() else None
    )
