"""What a rule refers to, which events it keeps, and how it explains itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.rules import nodes
from sojourn.rules.compile import compile_rule
from sojourn.rules.counting import MOST_STEPS
from sojourn.rules.nodes import All, AnyOf, Compare, Done, Match, NoneOf, Op, Subject, Times, Total, Window
from sojourn.rules.spans import Span
from sojourn.rules.traces import NEWEST, trace_id
from sojourn.rules.view import Needs, References, Trace, TraceSpec, Verdict, View

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATELY, BOUGHT = Window(last=Span.from_text("30 days")), Match("Bought")
DEAR = Match("Bought", (nodes.Test(("total",), Op.OVER, 20),))
ZONED = ("timezone", "phone")  # whose days they are depends on them
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    [
        Done(BOUGHT),
        Done(BOUGHT, Times.AT_LEAST, 7),
        Done(BOUGHT, Times.EXACTLY, 2),
        Done(BOUGHT, window=LATELY),
        Done(BOUGHT, Times.EXACTLY, 0, LATELY),
        Done(BOUGHT, Times.AT_MOST, 0, Window(since=SINCE)),
        Done(BOUGHT, window=Window(until=SINCE)),
    ],
    ids=str,
)
def test_what_a_count_answers_needs_no_trace(rule: Done):
    assert compile_rule(rule).traces == {}
    assert compile_rule(rule).references.events == {"Bought"}


@pytest.mark.parametrize(
    "rule",
    [
        Done(DEAR),
        Done(BOUGHT, Times.AT_LEAST, 2, LATELY),
        Done(BOUGHT, Times.AT_MOST, 1, LATELY),
        Done(BOUGHT, window=Window(since=SINCE, until=NOW)),
        Done(BOUGHT, window=Window(last=LATELY.last, until=NOW)),
    ],
    ids=str,
)
def test_what_it_does_not_answer_needs_one(rule: Done):
    spec = TraceSpec(rule.match)

    assert compile_rule(rule).traces == {trace_id(spec): spec}


def test_a_sum_keeps_its_property_and_a_sequence_both_sides():
    total = Total(BOUGHT, nodes.Measure.SUM, ("total",), Op.OVER, 100)
    sequence = nodes.Sequence(Match("Viewed"), BOUGHT, Span.from_text("2 hours"))

    specs = compile_rule(All((total, sequence))).traces.values()

    assert set(specs) == {TraceSpec(BOUGHT, ("total",)), TraceSpec(Match("Viewed")), TraceSpec(BOUGHT)}


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (Compare(Subject(("address", "city")), Op.IS, "Oslo"), References(frozenset({"address"}))),
        (Compare(Subject(("last_seen",), is_fact=True), Op.EXISTS, True), References(every_event=True)),
        (Compare(Subject(("tags",), is_fact=True), Op.CONTAINS, "vip"),
         References(events=frozenset({"Tag Added", "Tag Removed"}))),
        (nodes.InSegment("vip"), References(segments=frozenset({"vip"}))),
        (nodes.Messaged("sent"), References(needs=Needs.MESSAGES)),
        (Done(DEAR, window=LATELY), References(frozenset(ZONED), frozenset({"Bought"}))),
        (Done(DEAR, window=Window(last=Span.from_text("48 hours"))), References(events=frozenset({"Bought"}))),
        (Compare(Subject(("due",)), Op.BEFORE, SINCE), References(frozenset({"due", *ZONED}))),
        (Compare(Subject(("due",)), Op.BETWEEN, (1, 2)), References(frozenset({"due"}))),
        (nodes.Share(10, "seed"), References()),
        (nodes.Near(Subject(("home",)), 59.9, 10.7, 1000), References(frozenset({"home"}))),
        (nodes.Anniversary(Subject(("birthday",)), nodes.Season.TODAY), References(frozenset({"birthday", *ZONED}))),
    ],
    ids=lambda given: type(given).__name__,  # sets have no order to be told by
)  # fmt: skip
def test_what_a_leaf_refers_to(leaf: nodes.Leaf, expected: References):
    assert compile_rule(leaf).references == expected
    assert compile_rule(NoneOf((AnyOf((leaf, leaf)),))).references == expected


def test_what_is_not_in_a_profile_is_asked_for():
    consented = nodes.Consented("email", "marketing", "given")
    quantile = nodes.Quantile("recency", 5, Op.IS, 5)

    references = compile_rule(All((consented, quantile, nodes.Reachable("sms"), BUYER))).references

    assert references.needs == Needs.CONSENT | Needs.QUANTILES
    assert references.attributes == {"phone", "timezone"}
    assert {"Consent Withdrawn", "Order Completed", "Bought"} <= references.events


BUYER = Done(BOUGHT, window=LATELY)


def test_each_condition_is_explained_with_what_was_seen():
    rule = All((Compare(Subject(("plan",)), Op.IS, "pro"), NoneOf((BUYER,))))
    seen = {"n": 2, "first": "2026-01-01T00:00:00.000Z", "last": "2026-11-20T10:00:00.000Z"}
    attributes = {"plan": "pro", "email": "ada@example.org"}

    explained = compile_rule(rule).explain(
        View(contact="a", now=NOW, attributes=attributes, events={"Bought": seen})
    )

    plan, none = explained.parts
    assert (explained.holds, plan.holds, none.holds) == (False, True, False)
    assert (plan.seen, plan.flips_at) == ("pro", None)
    assert none.flips_at == none.parts[0].flips_at == datetime(2026, 12, 20, 10, 0, 0, 1000, tzinfo=UTC)
    assert none.parts[0].holds
    assert plan.condition
    assert "ada@" not in str(explained)


def test_a_long_value_is_cut_and_a_missing_one_is_said():
    def seen(attributes: dict[str, Any]) -> str:
        rule = Compare(Subject(("note",)), Op.EXISTS, True)
        return compile_rule(rule).explain(View(contact="a", now=NOW, attributes=attributes)).seen

    assert len(seen({"note": "x" * 5000})) == 100
    assert seen({}) == "nothing"
    assert seen({"note": ["a", 1]}) == '["a", 1]'


def test_a_full_trace_counts_its_first_event_too():
    entries = tuple((NOW.replace(year=2026, minute=minute % 60), None) for minute in range(NEWEST))
    first = datetime(2025, 6, 1, tzinfo=UTC)
    trace = {trace_id(TraceSpec(DEAR)): Trace(first, entries, is_full=True)}
    before = Done(DEAR, window=Window(until=datetime(2025, 7, 1, tzinfo=UTC)))

    assert compile_rule(before).holds(View(contact="a", now=NOW, traces=trace))


def test_a_sum_of_many_changes_is_asked_again_in_time():
    hours = [
        (datetime(2026, 11, 1 + hour // 24, hour % 24, tzinfo=UTC), 1.0) for hour in range(5 * MOST_STEPS)
    ]
    rule = Total(BOUGHT, nodes.Measure.SUM, ("total",), Op.AT_LEAST, 1, LATELY)
    trace = {trace_id(TraceSpec(BOUGHT, ("total",))): Trace(hours[0][0], tuple(hours))}

    verdict = compile_rule(rule).judge(View(contact="a", now=NOW, traces=trace))

    assert verdict == Verdict(
        True, datetime(2026, 12, 1 + MOST_STEPS // 24, MOST_STEPS % 24, 0, 0, 1000, tzinfo=UTC)
    )


def test_an_event_of_a_fast_clock_does_not_hide_the_one_before():
    seen = {"n": 3, "first": "2020-01-01T00:00:00.000Z", "last": "2026-11-22T10:03:00.000Z",
            "days": {"2020-01-01": 1, "2026-11-20": 1, "2026-11-22": 1}}  # fmt: skip
    view = View(contact="a", now=NOW, events={"Bought": seen})

    assert compile_rule(BUYER).holds(view)
    assert not compile_rule(Done(BOUGHT, Times.EXACTLY, 0, LATELY)).holds(view)
    assert compile_rule(Done(BOUGHT, Times.EXACTLY, 2)).judge(view) == Verdict(
        True, datetime(2026, 11, 22, 10, 3, tzinfo=UTC)
    )
