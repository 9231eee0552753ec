"""Runs that need somebody: a viewer sees why, an approver lets them go on or end."""

import boto3
import pytest

from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Status
from sojourn.journeys.store import get_enrolment
from tests.cloud import REGION
from tests.console import LINK_KEYS, counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.journeys_there import a_running_journey
from tests.functions.console.runs_there import a_failed_run, a_late_run
from tests.insight_rows import empty
from tests.journeys import Machines

HOSTILE = '<script>alert(1)</script>" onmouseover="x'


@pytest.fixture(autouse=True)
def machines(clock: ManualClock) -> Machines:
    empty(boto3.client("dynamodb", region_name=REGION), "Config", "People", "Due")
    config.put("KEY", "link", LINK_KEYS)
    a_running_journey()
    made = Machines()
    world().engine = lambda: Engine(clock=clock, machines=made, due_shards=16)
    return made


def test_where_all_is_well_both_lists_teach(signed_in: SignedIn):
    browser = signed_in("viewer")

    assert "No run has failed" in browser.get("/console/runs").words
    assert "run failed" not in browser.get("/console").words


def test_what_failed_is_told_at_home_and_listed_with_why_for_few_reads(signed_in: SignedIn):
    runs = [a_failed_run(number) for number in range(3)]
    browser = signed_in("viewer")

    with counted() as home:
        assert "3 runs failed" in browser.get("/console").words
    with counted() as made:
        page = browser.get("/console/runs")

    assert len(home) <= 5, home
    assert len(made) <= 5, made
    assert "its execution was stopped from outside" in page.words
    assert page.words.index(runs[0].contact) < page.words.index(runs[2].contact), "the latest first"


def test_who_stands_still_is_in_the_other_list(signed_in: SignedIn):
    late = a_late_run()

    page = signed_in("viewer").get("/console/runs?state=late")

    assert late.contact in page.words
    assert "Should have moved on" in page.words


def test_an_approver_lets_one_go_on_from_a_step(signed_in: SignedIn, machines: Machines):
    run = a_failed_run()
    browser = signed_in("approver")
    page = browser.get(f"/console/runs/{run.id}")
    assert '<option value="Wait two days" selected>' in page.text
    assert "Put it away" in page.words

    done = browser.post(f"/console/runs/{run.id}/restart", step="Ask for feedback")

    assert done.status == 303
    there = get_enrolment(run.id)
    assert there is not None
    assert (there.status, there.at, there.leg) == (Status.ACTIVE, "Ask for feedback", 2)
    assert [name[-2:] for name in machines.started] == ["-2"]
    assert "No run has failed" in browser.get("/console/runs").words
    assert browser.get(f"/console/runs/{run.id}").status == 200


def test_an_approver_puts_one_away(signed_in: SignedIn):
    run = a_failed_run()
    browser = signed_in("approver")

    assert browser.post(f"/console/runs/{run.id}/end").place == "/console/runs"

    assert "No run has failed" in browser.get("/console/runs").words


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_others_see_it_and_may_not(role: str, signed_in: SignedIn):
    run = a_failed_run()
    browser = signed_in(role)

    page = browser.get(f"/console/runs/{run.id}")

    assert "An approver can act" in page.words
    assert browser.post(f"/console/runs/{run.id}/restart").status == 403
    assert browser.post(f"/console/runs/{run.id}/end").status == 403


def test_a_step_or_a_run_that_is_none_is_said(signed_in: SignedIn):
    run = a_failed_run(reason=HOSTILE)
    browser = signed_in("approver")

    assert browser.post(f"/console/runs/{run.id}/restart", step=HOSTILE).status == 422
    for path in (f"/console/runs/{run.id}", "/console/runs"):
        page = browser.get(path)
        assert "<script>alert" not in page.text
        assert "alert(1)" in page.words
    assert browser.get("/console/runs/nobody.welcome.1").status == 404
