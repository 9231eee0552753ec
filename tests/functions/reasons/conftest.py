"""One stage a module: making it takes longer than most scenes."""

from collections.abc import Iterator

import pytest

from tests.functions.reasons.stage import Stage, a_stage, cleared


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture
def stage(made: Stage) -> Stage:
    return cleared(made)
