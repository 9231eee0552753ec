"""What is live: the one row that react reads of all journeys.

Config row `LIVE` / `journeys`: of each its version, how it is entered, what its runs listen to, and whether it is
paused or stopped. Beside them, how far the workspace lets messages out (modes.py).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sojourn.clock import iso
from sojourn.config import Row, get, put_next
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.events.model import Event
from sojourn.journeys.language.entering import (
    EXISTING,
    REQUESTED,
    ByRequest,
    Entry,
    OnDate,
    OnSchedule,
    Trigger,
    entry_from,
)
from sojourn.rules.comparing import passes
from sojourn.rules.nodes import Test
from sojourn.segments.model import ENTERED, OUR_EVENTS

LIVE = ("LIVE", "journeys")
OWN = "#"  # begins what stands beside the journeys; no journey's name begins so
NOTHING: Mapping[str, Any] = MappingProxyType({})
TRIES = 5
END_REQUESTED = "Journey End Requested"  # our own event: somebody is to leave a journey
OCCURRENCE = "occurrence"  # the property that says by which moment of a schedule somebody comes in
HIDDEN = "--"  # stands in the names of segments that belong to a journey, and in no other's


class State(StrEnum):
    """Whether a journey goes on."""

    LIVE = "live"
    PAUSED = "paused"  # nobody leaves, nothing is sent
    STOPPED = "stopped"  # nobody comes in, nothing more is sent


def date_segment(journey: str, place: int) -> str:
    """The hidden segment of whoever's day it is, by the entry's place in the file, from 1."""
    return f"{journey}{HIDDEN}d{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What may move the runs of a journey: events by name, segments that somebody comes into or leaves, attributes that
    change. `everything`: a rule that looks at any event."""

    events: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    everything: bool = False

    def __or__(self, other: "Heard") -> "Heard":
        return Heard(
            events=self.events | other.events,
            segments=self.segments | other.segments,
            attributes=self.attributes | other.attributes,
            everything=self.everything or other.everything,
        )

    def hears(self, event: Event, changed: frozenset[str]) -> bool:
        """Whether this event, or what it changed, may move a run."""
        if event.event in OUR_EVENTS and event.is_internal:
            return event.properties.get("segment") in self.segments
        if event.event == END_REQUESTED and event.is_internal:
            return True
        is_own = self.everything and not event.is_internal
        return event.event in self.events or is_own or not self.attributes.isdisjoint(changed)

    def to_json(self) -> dict[str, Any]:
        """Its part of the row."""
        told: dict[str, Any] = {
            "listens": sorted(self.events),
            "segments": sorted(self.segments),
            "attributes": sorted(self.attributes),
            "everything": self.everything,
        }
        return {name: said for name, said in told.items() if said or name == "listens"}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Heard":
        """What `to_json` wrote."""
        return cls(
            events=frozenset(facts.get("listens", ())),
            segments=frozenset(facts.get("segments", ())),
            attributes=frozenset(facts.get("attributes", ())),
            everything=bool(facts.get("everything")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveJourney:
    """What react must know of a journey. `why` says what paused it, where nobody did; `late` is how it was resumed."""

    name: str
    version: int
    version_arn: str
    entries: tuple[Entry, ...] = ()
    heard: Heard = Heard()
    starts: str = ""
    ends: str = ""
    state: State = State.LIVE
    since: str = ""  # when it was paused, stopped or resumed
    why: str = ""
    late: Mapping[str, Any] | None = None

    @property
    def entry(self) -> str:
        """The first event that lets somebody in, for lists."""
        return next((each.event for each in self.entries if isinstance(each, Trigger)), REQUESTED)

    @property
    def segments(self) -> Iterator[str]:
        """The segments that let somebody in, those of schedules too."""
        for each in self.entries:
            if isinstance(each, Trigger | OnSchedule) and each.segment:
                yield each.segment

    def is_entered_by(self, event: Event) -> bool:
        """Whether this event lets somebody in."""
        return self.entry_by(event) is not None

    def entry_by(self, event: Event) -> int | None:
        """The place, from 1, of the entry by which this event lets somebody in."""
        for place, entry in enumerate(self.entries, 1):
            if self._is_met(place, entry, event):
                return place
        return None

    def _is_met(self, place: int, entry: Entry, event: Event) -> bool:
        said = event.properties
        if isinstance(entry, Trigger):
            return _triggers(entry, event, self.name)
        if not event.is_internal:
            return False
        if isinstance(entry, ByRequest):
            return event.event == REQUESTED and said.get("journey") == self.name
        if event.event != ENTERED:
            return False
        if isinstance(entry, OnDate):
            return said.get("segment") == date_segment(self.name, place)
        is_told = said.get("cause") == EXISTING and said.get("journey") == self.name
        return is_told and said.get("segment") == entry.segment and said.get("entry") == place

    def to_json(self) -> dict[str, Any]:
        """Its part of the row."""
        told: dict[str, Any] = {
            "version": self.version,
            "version_arn": self.version_arn,
            "entry": self.entry,  # what the release before this one reads
            "entries": [each.to_definition() for each in self.entries],
            **self.heard.to_json(),
            "starts": self.starts,
            "ends": self.ends,
            "state": self.state.value if self.state is not State.LIVE else "",
            "since": self.since,
            "why": self.why,
            "late": dict(self.late) if self.late else None,
        }
        return {name: said for name, said in told.items() if said or name == "listens"}

    @classmethod
    def from_json(cls, name: str, facts: Mapping[str, Any]) -> "LiveJourney":
        """What `to_json` wrote, here or in the release before."""
        before = [Trigger(facts["entry"], facts.get("entry_segment", ""))] if "entries" not in facts else []
        return cls(
            name=name,
            version=facts["version"],
            version_arn=facts["version_arn"],
            entries=tuple(before or map(entry_from, facts["entries"])),
            heard=Heard.from_json(facts),
            starts=facts.get("starts", ""),
            ends=facts.get("ends", ""),
            state=State(facts.get("state", State.LIVE)),
            since=facts.get("since", ""),
            why=facts.get("why", ""),
            late=facts.get("late"),
        )


def is_met(trigger: Trigger, event: Event) -> bool:
    """Whether an event is what a trigger names, its properties too."""
    if not trigger.is_met_by(event.event, event.properties, is_internal=event.is_internal):
        return False
    return all(passes(event.properties, test, event.at) for test in trigger.where)


def passes_all(event: Event, where: tuple[Test, ...]) -> bool:
    """Whether the event's properties pass every test."""
    return all(passes(event.properties, test, event.at) for test in where)


def _triggers(trigger: Trigger, event: Event, journey: str) -> bool:
    said = event.properties
    if said.get("cause") == EXISTING and event.event == ENTERED and event.is_internal:
        is_asked = trigger.includes_existing and "entry" not in said
        return is_asked and said.get("journey") == journey and said.get("segment") == trigger.segment
    return is_met(trigger, event)


def live() -> dict[str, LiveJourney]:
    """Everything live, by name: one read."""
    return live_of(get(*LIVE))


def live_of(row: Row | None) -> dict[str, LiveJourney]:
    """What this row says is live, by name."""
    return (
        {}
        if row is None
        else {name: _live(name, facts) for name, facts in row.data.items() if not name.startswith(OWN)}
    )


def set_live(journey: LiveJourney, *, first: Mapping[str, Any] = NOTHING) -> None:
    """Make one version the live one; what its older versions listen to stays listened to. Who was paused stays so;
    publishing what was stopped begins anew. `first` stands beside the first of all."""

    def changed(there: LiveJourney | None) -> LiveJourney:
        if there is None:
            return journey
        heard = replace(journey, heard=there.heard | journey.heard)
        if there.state is State.STOPPED:
            return heard
        return replace(heard, state=there.state, since=there.since, why=there.why, late=there.late)

    _write(journey.name, changed, first=first)


def change_state(
    name: str, state: State, *, now: datetime, why: str = "", late: Mapping[str, Any] | None = None
) -> LiveJourney:
    """Pause, resume or stop; NotFoundError when it was never published. What is so already stays as it is."""

    def changed(there: LiveJourney | None) -> LiveJourney:
        if there is None:
            raise NotFoundError(f"the journey {name} is not published")
        if there.state is state:
            return there
        return replace(there, state=state, since=iso(now), why=why, late=late)

    for _ in range(TRIES):
        try:
            return _write(name, changed)
        except StaleWriteError:
            continue
    raise StoreBusyError("live")


def _write(
    name: str, change: Callable[[LiveJourney | None], LiveJourney], *, first: Mapping[str, Any] = NOTHING
) -> LiveJourney:
    """StaleWriteError when another journey's part was written in the same moment."""
    row = get(*LIVE)
    data = dict(row.data) if row else dict(first)
    there = LiveJourney.from_json(name, data[name]) if name in data else None
    wanted = change(there)
    if wanted != there:
        data[name] = wanted.to_json()
        put_next(Row(*LIVE, row.revision if row else 0, data))
    return wanted


def _live(name: str, facts: Mapping[str, Any]) -> LiveJourney:
    """Read once per container: the row tells the same of most journeys from batch to batch."""
    return _read(name, Facts(facts))


class Facts(dict[str, Any]):
    """A journey's part of the row, told apart by what is cheap to compare."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash((self["version"], self["version_arn"], self.get("state"), self.get("since")))


@lru_cache(maxsize=2_048)
def _read(name: str, facts: Facts) -> LiveJourney:
    return LiveJourney.from_json(name, facts)
