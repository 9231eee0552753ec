"""People who do things, segments that are published, and the machine that goes through all of them, in one process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import Clock, ManualClock, iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import find_contact, get_profile
from sojourn.events import store as events
from sojourn.events.model import Event, sort_key
from sojourn.events.stream import Sequenced
from sojourn.journeys.react import react
from sojourn.journeys.refold import refolded
from sojourn.journeys.wait import Engine
from sojourn.segments import store
from sojourn.segments.backfill import Hands
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import members_of
from sojourn.segments.members.store import memberships_of
from sojourn.segments.publish import Desk, Published, publish, save
from sojourn.segments.runs import steps
from sojourn.segments.runs.model import Run
from sojourn.segments.runs.store import people_from
from sojourn.segments.verify import evaluated
from tests.cloud import REGION, SETTINGS
from tests.faults.world import rows
from tests.insight_rows import NOW
from tests.journeys import Machines
from tests.partiql import empty

TABLES = ("Events", "People", "Identity", "Due", "Config", "Counters", "Suppression")


@dataclass(slots=True)
class Machine:
    """Keeps what it is to run."""

    started: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)

    def start(self, run: Run) -> bool:
        """Each attempt once."""
        name = f"{run.id}-{run.attempt}"
        if name in self.started:
            return False
        self.started.append(name)
        self.running.add(name)
        return True

    def is_running(self, run: Run) -> bool:
        """Until it was played."""
        return f"{run.id}-{run.attempt}" in self.running


@dataclass(slots=True)
class Shop:
    """A stack with people in it."""

    clock: ManualClock
    engine: Engine
    machine: Machine = field(default_factory=Machine)
    arrived: set[str] = field(default_factory=set)
    number: int = 0
    between: Callable[[str], object] = lambda what: None  # called after each step of the machine

    @property
    def desk(self) -> Desk:
        """Where segments are published."""
        return Desk(self.machine, self.clock)

    @property
    def world(self) -> steps.World:
        """What the function has."""
        return steps.World(Hands(clock=self.clock, shards=2), refold)

    # What people do

    def does(
        self, user: str, name: str, *, ago: timedelta = timedelta(), is_late: bool = False, **facts: Any
    ) -> Event:
        """One thing; it takes effect with the next `react`, or, `is_late`, when the stream is read again."""
        self.number += 1
        kind, message = ("track" if name else "identify"), f"m{self.number}"
        at = self.clock.now - ago
        key = sort_key(iso(at), "web", message)
        payload = facts if not name else {"properties": facts}
        pk = user if "#" in user else f"u#{user}"
        event = Event(pk, key, kind, name, at, self.clock.now, "web", message, payload)
        assert not events.insert([event]).failed
        if not is_late:
            self.react()
        return event

    def identifies(self, user: str, **traits: Any) -> None:
        """Says something of themselves."""
        self.does(user, "", traits=traits)

    def becomes(self, visitor: str, user: str) -> None:
        """A visitor turns out to be a user."""
        self.does(user, "", traits={}, anonymousId=visitor.removeprefix("a#"), userId=user)

    def react(self) -> None:
        """The stream, until it is empty: what is told of segments comes by it too."""
        while fresh := [event for event in _events() if event.key not in self.arrived]:
            self.arrived |= {event.key for event in fresh}
            places = range(len(self.arrived) - len(fresh) + 1, len(self.arrived) + 1)
            batch = [Sequenced(event, str(place)) for event, place in zip(fresh, places, strict=True)]
            assert react(batch, {}, engine=self.engine, segments=store.live_index()) == []

    # Segments

    def saves(self, name: str, rule: str) -> None:
        """A draft."""
        there = store.get_draft(name)
        save(name, f"segment: {name}\nrule: {rule}\n", revision=there.revision if there else 0)

    def publishes(self, name: str, rule: str) -> Published:
        """A draft, published; the machine is not played yet."""
        self.saves(name, rule)
        return publish(name, desk=self.desk)

    def has(self, name: str, rule: str) -> None:
        """A segment in force."""
        self.plays(self.publishes(name, rule).run)

    def plays(self, run: Run | None) -> None:
        """The machine, to its end."""
        assert run is not None
        answer = steps.plan(run.id, self.world)
        while answer["then"] != "done":
            self.between("plan")
            for page in answer["pages"]:
                while steps.page(page["run"], page["stage"], page["page"], self.world)["more"]:
                    self.between("call")
                self.between("page")
            answer = steps.commit(answer["run"], answer["stage"], self.world)
            self.between("commit")
        self.machine.running.discard(f"{run.id}-{run.attempt}")
        self.react()
        self.clock.advance(1)

    # What came of it

    def contact(self, user: str) -> str:
        """Whose id it is."""
        found = find_contact(user if "#" in user else f"u#{user}")
        assert found
        return found

    def profile(self, user: str) -> Profile:
        """As it stands."""
        return get_profile(self.contact(user))

    def is_in(self, user: str) -> list[str]:
        """The segments that somebody is in, by the marks."""
        return sorted(members_of(self.profile(user).segments, store.live_index()))

    def told(self, user: str = "") -> list[tuple[str, str, str]]:
        """(event, segment, cause) of what was told, in order."""
        wanted = [event for event in _events() if event.event.startswith("Segment ")]
        if user:
            mine = self.profile(user).partitions
            wanted = [event for event in wanted if event.pk in mine]
        wanted.sort(key=lambda event: (event.at, event.message_id))
        return [(event.event, event.properties["segment"], event.properties["cause"]) for event in wanted]

    def wrong(self) -> list[str]:
        """Where marks, rows or what was told are not what the raw events say."""
        index, found = store.live_index(), people_from(0, 1, None)[0]
        return [said for profile in found.people for said in _wrong(profile, index, self.clock.now)]


def a_shop(given: Clock | None = None) -> Shop:
    """With nothing in it; the tables must be there. A clock that is given stays as it is, and its tables too."""
    clock = given or ManualClock(NOW)
    assert isinstance(clock, ManualClock)
    store.forget()
    if given is None:
        empty(*TABLES)
        events.bind(SETTINGS, clock=clock, region=REGION, sleep=lambda seconds: None)
    return Shop(clock, Engine(clock=clock, machines=Machines(), due_shards=2))


def refold(profile: Profile, index: SegmentIndex) -> Profile:
    """As the function's world has it."""
    return refolded(profile, index=index)


