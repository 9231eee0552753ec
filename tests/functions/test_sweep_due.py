"""The minutely sweep. What it does: tests/unit/journeys/test_sweep.py."""

from collections.abc import Iterator

import pytest

from tests.faults.people import clicks, sign_up
from tests.faults.stories import DAY
from tests.faults.world import HOUR, START, World, a_world, rows


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def test_with_nothing_due_it_does_nothing(world: World):
    world.reset()

    assert world.call("sweep_due", {}) == {"done": 0}


def test_a_held_text_goes_out_in_the_minute_of_its_hour(world: World):
    world.reset()
    sign_up(world)
    world.run_until(START + 2 * DAY + 7 * HOUR)
    clicks(world, "Welcome")
    world.run_until(START + 2 * DAY + 8 * HOUR)
    assert len(list(rows("Due"))) == 1
    world.run_until(START + 3 * DAY)

    assert [text.at for text in world.services.texts] == ["2026-01-08T14:00:00.000Z"]
    assert list(rows("Due")) == []
