"""What ends a run at once, even in a wait: the goal, the ways out, a word. And what counts as a conversion."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.events import store as events
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status
from sojourn.journeys.live import END_REQUESTED
from sojourn.segments.model import ENTERED, LEFT
from tests.cloud import REGION, SETTINGS
from tests.entering import DAY, HOUR, World, a_journey, did, ended, ours, said
from tests.journeys import NOW
from tests.partiql import empty

MINUTE = timedelta(minutes=1)
STARTED, ORDERED = "Checkout Started", "Order Completed"
GOAL: dict[str, Any] = {"goal": {"event": ORDERED, "match": {"cart": "cart_id"}}}
KEYED: dict[str, Any] = {"entry": {"event": STARTED, "key": "cart_id"}}
SHOPPING: dict[str, Any] = {**KEYED, **GOAL}


@pytest.fixture
def world(tables: None) -> World:
    empty("People", "Identity", "Due", "Config", "Events")
    made = World()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


def outcome(world: World) -> list[tuple[str, str, str]]:
    return [(run.status.value, run.reason, run.converted_at) for run in world.runs()]


# The goal


def test_the_goal_in_a_wait_of_thirty_days_ends_the_run_and_counts(world: World):
    """T39."""
    world.publish(a_journey(**SHOPPING))
    world.happens(did(STARTED, 1, cart_id="a"), did(STARTED, 2, cart_id="b"))

    world.happens(did(ORDERED, 3, at=NOW + 20 * DAY, cart="a"))

    assert outcome(world) == [("exited", "goal", iso(NOW + 20 * DAY)), ("active", "", "")]
    assert world.machines.stopped == [world.runs()[0].execution]


def test_a_goal_counts_once_a_run(world: World):
    world.publish(a_journey(goal={"event": ORDERED, "exit": False}))
    world.happens(did(STARTED))

    world.happens(did(ORDERED, 2, at=NOW + HOUR), did(ORDERED, 3, at=NOW + 2 * HOUR))

    assert outcome(world) == [("active", "", iso(NOW + HOUR))]
    assert world.machines.stopped == []


@pytest.mark.parametrize(
    ("days", "window", "counts"), [(6, None, True), (8, None, False), (8, "14 days", True)]
)
def test_after_the_end_a_goal_counts_until_its_window_is_over(
    world: World, days: int, window: str | None, counts: bool
):
    """Seven days after the run's last message, unless said."""
    world.publish(a_journey(goal={"event": ORDERED, **({"window": window} if window else {})}))
    world.happens(did(STARTED))
    ended(world.runs()[0], NOW + HOUR)

    world.happens(did(ORDERED, 2, at=NOW + days * DAY))

    assert outcome(world) == [("completed", "", iso(NOW + days * DAY) if counts else "")]


def test_the_window_begins_with_the_last_message(world: World):
    world.publish(a_journey(goal={"event": ORDERED}))
    world.happens(did(STARTED))
    store.EnrolmentRow(*store.key_of(world.runs()[0].id)).update(
        actions=[store.EnrolmentRow.messaged_at.set(iso(NOW + 5 * DAY))]
    )
    ended(world.runs()[0], NOW + 5 * DAY)

    world.happens(did(ORDERED, 2, at=NOW + 11 * DAY))

    assert world.runs()[0].converted_at == iso(NOW + 11 * DAY)


def test_holdouts_convert_alike(world: World):
    world.publish(a_journey(holdout="100%", **SHOPPING))
    world.happens(did(STARTED, 1, cart_id="a"))

    world.happens(did(ORDERED, 2, at=NOW + DAY, cart="a"))

    assert (world.runs()[0].holdout, outcome(world)) == (True, [("exited", "goal", iso(NOW + DAY))])


@pytest.mark.parametrize(
    ("grace", "status"), [(None, "active"), ("2 hours", "exited"), ("30 minutes", "active")]
)
def test_what_is_dated_before_the_entry_counts_only_within_the_grace(
    world: World, grace: str | None, status: str
):
    """T38: it was delivered late."""
    late = {"late_data_grace": grace} if grace else {}
    world.publish(a_journey(goal={"event": ORDERED}, **late))
    world.happens(did(STARTED))

    world.happens(did(ORDERED, 2, at=NOW - HOUR))

    assert world.runs()[0].status.value == status


