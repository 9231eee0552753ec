"""A journey as whoever moves its runs looks at it: what is asked of all its steps is found once. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sojourn.journeys.compiling.carried import carried
from sojourn.journeys.compiling.rounds import repeats_around
from sojourn.journeys.graph import Exits, exits, steps_by_name
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Anchor, ConditionKind, Split, Step, Steps, Wait, WaitFor, every

MOST_KEPT = 256


@dataclass(frozen=True)
class Shape:
    """Its steps by name, where each leads, and what stands round it."""

    journey: Journey

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Every step under its name."""
        return steps_by_name(self.journey)

    @cached_property
    def ways(self) -> Mapping[str, Exits]:
        """Where each step leads."""
        return exits(self.journey)

    @cached_property
    def carried(self) -> Mapping[str, int]:
        """The branches that the Task before them judges, with their numbers."""
        return carried(self.journey)

    @cached_property
    def repeats(self) -> Mapping[str, tuple[str, ...]]:
        """The repeats round each step, the outermost first."""
        return repeats_around(self.journey)

    @cached_property
    def held_out(self) -> frozenset[str]:
        """The steps in an arm of which nothing is sent."""
        arms = (
            arm.then
            for step in every(self.journey.steps)
            if isinstance(step, Split)
            for arm in step.arms
            if arm.holdout
        )
        return frozenset(name for steps in arms for name in _names(steps))

    @cached_property
    def followed(self) -> frozenset[str]:
        """The sends of which a later step asks when they were delivered."""
        return frozenset(_followed(self.journey))


_shapes: dict[int, Shape] = {}


def shape_of(journey: Journey) -> Shape:
    """Made once for each journey that a container knows."""
    there = _shapes.get(id(journey))
    if there is None or there.journey is not journey:
        if len(_shapes) >= MOST_KEPT:
            _shapes.clear()
        there = _shapes[id(journey)] = Shape(journey)
    return there


def _followed(journey: Journey) -> Iterator[str]:
    for step in every(journey.steps):
        if isinstance(step, WaitFor):
            yield from (each.name for each in step.conditions if each.kind is ConditionKind.DELIVERED)
        if isinstance(step, Wait) and step.since and step.since.anchor is Anchor.DELIVERED:
            yield step.since.send


def _names(steps: Steps) -> list[str]:
    return [step.name for step in every(steps)]
