"""Repeats: which stand round a step, and after how many rounds a leg must end. Pure.

Step Functions keeps 25,000 events of an execution and then ends it. A leg is planned for 20,000: the rest is for
retries. Each repeat has an equal share of what the steps outside of rounds leave; when a share is used up, the repeat
parks for a moment and the sweep starts the next leg at the head of the round.
"""

from collections.abc import Iterator

from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Repeat, Steps, every

LEG_EVENTS = 20_000
TASK = 5  # entered, scheduled, started, succeeded, exited
HELD_SEND = 18  # a send that is held once: it, Hold, Resume, and it again
EVENTS = {"send": HELD_SEND, "wait": 7, "wait for": 7, "task": 7, "split": 2}


def repeats_around(journey: Journey) -> dict[str, tuple[str, ...]]:
    """The repeats that each step stands in, the outermost first. A round, `2.1`, names one of each."""
    return dict(_around(journey.steps, ()))


def rounds_a_leg(journey: Journey) -> dict[str, int]:
    """After how many rounds each repeat parks: before round n + 1, 2n + 1 … it ends the leg."""
    repeats = [step for step in every(journey.steps) if isinstance(step, Repeat)]
    once = sum(EVENTS.get(step.kind, TASK) for step in every(journey.steps))
    share = max(0, LEG_EVENTS - once) // max(1, len(repeats))
    return {repeat.name: max(1, share // _round(repeat)) for repeat in repeats}


def _around(steps: Steps, repeats: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for step in steps:
        yield step.name, repeats
        inside = (*repeats, step.name) if isinstance(step, Repeat) else repeats
        for path in step.paths().values():
            yield from _around(path, inside)


def _round(repeat: Repeat) -> int:
    """The events of one round: its head, and all that stands in it, as if every path were taken."""
    return TASK + _events(repeat.steps)


def _events(steps: Steps) -> int:
    return sum(
        _round(step) * step.times + TASK
        if isinstance(step, Repeat)
        else EVENTS.get(step.kind, TASK) + sum(map(_events, step.paths().values()))
        for step in steps
    )