def test_the_event_that_let_them_in_is_not_their_goal(world: World):
    """A replenishment begins with an order, and is about the next."""
    world.publish(
        a_journey(
            entry={"event": ORDERED}, goal={"event": ORDERED}, re_entry="after exit", late_data_grace="1 day"
        )
    )

    world.happens(did(ORDERED, 1))
    assert outcome(world) == [("active", "", "")]
    world.happens(did(ORDERED, 2, at=NOW + DAY))

    assert outcome(world)[0] == ("exited", "goal", iso(NOW + DAY))


def test_a_goal_tests_its_event(world: World):
    world.publish(a_journey(goal={"event": ORDERED, "where": [{"property": "total", "at least": 50}]}))
    world.happens(did(STARTED))

    world.happens(did(ORDERED, 2, at=NOW + HOUR, total=49))
    assert world.runs()[0].converted_at == ""
    world.happens(did(ORDERED, 3, at=NOW + HOUR, total=50))

    assert world.runs()[0].converted_at == iso(NOW + HOUR)


def test_a_goal_of_a_segment_is_met_by_coming_into_it(world: World):
    world.publish(a_journey(goal={"segment": "vips"}))
    world.happens(did(STARTED))

    world.happens(ours(ENTERED, 2, at=NOW + HOUR, segment="others", cause="behaviour"))
    assert world.runs()[0].status is Status.ACTIVE
    world.happens(ours(ENTERED, 3, at=NOW + HOUR, segment="vips", cause="behaviour"))

    assert world.runs()[0].reason == "goal"


def test_a_crash_between_the_count_and_the_end_is_made_good(world: World):
    world.publish(a_journey(**SHOPPING))
    world.happens(did(STARTED, 1, cart_id="a"))
    bought = did(ORDERED, 2, at=NOW + DAY, cart="a")
    store.convert(world.runs()[0], at=iso(bought.at))

    world.happens(bought)

    assert outcome(world) == [("exited", "goal", iso(bought.at))]


# The ways out


@pytest.mark.parametrize(
    ("way", "event", "reason"),
    [
        ({"event": "Cart Emptied"}, did("Cart Emptied", 2, at=NOW + HOUR), "Cart Emptied"),
        ({"event": "Cart Emptied", "reason": "no cart"}, did("Cart Emptied", 2, at=NOW + HOUR), "no cart"),
        (
            {"event": "Cart Emptied", "match": {"id": "cart_id"}},
            did("Cart Emptied", 2, at=NOW + HOUR, id="b"),
            "",
        ),
        ({"segment": "vips"}, ours(ENTERED, 2, at=NOW + HOUR, segment="vips", cause="time"), "entered vips"),
        ({"leaves": "vips"}, ours(LEFT, 2, at=NOW + HOUR, segment="vips", cause="behaviour"), "left vips"),
        ({"leaves": "vips"}, ours(LEFT, 2, at=NOW + HOUR, segment="vips", cause="rule_edit"), ""),
        ({"leaves": "vips"}, replace(ours(LEFT, 2, at=NOW + HOUR, segment="vips"), source="web"), ""),
        ({"rule": {"attribute": "plan", "is": "pro"}}, said({"plan": "pro"}, 2, at=NOW + HOUR), "rule"),
        ({"rule": {"attribute": "plan", "is": "pro"}}, said({"plan": "free"}, 2, at=NOW + HOUR), ""),
        ({"event": "Cart Emptied"}, did("Cart Emptied", 2, at=NOW - HOUR), ""),
    ],
)
def test_a_way_out_is_taken_at_once(world: World, way: dict[str, Any], event: Any, reason: str):
    """Even in a wait; nothing but what it names takes it."""
    world.publish(a_journey(**KEYED, exits=[way]))
    world.happens(did(STARTED, 1, cart_id="a"))

    world.happens(event)

    assert outcome(world) == [("exited", reason, "") if reason else ("active", "", "")]
    assert len(world.machines.stopped) == bool(reason)


def test_of_goal_and_exit_in_one_event_it_is_the_goal(world: World):
    """J11: first the goal, then the ways out in the order of the file, then the waits."""
    world.publish(a_journey(goal={"event": ORDERED}, exits=[{"event": ORDERED, "reason": "bought"}]))
    world.happens(did(STARTED))

    world.happens(did(ORDERED, 2, at=NOW + HOUR))

    assert outcome(world) == [("exited", "goal", iso(NOW + HOUR))]


