"""A journey whose runs fail in a row is paused, once, and the others go on (T134)."""

from typing import Any

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.journeys.breaker import IN_A_ROW, WHY, End, after, watch
from sojourn.journeys.live import State, change_state, live, set_live
from tests.entering import HOUR, a_journey
from tests.journeys import NOW, live_journey
from tests.partiql import empty

CLOCK = ManualClock(NOW)


def ending(number: int, status: str = "failed", journey: str = "poison", at: str = "") -> dict[str, Any]:
    """A record of the stream: an active run that ended."""
    row = {"pk": f"C#{number:020d}", "sk": f"ENROL#{journey}#1", "entered_at": iso(NOW), "status": "active"}
    over = {**row, "status": status, "ended_at": at or iso(NOW + HOUR)}
    images = {
        name: {key: {"S": value} for key, value in image.items()}
        for name, image in (("OldImage", row), ("NewImage", over))
    }
    return {"dynamodb": {**images, "SequenceNumber": str(number)}}


@pytest.fixture(autouse=True)
def journeys(tables: None) -> None:
    empty("Config")
    for name in ("poison", "welcome"):
        set_live(live_journey(a_journey(name)))


def test_the_twentieth_failure_in_a_row_pauses_the_journey_and_no_other():
    """T134."""
    assert watch([ending(number) for number in range(IN_A_ROW - 1)], clock=CLOCK) == []

    assert watch([ending(99), ending(100, journey="welcome")], clock=CLOCK) == ["poison"]

    assert {name: (each.state, each.why) for name, each in live().items()} == {
        "poison": (State.PAUSED, WHY),
        "welcome": (State.LIVE, ""),
    }


def test_it_is_told_once_however_often_the_batch_comes():
    batch = [ending(number) for number in range(IN_A_ROW)]

    assert [watch(batch, clock=CLOCK) for _ in range(3)] == [["poison"], [], []]


def test_the_same_failure_twice_is_one():
    for _ in range(IN_A_ROW):
        assert watch([ending(1)], clock=CLOCK) == []


@pytest.mark.parametrize("status", ["completed", "exited"])
def test_one_that_ends_well_lets_them_begin_anew(status: str):
    watch([ending(number) for number in range(IN_A_ROW - 1)], clock=CLOCK)
    watch([ending(50, status)], clock=CLOCK)

    assert watch([ending(51)], clock=CLOCK) == []
    assert live()["poison"].state is State.LIVE


def test_what_failed_before_somebody_resumed_it_does_not_count():
    watch([ending(number) for number in range(IN_A_ROW)], clock=CLOCK)
    change_state("poison", State.LIVE, now=NOW + 2 * HOUR)

    assert watch([ending(90, at=iso(NOW + 3 * HOUR))], clock=CLOCK) == []
    later = [ending(100 + number, at=iso(NOW + 3 * HOUR)) for number in range(IN_A_ROW)]
    assert watch(later, clock=CLOCK) == ["poison"]


def test_a_journey_that_a_person_paused_is_left_as_it_is():
    change_state("poison", State.PAUSED, now=NOW)

    assert watch([ending(number) for number in range(IN_A_ROW)], clock=CLOCK) == []
    assert live()["poison"].why == ""


def test_what_is_remembered_stays_small():
    ends = [End("poison", str(number), f"{number:04d}", failed=True) for number in range(100)]

    assert list(after({}, ends)["poison"]) == [str(number) for number in range(80, 100)]


def test_poison_and_other_rows_are_passed_over():
    strange: list[dict[str, Any]] = [{}, {"dynamodb": {"NewImage": {"sk": {"S": "PROFILE"}}}}]

    assert watch(strange, clock=CLOCK) == []
