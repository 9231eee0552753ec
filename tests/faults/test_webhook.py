"""Every fault at every call of a shop's delivery: sent again as shops do, its events are there once, none is lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.receive_webhook.intake import intake
from sojourn.intake.hooks import Hook, put_hook
from tests.faults.room import Outcome, Room, a_room, assert_no_harm, table, walk
from tests.functions.test_receive_webhook import post
from tests.unit.intake.test_mapping import ORDER
from tests.unit.intake.test_signatures import SECRET, mac64

BAD_ADDRESS = {**ORDER, "customer": {"id": 207119551, "email": "nonsense"}}
LATER = {"received_at", "ttl"}  # what a second call may say otherwise


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with a_room(ready=a_shop, wired=(intake,)) as room:
        yield room


def a_shop() -> None:
    """Whose door it is."""
    put_hook(Hook("shop", "shopify", (SECRET["shopify"],)))


@pytest.mark.parametrize(
    ("topic", "body", "stored", "kept"),
    [("orders/paid", BAD_ADDRESS, 2, {"invalid_email"}), ("themes/publish", ORDER, 0, {"unknown_topic"})],
)
def test_a_delivery_survives_every_fault(
    room: Room, topic: str, body: dict[str, Any], stored: int, kept: set[str]
):
    lines = walk(room, [lambda: is_taken(room, topic, body)], came_of_it)

    assert_no_harm(lines, at_least=6)
    assert len(came_of_it()["events"]) == stored
    assert {code for code, _ in came_of_it()["kept"]} == kept


def is_taken(room: Room, topic: str, body: dict[str, Any]) -> None:
    """The shop sends until it hears 200, the same bytes each time."""
    raw = json.dumps(body).encode()
    headers = {
        "X_Shopify_Topic": topic,
        "X_Shopify_Webhook_Id": "d-1",
        "X_Shopify_Hmac_SHA256": mac64(SECRET["shopify"].encode(), raw),
    }
    answer = room.until_it_answers("receive_webhook", lambda: post("shop", raw, encoded=True, **headers))
    assert answer["statusCode"] == 200, answer


def came_of_it() -> Outcome:
    """Events once; of what nobody can use, each record at least once."""
    return {
        "events": [{name: row[name] for name in row if name not in LATER} for row in table("Events")],
        "kept": sorted({(row["code"], row["record"]) for row in table("RejectedEvents")}),
    }
