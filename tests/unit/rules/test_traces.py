"""Traces: the same events in any order, told any number of times, leave the same."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clock import iso
from sojourn.rules import nodes
from sojourn.rules.nodes import Match, Op
from sojourn.rules.spans import Span
from sojourn.rules.traces import NEWEST, Packed, add, join, to_trace, trace_id
from sojourn.rules.view import TraceSpec

START = datetime(2026, 1, 1, tzinfo=UTC)
SPEC = TraceSpec(Match("Bought"), ("total",))

events = st.tuples(st.integers(0, 50), st.integers(0, 9), st.none() | st.integers(-5, 5) | st.just("5"))
histories = st.lists(events, max_size=12)


def told(told_events: list[tuple[int, int, Any]], packed: Packed | None = None) -> Packed | None:
    for minute, key, total in told_events:
        at = iso(START + timedelta(minutes=minute))
        packed = add(packed, SPEC, "Bought", at, f"{key}", {"total": total})
    return packed


def many(count: int, *, first: int = 0) -> Packed | None:
    return told([(minute, 0, minute) for minute in range(first, first + count)])


@settings(max_examples=60)
@given(histories, histories, histories)
def test_traces_come_together_in_any_order(one: Any, two: Any, three: Any):
    a, b, c = told(one), told(two), told(three)

    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, a) == a


@settings(max_examples=60)
@given(histories, st.integers())
def test_events_are_added_in_any_order_and_again(history: Any, seed: int):
    shuffled = random.Random(seed).sample(history + history, 2 * len(history))

    assert told(shuffled) == told(history) == join(told(history[::2]), told(history[1::2]))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2 * NEWEST), st.integers(0, 3 * NEWEST), st.integers(0, 3 * NEWEST), st.integers())
def test_only_the_newest_are_kept_however_they_came(count: int, more: int, further: int, seed: int):
    sides = [many(NEWEST, first=start) for start in (count, more, further)]
    one, two, three = random.Random(seed).sample(sides, 3)

    assert join(join(one, two), three) == join(one, join(two, three)) == join(three, join(two, one))


def test_a_full_trace_remembers_when_the_first_was():
    trace = to_trace(many(NEWEST + 7) or {})

    assert (trace.first, trace.is_full) == (START, True)
    assert len(trace.entries) == NEWEST
    assert trace.entries[0] == (START + timedelta(minutes=7), 7.0)


def test_an_old_event_adds_no_more_than_that_it_was_the_first():
    full = many(NEWEST, first=10)

    older = told([(3, 1, 3)], full)

    assert older is not None
    assert full is not None
    assert older["r"] == full["r"]
    assert to_trace(older).first == START + timedelta(minutes=3)


def test_a_number_is_kept_and_nothing_else():
    said = [1, 2.5, True, "3", None, float("nan"), float("inf"), 10**400, [4], {}]

    trace = to_trace(told([(minute, minute, value) for minute, value in enumerate(said)]) or {})

    assert [value for _, value in trace.entries] == [1.0, 2.5, *[None] * 8]


def test_only_events_that_match_are_kept():
    spec = TraceSpec(
        Match("Bought", (nodes.Test(("total",), Op.OVER, 20), nodes.Test(("shop", "city"), Op.IS, "Oslo")))
    )

    def kept(name: str, properties: dict[str, Any]) -> bool:
        return add(None, spec, name, iso(START), "key", properties) is not None

    assert kept("Bought", {"total": 21, "shop": {"city": "Oslo"}})
    assert not kept("Bought", {"total": 20, "shop": {"city": "Oslo"}})
    assert not kept("Bought", {"total": "21", "shop": {"city": "Oslo"}})
    assert not kept("Bought", {"total": 21, "shop": "Oslo"})
    assert not kept("Viewed", {"total": 21, "shop": {"city": "Oslo"}})


def test_within_an_event_time_counts_from_the_event():
    spec = TraceSpec(Match("Booked", (nodes.Test(("departs",), Op.IN_THE_NEXT, Span.from_text("7 days")),)))

    def kept(departs: str) -> bool:
        return add(None, spec, "Booked", iso(START), "key", {"departs": departs}) is not None

    assert kept("2026-01-08")
    assert not kept("2026-01-09")
    assert not kept("2025-12-31")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (5, 5.0, True),
        (True, 1, False),
        ("1", 1, False),
        (("a", "b"), ("b", "a"), False),
    ],
)
def test_equal_tests_share_a_trace(one: Any, other: Any, same: bool):
    ids = [trace_id(TraceSpec(Match("A", (nodes.Test(("p",), Op.IS, value),)))) for value in (one, other)]

    assert (ids[0] == ids[1]) is same
    assert all(len(each) == 12 for each in ids)


def test_the_order_of_tests_makes_no_other_trace():
    tests = (nodes.Test(("p",), Op.OVER, 1), nodes.Test(("q",), Op.IS, "x"))

    assert trace_id(TraceSpec(Match("A", tests))) == trace_id(TraceSpec(Match("A", tests[::-1])))
    assert trace_id(TraceSpec(Match("A", tests))) != trace_id(TraceSpec(Match("A", tests), ("total",)))
