"""The steps of the machine, as it plays them; a step that comes again changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.judge_segments import world as wired
from functions.judge_segments.app import handler
from sojourn import bootstrap
from sojourn.clock import use_clock
from sojourn.events import store as events
from sojourn.segments import store
from sojourn.segments.runs.model import Status
from sojourn.segments.runs.store import get_run
from tests.cloud import REGION, moto_cloud
from tests.partiql import teach_moto
from tests.segment_runs import Shop, a_shop

WIRED = (
    bootstrap.settings,
    bootstrap.clock,
    bootstrap.client,
    bootstrap.engine,
    bootstrap._session,
    wired.world,
)
BUYERS = "{event: Order Completed, in the last: 30 days}"


@pytest.fixture(scope="module")
def cloud() -> Iterator[None]:
    teach_moto()
    with moto_cloud():
        yield None


@pytest.fixture
def shop(cloud: None) -> Iterator[Shop]:
    made = a_shop()
    use_clock(made.clock)
    for each in WIRED:
        each.cache_clear()
    events.bind(bootstrap.settings(), clock=made.clock, region=REGION)
    for user in ("ann", "ben"):
        made.does(user, "Order Completed", ago=timedelta(days=1))
    yield made
    use_clock(None)
    for each in WIRED:
        each.cache_clear()


def test_plan_pages_commit_and_the_same_again_for_what_settles(shop: Shop):
    run = shop.publishes("buyers", BUYERS).run
    assert run

    answer = handler({"step": "plan", "run": run.id}, None)
    stages = []
    while answer["then"] != "done":
        stages.append((answer["stage"], answer["then"]))
        for page in answer["pages"]:
            assert handler({"step": "page", **page}, None) == {**page, "more": False}
        answer = handler({"step": "commit", "run": run.id, "stage": answer["stage"]}, None)

    assert stages == [("judge", "wait"), ("settle", "wait")]
    assert get_run(run.id).status is Status.DONE
    assert shop.is_in("ann") == shop.is_in("ben") == ["buyers"]


def test_a_step_that_comes_again_changes_nothing(shop: Shop):
    run = shop.publishes("buyers", BUYERS).run
    assert run
    steps: list[dict[str, Any]] = [{"step": "plan", "run": run.id}]
    steps += [{"step": "page", **page} for page in handler(steps[0], None)["pages"]]
    steps.append({"step": "commit", "run": run.id, "stage": "judge"})

    for step in steps:
        handler(step, None)
        handler(step, None)

    assert (store.live()["buyers"].live, get_run(run.id).stage) == (1, "settle")
    assert shop.told() == []


def test_what_stopped_a_run_is_written_down(shop: Shop):
    run = shop.publishes("buyers", BUYERS).run
    assert run

    handler({"step": "fail", "run": run.id, "error": {"Error": "States.Timeout", "Cause": "late"}}, None)

    assert (get_run(run.id).status, get_run(run.id).reason) == (Status.FAILED, "States.Timeout: late")
    assert handler({"step": "fail", "run": "daily", "error": {}}, None)["then"] == "done"


def test_a_day_without_segments_is_over_at_once(shop: Shop):
    answer = handler({"step": "plan", "run": "daily"}, None)

    assert (answer["then"], answer["pages"]) == ("done", [])
