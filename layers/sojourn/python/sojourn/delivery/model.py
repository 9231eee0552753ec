"""What delivery is asked for, what it needs to know, and what it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sojourn.consent.model import Consent
from sojourn.contacts.model import Profile
from sojourn.delivery.modes import EVERYBODY, Mode, Sending
from sojourn.delivery.reputation import WELL, Standing
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
    OUTSIDE_HOURS = "outside_hours"
    CAPPED = "capped"
    EXPIRED = "expired"
    HOLDOUT = "holdout"  # all was in favour, and the run is of those to whom nothing is sent
    JOURNEY_STOPPED = "journey_stopped"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    MODE = "mode"  # the workspace, or the journey, sends nothing, or not to this address
    SANDBOX = "sandbox"  # the account may write to verified addresses alone, and this is none
    TOO_OFTEN = "too_often"  # service mail to one address: nobody bombs a mailbox through us


class HoldReason(StrEnum):
    """Why a message waits."""

    HOURS = "hours"
    CAP = "cap"
    RATE = "rate"
    QUOTA = "quota"
    PAUSED = "paused"  # the journey, until somebody resumes it
    DRAFT = "draft"  # until a person releases it, or it expires
    REPUTATION = "reputation"  # marketing is paused, until a person resumes it, or it expires
    SUSPENDED = "suspended"  # the account, by the provider
    PROVIDER = "provider"


FOREVER = "9999-12-31T00:00:00.000Z"  # until when a message of a paused journey waits: for somebody's word


class JourneyState(StrEnum):
    """Whether the journey that wants the message goes on."""

    LIVE = "live"
    PAUSED = "paused"
    STOPPED = "stopped"


class Outside(StrEnum):
    """What happens to a message that comes outside its hours."""

    HOLD = "hold"
    SKIP = "skip"
    INSTEAD = "instead"


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the local day in which a channel may be used: [start, end), may cross midnight. "HH:MM" texts.

    `days` are those on which it opens, from 0 for Monday; none said means all.
    """

    start: str
    end: str
    days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError(f"{self.start}-{self.end} begins and ends together: it never opens")
        if not set(self.days) <= set(range(7)):
            raise ValueError(f"{self.days} are no days of the week")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most `most` messages in any stretch of `seconds`, or (`is_calendar`) in one local day or week of as many.

    Of one channel, topic and journey, or of all. Below the priority `keep_for` there are `keep` fewer. Transactional
    and service mail is neither counted nor held, unless `counts_all`.
    """

    most: int
    seconds: int
    is_calendar: bool = False
    channel: str = ""
    topic: str = ""
    journey: str = ""
    skips: bool = False
    keep: int = 0
    keep_for: int = 0
    counts_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """One message that somebody (an enrolment's leg, later a campaign) wants sent.

    Hours: the step's own, or else the journey's for the channel; without either the workspace's hold. `instead` is the
    same message by another channel, with the channel's own hours.
    """

    message: Message  # as it would be planned
    window: Window | None = None
    outside: Outside = Outside.HOLD
    instead: Message | None = None  # another channel's, which goes when the hours are closed
    instead_window: Window | None = None
    ghost: bool = False  # of a holdout: every gate is asked, and nothing goes out
    expires: timedelta | None = None  # how late it may go, from `message.due` on; None: the usual
    expires_with_the_day: bool = False  # not after the local day of `message.due`
    slack: timedelta = timedelta()  # of machines whose calendar runs fast: a busy minute there is weeks
    late_from: datetime | None = (
        None  # after a pause whose late messages are to go: lateness counts from here
    )
    caps: tuple[Cap, ...] = ()  # the journey's own; the workspace's hold besides
    priority: int = 0
    journey_state: str = JourneyState.LIVE
    sending: Sending = EVERYBODY  # what the workspace says
    mode: str = Mode.LIVE  # what the journey says
    standing: Standing = WELL  # whether marketing is paused


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
    instead: bool = field(
        default=False, compare=False
    )  # the hours are closed: another channel's message may go
    zones: str = field(default="", compare=False)  # whose hours were asked, and how they are known
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)  # what the gates saw, for explain


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


class RecipientUnverifiedError(Hopeless):
    """The account is in the provider's sandbox, and the address is none that was verified there."""


class NotNowError(SojournError):
    """The provider did not take the message, provably; it may later."""

    def __init__(self, reason: HoldReason, wall_seconds: float) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.wall_seconds = wall_seconds


class OutcomeUnknownError(SojournError):
    """Nobody can say whether the provider took the message."""


class ClaimStaleError(SojournError):
    """Consent, or what the caps count, changed between reading and claiming: read again."""


class AlreadyClaimedError(SojournError):
    """Another attempt is sending, or has sent, this message."""
