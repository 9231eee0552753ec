"""C11 and J4: what operators say of attributes, and of where the company is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import ManualClock
from sojourn.contacts.attributes import Teacher
from sojourn.contacts.datatypes import DataType
from sojourn.contacts.registry import Attribute, KnownAttributes, write
from sojourn.contacts.workspace import Workspace, WorkspaceReader
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
