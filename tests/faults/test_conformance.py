"""Every kind of step with the real functions in the walker; tests/stories/test_conformance.py has the local cloud."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn import bootstrap
from sojourn.clock import iso
from sojourn.journeys.steps import READERS
from sojourn.journeys.tasks.settle import settle
from sojourn.journeys.tasks.store import listed
from tests.conformance import Walk, kinds, walks
from tests.faults.invariants import people
from tests.faults.people import does, introduction
from tests.faults.world import START, World, publish

FOREVER = timedelta(days=60)
STEP = timedelta(minutes=20)


@pytest.mark.parametrize("walk", [pytest.param(walk, id=f"{walk.name}: {walk.says}") for walk in walks()])
def test_a_walk_enters_these_states(world: World, walk: Walk):
    for name, source in walk.sources.items():
        publish(world, name, source)
    _enters(world, walk)

    for act in walk.do:
        _until_they_stand(world, walk, act["at"])
        if outcome := act.get("settle"):
            (((task, _), *_), _) = listed("sales", 1, None)
            settle(task.id, outcome, by="ada", engine=bootstrap.engine())
        else:
            does(world, act["event"])
    world.run_until(START + FOREVER)

    assert not walk.differs_from(_states(world, walk))


def test_every_kind_of_step_has_its_walks():
    assert kinds() >= set(READERS)


def _enters(world: World, walk: Walk) -> None:
    about: dict[str, Any] = introduction(world, "ann", **walk.traits)
    about["context"] = {
        "consent": [{"channel": each, "purpose": "marketing", "source": "form"} for each in walk.consents]
    }
    entry = {"type": "track", "messageId": "ann-2", "event": walk.event, "userId": "ann"}
    world.collect(about, {**entry, "timestamp": iso(world.clock.calendar())})


def _until_they_stand(world: World, walk: Walk, step: str) -> None:
    while not any(row["at"] == row.get("wait_step") == step for row in people(f"ENROL#{walk.name}#")):
        assert world.clock.calendar() < START + FOREVER, f"nobody comes to {step}"
        world.run_until(world.clock.calendar() + STEP)


def _states(world: World, walk: Walk) -> list[str]:
    """The states of all legs, in order."""
    runs = [run for run in world.walker.executions.values() if run.name.startswith(f"{walk.name}-v")]
    return [state for run in sorted(runs, key=_leg) for state in run.states]


def _leg(run: Any) -> int:
    return int(run.name.rpartition("-")[2])
