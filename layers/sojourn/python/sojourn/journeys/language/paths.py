"""Steps as a list, the paths inside a step, and what follows when a step cannot do what it is there for. Pure.

Each kind of step registers its reader of definitions here, so that paths may hold steps of every kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self, TypeVar

Definition = dict[str, Any]
OTHERWISE = "otherwise"


class Step(Protocol):
    """What every step has. `paths` are the lists of steps inside it, each under the key of its place in the file."""

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """The state's name."""
        ...

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        ...

    def paths(self) -> "Mapping[str, Steps]":
        """Key of a path → its steps, in the order of the file."""
        ...


Steps = tuple[Step, ...]
READERS: dict[str, Callable[[Mapping[str, Any]], Step]] = {}
K = TypeVar("K", bound=type[Any])


def kind(step: K) -> K:
    """Register a kind of step."""
    READERS[step.kind] = step.from_definition
    return step


def steps_to(steps: Steps) -> list[Definition]:
    """A list of steps as JSON."""
    return [step.to_definition() for step in steps]


def steps_from(definitions: Sequence[Mapping[str, Any]]) -> Steps:
    """The steps that `steps_to` wrote."""
    return tuple(
        READERS[next(key for key in definition if key in READERS)](definition) for definition in definitions
    )


class Then(StrEnum):
    """What may follow beside a path."""

    CONTINUE = "continue"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Way:
    """What follows: on to the next step, out of the journey, or along a path of its own (and then on)."""

    then: Then = Then.CONTINUE
    steps: Steps = ()

    def to_definition(self) -> str | list[Definition]:
        """As it stands in the file."""
        return steps_to(self.steps) if self.steps else self.then.value

    @classmethod
    def from_definition(cls, definition: str | Sequence[Mapping[str, Any]]) -> Self:
        """What `to_definition` wrote."""
        return cls(Then(definition)) if isinstance(definition, str) else cls(steps=steps_from(definition))


ON = Way()


def ways_to(**ways: Way | None) -> Definition:
    """Those ways that are not the usual one, each under its key with spaces."""
    return {
        key.replace("_", " "): way.to_definition()
        for key, way in ways.items()
        if way is not None and way != ON
    }


def way_from(definition: Mapping[str, Any], key: str) -> Way:
    """The way under a key; on, when there is none."""
    return Way.from_definition(definition[key]) if key in definition else ON


def path_of(way: Way, key: str) -> "Mapping[str, Steps]":
    """The path of a way, under its key; nothing when it has none."""
    return {key: way.steps} if way.steps else {}
