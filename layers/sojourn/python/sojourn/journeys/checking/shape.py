"""The shape of a journey: how many steps, which cannot be reached, which do nothing, and rounds without end."""

from collections.abc import Iterator

from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.graph import PARTS_WHOLLY
from sojourn.journeys.language.acting import Exit, HumanTask
from sojourn.journeys.language.forks import Repeat, Split
from sojourn.journeys.language.paths import Step, Steps
from sojourn.journeys.language.waiting import Wait, WaitFor
from sojourn.rules.findings import Finding, Place

MOST_STEPS = 500
MOST_IN_A_RUN = 10_000
WHOLE = 10_000  # a hundred percent, in hundredths of one
WAITS = (Wait, WaitFor, HumanTask)


def step_count(case: Case) -> Iterator[Finding]:
    """A journey has not too many steps, and a run of it does not go through too many."""
    if len(case.steps) > MOST_STEPS:
        problem = f"{len(case.steps)} steps; a journey has {MOST_STEPS} at most"
        yield case.wrong(case.steps[MOST_STEPS][0], "", (problem, "split the journey into two"))
    elif (most := longest(case.journey.steps)) > MOST_IN_A_RUN:
        place, step = max(
            ((place, step) for place, step in case.steps if isinstance(step, Repeat)),
            key=lambda found: longest((found[1],)),
        )
        problem = f"a run may go through {most:,} steps; {MOST_IN_A_RUN:,} is the most"
        yield case.wrong(
            (*place, "times"), step.name, (problem, "lower `times`, or take steps out of the round")
        )


def unreachable(case: Case) -> Iterator[Finding]:
    """Behind an exit, or a fork all of whose paths exit, nobody ever comes."""
    for place, steps in _lists(case):
        for index, step in enumerate(steps[:-1]):
            if _never_goes_on(step):
                after = steps[index + 1]
                problem = f"nobody comes here: every way through '{step.name}' leaves the journey"
                yield case.wrong((*place, index + 1), after.name, (problem, "delete it, or move the exit"))
                break


def idle_ends(case: Case) -> Iterator[Finding]:
    """A wait that nothing follows does nothing."""
    for place, step in _last_waits(case.journey.steps, ("steps",)):
        said = "nothing follows this wait", "delete it, or put a step after it"
        yield case.wrong(place, step.name, said)


def shares(case: Case) -> Iterator[Finding]:
    """The arms of a split make a hundred percent."""
    for place, step in case.steps:
        if isinstance(step, Split) and step.arms and all(arm.percent for arm in step.arms):
            total = sum(round(arm.percent * 100) for arm in step.arms)
            if total != WHOLE:
                problem = f"the shares make {total / 100:g} percent"
                yield case.wrong((*place, "paths"), step.name, (problem, "make them a hundred"))


def rounds(case: Case) -> Iterator[Finding]:
    """Each round of a repeat waits for something, whichever way it takes."""
    for place, step in case.steps:
        if isinstance(step, Repeat) and step.times > 1 and step.steps and not waits(step.steps):
            said = (
                "a loop without a wait: its rounds would follow each other at once",
                "put a `wait` into the round",
            )
            yield case.wrong(place, step.name, said)


def longest(steps: Steps) -> int:
    """How many steps a run goes through at most."""
    return sum(_longest(step) for step in steps)


def waits(steps: Steps) -> bool:
    """Whether every way through these steps waits, or leaves."""
    return any(isinstance(step, (*WAITS, Exit)) or _paths_wait(step) for step in steps)


def _longest(step: Step) -> int:
    inner = max(map(longest, step.paths().values()), default=0)
    return 1 + step.times * (1 + inner) if isinstance(step, Repeat) else 1 + inner


def _paths_wait(step: Step) -> bool:
    if isinstance(step, Repeat):
        return step.until is None and waits(step.steps)
    return step.kind in PARTS_WHOLLY and all(map(waits, step.paths().values()))


def _never_goes_on(step: Step) -> bool:
    if isinstance(step, Exit):
        return True
    if isinstance(step, Repeat):
        return step.until is None and any(map(_never_goes_on, step.steps))
    paths = step.paths().values()
    return step.kind in PARTS_WHOLLY and bool(paths) and all(any(map(_never_goes_on, path)) for path in paths)


def _lists(case: Case) -> Iterator[tuple[Place, Steps]]:
    yield ("steps",), case.journey.steps
    for place, step in case.steps:
        for key, path in step.paths().items():
            yield (*place, key), path


def _last_waits(steps: Steps, place: Place) -> Iterator[tuple[Place, Step]]:
    """The waits that the end of a path which ends the journey consists of."""
    if not steps:
        return
    last, here = steps[-1], (*place, len(steps) - 1)
    if isinstance(last, Wait | WaitFor) and not any(last.paths().values()):
        yield here, last
    elif not isinstance(last, Repeat):  # the last step of a round leads back to the first
        for key, path in last.paths().items():
            yield from _last_waits(path, (*here, key))


def fork_of_nothing(step: Step) -> Said | None:
    """Why a fork makes no difference."""
    if step.kind not in {"branch", "split"} or any(step.paths().values()):
        return None
    return "none of its paths has a step", "put steps into a path, or delete it"