def _wrong(profile: Profile, index: SegmentIndex, now: datetime) -> Iterator[str]:
    fresh = replace(refold(profile, index), segments={})
    wanted = evaluated(fresh, index, now)
    marked = members_of(profile.segments, index)
    listed = {row.segment for row in memberships_of(profile.contact) if row.is_in}
    said = _last_told(profile)
    for what, seen in (("marks", marked), ("rows", listed), ("events", said)):
        if seen != wanted:
            yield f"{profile.identities}: {what} {sorted(seen)}, and the events say {sorted(wanted)}"
    idle = [name for name, marks in profile.segments.items() for mark in marks.values() if not mark["said"]]
    if not index.pending and idle:
        yield f"{profile.identities}: marks that say nothing: {idle}"


def _last_told(profile: Profile) -> set[str]:
    """What somebody who only hears the events would think."""
    inside: set[str] = set()
    told = [event for event in events.history(profile.partitions) if event.event.startswith("Segment ")]
    for event in sorted(told, key=lambda event: (event.at, event.properties["generation"])):
        name = str(event.properties["segment"])
        inside = inside | {name} if event.event == "Segment Entered" else inside - {name}
    return inside


def _events() -> list[Event]:
    images = ({name: value.to_json() for name, value in row.attrs.items()} for row in rows("Events"))
    return [events.from_image(image) for image in images]
