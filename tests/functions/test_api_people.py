"""What operators say of a person becomes an event, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.contacts.groups.store import leave, members_of, note
from sojourn.contacts.model import Deed, Profile
from sojourn.contacts.store import put_profile
from sojourn.events.store import history
from tests.functions.test_api import ada, call, dynamodb, press
from tests.insight_rows import ADA
from tests.partiql import teach_moto

__all__ = ["dynamodb", "press"]  # fixtures


@pytest.fixture(autouse=True)
def somebody() -> None:
    teach_moto()
    ada()


def events() -> list[Any]:
    return list(history(["u#ada"]))


@pytest.mark.parametrize(
    ("method", "path", "body", "event", "properties"),
    [
        ("PUT", "/tags/very%20important", None, "Tag Added", {"tag": "very important"}),
        ("DELETE", "/tags/vip", None, "Tag Removed", {"tag": "vip"}),
        ("PUT", "/lists/news", None, "List Joined", {"list": "news"}),
        ("DELETE", "/lists/news", None, "List Left", {"list": "news"}),
        (
            "PUT", "/stage", {"stage": "sales_qualified", "reason": "called"}, "Stage Changed",
            {"stage": "sales_qualified", "reason": "called"},
        ),
        ("POST", "/events", {"event": "Met", "properties": {"where": "fair"}}, "Met", {"where": "fair"}),
    ],
)  # fmt: skip
def test_what_is_said_is_an_event(method: str, path: str, body: Any, event: str, properties: dict[str, Any]):
    answer = call(method, f"/api/contacts/{ADA}{path}", json.dumps(body) if body else None)

    assert answer.status == 202
    (found,) = events()
    assert (found.event, dict(found.properties), found.source) == (event, properties, "api")
    assert found.message_id == answer.body["message_id"]


def test_traits_change_by_an_identify_call():
    answer = call("PATCH", "/api/contacts/ada", json.dumps({"traits": {"plan": "pro", "old": None}}))

    assert answer.status == 202
    (found,) = events()
    assert (found.type, dict(found.traits)) == ("identify", {"plan": "pro", "old": None})


def test_a_contact_is_made_known():
    answer = call("POST", "/api/contacts", json.dumps({"userId": "bob", "traits": {"plan": "pro"}}))

    assert answer.status == 202
    assert next(history(["u#bob"])).type == "identify"


def test_what_is_sent_twice_with_one_key_counts_once():
    said = [
        call("POST", "/api/contacts/ada/events", '{"event": "Met", "timestamp": "2026-11-21T09:00:00Z"}',
             Idempotency_Key='"k1"').body["is_new"]
        for _ in range(2)
    ]  # fmt: skip

    assert said == [True, False]
    assert len(events()) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("PATCH", "/api/contacts/ada", {"traits": {}}, "invalid_field"),
        ("PATCH", "/api/contacts/ada", {"revision": 9}, "unknown_field"),
        ("PATCH", "/api/contacts/ada", {"traits": {"email": "nonsense"}}, "invalid_email"),
        ("POST", "/api/contacts", {"traits": {"a": 1}}, "missing_identity"),
        ("POST", "/api/contacts", {"userId": "x", "consents": []}, "unknown_field"),
        ("POST", "/api/contacts/ada/events", {"event": ""}, "missing_event"),
        ("POST", "/api/contacts/ada/events", {"event": "X", "type": "alias"}, "unknown_field"),
        ("PUT", "/api/contacts/ada/stage", {"stage": "king"}, "invalid_field"),
        ("PUT", "/api/contacts/ada/stage", {"stage": ["lead"]}, "invalid_field"),
        ("PUT", "/api/contacts/ada/stage", {"stage": "lead", "reason": 1}, "invalid_field"),
        ("PUT", "/api/contacts/ada/tags/%20", None, "invalid_field"),
        ("PUT", f"/api/contacts/ada/tags/{'x' * 101}", None, "invalid_field"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_written(method: str, path: str, body: Any, code: str):
    answer = call(method, path, json.dumps(body) if body else None)

    assert (answer.status, answer.body["code"]) == (400, code)
    assert events() == []


def test_of_nobody_nothing_can_be_said():
    assert call("PUT", "/api/contacts/nobody/tags/vip").status == 404


def test_a_group_shows_what_its_members_come_to():
    def deed(at: str, **traits: Any) -> Deed:
        return Deed(type="group", name="", at=at, key=f"u#ada|{at}", traits=traits, group_id="acme")

    facts = {"value": {"orders": {"1": ["a", "k", "EUR", 99_900, 2]}}}
    put_profile(
        Profile(
            "b" * 20,
            events={"Met": {"n": 2, "first": "2026", "last": "2026"}},
            facts=facts,
            created_at="2026",
        )
    )
    for contact, at in ((ADA, "2026-01-02"), ("b" * 20, "2026-01-01"), ("b" * 20, "2026-01-01")):
        note(contact, deed(at, name=f"Acme {at}", seats=7))

    found = call("GET", "/api/groups/acme").body

    assert found["traits"] == {"name": "Acme 2026-01-02", "seats": 7}
    assert found["members"] == 2
    assert found["value"]["EUR"] == {
        "orders": 1, "products": 2, "revenue": 9.99, "refunded": 0, "value": 9.99,
    }  # fmt: skip
    leave("acme", ADA)
    assert members_of("acme", 10) == ["b" * 20]
    assert call("GET", "/api/groups/nobody").status == 404


def test_a_contact_shows_what_is_known_of_it():
    answer = call("GET", "/api/contacts/ada").body

    assert (answer["stage"], answer["tags"], answer["value"]) == ("visitor", [], {})
