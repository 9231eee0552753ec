"""Who comes into a journey, how often, and why not: each reason is told with what it saw."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.contacts.store import find_contact, get_profile
from sojourn.errors import StoreBusyError
from sojourn.events import store as events
from sojourn.journeys.enrol import Arrival, enrol
from sojourn.journeys.enrolment import Status
from sojourn.journeys.language.entering import REQUESTED
from sojourn.journeys.live import State
from sojourn.journeys.naming import facts_of
from sojourn.journeys.reentry import A_DAY, Refused
from sojourn.tables import connection
from tests.cloud import REGION, SETTINGS
from tests.entering import DAY, HOUR, World, a_journey, did, ended, ours, said
from tests.journeys import IDENTITY, NOW, Machines
from tests.partiql import empty

AGAIN: dict[str, Any] = {"re_entry": "after exit"}
KEYED: dict[str, Any] = {"entry": {"event": "Checkout Started", "key": "cart_id"}}
STARTED = "Checkout Started"


@pytest.fixture
def world(tables: None) -> World:
    empty("People", "Identity", "Due", "Config", "Events")
    made = World()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


# How often


def test_the_same_event_ten_times_is_one_run_and_one_execution(world: World):
    """T1, J8."""
    world.publish(a_journey())

    for _ in range(10):
        world.hear(did(STARTED))

    assert len(world.runs()) == len(world.machines.started) == 1
    assert world.reason() == ""


def test_a_thousand_events_at_once_are_one_run(world: World):
    """J8: out of order, too."""
    world.publish(a_journey(**AGAIN))
    crowd = [did(STARTED, number, at=NOW - timedelta(seconds=number % 7)) for number in range(1_000)]

    world.hear(*crowd)

    assert len(world.runs()) == 1
    assert world.reason() == "active"


def test_an_event_that_comes_again_after_the_end_lets_nobody_in(world: World):
    """T2: no error, no second run, and it is no refusal either: it is the same event."""
    world.publish(a_journey(**AGAIN))
    world.hear(did(STARTED))
    ended(world.runs()[0])

    world.hear(did(STARTED))

    assert [run.status for run in world.runs()] == [Status.COMPLETED]
    assert len(world.machines.started) == 1
    assert world.refused() is None


def test_a_second_event_after_the_exit_is_a_second_run_of_the_newest_version(world: World):
    """T3."""
    journey = a_journey(**AGAIN)
    world.publish(journey)
    world.hear(did(STARTED))
    ended(world.runs()[0])
    world.live["cart"] = replace(
        world.live["cart"], version_arn="arn:aws:states:x:1:stateMachine:sojourn-j-cart:9"
    )

    world.hear(did(STARTED, 2, at=NOW + HOUR))

    first, second = world.runs()
    assert (first.entry, second.entry) == (1, 2)
    assert second.version_arn.endswith(":9")
    assert first.id != second.id, "its messages are its own"


def test_a_second_event_while_the_run_is_on_is_refused_and_counted(world: World):
    """T4."""
    world.publish(a_journey(**AGAIN))
    world.hear(did(STARTED))

    world.hear(did(STARTED, 2, at=NOW + HOUR))

    assert len(world.runs()) == 1
    refused = world.refused()
    assert refused
    assert refused.seen
    assert (refused.reason, refused.seen["run"]) == ("active", world.runs()[0].id)


def test_once_is_once(world: World):
    world.publish(a_journey())
    world.hear(did(STARTED))
    ended(world.runs()[0])

    world.hear(did(STARTED, 2, at=NOW + 400 * DAY))

    assert len(world.runs()) == 1
    assert world.reason() == "already_once"


def test_a_crash_between_row_and_execution_is_made_good(world: World):
    """T5, T6: the start that failed is tried again, under the same name, as often as it takes."""
    world.publish(a_journey())
    world.machines.breaks = StoreBusyError("states")
    for _ in range(20):
        with pytest.raises(StoreBusyError):
            world.hear(did(STARTED))
    assert len(world.runs()) == 1

    world.machines.breaks = None
    world.told = 0
    world.hear(did(STARTED))

    assert world.machines.started == [world.runs()[0].execution]


@pytest.mark.parametrize(("hours", "runs"), [(71, 1), (72, 2)])
def test_a_pause_counts_from_the_entry(world: World, hours: int, runs: int):
    world.publish(a_journey(re_entry={"pause": "3 days", "from": "entry"}))
    world.hear(did(STARTED))
    ended(world.runs()[0], NOW + HOUR)

    world.hear(did(STARTED, 2, at=NOW + hours * HOUR))

    assert len(world.runs()) == runs
    if runs == 1:
        refused = world.refused()
        assert refused
        assert refused.seen
        assert refused.seen["not_before"] == iso(NOW + 72 * HOUR)


@pytest.mark.parametrize(("hours", "reason"), [(2, "active"), (80, "too_soon"), (82, "")])
def test_a_pause_counts_from_the_exit(world: World, hours: int, reason: str):
    world.publish(a_journey(re_entry={"pause": "3 days", "from": "exit"}))
    world.hear(did(STARTED))
    if hours > 2:
        ended(world.runs()[0], NOW + 10 * HOUR)

    world.hear(did(STARTED, 2, at=NOW + hours * HOUR))

    assert world.reason() == reason
    assert len(world.runs()) == (1 if reason else 2)


def test_always_is_beside_a_run_that_is_on_up_to_the_limit(world: World):
    world.publish(a_journey(re_entry={"again": "always", "at most": 2, "within": "7 days"}))

    for number, days in enumerate((0, 1, 6, 7), 1):
        world.hear(did(STARTED, number, at=NOW + days * DAY))

    assert [run.entered_at for run in world.runs()] == [iso(NOW), iso(NOW + DAY), iso(NOW + 7 * DAY)]
    refused = world.refused()
    assert refused
    assert refused.seen
    assert (refused.reason, refused.seen["runs"], refused.seen["at_most"]) == ("limit", 2, 2)


def test_nobody_comes_in_more_than_ten_times_a_day(world: World):
    """The breaker of circles."""
    world.publish(a_journey(re_entry="always"))

    world.hear(*(did(STARTED, number, at=NOW + timedelta(seconds=number)) for number in range(A_DAY + 5)))

    assert len(world.runs()) == A_DAY
    assert world.reason() == "daily_limit"
    world.clock.advance(86_400)
    world.hear(did(STARTED, 99, at=NOW + DAY))
    assert len(world.runs()) == A_DAY + 1


# By key


def test_each_value_of_a_key_is_a_run_of_its_own(world: World):
    world.publish(a_journey(**KEYED))

    world.hear(did(STARTED, 1, cart_id="a"), did(STARTED, 2, cart_id="b"), did(STARTED, 3, cart_id="a"))

    assert [(run.entry, run.key) for run in world.runs()] == [(1, "a"), (2, "b")]
    assert world.reason() == "active"
    ended(world.runs()[0])
    world.hear(did(STARTED, 4, at=NOW + HOUR, cart_id="a"))
    assert [run.key for run in world.runs()] == ["a", "b", "a"]


def test_an_event_without_the_key_lets_nobody_in(world: World):
    world.publish(a_journey(**KEYED))

    world.hear(did(STARTED, 1, cart_id=None), did(STARTED, 2, cart_id={"no": "key"}))

    refused = world.refused()
    assert refused
    assert (world.runs(), refused.reason, refused.seen) == ([], "no_key", {"key": "cart_id"})


def test_two_who_take_the_same_number_both_come_in(world: World):
    """The number of a run is a condition: who finds it taken reads again."""
    world.publish(a_journey(**KEYED))
    world.hear(said({"plan": "pro"}))
    fast = [did(STARTED, 2, cart_id="b")]
    connection().client.meta.events.register(
        "before-call.dynamodb.PutItem", lambda **_: world.hear(fast.pop()) if fast else None
    )

    world.hear(did(STARTED, 1, cart_id="a"))

    assert sorted((run.entry, run.key) for run in world.runs()) == [(1, "b"), (2, "a")]


# Filter, goal, times, state


def test_the_filter_judges_the_contact_as_the_event_leaves_them(world: World):
    world.publish(
        a_journey(
            filter={"all": [{"attribute": "plan", "is": "pro"}, {"attribute": "entry.value", "over": 50}]}
        )
    )
    world.hear(did(STARTED, 1, value=80))
    refused = world.refused()
    assert refused
    assert refused.seen
    assert refused.reason == "filter"
    parts = refused.seen["conditions"]["parts"]
    assert [(part["holds"]) for part in parts] == [False, True]

    world.hear(said({"plan": "pro"}, 2), did(STARTED, 3, at=NOW + HOUR, value=80))

    assert [run.facts for run in world.runs()] == [{"value": 80}]


@pytest.mark.parametrize(("at_entry", "runs"), [({}, 0), ({"at entry": "enter"}, 1)])
def test_a_goal_that_is_met_already_keeps_out_unless_said(world: World, at_entry: dict[str, str], runs: int):
    """J11: the purchase of this very cart came before the cart's own event."""
    goal = {"event": "Order Completed", "match": {"cart_id": "cart_id"}, **at_entry}
    world.publish(a_journey(**KEYED, goal=goal))

    world.happens(did("Order Completed", 1, at=NOW - HOUR, cart_id="a"))
    world.happens(did(STARTED, 2, cart_id="a"))

    assert len(world.runs()) == runs
    assert world.reason() == ("" if runs else "goal_met")


