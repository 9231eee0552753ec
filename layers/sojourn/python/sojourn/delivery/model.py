"""What delivery is asked for, what it needs to know, and what it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sojourn.consent.model import Consent
from sojourn.contacts.model import Profile
from sojourn.errors import Hopeless, SojournError
from sojourn.messages.model import Message


class Skip(StrEnum):
    """Why a message is not sent, and never will be."""

    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    NO_COMMON_HOURS = (
        "no_common_hours"  # the number has several zones, and no moment is allowed in all of them
    )
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    TOO_OFTEN = "too_often"  # service mail to one address: nobody bombs a mailbox through us


class HoldReason(StrEnum):
    """Why a message waits."""

    HOURS = "hours"
    RATE = "rate"
    QUOTA = "quota"
    PAUSED = "paused"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the local day in which a channel may be used: [start, end), may cross midnight. "HH:MM" texts."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """One message that somebody (an enrolment's leg, later a campaign) wants sent."""

    message: Message  # as it would be planned
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when the decision is made, read strongly."""

    profile: Profile
    consent: Consent
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Send, skip for a reason, or hold until a moment for a reason."""

    skip: str = ""
    hold: HoldReason | None = None
    until: datetime | None = None
    zones: str = field(default="", compare=False)  # whose hours were asked, and how they are known


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message."""

    message: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """One mail to one person."""

    to: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """One text to one phone."""

    to: str
    text: str


class EmailSender(Protocol):
    """Hands a mail to a provider; answers the provider's id."""

    def send(self, email: Email) -> str:
        """Raises ProviderRefusedError, NotNowError or OutcomeUnknownError."""
        ...


class SmsSender(Protocol):
    """Hands a text to a provider; answers the provider's id."""

    def send(self, sms: Sms) -> str:
        """Raises ProviderRefusedError, NotNowError or OutcomeUnknownError."""
        ...


class ProviderRefusedError(Hopeless):
    """The provider will never take this message; its text is the reason."""


class NotNowError(SojournError):
    """The provider did not take the message, provably; it may later."""

    def __init__(self, reason: HoldReason, wall_seconds: float) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.wall_seconds = wall_seconds


class OutcomeUnknownError(SojournError):
    """Nobody can say whether the provider took the message."""


class ClaimStaleError(SojournError):
    """Consent changed between reading and claiming: read again."""


class AlreadyClaimedError(SojournError):
    """Another attempt is sending, or has sent, this message."""
