"""What the tests of journeys share: a published welcome, a Step Functions that keeps what it is told, a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sojourn.clock import ManualClock, iso
from sojourn.events.model import INTERNAL_SOURCE, Event, sort_key
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.files import load_file
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.model import Journey
from sojourn.journeys.store import EnrolmentRow
from sojourn.journeys.versions import LiveJourney, Version, published, put_version
from sojourn.journeys.wait import Engine

NOW = datetime(2026, 1, 5, 20, tzinfo=UTC)
CONTACT, IDENTITY = "a" * 20, "u#ann"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-j-welcome:1"
FILE = Path(__file__).parents[1] / "statemachines" / "journeys" / "welcome.journey.yaml"
TEMPLATES = dict.fromkeys(("welcome", "chapter", "reminder", "offer", "feedback"), 1)


@dataclass(slots=True)
class Machines:
    """Keeps what it is told."""

    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    stands: dict[str, str] = field(default_factory=dict)
    breaks: Exception | None = None

    def start(self, enrolment: Enrolment) -> None:
        """Once for each name, as Step Functions does."""
        if self.breaks:
            raise self.breaks
        if enrolment.execution not in self.started:
            self.started.append(enrolment.execution)

    def stop(self, enrolment: Enrolment) -> None:
        """Keeps the name."""
        self.stopped.append(enrolment.execution)

    def complete(self, token: str) -> bool:
        """Keeps the token."""
        if self.breaks:
            raise self.breaks
        self.answered.append(token)
        return token not in self.gone

    def fail(self, token: str, error: str) -> bool:
        """Keeps token and error."""
        self.failed.append((token, error))
        return token not in self.gone

    def status(self, enrolment: Enrolment) -> str | None:
        """What the test says."""
        return self.stands.get(enrolment.execution)


def an_engine(pace: float = 1.0) -> Engine:
    """At NOW, with machines that keep what they are told."""
    return Engine(clock=ManualClock(NOW, pace), machines=Machines(), due_shards=2)


@cache
def welcome() -> Journey:
    """The journey that ships."""
    return load_file(FILE)


def publish_welcome() -> LiveJourney:
    """As version 1, without Step Functions."""
    return publish_as_first(welcome())


def publish_as_first(journey: Journey) -> LiveJourney:
    """As version 1, without Step Functions."""
    published.cache_clear()
    put_version(
        Version(
            name=journey.name,
            number=1,
            source="",
            definition=journey.to_definition(),
            content_hash="",
            version_arn=ARN,
            published_at="",
            templates=TEMPLATES,
        )
    )
    return live_journey(journey)


def live_journey(journey: Journey, **facts: Any) -> LiveJourney:
    """As it goes live."""
    usual: dict[str, Any] = {"version": 1, "version_arn": ARN, "entries": journey.entries}
    return LiveJourney(name=journey.name, **{**usual, "heard": heard_by(journey), **facts})


def an_event(name: str = "Signed Up", *, number: int = 1, at: datetime = NOW, **payload: Any) -> Event:
    """One thing that Ann did."""
    kind = "track" if name else "identify"
    source = INTERNAL_SOURCE if name.startswith("Message ") else "web"
    key = sort_key(iso(at), source, str(number))
    return Event(IDENTITY, key, kind, name, at, at, source, str(number), payload)


def an_enrolment(**facts: Any) -> Enrolment:
    """Ann's run, which has just begun."""
    usual: Mapping[str, Any] = {
        "contact": CONTACT,
        "journey": "welcome",
        "entry": 1,
        "version": 1,
        "version_arn": ARN,
        "entered_by": an_event().key,
        "entered_at": iso(NOW),
        "identity": IDENTITY,
        "at": "Send the welcome",
        "until": iso(NOW),
        "started_at": iso(NOW),
    }
    return Enrolment(**{**usual, **facts})


def keep(enrolment: Enrolment) -> Enrolment:
    """Write it down, as if it had come so far."""
    row = EnrolmentRow.of(enrolment)
    row.save()
    return enrolment
