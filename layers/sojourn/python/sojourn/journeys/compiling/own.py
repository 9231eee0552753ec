"""The machine's own states. `Resume` begins it and leads to the step where the enrolment stands; `Hold` keeps a send
that must wait and leads back to Resume; `Left` ends a run whose enrolment has ended, or whose leg is over; `Done`
completes the enrolment on a way that no Task ends."""

from collections.abc import Iterator

from sojourn.asl.expressions import equals, joined, path, split_at, text_of
from sojourn.asl.model import TIMED_OUT, Catch, State, Task, choice, succeed
from sojourn.journeys.compiling.around import (
    ACT_AGAIN,
    DONE,
    HOLD,
    LEAVE,
    LEFT,
    LONGEST_HOLD,
    PARK_AGAIN,
    RESUME,
    RUN,
    SEND_SECONDS,
    TOKEN,
    Around,
    Target,
)
from sojourn.journeys.graph import first_state
from sojourn.journeys.steps import Step, every


def resume(around: Around) -> State:
    """Leads to the state that the input names, or to the first; the input names the round, too, inside a repeat."""
    first = first_state(around.journey)
    # A Choice may not be empty: a journey of one step names it twice.
    others = [name for name in around.ways if name != first] or [first]
    rules = [(equals("input.at", name), name) for name in others]
    if not around.round_variables:
        return choice(rules, default=first)
    rounds = {step.name: _rounds(step, around) for step in every(around.journey.steps)}
    return {**choice(rules, default=first, assign=rounds), "Assign": rounds[first]}


def others(around: Around) -> Iterator[tuple[str, State]]:
    """Those that stand behind the steps; the machine has the ones that its states lead to."""
    yield HOLD, _hold(around.target, repeats=any(around.repeats.values()))
    yield DONE, _done(around.target)
    yield LEFT, succeed()


def _rounds(step: Step, around: Around) -> dict[str, str]:
    """The variables of a round "3.1.2": `round1` is "3", `round2` is "3.1", `round3` and those deeper are all of it."""
    depth = len(around.repeats[step.name])
    outer = {
        name: joined(split_at("input.round", number))
        for number, name in enumerate(around.round_variables[:depth], 1)
    }
    return outer | dict.fromkeys(around.round_variables[depth:], text_of("input.round"))


def _hold(target: Target, *, repeats: bool) -> State:
    back = {"at": path("input", "at"), **({"round": text_of("input.round")} if repeats else {})}
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


def _done(target: Target) -> State:
    return Task(
        function_arn=target.park_function_arn,
        payload={**RUN, "finish": True},
        timeout=SEND_SECONDS,
        retry=(ACT_AGAIN,),
        catch=(LEAVE,),
    ).to_asl()
