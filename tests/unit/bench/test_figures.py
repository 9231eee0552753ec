"""The figures that need no stopwatch, and the shape of bench/results.json."""

import json

from bench import caps, demo, react, send, walks
from bench.__main__ import line_of
from bench.measures import judged


def test_a_mail_takes_four_requests_of_dynamodb():
    figures = {figure["name"]: figure["value"] for figure in send.counts()}

    assert figures == {"dynamodb_requests_per_message": 4, "write_units_per_message": 10}


def test_a_mail_under_a_cap_takes_one_request_and_one_row_more():
    figures = {figure["name"]: figure["value"] for figure in caps.counts()}

    assert figures == {"dynamodb_requests_per_capped_message": 5, "write_units_per_capped_message": 12}


def test_an_event_asks_for_five_rows_at_most_however_many_contacts_there_are():
    few, many = (react.requests_per_event(crowd, batch=1) for crowd in (react.CROWD, react.LARGE_CROWD))

    assert few == many <= react.REQUESTS_GOAL


def test_a_step_is_a_transition_and_a_hold_is_three():
    figures = {figure["name"]: figure for figure in walks.measure()}

    assert figures["transitions_per_step"]["holds"]
    assert figures["transitions_per_hold"]["value"] == 3
    assert figures["transitions_per_run"]["value"] == 8


def test_a_demo_that_never_ran_is_neither_good_nor_bad(tmp_path):
    (figure,) = demo.measure(tmp_path / "none.json")

    assert (figure["value"], figure["holds"]) == (None, None)
    assert "not measured" in line_of(figure)


def test_a_demo_that_ran_is_judged(tmp_path):
    (tmp_path / "timing.json").write_text(json.dumps({"demo_overhead_seconds": 91}))

    (figure,) = demo.measure(tmp_path / "timing.json")

    assert figure["holds"] is False


def test_a_figure_is_judged_by_its_goal():
    assert judged("a", 5.5, "×", 5.5) == {"name": "a", "value": 5.5, "unit": "×", "goal": 5.5, "holds": True}
    assert judged("a", 5.6, "×", 5.5)["holds"] is False
    assert judged("a", 5.6, "×", None)["holds"] is None
