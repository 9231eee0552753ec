"""One in-memory world for each file of handler tests; a file's own `world` fixture says who is in it."""

from collections.abc import Iterator

import pytest

from tests.faults.world import World, a_world


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        yield world
