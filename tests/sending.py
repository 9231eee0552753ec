"""What the tests of sending share: a desk over moto, people who may be written to, a run that goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sojourn.clock import ManualClock, iso
from sojourn.config import put as put_setting
from sojourn.consent.model import Consent, Standing, Status
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace, WorkspaceReader, use_workspace
from sojourn.delivery.compose import Composer
from sojourn.delivery.deliver import Desk, deliver
from sojourn.delivery.model import Email, Facts, Receipt, SendRequest, Sms
from sojourn.messages.check import save
from sojourn.messages.files import read_template
from sojourn.messages.library import save_template
from sojourn.messages.model import Message
from sojourn.messages.store import get_message
from sojourn.tracking.tokens import Keys
from sojourn.transactions import ABSENT, Key, Write, check

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
SHIPPED = Path(__file__).parents[1] / "statemachines" / "journeys" / "templates"
KEYS = Keys("k1", {"k1": b"x" * 32})
GIVEN = Standing(Status.GIVEN, "2026-01-01T00:00:00.000Z", "form")
AGREED = {"email|marketing|*": GIVEN, "sms|marketing|*": GIVEN}
EMAIL_AND_PHONE = {"email": "ada@example.org", "phone": "+12025550123"}
ADA = {**EMAIL_AND_PHONE, "timezone": "UTC"}


@dataclass(slots=True)
class Provider:
    """Takes what it is given, or raises what it is told to."""

    sent: list[Email | Sms] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    def send(self, message: Email | Sms) -> str:
        """A number for each."""
        if self.raises:
            raise self.raises.pop()
        self.sent.append(message)
        return f"p-{len(self.sent)}"


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A run that goes on whatever happens."""

    contact: str

    @property
    def key(self) -> Key:
        return (f"C#{self.contact}", "ENROL#nobody")

    def guard(self) -> Write:
        return check(self.key, ABSENT, {})

    def advance(self, message: Message) -> Write:
        return check(self.key, ABSENT, {})


def a_composer(clock: ManualClock, made: type[Composer] = Composer, **more: Any) -> Composer:
    return made(
        public_url="https://x.example", postal_address="1 Street", keys=lambda: KEYS, clock=clock, **more
    )


def a_desk(clock: ManualClock, provider: Provider, **more: Any) -> Desk:
    usual: dict[str, Any] = {
        "clock": clock,
        "email": provider,
        "sms": provider,
        "composer": a_composer(clock),
        "suppression": lambda channel, address: None,
        "may_ask": lambda *asked: True,
        "measured_unasked": lambda: False,
    }
    return Desk(**{**usual, **more})


def save_templates() -> None:
    """A mail and a text that are shipped."""
    for name in ("reminder", "offer"):
        source = read_template(SHIPPED / f"{name}.template.yaml")
        save_template(save(source, version=0), source=source)


def live_by(delivery: Mapping[str, Any], clock: ManualClock) -> None:
    """The workspace says this of its messages."""
    put_setting("SETTING", "workspace", {"delivery": delivery})
    use_workspace(WorkspaceReader(clock))


def nobody_says() -> None:
    """The workspace says nothing."""
    use_workspace(WorkspaceReader(ManualClock(NOON), Workspace))


@dataclass(slots=True, kw_only=True)
class Sender:
    """Ada's messages."""

    clock: ManualClock
    provider: Provider
    more: dict[str, Any] = field(default_factory=dict)
    contact: str = "ada"
    traits: dict[str, Any] = field(default_factory=lambda: dict(ADA))
    consent: dict[str, Standing] = field(default_factory=lambda: dict(AGREED))

    def send(self, request: SendRequest) -> Receipt:
        """As the run's next attempt would; raises what `deliver` raises."""
        asked = request.message
        facts = Facts(
            profile=Profile(self.contact, traits=self.traits),
            consent=Consent(self.contact, 0, self.consent),
            message=get_message(asked.contact, asked.digest),
        )
        desk = a_desk(self.clock, self.provider, **self.more)
        return deliver(request, facts, run=GoesOn(self.contact), desk=desk)

    def message(self, digest: str, **about: Any) -> Message:
        """One that is wanted now."""
        about = {"channel": "email", "template": "reminder", "due": iso(self.clock.calendar()), **about}
        return Message(
            contact=self.contact,
            digest=digest * 16 if len(digest) == 1 else digest,
            enrolment=f"{self.contact}.{about.get('journey', 'welcome')}.1",
            version=1,
            step="Hello",
            template_version=1,
            identity="u#ada",
            owner="execution/1",
            **{"journey": "welcome", **about},
        )

    def found(self, digest: str) -> Message:
        """As it is written down."""
        message = get_message(self.contact, digest * 16 if len(digest) == 1 else digest)
        assert message is not None
        return message