def test_leaving_the_segment_that_let_them_in_is_no_exit_unless_said(world: World):
    """T41's neighbour."""
    world.publish(a_journey(entry={"segment": "vips"}))
    world.happens(ours(ENTERED, 1, segment="vips", cause="behaviour"))

    world.happens(ours(LEFT, 2, at=NOW + HOUR, segment="vips", cause="behaviour"))
    world.happens(ours(ENTERED, 3, at=NOW + 2 * HOUR, segment="vips", cause="behaviour"))

    assert outcome(world) == [("active", "", "")]
    assert world.reason() == "already_once"


@pytest.mark.parametrize(
    ("journey", "source", "status"),
    [("cart", "sojourn", "exited"), ("other", "sojourn", "active"), ("cart", "web", "active")],
)
def test_a_word_of_ours_ends_the_runs_of_the_journey_that_it_names(
    world: World, journey: str, source: str, status: str
):
    world.publish(a_journey())
    world.happens(did(STARTED))

    world.happens(replace(ours(END_REQUESTED, 2, at=NOW + HOUR, journey=journey), source=source))

    assert world.runs()[0].status.value == status


# Merges


def test_two_contacts_in_one_journey_who_become_one_go_on_once(world: World):
    """T46; with a key the runs of other values go on."""
    world.publish(a_journey(**KEYED))
    visitor = replace(did(STARTED, 1, at=NOW - HOUR, cart_id="a"), pk="a#1")
    other = replace(did(STARTED, 2, at=NOW - HOUR, cart_id="c"), pk="a#1")
    world.happens(visitor, other, did(STARTED, 3, cart_id="a"), did(STARTED, 4, cart_id="b"))

    world.happens(
        replace(said({"plan": "pro"}, 5, at=NOW + HOUR), payload={"anonymousId": "1", "traits": {}})
    )

    active = sorted(run.key for run in world.runs() if run.status is Status.ACTIVE)
    merged = [run.key for run in world.runs() if run.reason == "merged"]
    assert (active, merged) == (["a", "b", "c"], ["a"])


def test_counts_hold_over_merges(world: World):
    """Whoever was in as somebody else was in."""
    world.publish(a_journey(re_entry={"again": "always", "at most": 2}))
    visitor = replace(did(STARTED, 1, at=NOW - HOUR), pk="a#1")
    world.happens(visitor, did(STARTED, 2), replace(said({}, 3), payload={"anonymousId": "1", "traits": {}}))

    world.happens(did(STARTED, 4, at=NOW + 400 * DAY))

    assert (len(world.runs()), world.reason()) == (2, "limit")


def test_what_no_journey_listens_to_asks_for_no_runs(world: World):
    live = world.publish(a_journey(**SHOPPING))

    assert not live.heard.hears(did("Seen"), frozenset({"plan"}))
    assert live.heard.hears(did(ORDERED), frozenset())
    assert not live.heard.hears(ours(ENTERED, segment="vips"), frozenset())


# By the passing of time alone


SILENT = {
    "rule": {"none": [{"event": "Seen", "times": "at least 1", "in the last": "3 days"}]},
    "reason": "silent",
}


def test_a_way_out_that_time_alone_opens_is_taken_at_its_moment(world: World):
    """Nothing happens, and nobody asks: the moment stands among what is due."""
    world.publish(a_journey(exits=[SILENT]))
    world.happens(did("Seen", 1, at=NOW - HOUR), did(STARTED, 2))

    world.sweeps(NOW + 3 * DAY - 2 * HOUR)
    assert outcome(world) == [("active", "", "")]
    world.sweeps(NOW + 3 * DAY - HOUR)
    world.sweeps(NOW + 3 * DAY - HOUR + MINUTE)

    assert outcome(world) == [("exited", "silent", "")]
    assert world.machines.stopped == [world.runs()[0].execution]


def test_an_event_that_puts_the_moment_off_puts_it_off(world: World):
    world.publish(a_journey(exits=[SILENT]))
    world.happens(did("Seen", 1, at=NOW - HOUR), did(STARTED, 2))
    world.clock.now = NOW + 2 * DAY
    world.happens(did("Seen", 3, at=NOW + 2 * DAY))

    world.sweeps(NOW + 3 * DAY)
    assert outcome(world) == [("active", "", "")]
    world.sweeps(NOW + 5 * DAY + MINUTE)

    assert outcome(world) == [("exited", "silent", "")]
