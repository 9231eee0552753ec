"""A stack whose tables went back to a moment before: nothing goes out until a person says so, and what went out after
that moment does not go again. The execution of each leg keeps its name for 90 days: whoever starts it again finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from sojourn.bootstrap import settings
from sojourn.journeys.modes import sending
from sojourn.tables import bind
from tests.cloud import REGION
from tests.faults.invariants import people
from tests.functions.reasons.stage import DAY, HOUR, MINUTE, SEND, Stage, a_stage, cleared
from tests.functions.test_sending_modes import comes, messages

SWITCHED = ("Events", "People", "Identity", "Due", "Counters")
MODE = "/api/workspace/mode"
TWO_MAILS = f"{SEND}  - {{wait: Rest, for: %s}}\n  - {{send: Say it again, template: welcome}}\n"


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture
def stage(made: Stage) -> Iterator[Stage]:
    bind(settings(), region=REGION)
    yield cleared(made)
    bind(settings(), region=REGION)


def as_it_is() -> dict[str, Any]:
    return {name: deepcopy(_items(name)) for name in SWITCHED}


def restore(before: dict[str, Any]) -> None:
    for name, there in before.items():
        _items(name).clear()
        _items(name).update(there)
    bind(replace(settings(), restored_suffix="restored"), region=REGION)


def _items(name: str) -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name].items


def say_live(stage: Stage) -> None:
    told = stage.asks("PUT", MODE, {"mode": "live", "accept_default_host": True}, status=409)
    assert told["code"] == "confirm_live"
    stage.asks("PUT", MODE, {"mode": "live", "accept_default_host": True, "confirm": True})


def statuses() -> list[str]:
    return sorted(row["status"] for row in people("ENROL#"))


def test_nothing_goes_out_over_restored_tables_until_a_person_says_so(stage: Stage):
    stage.play(SEND)
    before = as_it_is()
    restore(before)

    comes(stage, "bob")

    assert stage.asks("GET", MODE)["restored"] is True
    assert messages() == [("planned", "draft"), ("sent", "")]
    say_live(stage)
    comes(stage, "cem")
    assert stage.asks("GET", MODE)["restored"] is False
    assert messages() == [("planned", "draft"), ("sent", ""), ("sent", "")]
    stage.asks("POST", "/api/journeys/play/release")
    stage.after(5 * MINUTE)
    assert messages() == [("sent", "")] * 3
    assert len(stage.world.services.mails) == 3


def test_an_allow_list_holds_over_restored_tables_too(stage: Stage):
    stage.asks("PUT", MODE, {"mode": "allow_list", "allow": ["bob@example.org"]})
    stage.play(SEND)
    restore(as_it_is())

    comes(stage, "bob")

    assert messages() == [("planned", "draft"), ("skipped", "mode")]


def test_the_word_holds_no_longer_when_the_tables_of_before_come_back(stage: Stage):
    stage.play(SEND)
    restore(as_it_is())
    say_live(stage)

    bind(settings(), region=REGION)

    assert sending().restored


@pytest.mark.parametrize("wait", ["1 day", "20 days"], ids=["in one leg", "parked"])
def test_what_went_out_after_the_moment_restored_does_not_go_again(stage: Stage, wait: str):
    stage.play(TWO_MAILS % wait)
    stage.after(HOUR)
    before = as_it_is()
    stage.after(22 * DAY)
    assert messages() == [("sent", "")] * 2

    restore(before)
    say_live(stage)
    stage.after(25 * DAY)

    assert len(stage.world.services.mails) == 2
    assert statuses() == ["completed"]


@pytest.mark.parametrize("wait", ["10 days", "20 days"], ids=["in one leg", "parked"])
def test_who_waited_then_and_waits_still_goes_on_as_if_nothing_had_been(stage: Stage, wait: str):
    stage.play(TWO_MAILS % wait)
    stage.after(HOUR)
    before = as_it_is()
    stage.after(2 * DAY)

    restore(before)
    say_live(stage)
    stage.after(25 * DAY)

    assert messages() == [("sent", "")] * 2
    assert len(stage.world.services.mails) == 2
    assert statuses() == ["completed"]
