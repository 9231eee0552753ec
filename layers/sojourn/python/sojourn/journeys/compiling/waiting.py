"""The states of what waits: for a while, until a moment, for something to happen, for a person."""

from collections.abc import Iterator

from sojourn.asl.expressions import said
from sojourn.asl.model import TIMED_OUT, Catch, State, Task, wait
from sojourn.errors import PathMissing, PathPast, path_error
from sojourn.journeys.compiling.around import (
    ACT_AGAIN,
    HOUR,
    LEAVE,
    PARK,
    PARK_AFTER,
    SEND_SECONDS,
    WAIT_ENDED,
    Around,
    unwritten,
)
from sojourn.journeys.compiling.sending import caught
from sojourn.journeys.graph import Exits
from sojourn.journeys.steps import HumanTask, Wait, WaitFor


def wait_for_time(step: Wait, around: Around) -> State:
    """A Wait where everybody waits as long; where that is too long for an execution, a Task that parks."""
    if not step.is_fixed:
        return _wait_until(step, around)
    seconds, then = int(step.lasts.total_seconds()), around.ways[step.name].then
    if seconds <= PARK_AFTER:
        return wait(seconds, next_state=unwritten(then))
    # Open executions are limited: this one ends here, and the sweep starts the next leg at `next`.
    return Task(
        function_arn=around.target.park_function_arn,
        payload=around.payload(step, next=then, seconds=seconds, park=True),
        timeout=SEND_SECONDS,
        retry=(ACT_AGAIN,),
        catch=(LEAVE,),
    ).to_asl()


def _wait_until(step: Wait, around: Around) -> State:
    """The function computes the moment; the sweep answers the token then, or the leg ends when it is far away."""
    ways = around.ways[step.name]
    past = caught(step.if_past, PathPast, ways.paths.get("if past", ""))
    missing = caught(step.if_missing, PathMissing, ways.paths.get("if missing", ""))
    # No moment for which a leg waits is as late as this: whoever sleeps so long has slept enough.
    overslept = Catch((TIMED_OUT,), unwritten(ways.then))
    return around.wait_with_token(
        step, overslept, *past, *missing, PARK, lasts=PARK_AFTER + HOUR, next=ways.then, timer=True
    )


def wait_for_answer(step: WaitFor, around: Around) -> State:
    """A state for each of the answers: the first is its success, the others errors by name, silence its timeout."""
    # The best of several answers wins at the deadline, which the sweep keeps: the state itself must last longer.
    seconds = step.up_to.seconds + (HOUR if step.ranked else 0)
    conditions = [said(condition.to_definition()) for condition in step.conditions]
    return around.wait_with_token(
        step,
        *_paths(around.ways[step.name], len(step.answers)),
        lasts=seconds,
        seconds=step.up_to.seconds,
        any=conditions,
    )


def human_task(step: HumanTask, around: Around) -> State:
    """The same for the outcomes of what a person is asked to do."""
    catches = _paths(around.ways[step.name], len(step.outcomes))
    return around.wait_with_token(step, *catches, lasts=step.due.seconds, seconds=step.due.seconds, task=True)


def _paths(ways: Exits, answers: int) -> Iterator[Catch]:
    """Silence first, then the second answer, the third …: where each leads."""
    yield Catch((TIMED_OUT, WAIT_ENDED), unwritten(ways.otherwise))
    heads = list(ways.paths.values())
    for number in range(2, answers + 1):
        yield Catch((path_error(number).__name__,), unwritten(heads[number - 1]))
