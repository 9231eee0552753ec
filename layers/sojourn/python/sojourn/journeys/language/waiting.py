"""The steps that wait: for time to pass, or for something to happen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from sojourn.journeys.language.conditions import Condition
from sojourn.journeys.language.paths import (
    ON,
    OTHERWISE,
    Definition,
    Steps,
    Way,
    kind,
    path_of,
    steps_from,
    steps_to,
    way_from,
    ways_to,
)
from sojourn.journeys.language.times import Clock, Date, Duration, Hours, Since


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A while in which nothing happens: `duration`, then on to `until`, then into the hours `inside`; all optional.

    `since` counts the duration from a message's moment instead of from the arrival here; a moment that has passed is no
    wait. A date that has passed goes by `if_past`, one that is missing or no date by `if_missing`.
    """

    kind: ClassVar[str] = "wait"
    name: str
    duration: Duration | None = None
    until: Clock | Date | None = None
    inside: Hours | None = None
    since: Since | None = None
    if_past: Way = ON
    if_missing: Way = ON

    @property
    def is_fixed(self) -> bool:
        """Whether everybody waits as long, so that the machine itself can."""
        return self.duration is not None and not (self.until or self.inside or self.since)

    @property
    def lasts(self) -> timedelta:
        """How long a fixed one is, on the calendar."""
        return timedelta(seconds=self.duration.seconds if self.duration else 0)

    def paths(self) -> Mapping[str, Steps]:
        """Those of dates that have passed, or are missing."""
        return {**path_of(self.if_past, "if past"), **path_of(self.if_missing, "if missing")}

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        until = self.until.to_definition() if isinstance(self.until, Date) else str(self.until)
        return {
            "wait": self.name,
            **({"for": str(self.duration)} if self.duration else {}),
            **({"until": until} if self.until else {}),
            **({"inside": str(self.inside)} if self.inside else {}),
            **({"since": self.since.to_definition()} if self.since else {}),
            **ways_to(if_past=self.if_past),
            **self._if_missing(),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["wait"],
            duration=Duration.from_text(definition["for"]) if "for" in definition else None,
            until=_until(definition["until"]) if "until" in definition else None,
            inside=Hours.from_text(definition["inside"]) if "inside" in definition else None,
            since=Since.from_definition(definition["since"]) if "since" in definition else None,
            if_past=way_from(definition, "if past"),
            if_missing=way_from(definition, "if missing"),
        )

    def _if_missing(self) -> Definition:
        """Of a date it is always said: nobody goes on at once by accident."""
        if isinstance(self.until, Date):
            return {"if missing": self.if_missing.to_definition()}
        return ways_to(if_missing=self.if_missing)


class LookBack(StrEnum):
    """From when on an event that came before the wait counts."""

    ENTRY = "entry"
    MESSAGE = "message"  # since the newest message before this step was sent
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Answer:
    """One way out of a wait: what brings it about (any of them), and the path that it leads along."""

    any: tuple[Condition, ...]
    then: Steps = ()

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {
            "any": [condition.to_definition() for condition in self.any],
            **({"then": steps_to(self.then)} if self.then else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        conditions = tuple(Condition.from_definition(each) for each in definition["any"])
        return cls(conditions, steps_from(definition.get("then", ())))


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor:
    """A wait for the first of several answers, each with its path; `otherwise` is the path of silence.

    `ranked`: what comes first does not win at once, but only when its answer stands first; when the time is up the
    answer that stands highest among those that came wins.
    """

    kind: ClassVar[str] = "wait for"
    name: str
    answers: tuple[Answer, ...]
    up_to: Duration
    otherwise: Steps = ()
    ranked: bool = False
    look_back: LookBack = LookBack.ENTRY

    @property
    def lasts(self) -> timedelta:
        """How long at most, on the calendar."""
        return timedelta(seconds=self.up_to.seconds)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Those of all answers."""
        return tuple(condition for answer in self.answers for condition in answer.any)

    def paths(self) -> Mapping[str, Steps]:
        """`then` of the first answer, `then 2` of the second …, and `otherwise`; each of them, empty ones too."""
        numbered = {answer_key(number): answer.then for number, answer in enumerate(self.answers, 1)}
        return {**numbered, OTHERWISE: self.otherwise}

    def to_definition(self) -> Definition:
        """The step as it stands in the file: with one answer the short form."""
        one = len(self.answers) == 1
        said = (
            self.answers[0].to_definition() if one else {"answers": [a.to_definition() for a in self.answers]}
        )
        then = {"then": said.pop("then")} if "then" in said else {}
        return {
            "wait for": self.name,
            **said,
            "up to": str(self.up_to),
            **({"ranked": True} if self.ranked else {}),
            **({"look back": self.look_back.value} if self.look_back is not LookBack.ENTRY else {}),
            **then,
            **({"otherwise": steps_to(self.otherwise)} if self.otherwise else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["wait for"],
            answers=tuple(Answer.from_definition(each) for each in definition.get("answers", [definition])),
            up_to=Duration.from_text(definition["up to"]),
            otherwise=steps_from(definition.get("otherwise", ())),
            ranked=definition.get("ranked", False),
            look_back=LookBack(definition.get("look back", LookBack.ENTRY)),
        )


def answer_key(number: int) -> str:
    """The key of an answer's path, counted from 1."""
    return "then" if number == 1 else f"then {number}"


def _until(said: str | Mapping[str, Any]) -> Clock | Date:
    return Clock.from_text(said) if isinstance(said, str) else Date.from_definition(said)
