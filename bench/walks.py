"""How many transitions a step costs: the walker plays the compiled welcome machine with functions that only answer.

Never held: the click path, the time-out path, and runs that a goal ends: stopped while they wait, as reaching a goal
does, and once found ended by a Task, which costs one more (`Left`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.measures import Measure, judged
from sojourn.asl.execution import Execution
from sojourn.asl.walk import Walker
from sojourn.clock import ManualClock, iso
from sojourn.errors import EnrolmentEndedError, HeldError
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.files import load_file
from sojourn.journeys.graph import steps_by_name

WELCOME = Path(__file__).parents[1] / "statemachines" / "journeys" / "welcome.journey.yaml"
STEP_GOAL, HOLD_GOAL = 1.05, 3
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-j-welcome:1"
START = datetime(2030, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WAITING = (DAY, 3 * DAY, 8 * DAY)  # in the two days, before a click, in the week


@dataclass(slots=True)
class Recipient:
    """What happens to one run."""

    clicks: bool = False
    held: int = 0  # how often the text must wait for an hour
    ended_before: str = ""  # the step that finds the run ended


def measure() -> list[Measure]:
    """Both figures, and the whole way's transitions."""
    clicked, waited = walked(Recipient(clicks=True)), walked(Recipient())
    stopped = [walked(Recipient(), stop_after=after) for after in WAITING]
    left = walked(Recipient(ended_before="Send the reminder"))
    runs = [clicked, waited, *stopped, left]
    transitions = sum(run.transitions - 1 for run in runs)  # without the Resume that each leg begins with
    per_hold = (walked(Recipient(held=4)).transitions - waited.transitions) / 4
    return [
        judged(
            "transitions_per_step", round(transitions / sum(map(steps_of, runs)), 3), "transitions", STEP_GOAL
        ),
        judged("transitions_per_hold", per_hold, "transitions", HOLD_GOAL),
        judged("transitions_per_run", waited.transitions, "transitions", None),
    ]


def walked(recipient: Recipient, *, stop_after: timedelta | None = None) -> Execution:
    """One run of the machine, played until nothing is left to do."""
    clock = ManualClock(START)
    walker = Walker(clock=clock, functions={})
    walker.functions = {"send": _sends(recipient, clock), "park": _parks(recipient, walker)}
    walker.publish(
        ARN,
        compile_journey(load_file(WELCOME), version=1, send_function_arn="send", park_function_arn="park"),
    )
    run = walker.start(ARN, name="run", input={"enrolment": "c.welcome.1", "leg": 1, "at": ""})
    if stop_after:
        walker.at(START + stop_after, lambda: walker.stop(run))
    walker.run()
    return walker.executions[run]


def steps_of(run: Execution) -> int:
    """How many of the states it went through are steps that an author wrote."""
    known = steps_by_name(load_file(WELCOME))
    return sum(state in known for state in run.states)


def _sends(recipient: Recipient, clock: ManualClock) -> Callable[[Any, Any], Any]:
    def send(task: Any, _: Any) -> dict[str, str]:
        if task["step"] == recipient.ended_before:
            raise EnrolmentEndedError(task["enrolment"])
        if task["step"] == "Text an offer" and recipient.held:
            recipient.held -= 1
            raise HeldError(iso(clock.calendar() + timedelta(hours=1)), "hours")
        return {"state": "sent"}

    return send


def _parks(recipient: Recipient, walker: Walker) -> Callable[[Any, Any], Any]:
    def park(task: Any, _: Any) -> dict[str, str]:
        answered = recipient.clicks or task.get("hold")
        if answered:
            walker.at(
                walker.clock.calendar() + timedelta(hours=1), lambda: walker.complete(task["token"], {})
            )
        return {}

    return park
