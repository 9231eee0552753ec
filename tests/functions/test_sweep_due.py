"""What is due is done. The faults and stories play the rest; here: what the handler itself decides."""

from collections.abc import Iterator

import pytest

from functions.sweep_due.app import handler
from tests.cloud import moto_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def test_a_minute_without_anything_due():
    assert handler({"source": "aws.events"}, None) == {"done": 0}
