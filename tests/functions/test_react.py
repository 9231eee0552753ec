"""The Events stream. What events do: tests/unit/journeys/test_react.py."""

from typing import Any

import pytest

from sojourn.errors import StoreBusyError
from tests.faults.invariants import people
from tests.faults.network import Call, Fault, Kind
from tests.faults.people import sign_up
from tests.faults.world import World, rows


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    sign_up(made)
    return made


def records(world: World) -> list[dict[str, Any]]:
    return list(world.services.streams["Events"])


def test_inserted_events_take_effect(world: World):
    world.call("react", {"Records": records(world)})

    (row,) = people("ENROL#")
    assert (row["status"], row["at"]) == ("active", "Send the welcome")
    assert len(world.walker.executions) == 1


@pytest.mark.parametrize("kind", ["MODIFY", "REMOVE"])
def test_what_was_not_inserted_is_passed_over(world: World, kind: str):
    """TTL removes events a year later: that is no news."""
    world.call("react", {"Records": [{**record, "eventName": kind} for record in records(world)]})

    assert people("") == []


@pytest.mark.parametrize(
    "poison", [{"eventName": "INSERT"}, {"eventName": "INSERT", "dynamodb": {"NewImage": {}}}]
)
def test_poison_is_kept_for_the_operator_and_the_batch_goes_on(world: World, poison: dict[str, Any]):
    first, second = records(world)

    world.call("react", {"Records": [first, poison, second]})

    assert len(people("ENROL#")) == 1
    (kept,) = rows("RejectedEvents")
    assert kept.attrs["code"].value == "unreadable_record"


def test_poison_that_cannot_be_kept_comes_again_with_its_batch(world: World):
    first, second = records(world)
    batch = {"Records": [first, {"eventName": "INSERT"}, second]}

    def refuse(call: Call) -> None:
        if call.table == "RejectedEvents":
            world.network.fault = Fault(Kind.ERROR_BEFORE, call.number)

    world.network.noticed = refuse
    try:
        with pytest.raises(StoreBusyError):
            world.call("react", batch)
    finally:
        world.network.noticed = lambda call: None
    world.call("react", batch)

    assert len(list(rows("RejectedEvents"))) == 1
    assert len(people("ENROL#")) == 1


def test_what_may_pass_by_itself_raises_for_the_whole_batch(world: World):
    def refuse(call: Call) -> None:
        world.network.fault = Fault(Kind.THROTTLE, call.number)

    world.network.noticed = refuse
    try:
        with pytest.raises(StoreBusyError):
            world.call("react", {"Records": records(world)})
    finally:
        world.network.noticed = lambda call: None

    assert people("PROFILE") == []
