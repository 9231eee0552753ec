"""A wait is registered. The faults and stories play the rest; here: what the handler itself decides."""

from collections.abc import Iterator

import pytest

from functions.park_token.app import handler
from sojourn.errors import EnrolmentEndedError
from tests.cloud import moto_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


TASK = {"enrolment": "abcdefghij234567abcd.welcome.1", "leg": 1, "step": "Send the welcome", "next": "(end)"}


def test_a_parked_run_that_is_over_leaves():
    with pytest.raises(EnrolmentEndedError):
        handler({**TASK, "seconds": 60, "park": True}, None)


def test_a_path_that_ends_twice_leaves_the_second_time():
    with pytest.raises(EnrolmentEndedError):
        handler({"enrolment": TASK["enrolment"], "leg": 1, "finish": True}, None)
