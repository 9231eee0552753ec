"""What publishing does beside the machine, and what explain says of those who do not come in: through the API."""

import json
from typing import Any

import pytest

from functions.api import hidden
from functions.api.world import world
from sojourn.clock import iso
from sojourn.contacts.store import get_profile
from sojourn.journeys.enrol import Arrival, enrol
from sojourn.journeys.live import LiveJourney, set_live
from sojourn.segments.publish import Desk
from sojourn.segments.runs.model import Run
from sojourn.segments.store import live as segments
from tests.entering import a_journey, did
from tests.functions.test_api import ada, call, dynamodb, press
from tests.insight_rows import ADA, NOW
from tests.journeys import an_engine, live_journey, publish_as_first
from tests.partiql import teach_moto

__all__ = ["dynamodb", "press"]


class Backfill:
    """Keeps the runs that it is asked for."""

    def __init__(self) -> None:
        self.runs: list[str] = []

    def start(self, run: Run) -> bool:
        self.runs.append(run.id)
        return True

    def is_running(self, run: Run) -> bool:
        return run.id in self.runs


@pytest.fixture(autouse=True)
def backfill(press: Any) -> Backfill:
    teach_moto()
    ada()
    return Backfill()


def go_live(**said: Any) -> LiveJourney:
    journey = a_journey(**said)
    publish_as_first(journey)
    live = live_journey(journey)
    set_live(live)
    return live


def come(live: LiveJourney, number: int = 1, **properties: Any) -> None:
    engine = an_engine()
    enrol(
        Arrival(get_profile(ADA), did("Checkout Started", number, at=NOW, **properties), 1),
        live,
        engine=engine,
    )


def explained() -> dict[str, Any]:
    answer = call("GET", f"/api/explain?contact={ADA}&journey=cart")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def test_a_date_is_published_with_its_hidden_segment_and_retired_with_it(backfill: Backfill):
    birthday = {"date": "birthday", "at": "09:00", "yearly": True}
    live = go_live(entry=[{"event": "Checkout Started"}, birthday])

    for _ in range(2):  # asked again it does what is left
        hidden.publish_dates(live, desk=lambda: Desk(backfill, world().clock))

    assert list(segments()) == ["cart--d2"]
    assert set(backfill.runs) == {"publish-cart--d2-1"}
    shown = [call("GET", path).body["items"] for path in ("/api/segments", "/api/segments?hidden=true")]
    assert [[each["name"] for each in items] for items in shown] == [[], ["cart--d2"]]
    hidden.publish_dates(go_live(), desk=lambda: Desk(backfill, world().clock))
    assert segments()["cart--d2"].pending is None
    assert backfill.runs[-1].startswith("retire-cart--d2")


def test_who_was_refused_is_told_why_with_each_condition(backfill: Backfill):
    come(
        go_live(
            filter={"all": [{"attribute": "plan", "is": "pro"}, {"attribute": "entry.value", "over": 50}]}
        ),
        value=80,
    )

    told = explained()

    assert (told["enrolled"], told["reason"]) == (False, "filter")
    parts = told["seen"]["conditions"]["parts"]
    assert [part["holds"] for part in parts] == [False, True]
    assert told["seen"]["refused_at"] == iso(NOW)
    assert [(gate["gate"], gate["passes"]) for gate in told["gates"]] == [
        ("journey", True), ("re-entry", True), ("filter", False),
    ]  # fmt: skip


def test_who_is_in_is_told_so_and_what_would_keep_them_out(backfill: Backfill):
    live = go_live(re_entry="after exit")
    come(live)
    come(live, 2)

    told = explained()

    assert (told["enrolled"], told["reason"]) == (True, "active")
    (again,) = [gate for gate in told["gates"] if gate["gate"] == "re-entry"]
    assert (again["passes"], again["reason"]) == (False, "active")
    assert again["seen"]["runs"] == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"date": "birthday", "yearly": True}, "date_missing"),
        ({"schedule": "0 9 * * *", "zone": "Europe/Paris", "segment": "vips"}, "not_in_segment"),
        ({"api": True}, "never_requested"),
        ({"segment": "vips"}, "segment_never_entered"),
    ],
)
def test_each_kind_of_entry_says_why_nobody_came(backfill: Backfill, entry: dict[str, Any], reason: str):
    go_live(entry=entry)

    told = explained()

    assert (told["reason"], told["live_version"], told["state"]) == (reason, 1, "live")
    assert json.dumps(told["why"])


def test_a_stopped_journey_says_so(backfill: Backfill):
    go_live()
    assert call("POST", "/api/journeys/cart/stop").status == 200

    assert explained()["reason"] == "stopped"
