"""Runs that failed and messages that wait, before an approver: both are good to look at, and both can be decided."""

import boto3
import pytest

from functions.api.world import world
from sojourn.clock import ManualClock
from sojourn.journeys.engine import Engine
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures
from tests.cloud import REGION
from tests.functions.console.journeys_there import a_running_journey
from tests.functions.console.runs_there import a_draft_message, a_failed_run, a_late_run
from tests.insight_rows import empty
from tests.journeys import Machines


@pytest.fixture(autouse=True)
def _there(clock: ManualClock) -> None:
    empty(boto3.client("dynamodb", region_name=REGION), "People", "Due")
    a_running_journey()
    engine = Engine(clock=clock, machines=Machines(), due_shards=2)
    world().engine = lambda: engine
    for number in range(3):
        a_failed_run(number, reason=("aborted", "timed_out", "failed")[number])
        a_draft_message(number, engine=engine)
    a_late_run()


def test_a_run_that_failed_goes_on_and_a_message_is_let_go(console: Console):
    window = console.signed_in("approver")
    for path, name in (
        ("/console/runs", "runs"),
        ("/console/runs?state=late", ""),
        ("/console/messages", "messages"),
    ):
        window.go(path)
        good(window)
        if name:
            pictures(window, name)

    window.page.click("button:has-text('Release') >> nth=0")
    window.page.wait_for_selector("text=it goes within a minute")
    window.go("/console/runs")
    window.page.click("#runs tbody a >> nth=0")
    good(window)
    pictures(window, "run")
    window.page.click("#restart button")
    window.page.wait_for_selector("text=a new execution has begun")
    window.go("/console/runs")
    assert window.page.locator("#runs tbody tr").count() == 2
