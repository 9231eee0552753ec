"""A branch that no Task before it could judge."""

from typing import Any

from sojourn.errors import path_error
from sojourn.journeys.carrying import path_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Branch
from sojourn.journeys.taking.task import Here


def take(here: Here) -> dict[str, Any]:
    """Along the path of the first rule that holds: the first path is the state's success, another an error by name."""
    assert isinstance(here.step, Branch)
    key = path_of(here.step, here.look)
    way = 1 + list(here.step.paths()).index(key)
    here.go_on(shape_of(here.journey).ways[here.step.name].paths[key], way=way)
    return _along(way)


def again(here: Here) -> dict[str, Any]:
    """The path that was taken."""
    assert here.run.taken is not None
    return _along(here.run.taken.way)


def _along(way: int) -> dict[str, Any]:
    if way > 1:
        raise path_error(way)
    return {"path": {}}
