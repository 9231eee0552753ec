"""The views of what is done to a journey that runs, held against the specification."""

import json
from typing import Any

import pytest

from functions.api.world import world
from sojourn import config
from sojourn.clock import iso
from sojourn.due.store import due_in
from sojourn.events.store import history
from sojourn.journeys.live import State, live, set_live
from tests.entering import a_journey
from tests.functions.test_api import ada, call, dynamodb, press
from tests.insight_rows import ADA, NOW
from tests.journeys import live_journey, publish_as_first
from tests.partiql import teach_moto

__all__ = ["dynamodb", "press"]

CART = "/api/journeys/cart"


@pytest.fixture(autouse=True)
def cart(press: Any) -> None:
    """A journey that is entered by request, with a key."""
    teach_moto()
    ada()
    journey = a_journey(entry={"api": True, "key": "cart_id"})
    publish_as_first(journey)
    set_live(live_journey(journey))


def ask(sent: Any, path: str = f"{CART}/enrolments", **headers: str) -> Any:
    return call("POST", path, json.dumps(sent) if sent is not None else None, **headers)


def test_a_request_is_an_event_of_ours():
    answer = ask({"user_id": "ada", "key": "c1", "properties": {"value": 80}})

    assert (answer.status, answer.body["is_new"]) == (202, True)
    (event,) = history(["u#ada"])
    assert (event.event, event.source, event.message_id) == (
        "Journey Requested",
        "sojourn",
        answer.body["message_id"],
    )
    assert event.properties == {"value": 80, "cart_id": "c1", "journey": "cart"}


def test_with_a_key_the_same_request_counts_once_and_another_is_refused():
    """A3."""
    sent = {"contact": ADA, "key": "c1"}
    first = ask(sent, idempotency_key="k-1")
    world().clock.advance(60)  # type: ignore[attr-defined]

    again, other = ask(sent, idempotency_key="k-1"), ask({**sent, "key": "c2"}, idempotency_key="k-1")

    assert (first.body["is_new"], again.body["is_new"]) == (True, False)
    assert first.body["message_id"] == again.body["message_id"]
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    assert len(list(history(["u#ada"]))) == 1


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ([], 400, "body_not_object"),
        ({}, 400, "key_missing"),
        ({"user_id": "ada", "contact": ADA, "key": "c"}, 400, "who"),
        ({"key": "c"}, 400, "who"),
        ({"user_id": 7, "key": "c"}, 400, "invalid_field"),
        ({"user_id": "", "key": "c"}, 400, "invalid_field"),
        ({"user_id": "x" * 257, "key": "c"}, 400, "invalid_field"),
        ({"contact": "nobody", "key": "c"}, 404, "contact_not_found"),
        ({"user_id": "ada", "key": 7}, 400, "invalid_field"),
        ({"user_id": "ada", "key": "c", "properties": []}, 400, "invalid_field"),
        ({"user_id": "ada", "key": "c", "properties": {"journey": "other"}}, 400, "invalid_field"),
        ({"user_id": "ada", "key": "c", "properties": {"cart_id": "d"}}, 400, "invalid_field"),
        ({"user_id": "ada", "key": "c", "version": 2}, 400, "unknown_field"),
        ({"user_id": "ada", "key": "c", "properties": {"x": "y" * 40_000}}, 413, "properties_too_large"),
    ],
)
def test_a_bad_request_is_refused_with_a_way_out(sent: Any, status: int, code: str):
    """A2."""
    answer = ask(sent)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["message"]
    assert list(history(["u#ada"])) == []


def test_a_journey_that_is_not_entered_by_request_says_so():
    journey = a_journey("mail")
    publish_as_first(journey)
    set_live(live_journey(journey))

    answers = [ask({"user_id": "ada"}, f"/api/journeys/{name}/enrolments") for name in ("mail", "nowhere")]

    assert [(each.status, each.body["code"]) for each in answers] == [
        (409, "no_entry_by_request"),
        (404, "journey_not_found"),
    ]


def test_a_journey_is_paused_and_goes_on():
    paused, again = ask(None, f"{CART}/pause"), ask({}, f"{CART}/pause")
    assert (paused.body["state"], paused.body["changed"], again.body["changed"]) == ("paused", True, False)
    assert live()["cart"].state is State.PAUSED

    resumed = ask({"late": "skip 24 hours"}, f"{CART}/resume")

    assert (resumed.status, resumed.body["state"], resumed.body["since"]) == (200, "live", iso(NOW))
    assert live()["cart"].late == {"how": "skip", "seconds": 86_400}
    minute = int(NOW.timestamp() // 60)
    assert [due.kind for shard in range(16) for _, due in due_in(minute, shard)] == ["resume"]


def test_a_stopped_journey_is_neither_paused_nor_resumed_nor_entered():
    """T43."""
    stopped = ask(None, f"{CART}/stop")

    assert (stopped.status, stopped.body["state"]) == (200, "stopped")
    assert (stopped.body["ended"], stopped.body["is_done"]) == (0, False)
    refused = [ask(None, f"{CART}/pause"), ask({}, f"{CART}/resume"), ask({"user_id": "ada", "key": "c"})]
    assert [(each.status, each.body["code"]) for each in refused] == [(409, "journey_stopped")] * 3


@pytest.mark.parametrize("late", ["later", "skip", "skip 0 hours", "spread 2 fortnights", 7, None])
def test_what_becomes_of_late_messages_is_one_of_three(late: Any):
    answer = ask({"late": late}, f"{CART}/resume")

    assert (answer.status, answer.body["field"]) == (400, "late")
    assert "spread 2 hours" in answer.body["message"]


def test_what_was_never_published_is_not_paused():
    config.put("JOURNEY", "draft-only#draft", {"source": "", "definition": {}})

    assert ask(None, "/api/journeys/draft-only/pause").body["code"] == "journey_not_live"


def test_a_journey_that_is_entered_by_request_is_shown_as_the_specification_says():
    assert call("GET", CART).body["definition"]["entry"] == {"api": True, "key": "cart_id"}


def test_what_the_file_may_nest_the_api_takes_too():
    steps, indent = "", "  "
    for number in range(15):
        rule = f"if: {{attribute: a{number}, is: 1}}"
        steps += f"{indent}- branch: B{number}\n{indent}  paths:\n{indent}    - {rule}\n{indent}      then:\n"
        indent += " " * 8
    steps += f"{indent}- exit: The end\n"
    head = "journey: deep\npurpose: service\nentry: {event: A}\nsteps:\n"

    saved = call("PUT", "/api/journeys/deep", head + steps)
    as_json = call("PUT", "/api/journeys/deep", json.dumps(saved.body["definition"]), if_match="*")

    assert (saved.status, as_json.status) == (200, 200), saved.body
    assert as_json.body["definition"] == saved.body["definition"]
