"""What lets a contact into a journey, when, and how often. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sojourn.journeys.language.times import Date, Definition, Duration
from sojourn.rules.definition import test_definition, test_from
from sojourn.rules.nodes import Test
from sojourn.segments.model import ENTERED, Cause

EXISTING = Cause.EXISTING.value
REQUESTED = "Journey Requested"  # our own event: by the API, and by a journey that starts another


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, or that somebody comes into a segment, which is an event too: what lets in, takes out, or is the goal.

    `key` names a property of the event: one run for each contact and value of it.
    """

    event: str
    segment: str = ""
    includes_existing: bool = False  # those who are in the segment when the journey goes live
    where: tuple[Test, ...] = ()
    key: str = ""

    @classmethod
    def of_segment(cls, name: str, *, includes_existing: bool = False) -> Self:
        """Coming into this segment."""
        return cls(ENTERED, name, includes_existing)

    def is_met_by(self, event: str, properties: Mapping[str, Any], *, is_internal: bool) -> bool:
        """Whether this event is it; that of a segment only from ourselves, and not of those who were in it before.
        `where` is asked elsewhere, by whoever knows the compiled tests."""
        if event != self.event:
            return False
        is_of_it = properties.get("segment") == self.segment and properties.get("cause") != Cause.EXISTING
        return not self.segment or (is_internal and is_of_it)

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        if self.segment:
            return {"segment": self.segment, **({"include": EXISTING} if self.includes_existing else {})}
        return {
            "event": self.event,
            **({"where": [test_definition(test) for test in self.where]} if self.where else {}),
            **({"key": self.key} if self.key else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        if "segment" in definition:
            return cls.of_segment(definition["segment"], includes_existing="include" in definition)
        where = tuple(test_from(test) for test in definition.get("where", ()))
        return cls(definition["event"], where=where, key=definition.get("key", ""))


@dataclass(frozen=True, slots=True)
class OnDate:
    """A date of the contact, or a distance from it; yearly, or once for each value of the date."""

    date: Date

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return self.date.to_definition()

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        return cls(Date.from_definition(definition))


@dataclass(frozen=True, slots=True)
class OnSchedule:
    """A cron expression of five fields in a time zone: then everybody in the segment comes in."""

    cron: str
    zone: str
    segment: str

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {"schedule": self.cron, "zone": self.zone, "segment": self.segment}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        return cls(definition["schedule"], definition["zone"], definition["segment"])


@dataclass(frozen=True, slots=True)
class ByRequest:
    """A call of the API, or a step of another journey. `key` names a property of the request."""

    key: str = ""

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {"api": True, **({"key": self.key} if self.key else {})}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        return cls(definition.get("key", ""))


Entry = Trigger | OnDate | OnSchedule | ByRequest
ENTRIES: dict[str, type[OnDate] | type[OnSchedule] | type[ByRequest]] = {
    "date": OnDate,
    "schedule": OnSchedule,
    "api": ByRequest,
}


def entry_from(definition: Mapping[str, Any]) -> Entry:
    """The entry that `to_definition` wrote."""
    key = next((key for key in ENTRIES if key in definition), "")
    return ENTRIES[key].from_definition(definition) if key else Trigger.from_definition(definition)


class Again(StrEnum):
    """When somebody who was in may come in again."""

    USUAL = "usual"  # by the kind of entry: see Journey.again
    ONCE = "once"
    AFTER_EXIT = "after exit"  # when the run before is over
    AFTER_PAUSE = "after pause"
    ALWAYS = "always"


class From(StrEnum):
    """From when a pause counts."""

    ENTRY = "entry"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Reentry:
    """`again`; with a pause its length and beginning; at most `times` runs in any `within`. With a key all of it holds
    for each value of the key."""

    again: Again = Again.USUAL
    pause: Duration | None = None
    pause_from: From = From.ENTRY
    times: int = 0  # 0: no limit
    within: Duration | None = None

    def to_definition(self) -> str | Definition:
        """As it stands in the file."""
        if not self.pause and not self.times:
            return self.again.value
        return {
            **({"pause": str(self.pause), "from": self.pause_from.value} if self.pause else {}),
            **({"again": self.again.value} if not self.pause else {}),
            **({"at most": self.times} if self.times else {}),
            **({"within": str(self.within)} if self.within else {}),
        }

    @classmethod
    def from_definition(cls, definition: str | Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        if isinstance(definition, str):
            return cls(Again(definition))
        pause = definition.get("pause")
        return cls(
            again=Again.AFTER_PAUSE if pause else Again(definition.get("again", Again.USUAL)),
            pause=Duration.from_text(pause) if pause else None,
            pause_from=From(definition.get("from", From.ENTRY)),
            times=definition.get("at most", 0),
            within=Duration.from_text(definition["within"]) if "within" in definition else None,
        )
