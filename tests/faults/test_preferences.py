"""Every fault at every call of a press on the preference page: pressed again, it was pressed once."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.preferences import app, world
from sojourn import config
from sojourn.clock import iso
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import get_consent, ledger_of, record
from sojourn.contacts.addresses import address_hash
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.messages.model import Message
from sojourn.messages.store import MessageRow
from sojourn.tracking.keys import link_keys
from sojourn.tracking.tokens import GOOD_FOR, Action, Keys, sign_until
from tests.faults.room import Outcome, Room, a_room, assert_no_harm, table, walk
from tests.insight_rows import ADA, NOW, a_message

KEYS = Keys("k1", {"k1": b"a secret of thirty-two bytes, ok"})
SLOTS = ("email|marketing|news", "email|marketing|offers", "email|tracking|opens", "less_often")
LEAVES = [("action", "stop"), ("reason", "too_many"), ("comment", "every day!")]
CHANGES = [("action", "save"), *(("shown", slot) for slot in SLOTS), ("on", SLOTS[2]), ("on", SLOTS[3])]


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with a_room(ready=ada, wired=(world.centre, world.settings)) as room:
        link_keys._keys = None  # what other tests read
        yield room
    link_keys._keys = None


def ada() -> None:
    """Somebody who gets the letter, and was asked whether she wants the offers."""
    kept = {kid: base64.b64encode(secret).decode() for kid, secret in KEYS.secrets.items()}
    config.put("KEY", "link", {"active": KEYS.active, "keys": kept})
    config.put("SETTING", "topics", {"news": "The letter", "offers": "Offers"})
    put_profile(Profile(ADA, traits={"email": "ada@example.org", "phone": "+12025550123"}))
    for topic, status in (("news", Status.GIVEN), ("offers", Status.PENDING)):
        at = NOW - timedelta(hours=1)
        said = {"channel": Channel.EMAIL, "purpose": Purpose.MARKETING, "topic": topic, "status": status}
        record(ADA, ConsentChange(**said, at=at, source="form", event_key=topic))  # type: ignore[arg-type]
    MessageRow.of(mail()).save()


def mail() -> Message:
    """The mail with the links."""
    return a_message(
        identity="u#ada", decided_at=iso(NOW), address_hash=address_hash("email", "ada@example.org")
    )


@pytest.mark.parametrize(
    ("action", "fields", "told"),
    [
        (Action.PREFERENCES, CHANGES, ["", "Consent Given", "Consent Withdrawn"]),
        (Action.PREFERENCES, LEAVES, ["Consent Withdrawn", "Unsubscribe Reason Given"]),
        (Action.PREFERENCES, [("action", "export")], ["Data Requested"]),
        (Action.CONFIRM, [("confirm", "subscribe")], ["Consent Given"]),
    ],
    ids=["save", "stop", "data", "confirm"],
)
def test_a_press_survives_every_fault(
    room: Room, action: Action, fields: list[tuple[str, str]], told: list[str]
):
    lines = walk(room, [lambda: is_pressed(room, action, fields)], came_of_it)

    assert_no_harm(lines, at_least=8)
    assert [event for event, _ in came_of_it()["events"]] == told


def is_pressed(room: Room, action: Action, fields: list[tuple[str, str]]) -> None:
    """Somebody presses until there is no page of excuses."""
    folder = "confirm/" if action is Action.CONFIRM else ""
    path = f"/p/{folder}{sign_until(KEYS, action, mail().id, NOW + GOOD_FOR[action])}"
    answer = room.until_it_answers("preferences", pressing(path, fields))
    assert answer["statusCode"] == 200, answer


def pressing(path: str, fields: list[tuple[str, str]]) -> Callable[[], Any]:
    """One press, as the gateway hands it on."""
    event = {
        "httpMethod": "POST",
        "path": path,
        "headers": {"User-Agent": "Firefox", "Content-Type": "application/x-www-form-urlencoded"},
        "multiValueQueryStringParameters": None,
        "requestContext": {"resourcePath": "/{proxy+}", "identity": {"sourceIp": "203.0.113.77"}},
        "body": base64.b64encode(urlencode(fields).encode()).decode(),
        "isBase64Encoded": True,
    }
    return lambda: app.handler(event, None)


def came_of_it() -> Outcome:
    """What holds, what proves it, what was told, and which addresses are closed; keys and moments may differ."""
    rows = table("Events")
    return {
        "holds": {slot: said.status for slot, said in get_consent(ADA).state.items()},
        "ledger": sorted((each.slot, each.status, each.how) for each in ledger_of(ADA)),
        "events": sorted(
            (row["event"], json.dumps(json.loads(row["payload"]), sort_keys=True)) for row in rows
        ),
        "closed": [(row["pk"], row["reason"]) for row in table("Suppression")],
    }
