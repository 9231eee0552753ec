"""What is known of an AWS account and a stack in it, as `read` fills it and the checks look at it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

BIG_THREE = ("us-east-1", "us-west-2", "eu-west-1")  # where Step Functions' quotas are widest
DEFAULT_HOST = ".execute-api."  # part of an address that API Gateway made up


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A domain or an address that SES may send from; states are SES's words (SUCCESS, PENDING, FAILED, …)."""

    name: str
    is_verified: bool
    dkim: str = "NOT_STARTED"
    signs: bool = False
    tokens: tuple[str, ...] = ()  # Easy DKIM's: each names a CNAME record
    mail_from: str = ""
    mail_from_status: str = ""

    @property
    def is_domain(self) -> bool:
        """Only a domain has DKIM keys, MAIL FROM and DMARC of its own."""
        return "@" not in self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What SES says of the account in this Region."""

    plan: str  # NONE is à la carte
    is_in_production: bool
    may_send: bool
    enforcement: str  # HEALTHY, PROBATION, SHUTDOWN
    review: str = ""  # of the request for production access: PENDING, FAILED, GRANTED, DENIED, or nothing
    per_day: float = 0
    per_second: float = 0
    sent_in_a_day: float = 0
    identities: tuple[Identity, ...] = ()  # those that cover the sender: the address, the domain, its parents
    reports_to: tuple[str, ...] = ()  # topics that the configuration set tells of bounces and complaints

    @property
    def domain(self) -> Identity | None:
        """The verified domain nearest to the sender, else the nearest that is there."""
        domains = [each for each in self.identities if each.is_domain]
        return next((each for each in domains if each.is_verified), domains[0] if domains else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What SNS says of text messages; the limit is what the account may spend in a month."""

    is_in_sandbox: bool
    limit_usd: float


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue in which what nobody could take waits for a person."""

    name: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of the stack: OK, ALARM or INSUFFICIENT_DATA."""

    name: str
    state: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told when an alarm rings."""

    endpoint: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the workspace. Older keys do not know when they were made."""

    kind: str
    name: str
    made_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One stack in one Region, at one moment."""

    stack: str
    region: str
    sender: str
    public_url: str
    mail: Mail
    texts: Texts
    now: datetime
    topic: str = ""  # of what SES reports, as the stack knows it
    dead_letters: tuple[Queue, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    listeners: tuple[Listener, ...] = ()
    keys: tuple[Key, ...] = ()
    has_admin: bool = False  # whether anybody may sign in and do everything
    paused_for: str = ""  # what marketing is paused for by itself: bounces, complaints
    paused_since: str = ""
    dmarc: str | None = None  # the record; None: there is none
    signed: tuple[str, ...] | None = None  # header names that a received letter's DKIM signature covers
    unread: tuple[str, ...] = ()  # what would not be told

    @property
    def domain(self) -> str:
        """Of the sender."""
        return self.sender.rpartition("@")[2].lower()


class Level(StrEnum):
    """How much a finding matters: a blocker keeps mail from going out as it should."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    BLOCKER = "blocker"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, what to do about it, and the command that does it or shows it."""

    code: str
    level: Level
    says: str
    remedy: str = ""
    command: str = ""
