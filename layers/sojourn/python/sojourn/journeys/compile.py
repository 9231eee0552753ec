"""Last stage: a checked journey to Amazon States Language. One step is one state, under its own name.

    parse (text → tree) → read (tree → Journey) → check (Journey → findings) → compile (Journey → ASL)

Round the steps stand the machine's own states: `Resume` begins it and leads to the step where the enrolment
stands; `Hold` keeps a send that must wait and leads back to Resume; `Left` ends a run whose enrolment has
ended; `Done` completes the enrolment on a path that no Task ends.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sojourn.asl.expressions import equals, path
from sojourn.asl.model import (
    LAMBDA_TROUBLE,
    TIMED_OUT,
    Catch,
    Retry,
    State,
    Task,
    choice,
    machine,
    succeed,
    wait,
)
from sojourn.journeys.graph import Exits, exits, first_state
from sojourn.journeys.model import END, Journey
from sojourn.journeys.steps import Send, Step, Wait, WaitFor, every

RESUME, HOLD, LEFT, DONE = "Resume", "Hold", "Left", "Done"
HELD, ENDED, BUSY = "HeldError", "EnrolmentEndedError", "StoreBusyError"
# Not a class: the name under which the sweep ends a wait for events whose deadline came in a later leg.
WAIT_ENDED = "WaitEndedError"

SEND_SECONDS = 60  # more than the function's own timeout, so that one attempt runs at a time
LONGEST_HOLD = 14 * 86_400
PARK_AFTER = 14 * 86_400

RUN = {
    "enrolment": path("context", "Execution", "Input", "enrolment"),
    "leg": path("context", "Execution", "Input", "leg"),
}
TOKEN = path("context", "Task", "Token")
HELD_WORDS = "{% $parse($parse($states.errorOutput.Cause).errorMessage) %}"

LEAVE = Catch((ENDED,), LEFT)
# A Task that acts may be repeated: its row says what was done.
ACT_AGAIN = Retry((*LAMBDA_TROUBLE, TIMED_OUT, BUSY))
# A token state's timeout is an answer, never a reason to ask again.
PARK_AGAIN = Retry((*LAMBDA_TROUBLE, BUSY))


@dataclass(frozen=True, slots=True)
class Target:
    """What the machine calls, and how fast its calendar runs: `pace` calendar seconds in one wall second."""

    send_function_arn: str
    park_function_arn: str
    pace: float = 1

    def token_seconds(self, calendar_seconds: int) -> int:
        """The timeout of a token state, in wall seconds. (A Wait's Seconds stay calendar: its host scales them.)"""
        return max(1, math.ceil(calendar_seconds / self.pace))


def compile_journey(
    journey: Journey, *, version: int, send_function_arn: str, park_function_arn: str, pace: float = 1
) -> State:
    """The state machine of one version of a journey."""
    target = Target(send_function_arn, park_function_arn, pace)
    ways = exits(journey)
    steps = list(every(journey.steps))
    states = {step.name: WRITERS[step.kind](step, ways[step.name], target) for step in steps}
    own = {name: state for name, state in _own_states(target) if name in (*_called(states), LEFT)}
    return machine(
        f"{journey.name} v{version}",
        start_at=RESUME,
        states={RESUME: _resume(journey, steps), **states, **own},
    )


def _resume(journey: Journey, steps: list[Step]) -> State:
    """Leads to the state that the input names, or to the first."""
    first = first_state(journey)
    # A Choice may not be empty: a journey of one step names it twice.
    others = [step.name for step in steps if step.name != first] or [first]
    return choice(((equals("input.at", name), name) for name in others), default=first)


def _send(step: Send, ways: Exits, target: Target) -> State:
    held = Catch((HELD,), HOLD, {"at": step.name, "hold": HELD_WORDS})
    return Task(
        function_arn=target.send_function_arn,
        payload={
            **RUN,
            "step": step.name,
            "next": ways.then,
            "attempt": path("context", "State", "RetryCount"),
        },
        timeout=SEND_SECONDS,
        retry=(ACT_AGAIN,),
        catch=(held, LEAVE),
        next=None if ways.then == END else ways.then,
    ).to_asl()


def _wait(step: Wait, ways: Exits, target: Target) -> State:
    seconds = int(step.lasts.total_seconds())
    if seconds <= PARK_AFTER:
        return wait(seconds, next_state=_state(ways.then))
    # Open executions are limited: this one ends here, and the sweep starts the next leg at `next`.
    payload = {**RUN, "step": step.name, "next": ways.then, "seconds": seconds, "park": True}
    return _act(payload, target)


def _wait_for(step: WaitFor, ways: Exits, target: Target) -> State:
    payload = {
        **RUN,
        "step": step.name,
        "token": TOKEN,
        "seconds": step.up_to.seconds,
        "any": [condition.to_definition() for condition in step.conditions],
    }
    return Task(
        function_arn=target.park_function_arn,
        payload=payload,
        timeout=target.token_seconds(step.up_to.seconds),
        retry=(PARK_AGAIN,),
        catch=(Catch((TIMED_OUT, WAIT_ENDED), _state(ways.otherwise)), LEAVE),
        token=True,
        next=_state(ways.then),
    ).to_asl()


def _own_states(target: Target) -> Iterator[tuple[str, State]]:
    yield HOLD, _hold(target)
    yield DONE, _act({**RUN, "finish": True}, target)
    yield LEFT, succeed()


def _hold(target: Target) -> State:
    back = {"at": path("input", "at")}
    return Task(
        function_arn=target.park_function_arn,
        payload={**RUN, "step": path("input", "at"), "token": TOKEN, "hold": path("input", "hold")},
        timeout=target.token_seconds(LONGEST_HOLD),
        retry=(PARK_AGAIN,),
        catch=(Catch((TIMED_OUT,), RESUME, back), LEAVE),
        output=back,
        token=True,
        next=RESUME,
    ).to_asl()


def _act(payload: dict[str, Any], target: Target) -> State:
    """A Task that writes the enrolment's row and ends the execution."""
    return Task(
        function_arn=target.park_function_arn,
        payload=payload,
        timeout=SEND_SECONDS,
        retry=(ACT_AGAIN,),
        catch=(LEAVE,),
    ).to_asl()


def _state(name: str) -> str:
    """The state of a step; the end of a path that no Task ends is `Done`."""
    return DONE if name == END else name


def _called(states: dict[str, State]) -> set[str]:
    """Every state that another names."""
    caught = {catch["Next"] for state in states.values() for catch in state.get("Catch", ())}
    return caught | {state["Next"] for state in states.values() if "Next" in state}


WRITERS: dict[str, Callable[[Any, Exits, Target], State]] = {
    "send": _send,
    "wait": _wait,
    "wait for": _wait_for,
}
