"""Stand-ins for the functions of a journey: they answer as the real ones do, by a plan instead of people.

play = Play(journey, {"Clicked the guide?": "otherwise", "Text an offer": "held"})
play.run()
assert play.states == ["Resume", "Send the welcome", …]

The plan says for a step the key of the path to take (the first, where it says nothing); for a send also "held" or
"held each time"; "ended" for one that finds the run over; for a repeat how many rounds it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.asl.execution import Execution
from sojourn.asl.walk import Walker
from sojourn.clock import ManualClock, iso
from sojourn.errors import EnrolmentEndedError, FailedError, HeldError, Parked, SkippedError, path_error
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.compiling.carried import branch_key, carried, split_key, splits
from sojourn.journeys.compiling.rounds import repeats_around
from sojourn.journeys.graph import AFTER, exits, steps_by_name
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Branch, HumanTask, Repeat, WaitFor
from tests.compiled import NAMED

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-j-played:1"
START = datetime(2030, 1, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RAISED = {"on skip": SkippedError, "on fail": FailedError}
FAILED = {"if past": "PathPast", "if missing": "PathMissing"}
Task = Mapping[str, Any]


@dataclass
class Play:
    """One run of a journey, over all its legs."""

    journey: Journey
    plan: dict[str, Any] = field(default_factory=dict)
    told: list[Task] = field(default_factory=list)
    legs: list[Execution] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        acts = dict.fromkeys(("send", "take", "call"), self._act)
        self.walker = Walker(clock=ManualClock(START), functions={**acts, "park": self._park})
        self.walker.publish(ARN, compile_journey(self.journey, version=1, target=NAMED))
        self.steps, self.ways = steps_by_name(self.journey), exits(self.journey)
        self.carried, self.around = carried(self.journey), repeats_around(self.journey)
        self.held: Task = {}

    @property
    def states(self) -> list[str]:
        """The states of all legs."""
        return [state for leg in self.legs for state in leg.states]

    @property
    def steps_taken(self) -> int:
        """How many of them an author wrote."""
        return sum(state in self.steps for state in self.states)

    @property
    def transitions(self) -> int:
        """Of all legs, without the Resume that each begins with."""
        return sum(leg.transitions - 1 for leg in self.legs)

    def run(self) -> "Play":
        """From the entry to the end."""
        self.start()
        self.walker.run()
        return self

    def start(self, at: str = "", round_: str = "") -> None:
        """Begin a leg."""
        drawn = {split_key(number): self._key(name) for name, number in splits(self.journey).items()}
        known = {"enrolment": "c.j.1", "leg": len(self.legs) + 1, "at": at}
        more = {**({"splits": drawn} if drawn else {}), **({"round": round_} if round_ else {})}
        arn = self.walker.start(ARN, name=f"run-{known['leg']}", input={**known, **more})
        self.legs.append(self.walker.executions[arn])

    def _key(self, name: str) -> str:
        return str(self.plan.get(name) or next(iter(self.ways[name].paths)))

    def _judged(self, name: str) -> dict[str, str]:
        """The paths of the carried branches that a Task finds on its way on."""
        found = {}
        while name in self.carried:
            found[branch_key(self.carried[name])] = key = self._key(name)
            name = self.ways[name].paths[key]
        return found

    def _act(self, task: Task, _: Any) -> dict[str, Any]:
        self.told.append(task)
        step, said = self.steps[task["step"]], self.plan.get(task["step"])
        if said == "ended":
            raise EnrolmentEndedError(task["enrolment"])
        if isinstance(step, Repeat):
            return self._count(step, task)
        if isinstance(step, Branch):
            self._take(list(step.paths()).index(self._key(step.name)) + 1)
        elif said in {"held", "held each time"} and task != self.held:
            self.held = task
            if said == "held":
                del self.plan[step.name]
            raise HeldError(iso(self.walker.clock.calendar() + HOUR), "hours")
        elif said in RAISED:
            raise RAISED[said]()
        self.held = {}
        return {"path": self._judged(task["next"])}

    def _take(self, number: int) -> None:
        if number > 1:
            raise path_error(number)()

    def _count(self, step: Repeat, task: Task) -> dict[str, Any]:
        done = self.rounds.get(step.name, 0)
        if done == min(step.times, self.plan.get(step.name, step.times)):
            raise path_error(2)(self._judged(self.ways[step.name].paths[AFTER]))
        self.rounds[step.name] = done + 1
        self.rounds |= {name: 0 for name, repeats in self.around.items() if step.name in repeats}
        counted = ".".join(str(self.rounds[name]) for name in (*self.around[step.name], step.name))
        if done and done % task["park_after"] == 0:
            self.walker.agenda.after(0, lambda: self.start(task["next"], counted))
            raise Parked(step.name)
        return {"round": counted}

    def _park(self, task: Task, _: Any) -> None:
        self.told.append(task)
        if task.get("park"):
            self.walker.agenda.after(task["seconds"], lambda: self.start(task["next"]))
        elif "token" in task:
            moment = self.walker.clock.calendar() + MINUTE
            self.walker.at(moment, lambda: self._answer(task["token"], task))

    def _answer(self, token: str, task: Task) -> None:
        step, said = self.steps[task["step"]], self.plan.get(task["step"])
        if isinstance(step, WaitFor | HumanTask) and "hold" not in task:
            self._settle(token, list(step.paths()).index(self._key(step.name)) + 1, len(step.paths()))
        elif said in FAILED:
            self.walker.fail(token, error=FAILED[said], cause="{}")
        else:
            self.walker.complete(token, {})

    def _settle(self, token: str, number: int, otherwise: int) -> None:
        if number == 1:
            self.walker.complete(token, {})
        elif number < otherwise:  # silence is the last path, and nobody's to bring
            self.walker.fail(token, error=path_error(number).__name__, cause="{}")
