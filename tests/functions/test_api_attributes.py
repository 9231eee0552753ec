"""C11 and J4: what operators say of attributes, and of where the company is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import ManualClock
from sojourn.consent.settings import read_topics
from sojourn.contacts.attributes import Teacher
from sojourn.contacts.datatypes import DataType
from sojourn.contacts.registry import Attribute, KnownAttributes, write
from sojourn.contacts.workspace import Workspace, WorkspaceReader, read_workspace
from sojourn.delivery.model import Cap, Window
from sojourn.delivery.policy import policy_of
from tests.functions.test_api import call, dynamodb, press
from tests.insight_rows import NOW

__all__ = ["dynamodb", "press"]  # fixtures


def put(path: str, body: Any) -> tuple[int, str]:
    answer = call("PUT", path, json.dumps(body))
    return answer.status, answer.body.get("code", "")


def listed() -> dict[str, str]:
    return {each["name"]: each["type"] for each in call("GET", "/api/attributes").body["items"]}


def test_attributes_are_listed_by_name_with_those_of_the_engine():
    write(Attribute("plan", DataType.TEXT))

    assert put("/api/attributes", {"attributes": {"score": "number"}}) == (200, "")

    assert listed() == {
        "email": "text", "phone": "text", "phone_country": "text", "plan": "text", "score": "number",
        "timezone": "text",
    }  # fmt: skip
    first = call("GET", "/api/attributes?limit=5").body
    assert [each["name"] for each in first["items"]] == ["email", "phone", "phone_country", "plan", "score"]
    assert first["items"][3]["seen"]
    assert not first["items"][4]["seen"]
    rest = call("GET", f"/api/attributes?limit=5&cursor={first['next']}").body
    assert [each["name"] for each in rest["items"]] == ["timezone"]


def test_a_type_with_data_does_not_change():
    """C11: number→text with data."""
    KnownAttributes(ManualClock(NOW)).type_of("age", 7, Teacher.SERVER)

    assert put("/api/attributes", {"attributes": {"age": "text", "new": "text"}}) == (
        409,
        "attribute_type_conflict",
    )
    assert "new" not in listed()
    assert put("/api/attributes", {"attributes": {"age": "number"}}) == (200, "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"attributes": {f"a{n}": "text" for n in range(10_001)}}, "too_many_attributes"),
        ({"attributes": {"a": "varchar"}}, "invalid_type"),
        ({"attributes": {"": "text"}}, "invalid_trait_name"),
        ({"attributes": {"x" * 201: "text"}}, "invalid_trait_name"),
        ({"attributes": ["a"]}, "invalid_field"),
        ({}, "invalid_field"),
        ({"attributes": {}, "force": True}, "unknown_field"),
    ],
)
def test_what_is_no_declaration(body: Any, code: str):
    assert put("/api/attributes", body) == (400, code)


def test_the_workspace_is_somewhere():
    assert call("GET", "/api/workspace").body == {"country": None, "timezone": None}

    assert put("/api/workspace", {"country": "fr", "timezone": "Europe/Paris"}) == (200, "")

    assert call("GET", "/api/workspace").body == {"country": "FR", "timezone": "Europe/Paris"}
    assert put("/api/workspace", {"country": "FR"}) == (200, "")
    assert call("GET", "/api/workspace").body == {"country": "FR", "timezone": None}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"timezone": "Mars/Phobos"}, "invalid_timezone"),
        ({"timezone": "../../etc/passwd"}, "invalid_timezone"),
        ({"timezone": "europe/paris"}, "invalid_timezone"),
        ({"timezone": ""}, "invalid_timezone"),
        ({"timezone": 7}, "invalid_timezone"),
        ({"country": "France"}, "invalid_country"),
        ({"country": ""}, "invalid_country"),
        ({"country": ["FR"]}, "invalid_country"),
        ({"zone": "Europe/Paris"}, "unknown_field"),
    ],
)
def test_a_place_that_is_none(body: Any, code: str):
    """J4."""
    assert put("/api/workspace", body) == (400, code)
    assert call("GET", "/api/workspace").body == {"country": None, "timezone": None}


def test_what_holds_for_all_messages_stays_until_it_is_said_anew():
    delivery = {
        "hours": {"sms": "mon,tue 10:00-18:00"},
        "caps": [
            {"at most": 3, "per": "1 week"},
            {"at most": 1, "per": "1 day", "channel": "sms", "on cap": "skip"},
        ],
        "email_rate": 14,
        "email_quota": 50_000,
    }
    put("/api/workspace", {"country": "FR"})

    assert put("/api/workspace", {"delivery": delivery}) == (200, "")

    there = {"country": "FR", "timezone": None, "delivery": delivery}
    assert call("GET", "/api/workspace").body == there
    assert put("/api/workspace", {"timezone": "Europe/Paris"}) == (200, "")
    assert call("GET", "/api/workspace").body == {**there, "country": None, "timezone": "Europe/Paris"}
    policy = policy_of(read_workspace().delivery)
    assert policy.hours["sms"] == Window("10:00", "18:00", (0, 1))
    assert policy.caps == (
        Cap(most=3, seconds=604_800), Cap(most=1, seconds=86_400, channel="sms", skips=True)
    )  # fmt: skip
    assert (policy.email_rate, policy.email_quota) == (14, 50_000)
    assert put("/api/workspace", {"delivery": None}) == (200, "")
    assert call("GET", "/api/workspace").body == {"country": None, "timezone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        ("3 per week", "is an object"),
        ({"caps": [{"at most": 0, "per": "1 week"}]}, "`at most` is the number 0"),
        ({"caps": [{"at most": 1}]}, "`per` is missing"),
        ({"caps": [{"at most": 1, "per": "2 days", "count": "calendar"}]}, "a calendar cap per 2 days"),
        ({"caps": [{"at most": 1, "per": "1 day", "keep": 1, "for priority": 5}]}, "1 of 1 are kept"),
        ({"caps": [{"at most": 900, "per": "1 day"}, {"at most": 900, "per": "1 week"}]}, "more than 1000"),
        ({"caps": [{"most": 1}]}, "missing"),
        ({"hours": {"sms": "06:00-22:00"}}, "08:00 to 21:00"),
        ({"hours": {"sms": "09:00-09:00"}}, "never opens"),
        ({"hours": {"fax": "09:00-10:00"}}, "unknown key `fax`"),
        ({"hours": {"sms": {"hours": "09:00-10:00", "outside": "skip"}}}, "in the workspace's hours"),
        ({"email_rate": 0}, "mails a second"),
        ({"email_quota": 1.5}, "email quota"),
        ({"sms_rate": 1}, "unknown key"),
        ({"x" * 3_000: 1}, "not YAML"),
    ],
)
def test_what_cannot_hold_for_messages_is_refused(delivery: Any, words: str):
    answer = call("PUT", "/api/workspace", json.dumps({"delivery": delivery}))

    assert (answer.status, answer.body["field"]) == (400, "delivery")
    assert words in answer.body["message"]


def test_a_container_reads_it_once_a_minute():
    clock = ManualClock(NOW)
    read = WorkspaceReader(clock)
    assert read() == Workspace()
    put("/api/workspace", {"country": "FR", "timezone": "Europe/Paris"})

    assert read() == Workspace()
    clock.now += timedelta(seconds=61)
    assert read() == Workspace("FR", "Europe/Paris")


@pytest.mark.parametrize("path", ["/api/attributes", "/api/workspace"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_strangers_learn_nothing(path: str, method: str):
    assert call(method, path, "{}", key=None).status == 401


def test_topics_and_brand_stay_until_they_are_said_anew():
    said = {"topics": {"news": "The monthly letter"}, "brand": {"name": "Fieldnotes", "color": "#1d6b57"}}
    assert put("/api/workspace", said) == (200, "")
    assert read_topics() == said["topics"]

    assert put("/api/workspace", {"country": "FR"}) == (200, "")

    assert call("GET", "/api/workspace").body == {"country": "FR", "timezone": None, **said}
    assert put("/api/workspace", {"topics": None, "brand": None}) == (200, "")
    assert call("GET", "/api/workspace").body == {"country": "FR", "timezone": None}
    assert read_topics() == {}


@pytest.mark.parametrize(
    "said",
    [
        {"topics": {"News!": "x"}},
        {"topics": {"news": " "}},
        {"topics": {"news": 5}},
        {"topics": ["news"]},
        {"topics": {f"t{number}": "x" for number in range(101)}},
        {"brand": {"name": "<b>"}},
        {"brand": {"site": "javascript:alert(1)"}},
        {"brand": {"color": "green"}},
        {"brand": {"font": "x"}},
        {"brand": "x"},
    ],
    ids=lambda said: json.dumps(said)[:40],
)
def test_what_is_no_topic_or_brand_changes_nothing(said: dict[str, Any]):
    assert put("/api/workspace", said) == (400, "invalid_field")
    assert call("GET", "/api/workspace").body == {"country": None, "timezone": None}


def test_who_read_an_older_revision_is_refused_with_what_stands_there_now():
    tag = call("GET", "/api/workspace").headers["ETag"]
    first = call("PUT", "/api/workspace", '{"country": "FR"}', if_match=tag)

    late = call("PUT", "/api/workspace", '{"country": "DE"}', if_match=tag)

    assert (first.status, late.status, late.body["code"]) == (200, 412, "precondition_failed")
    assert late.body["now"] == {"country": "FR", "timezone": None}
    assert late.headers["ETag"] == first.headers["ETag"]
    for tag in (first.headers["ETag"], "*"):
        assert call("PUT", "/api/workspace", '{"country": "DE"}', if_match=tag).status == 200


def test_whoever_said_nothing_is_measured_or_not_by_the_workspace_s_word():
    assert call("GET", "/api/workspace/tracking").body == {"default": "off"}
    assert put("/api/workspace/tracking", {"default": "on"}) == (200, "")
    assert call("GET", "/api/workspace/tracking").body == {"default": "on"}
    assert put("/api/workspace/tracking", {"default": True}) == (400, "invalid_field")
