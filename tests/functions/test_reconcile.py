"""Runs that stand still are mended. The faults and stories play the rest; here: what the handler itself decides."""

from collections.abc import Iterator

import pytest

from functions.reconcile.app import handler
from tests.cloud import moto_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def test_an_hour_without_anything_to_mend():
    assert sum(handler({"source": "aws.events"}, None).values()) == 0
