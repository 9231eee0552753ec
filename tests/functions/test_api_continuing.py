"""T8, T9, T10: a version that ends later, and those who have finished the one before, in the whole product."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.api.world import world as api_world
from sojourn import config
from sojourn.http.keys import key_row_id
from tests.faults.people import sign_up
from tests.faults.world import HOUR, START, World, publish
from tests.functions.test_api import KEY, call

JOURNEY = """\
journey: ending
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Greet
    template: welcome
  - wait: Rest
    for: 1 hour
  - send: Remind
    template: reminder
"""
LONGER = JOURNEY + "  - send: Ask\n    template: feedback\n"
AT = "/api/journeys/ending/continuations"


@pytest.fixture(autouse=True)
def stage(made: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUBLISH_JOURNEY_FUNCTION", "publish")
    made.reset()
    api_world.cache_clear()
    api_world().clock = made.clock
    config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})
    yield
    api_world.cache_clear()


def ask(to: Any) -> Any:
    return call("POST", AT, json.dumps({"to": to}))


def steps() -> list[str]:
    return [f"{each['step']}: {each['state']}" for each in messages() if each["journey"] == "ending"]


def messages() -> list[Any]:
    answer = call("GET", "/api/contacts/u%23ann/messages")
    return sorted(answer.body["items"], key=lambda each: each["due"] or each["sent_at"])


def test_who_has_finished_runs_only_the_step_that_was_added(made: World):
    publish(made, "ending", JOURNEY)
    sign_up(made)
    made.run_until(START + 5 * HOUR)
    first = steps()
    assert first == ["Greet: sent", "Remind: sent"]

    version = publish(made, "ending", LONGER)["version"]
    made.run_until(START + 10 * HOUR)
    assert steps() == first, "nobody is processed twice"

    asked = ask("Ask")
    assert (asked.status, asked.body["status"]) == (202, "running")
    made.run_until(START + 20 * HOUR)

    assert steps() == [*first, "Ask: sent"]
    shown = call("GET", f"{AT}/{version}").body
    assert (shown["moved"], shown["status"], shown["by"]) == (1, "done", "ops")
    figures = call("GET", "/api/journeys/ending/report").body["enrolments"]
    assert (figures["enrolled"], figures["completed"], figures["active"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [("Nowhere", 422, "clause_refused"), ("", 400, "invalid_field"), (None, 400, "invalid_field")],
)
def test_they_go_on_at_a_step_of_the_live_version(made: World, to: Any, status: int, code: str):
    publish(made, "ending", LONGER)

    answer = ask(to)

    assert (answer.status, answer.body["code"]) == (status, code)


def test_while_some_are_on_their_way_nobody_else_is_asked(made: World):
    publish(made, "ending", LONGER)

    assert (ask("Ask").status, ask("Ask").status) == (202, 409)
    assert call("POST", "/api/journeys/nothing/continuations", '{"to": "Ask"}').status == 409
    assert call("GET", f"{AT}/999").status == 404
