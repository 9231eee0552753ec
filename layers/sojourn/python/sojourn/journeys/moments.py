"""Moments on the calendar: until when a run stands where it is, and when a wait of everybody's own ends.

Local time is reckoned for the day that is meant: a time that the clocks leave out in spring moves forward, and of one
that comes twice in autumn it is the first. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sojourn.journeys.model import Journey
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Clock, Date, Duration, Hours, Of, Unit, Wait, WaitFor
from sojourn.rules.dates import day_of
from sojourn.rules.dates import moment_of as moment_said
from sojourn.rules.spans import on_the_wall
from sojourn.rules.values import at_path

MIDNIGHT = time()
FURTHEST = timedelta(hours=26)  # that the clocks of two places lie apart
YEARS = 3  # that a yearly day may have to be looked for: an offset may lie across new year


@dataclass(frozen=True, slots=True)
class Past:
    """The date has passed."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no date, or what is there is none."""


MISSING = Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a wait may ask: when the run came to it, where the person is, dates, and the moment that it counts from."""

    now: datetime
    zone: tzinfo = UTC
    attributes: Mapping[str, Any] = field(default_factory=dict)
    entry: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None


def due_after(journey: Journey, next_name: str, now: datetime) -> datetime:
    """The moment until which an enrolment that enters `next_name` now stands there: the row's `until`.

    Of a wait that is not the same for everybody it is now: whoever parks it knows better, and writes it down.
    """
    step = shape_of(journey).steps.get(next_name)
    if isinstance(step, WaitFor) or (isinstance(step, Wait) and step.is_fixed):
        return now + step.lasts
    return now


def moment_of(wait: Wait, known: Known) -> datetime | Past | Missing:
    """When the wait ends: first its duration, then on to `until`, then into the hours `inside`. It may lie in the past,
    which is no wait; but a date that has passed, or is none, is said to be so."""
    moment = known.since if wait.since and known.since else known.now
    moment += wait.lasts
    if isinstance(wait.until, Clock):
        moment = next_on_the_clock(wait.until, known.zone, moment)
    elif wait.until is not None:
        found = moment_of_date(wait.until, known, max(moment, known.now))
        if not isinstance(found, datetime):
            return found
        moment = found
    return next_inside(wait.inside, known.zone, moment) if wait.inside else moment


def moment_there(wait: Wait, known: Known, until: datetime, left: tzinfo) -> datetime:
    """When a wait ends that was reckoned, for `until`, by the clock of a zone that the person has left: now, or later.

    What the clock of the new place shows by now is over: nobody waits for the next week, or year, because they moved.
    """
    moment = until
    if isinstance(wait.until, Clock):
        moment = on_the_wall(until.astimezone(left).replace(tzinfo=None), known.zone)
        if moment < min(until, known.now) and wait.until.weekday is None:
            moment = next_on_the_clock(wait.until, known.zone, known.now)
    elif wait.until is not None:
        found = moment_of_date(wait.until, known, until - FURTHEST)
        if isinstance(found, datetime) and found <= until + FURTHEST:
            moment = found
    moment = max(moment, known.now)
    return next_inside(wait.inside, known.zone, moment) if wait.inside else moment


def next_on_the_clock(clock: Clock, zone: tzinfo, after: datetime) -> datetime:
    """The next moment, later than this one, when a local clock shows it; a weekday alone is its midnight."""
    today = after.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if clock.weekday is None or day.weekday() == clock.weekday:
            found = _instant(day, clock.at or MIDNIGHT, zone)
            if found > after:
                return found
    raise AssertionError("every weekday comes within eight days")


def moment_of_date(said: Date, known: Known, after: datetime) -> datetime | Past | Missing:
    """The date with its distance and local time, or its next return; at or after this moment, else it has passed."""
    value = at_path(known.attributes if said.of is Of.CONTACT else known.entry, said.path)
    day, moment = day_of(value, known.zone), moment_said(value, known.zone)
    if day is None or moment is None:
        return MISSING
    try:
        return _next_of(said, day, moment, known.zone, after)
    except (OverflowError, ValueError):  # at the ends of the calendar
        return MISSING


def _next_of(
    said: Date, day: date, moment: datetime, zone: tzinfo, after: datetime
) -> datetime | Past | Missing:
    usual = moment.astimezone(zone).time()  # 00:00 of a bare date
    if not said.yearly:
        found = _shifted(said, day, usual, zone)
        return found if found >= after else Past(found)
    this_year = after.astimezone(zone).year
    for year in range(max(day.year, this_year - 1), max(day.year, this_year - 1) + YEARS + 1):
        found = _shifted(said, in_year(day, year), usual, zone)
        if found >= after:
            return found
    return MISSING  # an offset of years: no day returns so late


def in_year(day: date, year: int) -> date:
    """The return of a day; of 29 February it is the 28th in other years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def next_inside(hours: Hours, zone: tzinfo, at: datetime) -> datetime:
    """The first moment, at or after this one, in the hours of some local day: half-open, perhaps past midnight."""
    today = at.astimezone(zone).date()
    for ahead in range(-1, 9):
        day = today + timedelta(days=ahead)
        if hours.days and day.weekday() not in hours.days:
            continue
        last = day + timedelta(days=1) if hours.end <= hours.start else day
        opens, closes = _instant(day, hours.start, zone), _instant(last, hours.end, zone)
        if at < closes and opens < closes:
            return max(at, opens)
    raise AssertionError("hours that never open are refused")


def end_of_day(zone: tzinfo, at: datetime) -> datetime:
    """The first moment after the local day."""
    return _instant(at.astimezone(zone).date() + timedelta(days=1), MIDNIGHT, zone)


def _shifted(said: Date, day: date, usual: time, zone: tzinfo) -> datetime:
    """Days and weeks are counted on the wall, minutes and hours pass."""
    sign = -1 if said.is_before else 1
    if said.offset is None:
        return _instant(day, said.at or usual, zone)
    if said.offset.unit in {Unit.DAY, Unit.WEEK}:
        return _instant(day + sign * _days(said.offset), said.at or usual, zone)
    moment = _instant(day, usual, zone) + sign * timedelta(seconds=said.offset.seconds)
    return _instant(moment.astimezone(zone).date(), said.at, zone) if said.at else moment


def _days(offset: Duration) -> timedelta:
    return timedelta(days=offset.amount * (7 if offset.unit is Unit.WEEK else 1))


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    return on_the_wall(datetime.combine(day, at), zone)
