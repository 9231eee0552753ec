"""One message of one run. The faults and stories play the rest; here: what the handler itself decides."""

from collections.abc import Iterator

import pytest

from functions.send_message.app import handler
from sojourn.errors import EnrolmentEndedError
from tests.cloud import moto_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


TASK = {"enrolment": "abcdefghij234567abcd.welcome.1", "leg": 1, "step": "Send the welcome", "next": "(end)"}


def test_a_run_that_is_over_sends_nothing_and_leaves():
    with pytest.raises(EnrolmentEndedError):
        handler({**TASK, "attempt": 0}, None)


def test_a_payload_that_the_compiler_never_writes_fails_loudly():
    with pytest.raises(KeyError):
        handler({"enrolment": TASK["enrolment"]}, None)
