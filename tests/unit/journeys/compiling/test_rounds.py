"""A leg ends before its history is full."""

from sojourn.journeys.compiling.rounds import LEG_EVENTS, repeats_around, rounds_a_leg
from tests.compiled import EVERY_KIND, a_journey, a_send

WAIT = {"wait": "Rest", "for": "1 day"}


def test_a_loop_of_four_hundred_sends_and_waits_stays_in_one_leg():
    loop = {"repeat": "Daily", "times": 400, "steps": [a_send("Hi"), WAIT]}

    assert 400 < rounds_a_leg(a_journey(loop))["Daily"] < LEG_EVENTS / 25


def test_repeats_share_the_events_of_a_leg():
    one = {"repeat": "One", "times": 9, "steps": [a_send("A"), WAIT]}
    two = {"repeat": "Two", "times": 9, "steps": [a_send("B"), {**WAIT, "wait": "Doze"}]}

    alone, both = rounds_a_leg(a_journey(one)), rounds_a_leg(a_journey(one, two))

    assert both["One"] == both["Two"]
    assert 2 * both["One"] <= alone["One"] <= 2 * both["One"] + 5


def test_rounds_too_large_for_a_leg_are_one_a_leg():
    inner = {"repeat": "Inner", "times": 1_000, "steps": [a_send("A")]}

    found = rounds_a_leg(a_journey({"repeat": "Outer", "times": 9, "steps": [inner]}))

    assert found["Outer"] == 1
    assert found["Inner"] > 100


def test_a_step_knows_the_repeats_round_it():
    around = repeats_around(EVERY_KIND)

    assert around["Greet"] == ()
    assert around["Every week"] == ()
    assert around["A week"] == ("Every week",)
    assert around["Daily"] == ("Every week", "Twice")
