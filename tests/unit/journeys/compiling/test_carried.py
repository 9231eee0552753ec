"""A branch is carried when every way to it comes straight from a Task that can judge it."""

from typing import Any

import pytest

from sojourn.journeys.compiling.carried import branch_key, carried, split_key, splits
from tests.compiled import FREE, a_branch, a_journey, a_send

ASKED = a_branch("Free?", [a_send("Thanks")])
WAIT = {"wait": "Rest", "for": "1 day"}
UPDATE = {"update": "Mark", "set": {"seen": True}}
CALL = {"call": "Ask", "url": "https://shop.example/ask"}
TASK = {"task": "Phone", "assign": "sales", "due": "1 day", "outcomes": {"won": [], "lost": []}}
ANSWER = {"wait for": "Clicked?", "any": [{"event": "E"}], "up to": "1 day"}
SPLIT = {"split": "Half", "paths": [{"share": "50%", "then": [a_send("A")]}, {"share": "50%"}]}
REPEAT = {"repeat": "Again", "times": 2, "steps": [WAIT, UPDATE]}


@pytest.mark.parametrize(
    "before",
    [
        a_send("Hi"),
        UPDATE,
        CALL,
        {"start": "S", "journey": "k"},
        {"end": "S", "journey": "k"},
        REPEAT,
        a_send("Hi", **{"on skip": "exit"}),
        a_send("Hi", **{"on fail": [UPDATE]}),
        a_send("Hi", **{"on fail": [{"exit": "Out"}]}),
    ],
    ids=str,
)
def test_the_task_before_judges_it(before: dict[str, Any]):
    assert "Free?" in carried(a_journey(before, ASKED))


@pytest.mark.parametrize("before", [WAIT, TASK, ANSWER, SPLIT, a_send("Hi", **{"on skip": [WAIT]})], ids=str)
def test_what_waits_or_draws_does_not(before: dict[str, Any]):
    assert "Free?" not in carried(a_journey(before, ASKED))


def test_the_first_step_is_judged_where_it_stands():
    assert carried(a_journey(ASKED)) == {}


def test_one_way_that_nobody_judges_is_enough():
    answer = {**ANSWER, "then": [a_send("Thank you")], "otherwise": [WAIT]}

    assert carried(a_journey(answer, ASKED)) == {}
    assert "Free?" in carried(a_journey({**answer, "otherwise": [UPDATE]}, ASKED))


def test_a_branch_behind_a_carried_one_is_judged_with_it():
    then = [a_branch("And new?", [UPDATE])]

    found = carried(a_journey(a_send("Hi"), a_branch("Free?", then), a_branch("Still?", [WAIT])))

    assert list(found) == ["Free?", "And new?", "Still?"]


def test_a_branch_behind_one_that_stands_alone_stands_alone():
    assert carried(a_journey(WAIT, ASKED, a_branch("Still?", [UPDATE]))) == {}


def test_the_first_step_of_a_round_stands_alone_and_the_last_leads_back_to_the_repeat():
    repeat = {"repeat": "Again", "times": 2, "steps": [ASKED, UPDATE, a_branch("Last?", [])]}

    assert list(carried(a_journey(a_send("Hi"), repeat))) == ["Last?"]


def test_numbers_are_places_in_the_file_and_keys_are_made_of_them():
    journey = a_journey(a_send("Hi"), {"branch": "B", "paths": [{"if": FREE, "then": [WAIT]}]}, SPLIT)

    assert (carried(journey), splits(journey)) == ({"B": 1}, {"Half": 3})
    assert (branch_key(1), split_key(3)) == ("b1", "s3")
