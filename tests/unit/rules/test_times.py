"""Relative dates when clocks are set, months are short, and zones are missing (S4)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clock import iso
from sojourn.rules.compile import compile_rule
from sojourn.rules.nodes import Anniversary, Compare, Done, Match, Op, Rule, Season, Subject, Times, Window
from sojourn.rules.spans import Span
from sojourn.rules.timing import leaving, within
from sojourn.rules.view import Trace, Verdict, View

OSLO, HAVANA = ZoneInfo("Europe/Oslo"), ZoneInfo("America/Havana")
SUBJECT = Subject(("day",))


def moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    said = datetime.fromisoformat(text)
    return (said if zone is None else said.replace(tzinfo=zone)).astimezone(UTC)


def asked(rule: Rule, view: View) -> Verdict:
    """The verdict, to which the short way agrees."""
    compiled = compile_rule(rule)
    verdict = compiled.judge(view)
    assert compiled.holds(view) is verdict.holds
    return verdict


def bought(span: str, at: str, now: str, zone: ZoneInfo = OSLO) -> Verdict:
    """Whether a purchase counts, both by the clock of a place (`+01:00` picks one of two hours)."""
    times = [datetime.fromisoformat(text) for text in (at, now)]
    was, view_now = (time.astimezone(UTC) if time.tzinfo else moment(f"{time}", zone) for time in times)
    rule = Done(Match("Bought"), window=Window(last=Span.from_text(span)))
    seen = {"n": 1, "first": iso(was), "last": iso(was)}
    return asked(rule, View(contact="ada", now=view_now, zone=zone, events={"Bought": seen}))


def dated(op: Op, span: str, value: str, now: str, zone: ZoneInfo = OSLO) -> Verdict:
    rule = Compare(SUBJECT, op, Span.from_text(span))
    view = View(contact="ada", now=moment(now, zone), zone=zone, attributes={"day": value})
    return asked(rule, view)


@pytest.mark.parametrize(
    ("span", "at", "last"),
    [
        # Clocks go from 02:00 to 03:00 on 29 March 2026: a day has 23 hours, 24 hours are a day and an hour more.
        ("1 day", "2026-03-28T12:00", "2026-03-29T12:00"),
        ("24 hours", "2026-03-28T12:00", "2026-03-29T13:00"),
        ("1 day", "2026-03-28T02:30", "2026-03-29T03:30"),  # in the gap: moved forward
        # Clocks go from 03:00 to 02:00 on 25 October 2026: a day has 25 hours.
        ("1 day", "2026-10-24T12:00", "2026-10-25T12:00"),
        ("24 hours", "2026-10-24T12:00", "2026-10-25T11:00"),
        ("1 day", "2026-10-24T02:30", "2026-10-25T02:30+02:00"),  # of two, the first
        ("1 day", "2026-10-25T02:30+01:00", "2026-10-26T02:30"),  # the second half past two, a day on
        ("72 months", "2021-10-31T02:30+01:00", "2027-10-31T02:30+02:00"),  # from the second to the first
        ("1 week", "2026-03-22T12:00", "2026-03-29T12:00"),
        ("1 month", "2026-02-28T12:00", "2026-03-28T12:00"),
        ("1 month", "2026-03-28T12:00", "2026-04-28T12:00"),
        ("12 months", "2024-02-28T12:00", "2025-02-28T12:00"),
    ],
)
def test_a_while_ends_when_the_wall_shows_the_same_time(span: str, at: str, last: str):
    end = datetime.fromisoformat(last)
    end = end.astimezone(UTC) if end.tzinfo else moment(last, OSLO)

    inside, outside = (bought(span, at, iso(end + more)) for more in (timedelta(), timedelta(milliseconds=1)))

    assert inside == Verdict(True, end + timedelta(milliseconds=1))
    assert outside == Verdict(False)


@pytest.mark.parametrize("span", ["1 hour", "2 days", "1 month"])
def test_an_event_ahead_counts_when_its_time_comes(span: str):
    comes = moment("2026-05-01T12:02", OSLO)

    assert bought(span, iso(comes), "2026-05-01T12:00") == Verdict(False, comes)

    rule = Done(Match("Bought"), n=2, window=Window(last=Span.from_text(span)))
    kept = {trace: Trace(comes, ((comes, None), (comes, None))) for trace in compile_rule(rule).traces}
    early = View(contact="ada", now=comes - timedelta(minutes=2), zone=OSLO, traces=kept)
    assert asked(rule, early) == Verdict(False, comes)


@pytest.mark.parametrize(
    ("span", "at", "gone"),
    [
        ("1 month", "2026-01-31T12:00", "2026-03-01T00:00"),
        ("1 month", "2024-01-30T12:00", "2024-03-01T00:00"),
        ("1 month", "2024-01-29T12:00", "2024-02-29T12:00:00.001"),
        ("6 months", "2026-08-31T12:00", "2027-03-01T00:00"),
        ("12 months", "2024-02-29T12:00", "2025-03-01T00:00"),
        ("48 months", "2024-02-29T12:00", "2028-02-29T12:00:00.001"),
    ],
)
def test_a_month_without_such_a_day_counts_to_its_end(span: str, at: str, gone: str):
    end = moment(gone, OSLO)

    assert bought(span, at, iso(end - timedelta(milliseconds=1))) == Verdict(True, end)
    assert not bought(span, at, gone).holds


def test_what_left_a_month_does_not_come_back_with_the_next_day():
    # A month before 29, 30 and 31 March is 28 February: it is not entered three times.
    marks = [bought("1 month", "2026-02-28T12:00", f"2026-03-{day}T{hour}").holds
             for day in (28, 29, 30, 31) for hour in ("11:00", "13:00")]  # fmt: skip

    assert marks == [True, *[False] * 7]


@settings(max_examples=200)
@given(
    at=st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 28)),  # noqa: DTZ001
    ago=st.integers(0, 400 * 24),
    span=st.sampled_from(["50 minutes", "36 hours", "1 day", "3 weeks", "1 month", "6 months"]).map(
        Span.from_text
    ),
)
def test_where_no_clock_is_set_it_is_the_time_since_now_less_the_span(at: datetime, ago: int, span: Span):
    was = at.replace(tzinfo=UTC, microsecond=0)
    now = was + timedelta(hours=ago)
    if now.day > 28:  # a month before it is not clear
        return

    assert within(span)(was, now, UTC) is (was >= span.before(now, UTC))
    assert within(span)(was, now, UTC) is (now < leaving(span)(was, UTC))


def test_without_a_zone_days_are_those_of_utc():
    rule = Compare(SUBJECT, Op.AFTER, date(2026, 3, 1))
    view = View(
        contact="ada", now=moment("2026-03-02T00:00Z"), attributes={"day": "2026-02-28T23:30:00-01:00"}
    )

    assert compile_rule(rule).holds(view)


def test_one_day_begins_when_it_does_where_the_contact_is():
    rule = compile_rule(Compare(SUBJECT, Op.BEFORE, date(2026, 3, 1)))

    def is_before(zone: str) -> bool:
        value = {"day": "2026-02-28T23:30:00Z"}
        return rule.holds(
            View(contact="ada", now=moment("2026-03-02T00:00Z"), zone=ZoneInfo(zone), attributes=value)
        )

    assert [is_before(zone) for zone in ("UTC", "America/New_York", "Europe/Oslo")] == [True, True, False]


def test_the_last_day_of_between_belongs_to_it_as_a_whole():
    rule = compile_rule(Compare(SUBJECT, Op.BETWEEN, (date(2026, 3, 1), date(2026, 3, 29))))

    def is_between(value: str) -> bool:
        now = moment("2026-05-01", OSLO)
        return rule.holds(View(contact="ada", now=now, zone=OSLO, attributes={"day": value}))

    said = [
        "2026-02-28T23:59+01:00",
        "2026-03-01",
        "2026-03-29",
        "2026-03-29T23:59:59.999+02:00",
        "2026-03-30",
    ]
    assert [is_between(value) for value in said] == [False, True, True, True, False]


def test_a_date_ahead_counts_when_its_time_comes():
    verdict = dated(Op.IN_THE_LAST, "7 days", "2026-03-29", "2026-03-28T10:00")

    assert verdict == Verdict(False, moment("2026-03-29T00:00", OSLO))


def test_days_to_come_begin_a_span_before_and_end_when_the_day_begins():
    # Midnight of 5 April, a week earlier and before the clocks went forward.
    begin, end = moment("2026-03-29T00:00", OSLO), moment("2026-04-05T00:00", OSLO)

    assert dated(Op.IN_THE_NEXT, "7 days", "2026-04-05", "2026-03-28T10:00") == Verdict(False, begin)
    assert dated(Op.IN_THE_NEXT, "7 days", "2026-04-05", "2026-03-29T00:00") == Verdict(True, end)
    assert dated(Op.IN_THE_NEXT, "7 days", "2026-04-05", "2026-04-05T00:00") == Verdict(False)


def born(season: Season | None, span: str | None, day: str, now: str, zone: ZoneInfo = OSLO) -> Verdict:
    rule = Anniversary(SUBJECT, season, Span.from_text(span) if span else None)
    view = View(contact="ada", now=moment(now, zone), zone=zone, attributes={"day": day})
    return asked(rule, view)


@pytest.mark.parametrize(
    ("day", "now", "holds", "flips"),
    [
        ("1988-02-29", "2026-02-28T00:00", True, "2026-03-01T00:00"),
        ("1988-02-29", "2026-03-01T00:00", False, "2027-02-28T00:00"),
        ("1988-02-29", "2028-02-28T12:00", False, "2028-02-29T00:00"),
        ("1988-02-29", "2028-02-29T12:00", True, "2028-03-01T00:00"),
        ("1988-02-28", "2028-02-29T12:00", False, "2029-02-28T00:00"),
        ("1988-03-29", "2026-03-29T12:00", True, "2026-03-30T00:00"),  # a day of 23 hours
        ("2027-05-01", "2026-05-01T12:00", False, "2027-05-01T00:00"),  # its first time is still to come
    ],
)
def test_an_anniversary_is_the_whole_local_day(day: str, now: str, holds: bool, flips: str):
    assert born(Season.TODAY, None, day, now) == Verdict(holds, moment(flips, OSLO))


def test_a_day_that_begins_at_one_begins_at_one():
    # In Havana clocks go from 00:00 to 01:00 on 8 March 2026.
    verdict = born(Season.TODAY, None, "1990-03-08", "2026-03-07T12:00", HAVANA)

    assert verdict == Verdict(False, moment("2026-03-08T01:00", HAVANA))


@pytest.mark.parametrize(
    ("season", "now", "holds", "flips"),
    [
        (Season.THIS_WEEK, "2026-12-28T00:00", True, "2027-01-04T00:00"),  # 1 January 2027 is a Friday
        (Season.THIS_WEEK, "2026-12-27T23:59", False, "2026-12-28T00:00"),
        (Season.THIS_WEEK, "2027-01-03T23:59", True, "2027-01-04T00:00"),
        (Season.THIS_MONTH, "2026-12-31T12:00", False, "2027-01-01T00:00"),
        (Season.THIS_MONTH, "2027-01-31T12:00", True, "2027-02-01T00:00"),
    ],
)
def test_weeks_and_months_of_an_anniversary(season: Season, now: str, holds: bool, flips: str):
    assert born(season, None, "1990-01-01", now) == Verdict(holds, moment(flips, OSLO))


def test_a_week_of_two_years_has_the_days_of_both():
    assert born(Season.THIS_WEEK, None, "1990-12-31", "2027-01-02T12:00").holds


def test_before_a_moment_is_not_at_it():
    at = moment("2026-05-01T12:00", OSLO)
    view = View(contact="ada", now=at, zone=OSLO, attributes={"day": "2026-05-01T10:00:00Z"})

    assert not asked(Compare(SUBJECT, Op.BEFORE, at), view).holds
    assert asked(Compare(SUBJECT, Op.AFTER, at), view).holds


def test_an_anniversary_to_come_is_not_today():
    assert born(None, "7 days", "1990-01-01", "2026-12-25T00:00") == Verdict(True, moment("2027-01-01", OSLO))
    assert not born(None, "7 days", "1990-01-01", "2027-01-01T00:00").holds
    assert born(None, "7 days", "1990-01-01", "2026-12-24T23:00") == Verdict(
        False, moment("2026-12-25", OSLO)
    )


def traced(rule: Done, now: str, *at: str) -> Verdict:
    """What a rule says that knows its events one by one."""
    compiled, moments = compile_rule(rule), sorted(moment(text, OSLO) for text in at)
    kept = {trace: Trace(moments[0], tuple((each, None) for each in moments)) for trace in compiled.traces}
    return asked(rule, View(contact="ada", now=moment(now, OSLO), zone=OSLO, traces=kept))


def test_what_left_long_ago_is_not_counted_again():
    rule = Done(Match("Bought"), Times.AT_MOST, 1, Window(last=Span.from_text("1 day")))

    verdict = traced(rule, "2026-05-02T13:00", "2026-05-01T12:00", "2026-05-02T11:00", "2026-05-02T12:00")

    assert verdict == Verdict(False, moment("2026-05-03T11:00:00.001", OSLO))


def test_since_belongs_to_a_window_and_until_does_not():
    start, end = moment("2026-05-01", OSLO), moment("2026-05-08", OSLO)
    rule = Done(Match("Bought"), Times.EXACTLY, 2, Window(since=start, until=end))

    counted = traced(rule, "2026-06-01", "2026-04-30T23:59", "2026-05-01", "2026-05-07T23:59", "2026-05-08")

    assert counted == Verdict(True)
