"""Whatever a contact's data are, a rule answers; and answers of one kind are not mixed up with another's."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.rules.compile import compile_rule
from sojourn.rules.nodes import All, Anniversary, Compare, Near, NoneOf, Op, Season, Subject
from sojourn.rules.spans import Span
from sojourn.rules.view import View
from tests.rules_people import comparisons, ops

NOW = datetime(2026, 3, 31, tzinfo=UTC)
ENDS_OF_TIME = [
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999Z",
    "0001-01-01 00:00", "9999-12-31 23:59", "2026-02-30", "2026-13-01", "0000-00-00", "2026-03-31T24:00:00Z",
    "2026-03-31T10:00:00+99:99", "2026-03-31T10:00:60Z", "2026-03-31T10:00Zzzz", "٢٠٢٦-٠٣-٣١",
]  # fmt: skip
NO_VALUES: list[Any] = [
    None, "", "\x00", "\ud800", "a" * 5000, -0.0, float("nan"), float("inf"), -float("inf"), 10**400, -(10**400),
    True, False, [], {}, [[[]]], {"lat": "1", "lon": 2}, {"lat": float("nan"), "lon": 10**400}, [91, 181], [None, None],
]  # fmt: skip
LONG = Span.from_text("1150 months")

hostile = st.one_of(
    st.sampled_from(ENDS_OF_TIME),
    st.sampled_from(NO_VALUES),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda more: st.lists(more, max_size=2) | st.dictionaries(st.text(max_size=2), more, max_size=2),
        max_leaves=4,
    ),
)
subjects = st.sampled_from(
    [Subject(("a",)), Subject(("a", "b")), Subject(("value",), True), Subject(("value", "USD"), True)]
)
about_days = st.one_of(
    st.builds(Anniversary, subjects, season=st.sampled_from(Season)),
    st.builds(Anniversary, subjects, next=st.sampled_from([LONG, Span.from_text("7 days")])),
    st.builds(
        lambda subject, op: Compare(subject, op, LONG),
        subjects,
        st.sampled_from([Op.IN_THE_LAST, Op.IN_THE_NEXT]),
    ),
    st.builds(Near, subjects, st.just(90.0), st.just(-180.0), st.just(1e9)),
    st.builds(lambda subject, op: Compare(subject, *op), subjects, ops),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=about_days, value=hostile, zone=st.sampled_from(["UTC", "Pacific/Kiritimati", "Etc/GMT+12"]))
def test_no_value_stops_a_rule(rule: Any, value: Any, zone: str):
    view = View(
        contact="\ud800",
        now=NOW,
        zone=ZoneInfo(zone),
        attributes={"a": value},
        facts={"value": {"USD": value}},
    )
    both = compile_rule(All((rule, NoneOf((rule,)))))

    assert not both.holds(view)
    verdict = compile_rule(rule).judge(view)
    assert verdict.flips_at is None or verdict.flips_at > NOW


@pytest.mark.parametrize("value", ENDS_OF_TIME[:7])
@pytest.mark.parametrize("op", [Op.BEFORE, Op.AFTER])
def test_the_ends_of_the_calendar_are_before_and_after_all_else(value: str, op: Op):
    rule = compile_rule(Compare(Subject(("a",)), op, date(2026, 3, 31)))

    is_early = value.startswith("0001")

    for zone in (UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/Los_Angeles")):
        held = rule.holds(View(contact="ada", now=NOW, zone=zone, attributes={"a": value}))
        assert held is ((op is Op.BEFORE) is is_early)


@settings(max_examples=100)
@given(rule=comparisons, value=hostile)
def test_a_negative_form_is_the_opposite(rule: Compare, value: Any):
    opposite = {Op.IS: Op.IS_NOT, Op.ONE_OF: Op.NOT_ONE_OF, Op.CONTAINS: Op.CONTAINS_NOT}.get(rule.op)
    if opposite is None:
        return
    view = View(contact="ada", now=NOW, attributes={"a": value}, facts={"last_order": value})

    assert compile_rule(rule).holds(view) is not compile_rule(
        Compare(rule.subject, opposite, rule.value)
    ).holds(view)


@pytest.mark.parametrize(
    ("value", "wanted", "same"),
    [
        (1, 1.0, True), (1, True, False), (True, 1, False), (True, True, True), ("1", 1, False), (1, "1", False),
        ("true", True, False), ("é", "e\u0301", True), ("e\u0301", "é", True), ("\u212a", "K", True), ("k", "K", False),
        (0, False, False), (float("nan"), 0, False), (None, "", False), ("", "", True), ([1], 1, False),
    ],
)  # fmt: skip
def test_equal_is_of_one_kind(value: Any, wanted: Any, same: bool):
    view = View(contact="ada", now=NOW, attributes={"a": value})

    assert compile_rule(Compare(Subject(("a",)), Op.IS, wanted)).holds(view) is same
    assert compile_rule(Compare(Subject(("a",)), Op.ONE_OF, ("zzz", wanted))).holds(view) is same
    assert compile_rule(Compare(Subject(("a",)), Op.IS_NOT, wanted)).holds(view) is not same


def test_names_are_literal():
    attributes = {
        "#a": 1,
        "size": 2,
        "a.b": 3,
        "a": {"b": 4},
        "аge": 5,
    }  # the last begins with a Cyrillic letter
    view = View(contact="ada", now=NOW + timedelta(), attributes=attributes)

    def has(*path: str, value: int) -> bool:
        return compile_rule(Compare(Subject(path), Op.IS, value)).holds(view)

    assert has("#a", value=1)
    assert has("size", value=2)
    assert has("a.b", value=3)
    assert has("a", "b", value=4)
    assert not has("age", value=5)
