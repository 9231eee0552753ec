"""Which step follows which. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.journeys.language.acting import Exit
from sojourn.journeys.language.forks import Repeat
from sojourn.journeys.language.paths import OTHERWISE, Step, Steps
from sojourn.journeys.model import END, Journey
from sojourn.journeys.steps import every


@dataclass(frozen=True, slots=True)
class Exits:
    """Where a step leads: `then` when it is done, and each of its paths by its key (see `Step.paths`).

    Of a step with paths for every outcome (a wait for events, a branch, a split, a task) `then` is the first of them.
    Of a repeat `then` is its round, and `paths["after"]` what follows when the rounds are over.
    """

    then: str
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def otherwise(self) -> str:
        """The path of silence, or of whoever no rule holds for."""
        return self.paths.get(OTHERWISE, self.then)


AFTER = "after"
PARTS_WHOLLY = {
    "wait for",
    "branch",
    "split",
    "task",
}  # each of their paths is a key of `paths`, empty ones too


def steps_by_name(journey: Journey) -> dict[str, Step]:
    """Every step under its name, in the order of the file."""
    return {step.name: step for step in every(journey.steps)}


def first_state(journey: Journey) -> str:
    """The step that a new enrolment begins with."""
    return journey.steps[0].name


def exits(journey: Journey) -> dict[str, Exits]:
    """Where each step leads."""
    return _exits(journey.steps, END)


def following(journey: Journey, step_name: str, *, answered: bool = True) -> str:
    """The step after this one, or "(end)"; `answered=False` is the otherwise path of a wait for events."""
    ways = exits(journey)[step_name]
    return ways.then if answered else ways.otherwise


def _exits(steps: Steps, after: str) -> dict[str, Exits]:
    """The same for one list of steps, of which the last leads to `after`."""
    found: dict[str, Exits] = {}
    nexts = [*(step.name for step in steps[1:]), after]
    for step, next_name in zip(steps, nexts, strict=False):  # an empty path has no steps
        found[step.name] = _ways(step, next_name)
        back = step.name if isinstance(step, Repeat) else next_name
        for path in step.paths().values():
            found |= _exits(path, back)
    return found


def _ways(step: Step, next_name: str) -> Exits:
    if isinstance(step, Exit):
        return Exits(END)
    heads = {key: _head(path, next_name) for key, path in step.paths().items()}
    if isinstance(step, Repeat):
        return Exits(heads["steps"], {AFTER: next_name})
    if step.kind in PARTS_WHOLLY:
        return Exits(next(iter(heads.values())), heads)
    return Exits(next_name, heads)


def _head(path: Steps, after: str) -> str:
    return path[0].name if path else after
