"""One event is found in the lines of collect, react and send_message by one word; the saved query asks for it."""

import json
import logging
import re

import pytest

from infra.lint.stacks import ROOT, source_of
from sojourn import telemetry
from tests.faults.invariants import people
from tests.faults.people import sign_up
from tests.faults.world import HOUR, START, World

GROUPS = {"collect": "events collected", "react": "run begins", "send_message": "message settled"}
QUERY = source_of(ROOT / "infra" / "observability.yaml")["Resources"]["OneEventsWayQuery"]["Properties"]


def test_collect_react_and_send_say_the_same_word_of_one_event(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.INFO, logger="sojourn")

    sign_up(world)
    world.run_until(START + HOUR)

    (run,) = people("ENROL#")
    word = telemetry.correlation_of(run["entered_by"])
    said = [
        vars(record) for record in caplog.records
    ]  # a sentence in the metrics' own line is printed instead
    said += [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    found = {line["message"] for line in said if word in json.dumps(line, default=str)}
    assert set(GROUPS.values()) <= found
    assert len(word) == 16


def test_the_saved_query_looks_for_it_in_these_logs():
    groups = {re.findall(r"\w+$", each["Fn::Sub"])[0] for each in QUERY["LogGroupNames"]}

    assert set(GROUPS) <= groups
    assert '@message like "CORRELATION"' in QUERY["QueryString"]
    assert {"correlation", "xray_trace_id"} <= set(re.findall(r"\w+", QUERY["QueryString"]))


def test_two_events_of_one_person_are_told_apart():
    assert telemetry.correlation_of("u#1|-#web#m1") != telemetry.correlation_of("u#1|-#web#m2")
