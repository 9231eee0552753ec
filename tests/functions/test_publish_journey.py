"""A draft becomes the live version. The faults and stories play the rest; here: what the handler itself decides."""

from collections.abc import Iterator

import pytest

from functions.publish_journey.app import handler
from tests.cloud import moto_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def test_a_journey_that_nobody_saved_is_not_found(monkeypatch: pytest.MonkeyPatch):
    for name in ("JOURNEY_ROLE_ARN", "SEND_MESSAGE_FUNCTION_ARN", "PARK_TOKEN_FUNCTION_ARN"):
        monkeypatch.setenv(name, f"arn:aws:test:{name.lower()}")

    assert "nobody" in handler({"journey": "nobody"}, None)["not_found"]
