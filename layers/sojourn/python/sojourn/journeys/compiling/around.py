"""What every writer needs: where the functions are, what surrounds the step, and the parts that states share."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sojourn.asl.expressions import path, variable
from sojourn.asl.model import LAMBDA_TROUBLE, TIMED_OUT, Catch, Retry, State, Task
from sojourn.errors import CallUnansweredError, EnrolmentEndedError, HeldError, Parked, StoreBusyError
from sojourn.journeys.compiling.carried import carried, splits
from sojourn.journeys.compiling.rounds import repeats_around, rounds_a_leg
from sojourn.journeys.graph import Exits, exits
from sojourn.journeys.model import END, Journey
from sojourn.journeys.steps import Repeat, Step, every

RESUME, HOLD, LEFT, DONE = "Resume", "Hold", "Left", "Done"
HELD = HeldError.__name__
# Not a class: the name under which the sweep ends a wait for events whose deadline came in a later leg.
WAIT_ENDED = "WaitEndedError"

SEND_SECONDS = 60  # more than the function's own timeout, so that one attempt runs at a time
CALL_SECONDS = 90  # the same of the function that calls others
LONGEST_HOLD = 14 * 86_400
PARK_AFTER = 14 * 86_400
HOUR = 3_600

RUN = {
    "enrolment": path("context", "Execution", "Input", "enrolment"),
    "leg": path("context", "Execution", "Input", "leg"),
}
TOKEN = path("context", "Task", "Token")
ATTEMPT = path("context", "State", "RetryCount")
ENTERED = path("context", "State", "EnteredTime")  # the same for each attempt, another for each visit
ANSWERED = path("result", "Payload", "path")

LEAVE = Catch((EnrolmentEndedError.__name__,), LEFT)
PARK = Catch((Parked.__name__,), LEFT)
# A Task that acts may be repeated: its row says what was done.
ACT_AGAIN = Retry((*LAMBDA_TROUBLE, TIMED_OUT, StoreBusyError.__name__))
# A call that nobody answered, too: its function says after which attempt that is how it stays.
CALL_AGAIN = Retry((*ACT_AGAIN.errors, CallUnansweredError.__name__))
# A token state's timeout is an answer, never a reason to ask again.
PARK_AGAIN = Retry((*LAMBDA_TROUBLE, StoreBusyError.__name__))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the machine calls, and how fast its calendar runs: `pace` calendar seconds in one wall second."""

    send_function_arn: str
    park_function_arn: str
    step_function_arn: str
    call_function_arn: str
    pace: float = 1

    def token_seconds(self, calendar_seconds: int) -> int:
        """The timeout of a token state, in wall seconds. (A Wait's Seconds stay calendar: its host scales them.)"""
        return max(1, math.ceil(calendar_seconds / self.pace))


@dataclass(frozen=True)
class Around:
    """A journey as its writers see it; what is asked of all its steps is found once."""

    journey: Journey
    target: Target

    @cached_property
    def ways(self) -> Mapping[str, Exits]:
        """Where each step leads."""
        return exits(self.journey)

    @cached_property
    def carried(self) -> Mapping[str, int]:
        """The branches that the Task before them judges."""
        return carried(self.journey)

    @cached_property
    def splits(self) -> Mapping[str, int]:
        """The splits with their numbers."""
        return splits(self.journey)

    @cached_property
    def repeats(self) -> Mapping[str, tuple[str, ...]]:
        """The repeats round each step."""
        return repeats_around(self.journey)

    @cached_property
    def rounds_a_leg(self) -> Mapping[str, int]:
        """After how many rounds each repeat parks."""
        return rounds_a_leg(self.journey)

    @cached_property
    def round_variables(self) -> tuple[str, ...]:
        """One for each depth at which the journey repeats: `round1`, `round2` …"""
        depths = [self.depth_of(step) for step in every(self.journey.steps)]
        return tuple(f"round{depth}" for depth in range(1, max(depths, default=0) + 1))

    def depth_of(self, step: Step) -> int:
        """How many repeats a step stands in; a repeat stands in itself, since it counts its rounds."""
        return len(self.repeats[step.name]) + isinstance(step, Repeat)

    def round_of(self, step: Step) -> dict[str, str]:
        """The round in which a step is taken: of a repeat the one that is over. Nothing outside of repeats."""
        depth = self.depth_of(step)
        return {"round": variable(self.round_variables[depth - 1])} if depth else {}

    def payload(self, step: Step, **more: Any) -> dict[str, Any]:
        """What every function is told of its step."""
        return {**RUN, "step": step.name, **more, **self.round_of(step)}

    def act(
        self,
        step: Step,
        function_arn: str,
        *catch: Catch,
        seconds: int = SEND_SECONDS,
        retry: Retry = ACT_AGAIN,
        **more: Any,
    ) -> State:
        """A Task that acts, writes where the run goes on, and may have judged the carried branch that follows."""
        then = self.ways[step.name].then
        return Task(
            function_arn=function_arn,
            payload=self.payload(step, next=then, attempt=ATTEMPT, **more),
            timeout=seconds,
            retry=(retry,),
            catch=(*catch, LEAVE),
            output={"path": ANSWERED} if then in self.carried else {},
            next=None if then == END else then,
        ).to_asl()

    def take(self, step: Step, *catch: Catch, **more: Any) -> State:
        """A Task of take_step; `entered` tells it a visit that is repeated from a visit in another round."""
        return self.act(step, self.target.step_function_arn, *catch, entered=ENTERED, **more)

    def wait_with_token(self, step: Step, *catch: Catch, lasts: int, **more: Any) -> State:
        """A state that lasts until somebody answers its token, or so many calendar seconds."""
        return Task(
            function_arn=self.target.park_function_arn,
            payload=self.payload(step, token=TOKEN, **more),
            timeout=self.target.token_seconds(lasts),
            retry=(PARK_AGAIN,),
            catch=(*catch, LEAVE),
            token=True,
            next=unwritten(self.ways[step.name].then),
        ).to_asl()


def unwritten(name: str) -> str:
    """The state of a step; the end of a way that no Task wrote down is `Done`, which does."""
    return DONE if name == END else name


def written(name: str) -> str:
    """The state of a step; at the end of a way that a Task wrote down there is nothing left to do."""
    return LEFT if name == END else name
