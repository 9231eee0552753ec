"""One world a module: making it takes longer than most stories."""

from collections.abc import Iterator

import pytest

from tests.faults.stories import welcome
from tests.faults.world import World, a_world


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
