"""Every fault at every call of a story: nothing happens twice, nothing is lost, and the sums add up.

A fault is one call that fails (before or after its effect, by throttling, or with the whole function), however often
the SDK tries. Whoever called the function calls again, as on AWS. Each point is a process of its own (see explore.py).
"""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.explore import Point, explore
from tests.faults.network import Kind
from tests.faults.stories import (
    bought,
    silent,
    welcome,
    with_comeback,
    wrong_after_bought,
    wrong_after_silent,
    wrong_after_welcome,
)
from tests.faults.world import World, a_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def warm() -> Iterator[World]:
    """A world in which everything that is made once has been made."""
    with a_world() as world:
        welcome(world)
        yield world


@pytest.fixture
def world(warm: World) -> World:
    warm.reset()
    return warm


def assert_no_harm(points: list[Point], at_least: int, tell: Callable[[str], object]) -> None:
    harmed = [str(point) for point in points if point.problems]
    tell(f"{len(points)} points, {len(harmed)} harmed")
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least


def test_the_welcome_story_survives_every_fault(world: World, record_property: Callable[..., None]):
    points = explore(world, welcome, wrong_after_welcome)

    record_property("points", len(points))
    assert_no_harm(points, 450, print)
