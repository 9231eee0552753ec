"""I32 and I34 at the door: how much of a key in a second, and what of a person is believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.collect import intake
from sojourn import config
from sojourn.clock import ManualClock, use_clock
from sojourn.http.keys import key_row_id
from tests.door import Door, a_door
from tests.partiql import empty

NOW = datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
SECOND = int(NOW.timestamp())
NOTHING: dict[str, Any] = {"batch": []}
PAGE = "https://shop.example"
CALLER = {"identity": {"sourceIp": "198.51.100.77"}}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Door]:
    with a_door() as door:
        config.put("KEY", key_row_id("write", "slow"), {"name": "slow", "active": True, "rate": 3})
        yield door
    use_clock(None)


@pytest.fixture
def clock() -> ManualClock:
    clock = ManualClock(NOW)
    use_clock(clock)
    intake.intake.cache_clear()
    return clock


@pytest.fixture
def door(cloud: Door, clock: ManualClock) -> Door:
    empty("Events", "RejectedEvents", "Counters")
    return cloud


def test_the_thousand_and_first_request_of_a_second_waits(door: Door, clock: ManualClock):
    """I32."""
    answers = [door.post("/v1/batch", NOTHING)[0] for _ in range(1_000)]
    refused, content, headers = door.post("/v1/batch", NOTHING, headers={"Origin": PAGE})

    assert set(answers) == {200}
    assert (refused, content["code"], content["limit"]) == (429, "rate_limited", 1_000)
    assert (headers["Retry-After"], headers["X-RateLimit-Reset"]) == ("1", str(SECOND + 1))
    assert headers["Access-Control-Expose-Headers"] == "Retry-After, X-RateLimit-Reset"
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert door.post("/v1/batch", NOTHING, key="Bearer other")[0] == 200
    clock.advance(1)
    assert door.post("/v1/batch", NOTHING)[0] == 200


def test_a_key_s_row_says_its_own_rate(door: Door):
    answers = [door.post("/v1/batch", NOTHING, key="Bearer slow")[0] for _ in range(5)]

    assert answers == [200, 200, 200, 429, 429]


def test_a_quiet_key_costs_no_request_more(door: Door, clock: ManualClock):
    for _ in range(20):
        assert door.post("/v1/batch", NOTHING)[0] == 200
        clock.advance(0.25)

    assert door.rows("Counters") == []


def test_a_trait_of_another_type_is_told_and_kept_for_the_operator(door: Door):
    assert door.post("/v1/identify", {"userId": "1", "traits": {"seats": 7}})[1] == {"success": True}

    told = door.post("/v1/identify", {"userId": "2", "traits": {"seats": "many", "plan": "pro"}})[1][
        "rejected"
    ]

    assert [(each["code"], each["field"]) for each in told] == [("attribute_type_conflict", "traits.seats")]
    assert {event.pk: dict(event.traits) for event in door.events()} == {
        "u#1": {"seats": 7},
        "u#2": {"plan": "pro"},
    }
    (kept,) = door.rows("RejectedEvents")
    assert kept["code"]["S"] == "attribute_type_conflict"
    assert '"many"' in kept["record"]["S"]


def test_a_page_s_caller_is_known_by_their_network_alone(door: Door):
    said = {"event": "X", "userId": "1", "context": {"ip": "203.0.113.9"}}

    door.post("/v1/track", {"event": "X", "userId": "1"}, key="Bearer page", context=CALLER)
    door.post("/v1/track", said, key="Bearer page", context=CALLER)
    door.post("/v1/track", {"event": "X", "userId": "server"}, context=CALLER)
    door.post("/v1/track", {**said, "userId": ""}, context=CALLER)

    assert sorted(event.context.get("ip", "") for event in door.events()) == [
        "",
        "198.51.100.0",
        "203.0.113.0",
    ]
    assert "203.0.113.9" not in str([door.rows(), door.rows("RejectedEvents")])
    assert "198.51.100.77" not in str([door.rows(), door.rows("RejectedEvents")])
