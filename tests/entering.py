"""What the tests of entries, goals and exits share: a small journey of any kind, live; people, and what they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import ManualClock, iso
from sojourn.contacts.store import find_contact, get_profile
from sojourn.due.store import bucket_of, read_cursor, write_cursor
from sojourn.events.insertion import insert
from sojourn.events.model import INTERNAL_SOURCE, Event, internal_event
from sojourn.events.store import history
from sojourn.events.stream import Sequenced
from sojourn.events.wire import wire
from sojourn.insight.explain import Gate
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.model import Journey
from sojourn.journeys.react import react
from sojourn.journeys.refusals.store import refusal_of
from sojourn.journeys.sweep import sweep
from sojourn.journeys.versions import LiveJourney, set_live
from sojourn.segments.store import live_index
from tests.cloud import SETTINGS
from tests.journeys import IDENTITY, NOW, Machines, an_engine, an_event, live_journey, publish_as_first

STEPS: list[dict[str, Any]] = [
    {"send": "Say hello", "template": "welcome", "channel": "email"},
    {"wait": "Wait a month", "for": "30 days"},
]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_journey(name: str = "cart", **said: Any) -> Journey:
    """One that greets and waits, with these lines of its file instead."""
    usual = {"journey": name, "purpose": "marketing", "entry": {"event": "Checkout Started"}, "steps": STEPS}
    lines = {key.replace("_", " ").replace("re entry", "re-entry"): each for key, each in said.items()}
    return Journey.from_definition({**usual, **lines})


@dataclass
class World:
    """Journeys that are live, and one clock."""

    engine: Engine = field(default_factory=an_engine)
    live: dict[str, LiveJourney] = field(default_factory=dict)
    told: int = 0
    heard: set[tuple[str, str]] = field(default_factory=set)

    @property
    def clock(self) -> ManualClock:
        """The clock, to be moved."""
        assert isinstance(self.engine.clock, ManualClock)
        return self.engine.clock

    @property
    def machines(self) -> Machines:
        """What Step Functions was told."""
        assert isinstance(self.engine.machines, Machines)
        return self.engine.machines

    def publish(self, journey: Journey, **facts: Any) -> LiveJourney:
        """Let it go live."""
        publish_as_first(journey)
        self.live[journey.name] = live_journey(journey, **facts)
        set_live(self.live[journey.name])
        return self.live[journey.name]

    def happens(self, *events: Event) -> None:
        """Written, and told by the stream, in this order."""
        insert(list(events))
        self.hear(*events)

    def hear(self, *events: Event) -> None:
        """Told by the stream alone."""
        arrivals = []
        for event in events:
            self.told += 1
            arrivals.append(Sequenced(event, str(self.told)))
        assert react(arrivals, self.live, engine=self.engine, segments=live_index()) == []

    def sweeps(self, until: datetime | None = None) -> None:
        """The sweep of a moment, and whatever the stream tells of it; those of before were an hour and a half ago."""
        self.clock.now = until or self.clock.now
        write_cursor(max(read_cursor() or 0, bucket_of(self.clock.now, self.clock.pace) - 90))
        sweep(engine=self.engine)
        told = sorted(self._written() - self.heard)
        self.heard |= set(told)
        everything = [event for pk in {pk for pk, _ in told} for event in history([pk])]
        self.hear(*(event for event in everything if (event.pk, event.sk) in told))

    def _written(self) -> set[tuple[str, str]]:
        table = wire().call("scan", TableName=SETTINGS.events_table)
        ours = (row for row in table["Items"] if row["source"]["S"] == INTERNAL_SOURCE)
        return {(row["pk"]["S"], row["sk"]["S"]) for row in ours}

    def runs(self, journey: str = "cart", identity: str = IDENTITY) -> list[Enrolment]:
        """Everybody's runs who bears this identity, by number."""
        profile = get_profile(find_contact(identity) or "")
        found = [run for contact in profile.collections for run in store.enrolments_of(contact, journey)]
        return sorted(found, key=lambda run: run.entry)

    def refused(self, journey: str = "cart", identity: str = IDENTITY) -> Gate | None:
        """The newest refusal: its reason, and what was seen."""
        profile = get_profile(find_contact(identity) or "")
        found = refusal_of(profile.collections, journey)
        return Gate("entry", found.no.reason.value, found.no.seen, found.at) if found else None

    def reason(self, journey: str = "cart") -> str:
        """Why they were refused; "" when they were not."""
        found = self.refused(journey)
        return found.reason if found else ""


def did(name: str, number: int = 1, *, at: datetime = NOW, **properties: Any) -> Event:
    """One thing that Ann did."""
    return an_event(name, number=number, at=at, properties=properties)


def ours(name: str, number: int = 1, *, at: datetime = NOW, **properties: Any) -> Event:
    """One thing that Sojourn says of Ann."""
    return internal_event(IDENTITY, name, at=at, message_id=str(number), properties=properties)


def said(traits: Mapping[str, Any], number: int = 1, *, at: datetime = NOW) -> Event:
    """What Ann says of herself."""
    return an_event("", number=number, at=at, traits=traits)


def ended(run: Enrolment, at: datetime = NOW) -> None:
    """As if it had come to its end."""
    from sojourn.journeys.enrolment import Status

    store.end(run.id, Status.COMPLETED, reason="", now=iso(at))
