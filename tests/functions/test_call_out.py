"""The Task that asks other systems. What calls do: tests/unit/calling and tests/unit/journeys/test_calls.py."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from functions.call_out.app import handler
from sojourn import bootstrap, telemetry
from sojourn.clock import ManualClock, use_clock
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.errors import CallUnansweredError
from sojourn.journeys.checking.case import Known
from sojourn.journeys.load import examine
from tests.calling import a_server, answer
from tests.cloud import moto_cloud
from tests.journeys import CONTACT, IDENTITY, NOW, an_enrolment, keep, publish_as_first

LOCAL = "http://127.0.0.1:4566"
JOURNEY = """\
journey: welcome
purpose: service
entry: {event: Signed Up}
steps:
  - call: Ask for a voucher
    url: URL
  - exit: Over
"""


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    wired = (bootstrap.settings, bootstrap.clock, bootstrap.client, bootstrap.engine, bootstrap.caller)
    for each in wired:
        each.cache_clear()
    use_clock(ManualClock(NOW))
    with moto_cloud():
        yield
    use_clock(None)
    for each in wired:
        each.cache_clear()


def come_to_the_call(url: str) -> dict[str, object]:
    examined = examine(JOURNEY.replace("URL", url), file="welcome.journey.yaml", known=Known(loopback=True))
    assert examined.journey is not None
    publish_as_first(examined.journey)
    put_profile(Profile(CONTACT, identities=(IDENTITY,)))
    run = keep(an_enrolment(at="Ask for a voucher"))
    return {
        "enrolment": run.id,
        "leg": 1,
        "step": "Ask for a voucher",
        "next": "Over",
        "attempt": 0,
        "entered": "t",
    }


def test_off_the_local_cloud_this_machine_is_no_address_for_calls(capsys: pytest.CaptureFixture[str]):
    with a_server(answer("{}")) as server:
        assert handler(come_to_the_call(server.url()), None) == {"path": {}}

    assert server.connections == 0
    told = capsys.readouterr().out
    assert '"CallsFailed":[1.0]' in told.replace(" ", "")
    assert "address_refused" in told


def test_on_the_local_cloud_it_is_and_nothing_of_it_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    telemetry.logger()  # which sets its own level when it is made
    caplog.set_level(logging.DEBUG, logger="sojourn")
    with a_server(answer('{"code": "A-SECRET"}')) as server:
        task = come_to_the_call(server.url())
        monkeypatch.setenv("AWS_ENDPOINT_URL", LOCAL)
        assert bootstrap.caller().webhooks.loopback
        monkeypatch.delenv("AWS_ENDPOINT_URL")  # moto stands in for AWS
        assert handler(task, None) == {"path": {}}

    assert len(server.asked) == 1
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "call answered" in logged
    assert "A-SECRET" not in logged
    assert str(server.port) not in logged


def test_what_may_pass_is_left_to_the_machine(monkeypatch: pytest.MonkeyPatch):
    with a_server(answer("", "503 Busy")) as server:
        task = come_to_the_call(server.url())
        monkeypatch.setenv("AWS_ENDPOINT_URL", LOCAL)
        bootstrap.caller()
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        with pytest.raises(CallUnansweredError):
            handler(task, None)
