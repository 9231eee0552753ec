"""What stands behind a Task and needs no Task of its own: branches that the Task before them judges.

{"path": {"b3": "if 1"}}      the answer, on which the branch's state, a bare Choice, parts
row: at = the state behind the branches, carried = {"b3": "if 1"}: a repeated attempt answers the same
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sojourn.clock import iso
from sojourn.journeys.compiling.carried import branch_key
from sojourn.journeys.model import Journey
from sojourn.journeys.moments import due_after
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Branch
from sojourn.journeys.views import compiled
from sojourn.rules.nodes import Rule
from sojourn.rules.view import View

OTHERWISE = "otherwise"
Look = Callable[[Iterable[Rule]], View]  # the contact as these rules see it


@dataclass(frozen=True, slots=True)
class Ahead:
    """The state where the run stands now, and the paths of the branches on the way to it."""

    at: str
    carried: Mapping[str, str] = field(default_factory=dict)

    def until(self, journey: Journey, now: datetime) -> str:
        """Until when it stands there."""
        return iso(due_after(journey, self.at, now))


def ahead_of(journey: Journey, next_name: str, look: Look) -> Ahead:
    """Judge the carried branches that follow, one behind the other."""
    shape, carried = shape_of(journey), dict[str, str]()
    while next_name in shape.carried:
        branch = shape.steps[next_name]
        assert isinstance(branch, Branch), next_name
        key = path_of(branch, look)
        carried[branch_key(shape.carried[next_name])] = key
        next_name = shape.ways[next_name].paths[key]
    return Ahead(next_name, carried)


def rules_ahead(journey: Journey, next_name: str) -> list[Rule]:
    """Those of every carried branch that may have to be judged behind this way."""
    shape, waiting, found = shape_of(journey), [next_name], dict[str, Branch]()
    while waiting:
        name = waiting.pop()
        branch = shape.steps.get(name)
        if name in shape.carried and name not in found and isinstance(branch, Branch):
            found[name] = branch
            waiting.extend(shape.ways[name].paths.values())
    return [each.rule for branch in found.values() for each in branch.ifs]


def path_of(branch: Branch, look: Look) -> str:
    """The key of the first path whose rule holds."""
    view = look(each.rule for each in branch.ifs)
    for number, each in enumerate(branch.ifs, 1):
        if compiled(each.rule).holds(view):
            return f"if {number}"
    return OTHERWISE
