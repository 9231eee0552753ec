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


@pytest.mark.parametrize(("sampled", "told"), [("1", "1-abc-def"), ("0", None)], ids=["kept", "not kept"])
def test_a_line_names_its_trace_where_there_is_one(
    sampled: str, told: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root=1-abc-def;Parent=53995c3f42cd8ad8;Sampled={sampled}")

    sent()

    assert json.loads(capsys.readouterr().out).get("xray_trace_id") == told


def test_a_line_of_the_logger_names_its_trace(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-abc-def;Parent=53995c3f42cd8ad8;Sampled=1")
    caplog.set_level("INFO", logger="sojourn")

    telemetry.note("run begins", correlation="c")

    line = json.loads(telemetry.logger().registered_handler.format(caplog.records[-1]))
    assert (line["message"], line["correlation"], line["xray_trace_id"]) == ("run begins", "c", "1-abc-def")


def test_what_an_invocation_says_of_many_is_one_line(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", logger="sojourn")

    @telemetry.measured
    def began() -> None:
        for name in ("ada", "bob"):
            telemetry.gather("run begins", enrolment=f"{name}.welcome.1", correlation=name)

    began()
    telemetry.measured(telemetry.count)(Metric.REPAIRS)

    (line,) = [json.loads(telemetry.logger().registered_handler.format(each)) for each in caplog.records]
    assert (line["enrolment"], line["correlation"]) == ("ada.welcome.1 bob.welcome.1", "ada bob")
