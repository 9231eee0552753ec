"""Tables for the tests that want them."""

from collections.abc import Iterator

import pytest

from sojourn.journeys.versions import LiveJourney
from tests.cloud import moto_cloud
from tests.journeys import publish_welcome
from tests.partiql import empty, teach_moto


@pytest.fixture(scope="module")
def tables() -> Iterator[None]:
    with moto_cloud():
        teach_moto()
        yield


@pytest.fixture
def live(tables: None) -> LiveJourney:
    """Empty tables and the welcome journey."""
    empty("People", "Identity", "Due", "Config", "Events")
    return publish_welcome()
