"""The steps of a journey: what the language knows today, each with its JSON form.

A new kind of step is a class here, a reader in read.py, a writer in compile.py and, where it can be wrong, a
rule in check.py.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from sojourn.consent.model import Channel
from sojourn.rules.model import Condition

Definition = dict[str, Any]


class Unit(StrEnum):
    """The units of a duration. A day is 24 hours."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3_600, Unit.DAY: 86_400, Unit.WEEK: 604_800}
DURATION = re.compile(r"([0-9]{1,9}) *(minute|hour|day|week)s?")
HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) *[-–] *([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Duration:
    """`2 days`: a whole number of one unit."""

    amount: int
    unit: Unit

    @property
    def seconds(self) -> int:
        """Calendar seconds."""
        return self.amount * SECONDS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}{'' if self.amount == 1 else 's'}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The duration that the words name; ValueError when they name none."""
        match = DURATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), Unit(match[2]))


@dataclass(frozen=True, slots=True)
class Hours:
    """`09:00-21:00`: a half-open window of the contact's local day; it may cross midnight."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The window that the words name; ValueError when they name none."""
        match = HOURS.fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
        return cls(time(start_hour, start_minute), time(end_hour, end_minute))


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One message by one channel."""

    kind: ClassVar[str] = "send"
    name: str
    template: str
    channel: Channel = Channel.EMAIL
    hours: Hours | None = None
    at_least_once: bool = False

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        definition: Definition = {"send": self.name, "template": self.template, "channel": self.channel.value}
        if self.hours:
            definition["hours"] = str(self.hours)
        if self.at_least_once:
            definition["at_least_once"] = True
        return definition

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["send"],
            template=definition["template"],
            channel=Channel(definition["channel"]),
            hours=Hours.from_text(definition["hours"]) if "hours" in definition else None,
            at_least_once=definition.get("at_least_once", False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A while in which nothing happens."""

    kind: ClassVar[str] = "wait"
    name: str
    duration: Duration

    @property
    def lasts(self) -> timedelta:
        """How long, on the calendar."""
        return timedelta(seconds=self.duration.seconds)

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {"wait": self.name, "for": str(self.duration)}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(name=definition["wait"], duration=Duration.from_text(definition["for"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor:
    """A wait for the first of several events, with a path for the answer and one for silence."""

    kind: ClassVar[str] = "wait for"
    name: str
    any: tuple[Condition, ...]
    up_to: Duration
    then: "Steps" = ()
    otherwise: "Steps" = ()

    @property
    def lasts(self) -> timedelta:
        """How long at most, on the calendar."""
        return timedelta(seconds=self.up_to.seconds)

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {
            "wait for": self.name,
            "any": [condition.to_definition() for condition in self.any],
            "up to": str(self.up_to),
            **({"then": [step.to_definition() for step in self.then]} if self.then else {}),
            **({"otherwise": [step.to_definition() for step in self.otherwise]} if self.otherwise else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["wait for"],
            any=tuple(Condition.from_definition(condition) for condition in definition["any"]),
            up_to=Duration.from_text(definition["up to"]),
            then=steps_from(definition.get("then", [])),
            otherwise=steps_from(definition.get("otherwise", [])),
        )


Step = Send | Wait | WaitFor
Steps = tuple[Step, ...]
KINDS: dict[str, type[Send] | type[Wait] | type[WaitFor]] = {
    kind.kind: kind for kind in (Send, Wait, WaitFor)
}


def steps_from(definitions: Sequence[Mapping[str, Any]]) -> Steps:
    """The steps that `to_definition` wrote."""
    return tuple(
        KINDS[next(key for key in definition if key in KINDS)].from_definition(definition)
        for definition in definitions
    )


def every(steps: Steps) -> Iterator[Step]:
    """All steps in the order of the file, those inside a path too."""
    for step in steps:
        yield step
        if isinstance(step, WaitFor):
            yield from every(step.then)
            yield from every(step.otherwise)
