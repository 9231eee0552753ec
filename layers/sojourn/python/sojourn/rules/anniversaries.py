"""The day of a date, every year: today, this week, this month, or within days to come. Pure.

29 February is the 28th in other years. The day itself counts too, and no year before it. Days, weeks (from Monday) and
months are those of the contact's wall.
"""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from sojourn.rules.dates import day_of, midnight
from sojourn.rules.nodes import Anniversary, Season
from sojourn.rules.parts import Part
from sojourn.rules.subjects import said, value_of
from sojourn.rules.timing import FAILS, entering, stays
from sojourn.rules.view import Verdict, View

YEARS = 4  # that may matter: a week lies in two years, and of a while to come the next is enough


def anniversary(rule: Anniversary) -> Part:
    """Whether it is the season of a date, or comes soon."""
    subject = value_of(rule.subject)

    def judge(view: View) -> Verdict:
        day = day_of(subject(view), view.zone)
        return FAILS if day is None else _judge(rule, day, view.now, view.zone)

    return Part(
        rule=rule,
        holds=lambda view: judge(view).holds,
        judge=judge,
        seen=lambda view: said(subject(view)),
    )


def _judge(rule: Anniversary, day: date, now: datetime, zone: tzinfo) -> Verdict:
    """By the first of the stretches that is not over."""
    for start, end in _stretches(rule, day, now, zone):
        if now < end and start < end:
            return stays(start, end, now)
    return FAILS


def _stretches(
    rule: Anniversary, day: date, now: datetime, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    if rule.once:
        yield _day(day, rule.days, zone)
        return
    earliest = max(day.year, now.year - 1)
    for year in range(earliest, min(earliest + YEARS, date.max.year + 1)):
        this = _in_year(day, year)
        if rule.days:
            yield _day(this, rule.days, zone)
        elif rule.next is not None:
            there = midnight(this, zone)
            yield entering(rule.next)(there, zone), there
        else:
            first, days = _season(this, rule.season)
            yield midnight(first, zone), midnight(first, zone, days=days)


def _day(day: date, days: int, zone: tzinfo) -> tuple[datetime, datetime]:
    return midnight(day, zone, days=days), midnight(day, zone, days=days + 1)


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _season(day: date, season: Season | None) -> tuple[date, int]:
    """Its first day, and how many there are."""
    if season is Season.THIS_WEEK:
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1)), 7
    if season is Season.THIS_MONTH:
        return day.replace(day=1), calendar.monthrange(day.year, day.month)[1]
    return day, 1
