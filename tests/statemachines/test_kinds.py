"""Every kind of step, walked: each way leads where the file says, and rounds are told to all that stands in them."""

import pytest

from sojourn.asl.execution import Status
from sojourn.journeys.compile import compile_journey
from tests.compiled import EVERY_KIND, NAMED, a_branch, a_journey, a_send
from tests.stand_ins import Play

HISTORY = 25_000  # events of one execution, then Step Functions ends it
BEGINNING = ["Resume", "Greet", "On the free plan?"]
WAIT = {"wait": "Rest", "for": "1 day"}


def test_the_first_path_everywhere():
    play = Play(EVERY_KIND).run()

    assert play.states[:10] == [
        *BEGINNING,
        "Mark as free",
        "Until Monday",
        "Before the renewal",
        "What do they do?",
        "After the click?",
        "Thanks",
        "Which half?",
    ]
    assert play.states[-3:] == ["Still free?", "Good bye", "Done with it"]
    assert play.legs[-1].status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("plan", "way"),
    [
        ({"Greet": "on skip"}, ["Greet", "Text instead", "On the free plan?"]),
        ({"Greet": "on fail"}, ["Greet", "Out of reach"]),
        ({"Greet": "held"}, ["Greet", "Hold", "Resume", "Greet", "On the free plan?"]),
        ({"On the free plan?": "otherwise"}, ["On the free plan?", "Until Monday"]),
        ({"Before the renewal": "if past"}, ["Before the renewal", "Sorry, too late", "What do they do?"]),
        ({"Before the renewal": "if missing"}, ["Before the renewal", "When is it?", "What do they do?"]),
        ({"What do they do?": "then 2"}, ["What do they do?", "Leave the other", "Which half?"]),
        ({"What do they do?": "then 3"}, ["What do they do?", "Which half?"]),
        ({"What do they do?": "otherwise"}, ["What do they do?", "Into the other", "Which half?"]),
        ({"After the click?": "otherwise"}, ["After the click?", "Which half?"]),
        ({"Which half?": "arm 1"}, ["Which half?", "Ask the shop", "Call them"]),
        ({"Which half?": "arm 2"}, ["Which half?", "Call them"]),
        ({"Which half?": "arm 3"}, ["Which half?", "Not to be sent", "Call them"]),
        ({"Call them": "outcome 2"}, ["Call them", "Lost"]),
        ({"Call them": "otherwise"}, ["Call them", "We missed you", "Every week"]),
        ({"Every week": 0}, ["Every week", "Still free?"]),
        ({"Still free?": "otherwise"}, ["Still free?", "A year", "Resume", "Done with it"]),
    ],
    ids=lambda value: next(iter(value.items())) if isinstance(value, dict) else "",
)
def test_each_other_way(plan: dict[str, str], way: list[str]):
    states = Play(EVERY_KIND, plan).run().states

    start = states.index(way[0])
    assert states[start : start + len(way)] == way


def test_every_state_is_visited():
    steps = Play(EVERY_KIND).steps
    plans = [{name: key} for name, step in steps.items() if step.kind != "repeat" for key in step.paths()]

    seen = {
        state for plan in ({"Greet": "held"}, *plans) for state in Play(EVERY_KIND, dict(plan)).run().states
    }

    assert seen == set(compile_journey(EVERY_KIND, version=1, target=NAMED)["States"]) - {"Left"}


def test_rounds_are_told_to_all_that_stands_in_them():
    play = Play(EVERY_KIND, {"Every week": 2, "Daily": "held"}).run()

    told = [(task["step"], task["round"]) for task in play.told if "round" in task]
    week = [("Twice", "{}"), ("Daily", "{}.1"), ("Twice", "{}.1"), ("Daily", "{}.2"), ("Twice", "{}.2")]
    once, twice = ([(step, round_.format(number)) for step, round_ in week] for number in (1, 2))
    once.insert(2, ("Daily", "1.1"))  # held, and again in the same round
    assert told == [
        ("Every week", ""),
        ("Weekly", "1"),
        *once,
        ("Every week", "1"),
        ("Weekly", "2"),
        *twice,
        ("Every week", "2"),
    ]


@pytest.mark.parametrize(
    ("at", "round_", "first"),
    [
        ("Daily", "3.1", [("Daily", "3.1"), ("Twice", "3.1")]),
        ("Weekly", "3", [("Weekly", "3"), ("Twice", "3")]),
        ("Twice", "3", [("Twice", "3")]),
        ("Every week", "", [("Every week", "")]),
    ],
)
def test_a_later_leg_begins_in_the_round_of_its_input(at: str, round_: str, first: list[tuple[str, str]]):
    play = Play(EVERY_KIND)
    play.rounds = {"Every week": 3, "Twice": 1} if "." in round_ else {"Every week": 3, "Twice": 0}

    play.start(at, round_)
    play.walker.run()

    told = [(task["step"], task["round"]) for task in play.told if "round" in task]
    assert told[: len(first)] == first
    assert play.states[:2] == ["Resume", at]


@pytest.mark.parametrize("times", [400, 3_000])
def test_a_loop_of_waits_never_fills_a_history(times: int):
    loop = {"repeat": "Daily", "times": times, "steps": [a_send("Hi"), WAIT]}
    play = Play(a_journey(loop, a_branch("Free?", [a_send("Bye")]))).run()

    assert play.states.count("Rest") == times
    assert max(leg.events for leg in play.legs) < HISTORY
    assert len(play.legs) == (1 if times == 400 else 5)
    assert play.states[-2:] == ["Free?", "Bye"]


def test_a_loop_within_a_loop_never_fills_a_history_even_when_all_is_held():
    inner = {"repeat": "Inner", "times": 1_500, "steps": [a_send("Hi")]}
    outer = {"repeat": "Outer", "times": 3, "steps": [a_send("Ho"), inner, WAIT]}
    play = Play(a_journey(outer), {"Hi": "held each time"}).run()

    assert play.states.count("Hold") == 4_500
    assert max(leg.events for leg in play.legs) < HISTORY
