"""A journey as data: what is entered, what is wanted, the steps between, and which step follows which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sojourn.consent.model import Channel, Purpose
from sojourn.journeys.names import EnrolmentId, execution_name, machine_name
from sojourn.journeys.steps import (
    Duration,
    Hours,
    Send,
    Step,
    Steps,
    Unit,
    Wait,
    WaitFor,
    every,
    steps_from,
)
from sojourn.segments.model import ENTERED, Cause

__all__ = [
    "END",
    "EXISTING",
    "Channel",
    "Duration",
    "EnrolmentId",
    "Exits",
    "Hours",
    "Journey",
    "Purpose",
    "Send",
    "Step",
    "Steps",
    "Trigger",
    "Unit",
    "Wait",
    "WaitFor",
    "due_after",
    "every",
    "execution_name",
    "exits",
    "first_state",
    "following",
    "machine_name",
    "steps_by_name",
]

END = "(end)"
EXISTING = Cause.EXISTING.value


@dataclass(frozen=True, slots=True)
class Trigger:
    """What lets a contact in, or is the goal: an event, or that they come into a segment, which is an event too."""

    event: str
    segment: str = ""
    includes_existing: bool = False  # those who are in the segment when the journey goes live

    @classmethod
    def of_segment(cls, name: str, *, includes_existing: bool = False) -> Self:
        """Coming into this segment."""
        return cls(ENTERED, name, includes_existing)

    def is_met_by(self, event: str, properties: Mapping[str, Any], *, is_internal: bool) -> bool:
        """Whether this event is it; that of a segment only from ourselves, and not of those who were in it before."""
        if event != self.event:
            return False
        is_of_it = properties.get("segment") == self.segment and properties.get("cause") != Cause.EXISTING
        return not self.segment or (is_internal and is_of_it)

    def to_definition(self) -> dict[str, str]:
        """As it stands in the file."""
        if not self.segment:
            return {"event": self.event}
        return {"segment": self.segment, **({"include": EXISTING} if self.includes_existing else {})}

    @classmethod
    def from_definition(cls, definition: Mapping[str, str]) -> Self:
        """What `to_definition` wrote."""
        if "segment" not in definition:
            return cls(definition["event"])
        return cls.of_segment(definition["segment"], includes_existing="include" in definition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One journey, without its version: versions are given at publishing."""

    name: str
    purpose: Purpose
    entry: Trigger
    steps: Steps
    topic: str | None = None
    goal: Trigger | None = None

    def to_definition(self) -> dict[str, Any]:
        """The journey as JSON, in the shape of its file; nothing is lost."""
        return {
            "journey": self.name,
            "purpose": self.purpose.value,
            **({"topic": self.topic} if self.topic is not None else {}),
            "entry": self.entry.to_definition(),
            **({"goal": self.goal.to_definition()} if self.goal else {}),
            "steps": [step.to_definition() for step in self.steps],
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The journey that `to_definition` wrote. What people write goes through `load_journey` instead."""
        return cls(
            name=definition["journey"],
            purpose=Purpose(definition["purpose"]),
            topic=definition.get("topic"),
            entry=Trigger.from_definition(definition["entry"]),
            goal=Trigger.from_definition(definition["goal"]) if "goal" in definition else None,
            steps=steps_from(definition["steps"]),
        )


@dataclass(frozen=True, slots=True)
class Exits:
    """Where a step leads: `then` when it is done or answered, `otherwise` when nobody answered."""

    then: str
    otherwise: str


def steps_by_name(journey: Journey) -> dict[str, Step]:
    """Every step under its name, in the order of the file."""
    return {step.name: step for step in every(journey.steps)}


def first_state(journey: Journey) -> str:
    """The step that a new enrolment begins with."""
    return journey.steps[0].name


def exits(journey: Journey) -> dict[str, Exits]:
    """Where each step leads."""
    return _exits(journey.steps, END)


def following(journey: Journey, step_name: str, *, answered: bool = True) -> str:
    """The step after this one, or "(end)"; `answered=False` is the otherwise path of a wait for events."""
    ways = exits(journey)[step_name]
    return ways.then if answered else ways.otherwise


def due_after(journey: Journey, next_name: str, now: datetime) -> datetime:
    """The moment until which an enrolment that enters `next_name` now stands there: the row's `until`."""
    step = steps_by_name(journey).get(next_name)
    return now + step.lasts if isinstance(step, Wait | WaitFor) else now


def _exits(steps: Steps, after: str) -> dict[str, Exits]:
    """The same for one list of steps, of which the last leads to `after`."""
    found: dict[str, Exits] = {}
    nexts = [*(step.name for step in steps[1:]), after]
    for step, next_name in zip(steps, nexts, strict=False):  # an empty path has no steps
        found[step.name] = Exits(next_name, next_name)
        if isinstance(step, WaitFor):
            found[step.name] = Exits(_head(step.then, next_name), _head(step.otherwise, next_name))
            found |= _exits(step.then, next_name) | _exits(step.otherwise, next_name)
    return found


def _head(path: Steps, after: str) -> str:
    return path[0].name if path else after
