"""Which branches the Task before them judges, and under which keys paths that are known travel. Pure.

A branch is *carried* when every way to it is the plain way on from a Task that can judge it: then it is a bare Choice
on what that Task answered, `{"path": {"b3": "if 1"}}`, and nobody ever stands on it. What stands behind a carried
branch on the path that was judged, is judged in the same answer if it is carried too.
"""

from collections.abc import Iterator, Mapping

from sojourn.journeys.graph import AFTER, Exits, exits, first_state
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Branch, Repeat, Split, Step, every

# Their function writes down where the run goes on, and so can look ahead.
JUDGES_AHEAD = {"send", "update", "call", "start", "end"}


def carried(journey: Journey) -> dict[str, int]:
    """The carried branches by name; the number is that of the step in `every(journey.steps)`, from 0."""
    numbers = _numbers(journey, Branch)
    ways = exits(journey)
    on_their_own = {first_state(journey)}
    for step in every(journey.steps):  # ways lead forward, but for those back to a repeat
        is_carried = step.name in numbers and step.name not in on_their_own
        on_their_own |= set(_unjudged(step, ways[step.name], is_carried))
    return {name: number for name, number in numbers.items() if name not in on_their_own}


def splits(journey: Journey) -> dict[str, int]:
    """The splits by name, numbered as `carried` numbers branches: hashed at enrolment, they travel in the input."""
    return _numbers(journey, Split)


def branch_key(number: int) -> str:
    """The key of a carried branch's path in what a Task answers: `b3`; its value is a key of `Branch.paths`."""
    return f"b{number}"


def split_key(number: int) -> str:
    """The key of a split's arm in the start input: `s3`; its value is a key of `Split.paths`."""
    return f"s{number}"


def _numbers(journey: Journey, kind: type[Step]) -> dict[str, int]:
    return {step.name: number for number, step in enumerate(every(journey.steps)) if isinstance(step, kind)}


def _unjudged(step: Step, ways: Exits, is_carried: bool) -> Iterator[str]:
    """The states that this step leads to without having judged them."""
    if is_carried:
        return
    if step.kind not in JUDGES_AHEAD:
        yield ways.then
    yield from _others(step, ways.paths)


def _others(step: Step, paths: Mapping[str, str]) -> Iterator[str]:
    """Those beside the plain way on; a repeat that is over judges what comes after it."""
    for key, head in paths.items():
        if not (isinstance(step, Repeat) and key == AFTER):
            yield head
