"""A person's word on runs that failed or stand still: what is found, and that they go on from where they stood."""

from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.journeys.enrolment import Status
from tests.faults.invariants import people
from tests.functions.reasons.stage import DAY, HOUR, SEND, Stage, a_stage, cleared
from tests.partiql import empty
from tests.playing import legs, run_of

STEPS = f"{SEND}  - {{wait: Rest, for: 2 days}}\n  - {{send: Say it again, template: welcome}}\n"
LISTED, LATE = "/api/runs", "/api/runs?state=late"


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture
def stage(made: Stage) -> Stage:
    return cleared(made)


def fails(stage: Stage) -> str:
    """Ann's run is stopped from outside in its wait, and the hourly repair finds it; the answer is its id."""
    stage.play(STEPS)
    stage.after(HOUR)
    stage.world.walker.stop(legs(stage.world)[-1].arn)
    stage.world.clock.advance(2 * DAY.total_seconds())
    assert stage.world.call("reconcile", {})["failed"] == 1
    return run_of(stage.world).id


def sent(stage: Stage) -> int:
    return len(stage.world.services.mails)


def test_a_run_that_failed_is_listed_until_somebody_has_seen_to_it(stage: Stage):
    id_ = fails(stage)

    (told,) = stage.asks("GET", LISTED)["items"]

    assert (told["id"], told["step"], told["reason"]) == (id_, "Rest", "aborted")
    assert told["why"] == "its execution was stopped from outside"
    assert stage.asks("GET", LATE)["items"] == []
    assert stage.asks("POST", f"/api/runs/{id_}/end")["changed"] is True
    assert stage.asks("POST", f"/api/runs/{id_}/end")["changed"] is False
    assert stage.asks("GET", LISTED)["items"] == []
    assert run_of(stage.world).status is Status.FAILED


def test_it_goes_on_from_where_it_stood_and_nothing_is_sent_twice(stage: Stage):
    id_ = fails(stage)
    before = sent(stage)

    told = stage.asks("POST", f"/api/runs/{id_}/restart")

    assert (told["status"], told["step"], told["leg"]) == ("active", "Rest", 2)
    assert stage.asks("GET", LISTED)["items"] == []
    stage.after(6 * DAY)
    assert run_of(stage.world).status is Status.COMPLETED
    assert (before, sent(stage)) == (1, 2)


def test_from_the_step_that_sent_it_is_not_sent_again(stage: Stage):
    id_ = fails(stage)

    stage.asks("POST", f"/api/runs/{id_}/restart", {"step": "Say it"})
    stage.after(6 * DAY)

    assert run_of(stage.world).status is Status.COMPLETED
    assert sent(stage) == 2


def test_a_run_that_stands_still_goes_on_with_another_leg_and_the_old_one_ends(stage: Stage):
    stage.play(STEPS)
    stage.after(HOUR)
    old = legs(stage.world)[-1]
    run = run_of(stage.world)

    told = stage.asks("POST", f"/api/runs/{run.id}/restart", {"step": "Say it again"})
    stage.after(2 * HOUR)

    assert told["leg"] == 2
    assert not old.running
    assert run_of(stage.world).status is Status.COMPLETED
    assert sent(stage) == 2


def test_who_waits_for_long_and_was_not_mended_is_listed_as_late(stage: Stage):
    stage.play(STEPS)
    stage.after(HOUR)
    stage.world.clock.advance((2 * DAY + 2 * HOUR).total_seconds())

    (told,) = stage.asks("GET", LATE)["items"]

    assert (told["step"], told["status"], told["why"]) == ("Rest", "active", None)
    assert stage.asks("POST", f"/api/runs/{told['id']}/end")["status"] == "exited"
    assert run_of(stage.world).reason == "end_requested"
    assert not legs(stage.world)[-1].running


def test_what_speaks_against_it_is_said(stage: Stage):
    id_ = fails(stage)
    assert stage.asks("POST", f"/api/runs/{id_}/restart", {"step": "None"}, 422)["code"] == "run_no_step"
    assert stage.asks("POST", "/api/runs/nobody.play.1/restart", None, 404)["code"] == "run_not_found"
    assert stage.asks("POST", "/api/runs/nobody/restart", None, 404)["code"] == "run_not_found"
    assert stage.asks("GET", "/api/runs?state=odd", None, 400)["code"] == "invalid_parameter"
    stage.asks("POST", "/api/journeys/play/stop")
    assert stage.asks("POST", f"/api/runs/{id_}/restart", None, 409)["code"] == "run_stopped"


def test_who_came_in_again_since_runs_that_run(stage: Stage):
    lines = ("re-entry: {again: always}",)
    stage.play(STEPS, *lines)
    stage.after(HOUR)
    stage.world.walker.stop(legs(stage.world)[-1].arn)
    stage.world.clock.advance(3 * DAY.total_seconds())
    stage.world.call("reconcile", {})
    id_ = run_of(stage.world).id
    stage.does("Go", again=True)

    assert len(people("ENROL#play#")) == 2
    assert stage.asks("POST", f"/api/runs/{id_}/restart", None, 409)["code"] == "run_again"


def test_one_that_is_over_stays_so(stage: Stage):
    stage.play(SEND)
    stage.after(HOUR)
    id_ = run_of(stage.world).id

    assert stage.asks("POST", f"/api/runs/{id_}/restart", None, 409)["code"] == "run_over"
    assert stage.asks("POST", f"/api/runs/{id_}/end")["changed"] is False


def test_the_log_of_changes_says_who_did_it(stage: Stage):
    id_ = fails(stage)
    stage.asks("POST", f"/api/runs/{id_}/restart")

    line: Any = stage.asks("GET", "/api/audit")["items"][0]

    assert (line["did"], line["on"]) == ("POST /api/runs/{run}/restart", {"run": id_})
    assert line["before"] == {"status": "failed", "step": "Rest"}


def test_a_page_of_failures_begins_behind_the_last(stage: Stage):
    fails(stage)
    empty("Due")
    page = stage.asks("GET", f"{LISTED}?limit=1")

    assert len(page["items"]) == 1
    if page["next"]:
        assert stage.asks("GET", f"{LISTED}?limit=1&cursor={page['next']}")["items"] == []