def test_a_purchase_of_before_is_no_goal_of_a_later_entry(world: World):
    """J11: without `match` only what is dated after the entry, and overtook it."""
    world.publish(a_journey(goal={"event": "Order Completed"}))

    world.happens(did("Order Completed", 1, at=NOW - HOUR))
    world.happens(did(STARTED, 2))

    assert len(world.runs()) == 1


def test_a_purchase_that_overtook_its_entry_keeps_out(world: World):
    world.publish(a_journey(goal={"event": "Order Completed"}))

    world.happens(did("Order Completed", 1, at=NOW + HOUR))
    world.happens(did(STARTED, 2))

    assert (world.runs(), world.reason()) == ([], "goal_met")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"starts": iso(NOW + HOUR)}, "not_started"),
        ({"ends": iso(NOW)}, "over"),
        ({"state": State.STOPPED, "since": iso(NOW)}, "stopped"),
        ({"state": State.PAUSED, "since": iso(NOW), "why": "20 runs failed in a row"}, "failing"),
        ({"state": State.PAUSED, "since": iso(NOW)}, ""),
    ],
)
def test_a_journey_may_be_closed(world: World, facts: dict[str, Any], reason: str):
    """Whoever pauses it holds people: they come in, and wait at their first message."""
    world.publish(a_journey(), **facts)

    world.hear(did(STARTED))

    assert world.reason() == reason
    assert len(world.runs()) == (0 if reason else 1)


