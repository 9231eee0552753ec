"""A shop with people in it, for whoever wants one."""

from collections.abc import Iterator

import pytest

from tests.cloud import moto_cloud
from tests.partiql import teach_moto
from tests.segment_runs import Shop, a_shop


@pytest.fixture(scope="module")
def tables() -> Iterator[None]:
    with moto_cloud():
        teach_moto()
        yield


@pytest.fixture
def shop(tables: None) -> Shop:
    """Nobody is there yet."""
    return a_shop()
