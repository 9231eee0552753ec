"""Chance by a hash: even, stable, and the same for whoever repeats it."""

import hashlib
from collections import Counter

import pytest

from sojourn.journeys.compiling.carried import split_key, splits
from sojourn.journeys.model import Journey
from sojourn.journeys.splits import arm_of, draw, is_held_out, splits_of
from sojourn.journeys.steps import Arm, Split, Step

PEOPLE = [f"contact{number:05d}" for number in range(20_000)]
HALVES = Split(name="Which mail?", arms=(Arm(50), Arm(50)))


def a_journey(*steps: Step, **facts: object) -> Journey:
    definition = {"journey": "welcome", "purpose": "marketing", "entry": {"event": "E"}, **facts}
    sends = [{"send": "Greet", "template": "t", "channel": "email"}]
    return Journey.from_definition(
        {**definition, "steps": [*(step.to_definition() for step in steps), *sends]}
    )


def test_a_draw_is_what_the_docs_say():
    digest = hashlib.sha256(b"welcome#Which mail?|contact00007").digest()

    assert draw("welcome#Which mail?", "contact00007") == int.from_bytes(digest[:8]) * 100 / 2**64


@pytest.mark.parametrize("shares", [(50, 50), (90, 10), (33.3, 33.3, 33.4), (5, 5, 90)])
def test_shares_come_out_even(shares: tuple[float, ...]):
    split = Split(name="Which mail?", arms=tuple(map(Arm, shares)))

    found = Counter(arm_of(split, "welcome", contact) for contact in PEOPLE)

    for number, share in enumerate(shares, 1):
        assert found[f"arm {number}"] / len(PEOPLE) * 100 == pytest.approx(share, abs=1.1)  # three sigma


def test_a_person_comes_along_the_same_path_whenever_they_enter():
    assert [arm_of(HALVES, "welcome", contact) for contact in PEOPLE[:5]] == [
        arm_of(HALVES, "welcome", contact) for contact in PEOPLE[:5]
    ]


def test_two_splits_are_drawn_apart_and_those_of_one_seed_together():
    other = Split(name="Which text?", arms=HALVES.arms)
    seeded = [Split(name=name, arms=HALVES.arms, seed="price") for name in ("A", "B")]

    agree = sum(arm_of(HALVES, "welcome", each) == arm_of(other, "welcome", each) for each in PEOPLE)

    assert agree / len(PEOPLE) == pytest.approx(0.5, abs=0.011)
    assert all(arm_of(seeded[0], "one", each) == arm_of(seeded[1], "two", each) for each in PEOPLE[:100])


def test_shares_that_fall_short_of_a_hundred_leave_nobody_without_a_path():
    split = Split(name="Thirds", arms=(Arm(33.3), Arm(33.3), Arm(33.3)))

    assert {arm_of(split, "welcome", contact) for contact in PEOPLE} == {"arm 1", "arm 2", "arm 3"}


def test_every_split_of_a_journey_travels_under_its_number():
    journey = a_journey(HALVES, Split(name="Second", arms=HALVES.arms))

    found = splits_of(journey, "contact00007")

    assert set(found) == {split_key(number) for number in splits(journey).values()}
    assert len(found) == 2


def test_a_holdout_is_a_share_of_those_who_come_in():
    journey = a_journey(holdout="10%")

    share = sum(is_held_out(journey, contact) for contact in PEOPLE) / len(PEOPLE)

    assert share == pytest.approx(0.1, abs=0.007)
    assert not any(is_held_out(a_journey(), contact) for contact in PEOPLE[:100])
