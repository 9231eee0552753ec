"""The head of a repeat: it counts, asks whether it is over, and now and then ends the leg before the next round.

Step Functions ends an execution after 25,000 events; so a repeat parks after as many rounds as the compiler says.
"""

from collections.abc import Mapping
from typing import Any

from sojourn.clock import iso
from sojourn.errors import Parked, path_error
from sojourn.journeys import store
from sojourn.journeys.graph import AFTER
from sojourn.journeys.rounds import next_round, round_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Repeat
from sojourn.journeys.taking.task import Here
from sojourn.journeys.views import compiled
from sojourn.journeys.wait import put_down, running

ROUND, OVER, PARKED = 1, 2, 3


def take(here: Here) -> dict[str, Any]:
    """One round more, or on to what follows."""
    assert isinstance(here.step, Repeat)
    done = here.run.rounds.get(here.step.name, 0)
    ways = shape_of(here.journey).ways[here.step.name]
    if done >= here.step.times or _is_enough(here.step, here):
        raise path_error(OVER)(here.go_on(ways.paths[AFTER], way=OVER)["path"])
    rounds = next_round(here.journey, here.run.rounds, here.step.name)
    if here.task.park_after and done and done % here.task.park_after == 0:
        store.park_round(here.run, rounds=rounds, taken=here.task.taken(PARKED), now=iso(here.now))
        return _park(here)
    here.go_on(ways.then, rounds=rounds)
    return {"round": _inside(here, rounds), "path": {}}


def again(here: Here) -> dict[str, Any]:
    """The round that was begun, or the way that was taken."""
    assert here.run.taken is not None
    if here.run.taken.way == OVER:
        raise path_error(OVER)(here.run.carried)
    if here.run.taken.way == PARKED:
        return _park(here)
    return {"round": _inside(here, here.run.rounds), "path": {}}


def _is_enough(step: Repeat, here: Here) -> bool:
    return step.until is not None and compiled(step.until).holds(here.look([step.until]))


def _park(here: Here) -> dict[str, Any]:
    """The sweep starts the next leg at the head of the round."""
    run = running(here.run.id, here.task.leg)
    if run.wait is not None:
        put_down(run, "park", engine=here.engine, next=shape_of(here.journey).ways[here.step.name].then)
    raise Parked


def _inside(here: Here, rounds: Mapping[str, int]) -> str:
    """The round as the states in it are told: behind those of the repeats round this one."""
    around = round_of(here.journey, rounds, here.step.name)
    return ".".join(filter(None, (around, str(rounds.get(here.step.name, 1)))))
