"""Last stage: a checked journey to Amazon States Language. One step is one state, under its own name.

    compile_journey(journey, version=3, target=Target(send_function_arn=…, …))

What the machine tells the functions: everyone `enrolment`, `leg`, `step`, and inside a repeat the `round`; a repeat is
told the round of it that is over, or at first the one it stands in. Tasks that act also `next` (where the plain way
leads: a carried branch by its own name) and `attempt`, those but a send `entered`: when the state was entered; a
repeat `park_after`: how many rounds a leg may have.
park_token: `token` and one of `any` + `seconds`, `timer` + `next`, `task` + `seconds`, `hold`; or `park` or `finish`.
"""

from collections.abc import Callable
from typing import Any

from sojourn.asl.model import State, machine
from sojourn.journeys.compiling import acting, forks, own, sending, waiting
from sojourn.journeys.compiling.around import LEFT, RESUME, SEND_SECONDS, WAIT_ENDED, Around, Target
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import every

__all__ = ["SEND_SECONDS", "WAIT_ENDED", "Target", "compile_journey"]


def compile_journey(journey: Journey, *, version: int, target: Target) -> State:
    """The state machine of one version of a journey."""
    around = Around(journey, target)
    states = {step.name: WRITERS[step.kind](step, around) for step in every(journey.steps)}
    known = (*_called(states), LEFT)
    behind = {name: state for name, state in own.others(around) if name in known}
    return machine(
        f"{journey.name} v{version}",
        start_at=RESUME,
        states={RESUME: own.resume(around), **states, **behind},
    )


def _called(states: dict[str, State]) -> set[str]:
    """Every state that another names."""
    rules = (
        rule for state in states.values() for rule in (*state.get("Catch", ()), *state.get("Choices", ()))
    )
    directly = {state[key] for state in states.values() for key in ("Next", "Default") if key in state}
    return directly | {rule["Next"] for rule in rules}


WRITERS: dict[str, Callable[[Any, Around], State]] = {
    "send": sending.send,
    "wait": waiting.wait_for_time,
    "wait for": waiting.wait_for_answer,
    "task": waiting.human_task,
    "branch": forks.branch,
    "split": forks.split,
    "repeat": forks.repeat,
    "update": acting.take,
    "start": acting.take,
    "end": acting.take,
    "exit": acting.take,
    "call": acting.call,
}