def test_a_test_of_the_event_is_part_of_the_entry(world: World):
    where = [{"property": "value", "over": 50}]
    world.publish(a_journey(entry={"event": STARTED, "where": where}))

    world.hear(did(STARTED, 1, value=49), did(STARTED, 2, value="many"), did(STARTED, 3, value=51))

    assert [run.entered_by for run in world.runs()] == [did(STARTED, 3).key]
    assert world.refused() is None, "another event is no refusal"


def test_a_request_lets_in_and_nobody_else_may_write_one(world: World):
    world.publish(a_journey(entry=[{"event": STARTED}, {"api": True}], re_entry="always"))
    asked = ours(REQUESTED, 1, journey="cart", note="by hand")

    world.hear(replace(asked, source="web"), ours(REQUESTED, 2, journey="other"), asked)

    assert [run.entered_by for run in world.runs()] == [asked.key]


def test_every_reason_of_a_refusal_is_produced_here():
    told = {"active", "already_once", "too_soon", "limit", "daily_limit", "filter", "goal_met", "no_key"}

    assert {reason.value for reason in Refused} == told | {"not_started", "over", "stopped", "failing"}


# What a run keeps of its entry


def test_a_run_keeps_what_its_journey_names_and_no_more(world: World):
    goal = {"event": "Order Completed", "match": {"id": "cart_id"}}
    until = {"wait": "Until then", "until": {"date": "pickup", "of": "entry"}}
    steps = [until, {"update": "Note it", "set": {"last_shop": "entry.shop"}}]
    world.publish(a_journey(goal=goal, steps=steps))

    world.hear(did(STARTED, 1, cart_id=7, pickup="2026-01-09", shop="Ulm", email="ann@example.org"))

    assert world.runs()[0].facts == {"cart_id": 7, "pickup": "2026-01-09", "shop": "Ulm"}


def test_what_is_too_much_for_a_row_is_left_out_the_largest_first():
    said = {"a": "x" * 4_000, "b": "y" * 200, "c": 1}

    assert facts_of(said, frozenset(said)) == {"b": "y" * 200, "c": 1}


def test_arms_and_holdout_are_drawn_at_the_entry(world: World):
    split = {"split": "Which?", "paths": [{"share": "50%"}, {"share": "50%"}]}
    world.publish(a_journey(holdout="100%", steps=[split]))

    world.hear(did(STARTED))

    (run,) = world.runs()
    assert run.holdout
    assert run.input["splits"] == {"s0": run.splits["s0"]}
    assert run.splits["s0"] in {"arm 1", "arm 2"}


def test_what_was_refused_is_counted_once_however_often_it_is_told(world: World):
    world.publish(a_journey(**AGAIN))
    world.hear(did(STARTED, 1), did(STARTED, 2, at=NOW + HOUR), did(STARTED, 3, at=NOW + 2 * HOUR))
    newest = world.refused()

    world.hear(did(STARTED, 2, at=NOW + HOUR))

    assert world.refused() == newest


def test_two_shards_at_once_are_one_run(world: World):
    """T1: ten at the same time."""
    world.publish(a_journey(**AGAIN))
    world.hear(said({"plan": "pro"}))
    profile = get_profile(find_contact(IDENTITY) or "")
    arrivals = [Arrival(profile, did(STARTED, number % 3), 1) for number in range(10)]

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda each: enrol(each, world.live["cart"], engine=world.engine), arrivals))

    assert len(world.runs()) == 1
    assert isinstance(world.machines, Machines)
    assert len(world.machines.started) == 1


def test_who_begins_with_a_wait_stands_there_until_it_is_over(world: World):
    world.publish(
        a_journey(
            steps=[
                {"wait": "Rest", "for": "10 days"},
                {"send": "Hi", "template": "welcome", "channel": "email"},
            ]
        )
    )

    world.hear(did(STARTED))

    assert world.runs()[0].until == iso(NOW + timedelta(days=10))
