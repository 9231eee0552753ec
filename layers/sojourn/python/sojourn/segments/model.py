"""A segment as it is judged, and what a judgement changes. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from sojourn.events.model import INTERNAL_SOURCE
from sojourn.rules.nodes import Rule
from sojourn.rules.view import Explained, References, TraceSpec, Verdict, View

ENTERED, LEFT = "Segment Entered", "Segment Left"
OUR_EVENTS = frozenset({ENTERED, LEFT})
MESSAGE = "Message "
SHARDS = 16  # of a segment's list of members


class Cause(StrEnum):
    """Why somebody came in or went out."""

    BEHAVIOUR = "behaviour"  # something that they did, just now
    TIME = "time"  # nothing but its passing
    BACKFILL = "backfill"  # the segment is new
    RULE_EDIT = "rule_edit"  # the rule, or what it is measured by, was changed
    IMPORT = "import"  # something that came in bulk, or late
    EXISTING = "existing"  # nothing: a journey began that asked for those who are in, and lets them in alone


MOVING = frozenset({Cause.BEHAVIOUR, Cause.TIME})  # those that may start a journey, or end one


class Why(StrEnum):
    """Why there is a generation."""

    NEW = "new"
    RULE_EDIT = "rule_edit"
    QUANTILES = "quantiles"


class Compiled(Protocol):
    """A rule, ready to be asked (rules/compile.py makes it)."""

    @property
    def references(self) -> References:
        """What it looks at."""
        ...

    @property
    def traces(self) -> Mapping[str, TraceSpec]:
        """The events that it must know one by one, by trace id."""
        ...

    def holds(self, view: View) -> bool:
        """The verdict alone."""
        ...

    def judge(self, view: View) -> Verdict:
        """The verdict, and when it may flip."""
        ...

    def explain(self, view: View) -> Explained:
        """Each condition with what was seen."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """One generation of a segment: a rule that never changes, and the cuts of its quantiles."""

    name: str
    generation: int
    rule: Rule
    compiled: Compiled
    why: Why = Why.NEW
    cuts: Mapping[str, Sequence[float]] = field(default_factory=dict)
    invalid: bool = False  # it names an attribute that was deleted: nobody comes in or goes out

    @property
    def key(self) -> str:
        """Under which a profile marks its members."""
        return str(self.generation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """On which somebody is judged: `key` is the event that made it necessary, or the moment that was due."""

    cause: Cause
    key: str
    at: str  # what is then said to have happened, happened then


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody came into a segment, or went out of it."""

    segment: str
    generation: int
    entered: bool
    occasion: Occasion
    since: str = ""  # when they had come, of whoever goes

    @property
    def event_name(self) -> str:
        """What the event is called that tells it."""
        return ENTERED if self.entered else LEFT

    def told_of(self, contact: str, partition: str) -> dict[str, Any]:
        """As a profile keeps it until it is told: the same words, however often it has to be."""
        word = "in" if self.entered else "out"
        said = f"{self.segment}|{contact}|{self.generation}|{word}|{self.occasion.key}"
        return {
            "segment": self.segment,
            "generation": self.generation,
            "entered": self.entered,
            "cause": self.occasion.cause.value,
            "by": self.occasion.key,
            "at": self.occasion.at,
            "since": self.since or self.occasion.at,
            "pk": partition,
            "id": hashlib.sha256(said.encode()).hexdigest(),
        }


def is_in(marks: Mapping[str, Any], segment: Segment) -> bool:
    """Whether these marks of a profile say that it is in the segment, by this very generation."""
    return segment.key in marks


def is_believed(event: str, source: str) -> bool:
    """Whether an event is what its name says: anybody may send the name, and of our messages only our word counts."""
    return source == INTERNAL_SOURCE or not event.startswith(MESSAGE)
