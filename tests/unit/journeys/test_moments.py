"""When waits end: local clocks, dates, hours, and moments of messages, across the changes of the clocks."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sojourn.journeys.moments import (
    MISSING,
    Known,
    Past,
    end_of_day,
    moment_of,
    moment_there,
    next_inside,
    next_on_the_clock,
)
from sojourn.journeys.steps import Anchor, Clock, Date, Duration, Hours, Of, Since, Wait

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)  # a Wednesday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_wait(**facts: object) -> Wait:
    return Wait(name="Wait", **facts)  # type: ignore[arg-type]


def a_date(path: str = "renewal", **facts: object) -> Date:
    return Date((path,), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "zone", "clock", "expected"),
    [
        pytest.param("2026-03-28T20:00", BERLIN, "09:00", "2026-03-29T07:00", id="T47 the night of spring"),
        pytest.param("2026-10-24T20:00", BERLIN, "09:00", "2026-10-25T08:00", id="T48 the night of autumn"),
        pytest.param(
            "2026-07-20T12:00", LOS_ANGELES, "friday 18:00", "2026-07-25T01:00", id="T52 Saturday in UTC"
        ),
        pytest.param("2026-03-29T00:00", BERLIN, "02:30", "2026-03-29T01:30", id="J5 in the gap: 03:30"),
        pytest.param("2026-10-24T23:00", BERLIN, "02:30", "2026-10-25T00:30", id="J5 in the fold: the first"),
        pytest.param(
            "2026-10-25T00:45", BERLIN, "02:30", "2026-10-26T01:30", id="J5 the second of a fold is none"
        ),
        pytest.param(
            "2026-06-10T07:00", BERLIN, "09:00", "2026-06-11T07:00", id="at that very moment: the next"
        ),
        pytest.param(
            "2026-06-10T07:01", BERLIN, "09:00", "2026-06-11T07:00", id="a minute too late: tomorrow"
        ),
        pytest.param(
            "2026-06-10T12:00", NEW_YORK, "monday", "2026-06-15T04:00", id="a weekday begins at midnight"
        ),
        pytest.param("2026-06-15T12:00", NEW_YORK, "monday", "2026-06-22T04:00", id="on that day: the next"),
    ],
)
def test_the_next_moment_of_a_local_clock(now: str, zone: ZoneInfo, clock: str, expected: str):
    assert next_on_the_clock(Clock.from_text(clock), zone, at(now)) == at(expected)
    assert moment_of(a_wait(until=Clock.from_text(clock)), Known(now=at(now), zone=zone)) == at(expected)


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        pytest.param(
            "2026-06-12T21:00", "mon-fri 09:00-17:00", "2026-06-15T13:00", id="T56 Friday 17:00: Monday"
        ),
        pytest.param(
            "2026-06-12T20:59", "mon-fri 09:00-17:00", "2026-06-12T20:59", id="a minute before: at once"
        ),
        pytest.param("2026-06-12T10:00", "mon-fri 09:00-17:00", "2026-06-12T13:00", id="too early"),
        pytest.param(
            "2026-06-13T05:00", "fri 22:00-06:00", "2026-06-13T05:00", id="the window of Friday, on Saturday"
        ),
        pytest.param(
            "2026-06-14T05:00", "fri 22:00-06:00", "2026-06-20T02:00", id="Saturday's night is none"
        ),
        pytest.param("2026-06-10T12:00", "18:00-20:00", "2026-06-10T22:00", id="every day"),
    ],
)
def test_the_next_moment_inside_hours(now: str, hours: str, expected: str):
    assert next_inside(Hours.from_text(hours), NEW_YORK, at(now)) == at(expected)


def test_hours_that_the_clocks_leave_out_are_passed_over():
    assert next_inside(Hours.from_text("02:00-03:00"), BERLIN, at("2026-03-29T00:30")) == at(
        "2026-03-30T00:00"
    )


@pytest.mark.parametrize(
    ("value", "facts", "expected"),
    [
        pytest.param("2026-06-20", {}, "2026-06-20T04:00", id="a bare date is its local midnight"),
        pytest.param("2026-06-20T15:30:00Z", {}, "2026-06-20T15:30", id="a date with a time keeps it"),
        pytest.param("2026-06-20", {"at": time(9)}, "2026-06-20T13:00", id="at a local time"),
        pytest.param(
            "2026-06-20", {"offset": Duration.from_text("3 days"), "is_before": True, "at": time(9)},
            "2026-06-17T13:00", id="three days before",
        ),
        pytest.param("2026-06-20", {"offset": Duration.from_text("1 week")}, "2026-06-27T04:00", id="a week after"),
        pytest.param("2026-06-20", {"offset": Duration.from_text("2 hours")}, "2026-06-20T06:00", id="hours pass"),
        pytest.param(
            "2026-11-02", {"offset": Duration.from_text("2 days"), "is_before": True, "at": time(9)},
            "2026-10-31T13:00", id="days are counted on the wall, across the change",
        ),
    ],
)  # fmt: skip
def test_a_date_of_the_contact(value: str, facts: dict[str, Any], expected: str):
    known = Known(now=NOON, zone=NEW_YORK, attributes={"renewal": value})

    assert moment_of(a_wait(until=a_date(**facts)), known) == at(expected)


def test_a_date_of_the_entry_is_looked_for_there():
    known = Known(now=NOON, attributes={"renewal": "2026-01-01"}, entry={"renewal": "2026-07-01"})

    assert moment_of(a_wait(until=a_date(of=Of.ENTRY)), known) == at("2026-07-01T00:00")


@pytest.mark.parametrize("value", ["2026-06-09", "2020-01-01T00:00:00Z"])
def test_a_date_that_has_passed_is_said_to_have_passed(value: str):
    """T59."""
    found = moment_of(a_wait(until=a_date()), Known(now=NOON, attributes={"renewal": value}))

    assert isinstance(found, Past)


@pytest.mark.parametrize(
    "value", [None, "soon", "", 20_260_620, True, ["2026-06-20"], "2026-02-30", "9999-12-31"]
)
def test_what_is_no_date_is_missing_and_never_now(value: object):
    """T59."""
    offset = Duration.from_text("400 weeks")
    known = Known(now=NOON, zone=NEW_YORK, attributes={"renewal": value})

    assert moment_of(a_wait(until=a_date(offset=offset)), known) == MISSING


@pytest.mark.parametrize(
    ("now", "born", "expected"),
    [
        pytest.param("2026-06-10T12:00", "1990-07-01", "2026-07-01T13:00", id="this year"),
        pytest.param("2026-07-01T12:00", "1990-07-01", "2026-07-01T13:00", id="this very day"),
        pytest.param("2026-07-01T13:01", "1990-07-01", "2027-07-01T13:00", id="a minute too late"),
        pytest.param("2026-06-10T12:00", "2000-02-29", "2027-02-28T14:00", id="29 February, in other years"),
        pytest.param("2027-06-10T12:00", "2000-02-29", "2028-02-29T14:00", id="29 February, in its own"),
        pytest.param("2026-06-10T12:00", "2030-07-01", "2030-07-01T13:00", id="no year before the date"),
    ],
)
def test_a_yearly_date_returns(now: str, born: str, expected: str):
    known = Known(now=at(now), zone=NEW_YORK, attributes={"born": born})

    assert moment_of(a_wait(until=a_date("born", at=time(9), yearly=True)), known) == at(expected)


def test_days_before_a_yearly_date_lie_in_the_year_before():
    date = a_date("born", offset=Duration.from_text("3 days"), is_before=True, yearly=True)

    assert moment_of(a_wait(until=date), Known(now=NOON, attributes={"born": "1990-01-02"})) == at(
        "2026-12-30T00:00"
    )


def test_a_wait_counts_from_the_messages_moment_and_one_that_has_passed_is_no_wait():
    wait = a_wait(duration=Duration.from_text("2 days"), since=Since(Anchor.DELIVERED, "Send"))
    delivered = NOON - timedelta(days=1)

    assert moment_of(wait, Known(now=NOON, since=delivered)) == NOON + timedelta(days=1)
    assert moment_of(wait, Known(now=NOON, since=NOON - timedelta(days=9))) < NOON  # type: ignore[operator]
    assert moment_of(wait, Known(now=NOON)) == NOON + timedelta(days=2)  # the message is not known


def test_duration_then_clock_then_hours():
    wait = a_wait(
        duration=Duration.from_text("1 day"),
        until=Clock.from_text("18:00"),
        inside=Hours.from_text("mon-fri 09:00-17:00"),
    )

    assert moment_of(wait, Known(now=NOON, zone=NEW_YORK)) == at("2026-06-12T13:00")


def test_the_end_of_the_day_is_where_the_person_is():
    assert end_of_day(NEW_YORK, at("2026-06-11T02:00")) == at("2026-06-11T04:00")


@pytest.mark.parametrize(
    ("until", "said", "place", "expected"),
    [
        ("2026-06-11T13:00", "09:00", "America/Toronto", None),  # the clock there shows the same
        ("2026-06-11T13:00", "09:00", "America/Los_Angeles", "2026-06-11T16:00"),  # west: later that day
        ("2026-06-11T13:00", "09:00", "Europe/Berlin", "2026-06-12T07:00"),  # east: the next morning
        ("2026-06-12T22:00", "friday 18:00", "America/Toronto", None),  # no week for nothing
        ("2026-06-12T22:00", "friday 18:00", "Europe/Berlin", None),  # over there already
        ("2026-06-12T22:00", "friday 18:00", "Asia/Kathmandu", None),  # over, an hour and a quarter away
        ("2026-06-12T22:00", "friday 18:00", "Pacific/Pago_Pago", "2026-06-13T05:00"),  # Friday there, Saturday in UTC
        ("2026-06-12T20:00", "mon-fri 09:00-17:00", "Europe/Berlin", "2026-06-15T07:00"),  # inside: Monday
        ("2026-06-12T20:00", "mon-fri 09:00-17:00", "America/Toronto", None),  # inside: open there
        ("2026-06-20T13:00", "born", "America/Toronto", None),  # no year for nothing
        ("2026-06-20T13:00", "born", "America/Los_Angeles", "2026-06-20T16:00"),  # the birthday there
        ("2026-06-20T13:00", "born", "Europe/Berlin", None),  # a birthday that is half over
    ],
)  # fmt: skip
def test_who_moved_waits_for_the_clock_of_the_new_place_and_for_no_second_round(
    until: str, said: str, place: str, expected: str | None
):
    """T60; the sweep comes a few seconds late, as it does."""
    waits = {
        "born": a_wait(until=a_date("born", at=time(9), yearly=True)),
        "mon-fri 09:00-17:00": a_wait(inside=Hours.from_text("mon-fri 09:00-17:00")),
    }
    wait = waits.get(said) or a_wait(until=Clock.from_text(said))
    now = at(until) + timedelta(seconds=7)
    known = Known(now=now, zone=ZoneInfo(place), attributes={"born": "1990-06-20"})

    found = moment_there(wait, known, at(until), NEW_YORK)

    assert found == (now if expected is None else at(expected))
