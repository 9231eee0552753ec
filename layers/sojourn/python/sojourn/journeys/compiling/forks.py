"""The states where paths part: a bare Choice where the path is known, a Task where it must be found."""

from sojourn.asl.expressions import equals, path, variable
from sojourn.asl.model import Catch, State, choice
from sojourn.errors import path_error
from sojourn.journeys.compiling.around import PARK, Around, unwritten, written
from sojourn.journeys.compiling.carried import branch_key, split_key
from sojourn.journeys.graph import AFTER
from sojourn.journeys.steps import Branch, Repeat, Split

OVER = path_error(2).__name__  # a repeat has two ways: its round, and what follows when the rounds are over
CARRIED_IN_ERROR = "{% $parse($parse($states.errorOutput.Cause).errorMessage).path %}"


def branch(step: Branch, around: Around) -> State:
    """A Choice on what the Task before judged; a Task of its own where there is none that could."""
    heads = around.ways[step.name].paths
    if step.name in around.carried:
        asked = f"input.path.{branch_key(around.carried[step.name])}"
        return _on(asked, {key: written(head) for key, head in heads.items()})
    later = list(enumerate(heads.values(), 1))[1:]
    catches = (Catch((path_error(number).__name__,), written(head)) for number, head in later)
    return around.take(step, *catches)


def split(step: Split, around: Around) -> State:
    """A Choice on what was drawn at enrolment."""
    asked = f"context.Execution.Input.splits.{split_key(around.splits[step.name])}"
    heads = around.ways[step.name].paths
    return _on(asked, {key: unwritten(head) for key, head in heads.items()})


def repeat(step: Repeat, around: Around) -> State:
    """A Task that counts the round, which the states in it are told by a variable.

    `round2` is "3.1": the first round of a repeat within the third of another. A repeat that has not begun is told the
    round that it stands in, so whoever counts sets the variables of the repeats inside, too.
    """
    after = around.ways[step.name].paths[AFTER]
    judged = {"path": CARRIED_IN_ERROR} if after in around.carried else {}
    outside, mine = _variables(step, around)
    over = Catch((OVER,), written(after), judged, dict.fromkeys(mine, outside))
    most = around.rounds_a_leg[step.name]
    state = around.take(step, over, PARK, park_after=most)
    return {**state, "Assign": dict.fromkeys(mine, path("result", "Payload", "round"))}


def _variables(step: Repeat, around: Around) -> tuple[str, list[str]]:
    """The round in which the repeat stands, as an expression, and the variables of it and those inside."""
    names, depth = around.round_variables, around.depth_of(step)
    return variable(names[depth - 2]) if depth > 1 else "", list(names[depth - 1 :])


def _on(asked: str, heads: dict[str, str]) -> State:
    """A Choice between the paths by key; the last is the default, and is named only where it is the only one."""
    *others, last = heads
    return choice(((equals(asked, key), heads[key]) for key in others or [last]), default=heads[last])
