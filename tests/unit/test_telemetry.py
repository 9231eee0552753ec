"""What is said once is written once."""

import json

import pytest

from sojourn import telemetry
from sojourn.telemetry import Metric


@telemetry.measured
def sent() -> None:
    telemetry.tell(Metric.MESSAGES_SENT, "message settled", message_id="ada-1", reason="")


def test_a_metric_and_what_is_told_with_it_are_one_line(capsys: pytest.CaptureFixture[str]):
    sent()
    sent()

    for line in map(json.loads, capsys.readouterr().out.splitlines()):
        assert (line["message"], line["message_id"], line["MessagesSent"]) == (
            "message settled",
            "ada-1",
            [1.0],
        )
        assert "reason" not in line


def test_nothing_told_stays_for_the_next_invocation(capsys: pytest.CaptureFixture[str]):
    sent()
    telemetry.measured(telemetry.count)(Metric.REPAIRS)

    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["Repairs"] == [1.0]
    assert "message_id" not in last
