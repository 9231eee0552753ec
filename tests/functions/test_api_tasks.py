"""Tasks over the API: a list, its pages, and the end of a task; every answer is held against openapi.yaml."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.api.world import world
from sojourn.clock import iso
from sojourn.journeys import store as runs
from sojourn.journeys.enrolment import Status
from sojourn.journeys.wait import Engine
from tests.functions.test_api import Answer, call, dynamodb, press
from tests.journeys import CONTACT, NOW, an_engine
from tests.partiql import empty
from tests.tasks import DUE, come_to_the_task

__all__ = ["dynamodb", "press"]  # fixtures


@pytest.fixture(autouse=True)
def engine(press: Any) -> Engine:
    empty("Due")
    made = an_engine()
    world().engine = lambda: made
    return made


def the_task() -> dict[str, Any]:
    (task,) = call("GET", "/api/tasks?assign=sales").body["items"]
    found: dict[str, Any] = task
    return found


def settle(task: str, **said: Any) -> Answer:
    return call("POST", f"/api/tasks/{task}", json.dumps(said))


def test_a_list_shows_what_is_to_be_done(engine: Engine):
    come_to_the_task(engine)

    answer = call("GET", "/api/tasks?assign=sales")

    assert answer.status == 200
    assert (answer.body["open"], answer.body["next"]) == (1, None)
    (task,) = answer.body["items"]
    assert task.pop("id").startswith(f"{CONTACT}.welcome.1.")
    assert task == {
        "state": "open",
        "step": "Call them",
        "note": "Ask how they like it",
        "assign": "Sales",
        "outcomes": ["reached", "Not reached", "Wrong number"],
        "contact": CONTACT,
        "user_id": "ann",
        "journey": "welcome",
        "version": 1,
        "opened_at": iso(NOW),
        "due": DUE,
        "outcome": None,
        "by": None,
        "settled_at": None,
    }


def test_a_list_has_pages_and_their_cursors_are_good_for_it_alone(engine: Engine):
    for letter in "bcd":
        come_to_the_task(engine, contact=letter * 20)

    first = call("GET", "/api/tasks?assign=sales&limit=2").body
    second = call("GET", f"/api/tasks?assign=sales&limit=2&cursor={first['next']}").body
    other = call("GET", f"/api/tasks?assign=support&limit=2&cursor={first['next']}")

    assert [each["contact"][0] for each in first["items"] + second["items"]] == ["b", "c", "d"]
    assert (other.status, other.body["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("query", ["", "?assign=", "?assign= "])
def test_a_list_is_somebodys(query: str):
    answer = call("GET", f"/api/tasks{query}")

    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "missing_parameter", "assign")


def test_a_parameter_that_the_list_does_not_take():
    answer = call("GET", "/api/tasks?assign=sales&state=done")

    assert (answer.status, answer.body["code"]) == (400, "unknown_parameter")


def test_a_task_is_settled_by_the_name_of_the_key_unless_said(engine: Engine):
    come_to_the_task(engine)

    answer = settle(the_task()["id"], outcome="reached")

    assert answer.status == 200
    assert (answer.body["state"], answer.body["outcome"], answer.body["by"]) == ("done", "reached", "ops")
    assert call("GET", "/api/tasks?assign=sales").body == {"items": [], "next": None, "open": 0}
    assert call("GET", f"/api/tasks/{answer.body['id']}").body == answer.body


def test_a_task_that_is_settled_is_a_conflict_that_says_by_whom(engine: Engine):
    come_to_the_task(engine)
    task = the_task()["id"]
    settle(task, outcome="not reached", by="Bob")

    answer = settle(task, outcome="reached", by="Eve")

    assert (answer.status, answer.body["code"]) == (409, "task_done")
    assert (answer.body["outcome"], answer.body["by"]) == ("Not reached", "Bob")


def test_a_task_of_whoever_has_left_is_a_conflict(engine: Engine):
    run = come_to_the_task(engine)
    task = the_task()["id"]
    runs.end(run.id, Status.EXITED, reason="goal", now=iso(NOW))

    answer = settle(task, outcome="reached")

    assert (answer.status, answer.body["code"]) == (409, "task_over")


def test_an_unknown_outcome_names_those_that_there_are(engine: Engine):
    come_to_the_task(engine)

    answer = settle(the_task()["id"], outcome="later")

    assert (answer.status, answer.body["code"]) == (422, "unknown_outcome")
    assert answer.body["outcomes"] == ["reached", "Not reached", "Wrong number"]


@pytest.mark.parametrize(
    "task", ["x", "a.b.c.d", f"{CONTACT}.welcome.1.0123456789abcdef", "%2e%2e", "a%23b.c.1.0"]
)
def test_a_task_that_is_not_there(task: str):
    assert settle(task, outcome="reached").body["code"] == "task_not_found"
    assert call("GET", f"/api/tasks/{task}").status == 404


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "invalid_field"),
        ({"outcome": 1}, "invalid_field"),
        ({"outcome": " "}, "invalid_field"),
        ({"outcome": "x" * 101}, "invalid_field"),
        ({"outcome": "reached", "by": ["Bob"]}, "invalid_field"),
        ({"outcome": "reached", "state": "done"}, "unknown_field"),
    ],
)
def test_a_body_that_says_something_else(said: dict[str, Any], code: str, engine: Engine):
    come_to_the_task(engine)
    task = the_task()["id"]

    answer = call("POST", f"/api/tasks/{task}", json.dumps(said))

    assert (answer.status, answer.body["code"]) == (400, code)
    assert the_task()["state"] == "open"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_without_a_key_sees_or_settles_anything(method: str):
    assert call(method, "/api/tasks/x", "{}", key=None).status == 401
