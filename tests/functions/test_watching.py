"""A journey as it runs, as programs ask for it: steps, where people stand, and who; held against openapi.yaml."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from functions.api.watching import steps_in_words
from sojourn.journeys.drafts import Draft, save_draft
from sojourn.journeys.model import Journey
from tests.functions.console.journeys_there import a_draft, a_running_journey, definition
from tests.functions.test_api import call, dynamodb, get, press

WHOLE = Path(__file__).parents[1] / "unit" / "journeys" / "whole.journey.yaml"

SEND_ONE, SEND_TWO = "{send: One, template: a}", "{send: Two, template: a}"
ONE_WAY = """\
journey: ways
purpose: marketing
entry: {event: Signed Up}
steps:
  - branch: Into it
    paths:
    - if: {attribute: plan, is: basic}
"""

__all__ = ["dynamodb", "press"]  # the API's world, as its other tests know it


@pytest.fixture
def running(press: Any) -> None:
    a_running_journey()


def test_the_steps_are_told_in_words_with_what_became_of_their_messages(running):
    told = get("/api/journeys/welcome/steps")

    assert (told["version"], told["state"], told["mode"]["holds"]) == (2, "live", "live")
    assert told["report"]["enrolments"]["active"] == 16
    first, wait, asks, branch = told["steps"][:4]
    assert first["messages"] == {
        "sent": 1_180, "pending": 0, "failed": 4, "unknown": 0, "skipped": 20, "opens": 610, "clicks": 204,
    }  # fmt: skip
    assert (wait["kind"], wait["messages"]) == ("wait", None)
    assert [way["way"] for way in asks["ways"]][1:] == ["no answer"]
    assert asks["ways"][0]["steps"][0]["messages"]["sent"] == 240
    assert [len(way["steps"]) for way in branch["ways"]] == [1, 0]


def test_a_way_tells_how_many_went_along_it_where_its_first_message_does(running):
    _, _, asks, branch = get("/api/journeys/welcome/steps")["steps"][:4]

    assert [(way["way"], way["came"]) for way in asks["ways"]][1] == ("no answer", 800)
    assert asks["ways"][0]["came"] == 240
    assert [way["came"] for way in branch["ways"]] == [90, None]  # the others go on, and no message tells


@pytest.mark.parametrize(
    ("steps", "came"),
    [
        ("[{update: Mark, set: {vip: true}}, ONE]", 5),
        ("[{wait: A day, for: 1 day}, ONE]", None),
        ("[{update: Mark, set: {vip: true}}]", None),
        ("[{split: Halves, paths: [{share: 50%, then: [ONE]}, {holdout: 50%, then: [TWO]}]}]", 12),
        ("[{split: Halves, paths: [{share: 50%, then: [ONE]}, {share: 50%}]}]", None),
        ("[{branch: Which?, paths: [{if: {attribute: plan, is: pro}, then: [ONE]}]}, TWO]", None),
    ],
)  # fmt: skip
def test_what_everybody_comes_to_at_once_counts_a_way(steps: str, came: int | None):
    source = f"{ONE_WAY}      then: {steps}\n".replace("ONE", SEND_ONE).replace("TWO", SEND_TWO)
    journey = Journey.from_definition(definition(source))
    counted = {"One": Counter(planned=5), "Two": Counter(planned=7)}

    assert steps_in_words(journey.steps, counted)[0]["ways"][0]["came"] == came


def test_before_the_first_version_the_draft_is_told(press):
    a_draft()
    told = get("/api/journeys/birthday/steps")

    assert (told["version"], told["state"], len(told["steps"])) == (None, None, 3)
    assert call("GET", "/api/journeys/birthday/standing").status == 404
    assert call("GET", "/api/journeys/none/steps").status == 404


def test_every_word_of_the_language_can_be_told(press):
    source = WHOLE.read_text(encoding="utf-8")
    save_draft(Draft(name="whole", revision=0, source=source, definition=definition(source)))

    told = get("/api/journeys/whole/steps")

    ways = {step["step"]: [way["way"] for way in step["ways"]] for step in told["steps"] if step["ways"]}
    assert ways["Which subject?"] == ["45%", "45%", "10% held out"]
    assert ways["Remind weekly"] == ["each time"]
    assert ways["Call them"][-1] == "not settled in time"
    assert ways["Which plan?"][-1] == "everybody else"
    assert told["mode"] == {"own": "draft", "workspace": "allow_list", "holds": "draft"}


def test_people_stand_where_they_stand_whatever_their_version(running):
    told = get("/api/journeys/welcome/standing")

    assert told["people"] == 16
    assert {step: each["people"] for step, each in told["steps"].items()} == {
        "Wait two days": 12,
        "Clicked the guide?": 3,
        "Remind": 1,
    }
    assert told["steps"]["Wait two days"]["first"] == "2026-11-21T10:00:00.000Z"
    assert told["steps"]["Wait two days"]["last"] == "2026-11-21T21:00:00.000Z"


@pytest.mark.parametrize("limit", [1, 5, 12, 200])
def test_the_people_of_a_step_come_once_each_in_pages(running, limit: int):
    seen, path = [], f"/api/journeys/welcome/people?step=Wait%20two%20days&limit={limit}".replace("%20", " ")
    page = get(path)
    while page["next"]:
        assert len(page["items"]) == limit
        seen += [each["contact"] for each in page["items"]]
        page = get(f"{path}&cursor={page['next']}")
    seen += [each["contact"] for each in page["items"]]

    assert sorted(seen) == [letter * 20 for letter in "abcdefghijkl"]


def test_a_step_must_be_named(running):
    assert call("GET", "/api/journeys/welcome/people").status == 400
