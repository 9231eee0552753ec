"""One world a module: making it takes longer than most stories."""

from collections.abc import Iterator

import pytest

from tests.faults import tally
from tests.faults.stories import welcome
from tests.faults.world import World, a_world


@pytest.fixture(autouse=True)
def _points(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the test's walks came to, for the summary (tests/conftest.py)."""
    tally.taken()
    yield
    sums = zip((tally.POINTS, tally.VIOLATIONS), tally.taken(), strict=True)
    request.node.user_properties.extend(sums)


@pytest.fixture(scope="module")
def warm() -> Iterator[World]:
    """A world in which everything that is made once has been made."""
    with a_world() as world:
        welcome(world)
        yield world


@pytest.fixture
def world(warm: World) -> World:
    """As it was before anything happened."""
    warm.reset()
    return warm
