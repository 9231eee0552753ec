"""The hourly repair. What it mends: tests/unit/journeys/test_reconcile.py."""

import pytest

from tests.faults.people import sign_up
from tests.faults.world import HOUR, START, World


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    sign_up(made)
    return made


def test_healthy_runs_are_left_alone(world: World):
    world.run_until(START + HOUR)

    assert world.call("reconcile", {}) == {}


def test_a_run_whose_execution_vanished_is_started_again(world: World):
    world.call("react", {"Records": world.services.streams["Events"]})
    world.read["Events"] = 2
    world.walker.executions.clear()
    world.clock.advance(3600)

    assert world.call("reconcile", {}) == {"started": 1}

    world.run_until(START + 2 * HOUR)
    assert len(world.services.mails) == 1
