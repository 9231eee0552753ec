"""Entries by date: the rule of the hidden segment that says whose day it is, and the exact moment of that day. Pure.

`3 days before renewal_date, at 09:00`: the local day three days before, at nine where the contact is. Days and weeks
are counted on the wall, hours pass. 29 February is the 28th in other years; in a gap of the clocks it is later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Any

from sojourn.journeys.language.times import SECONDS, Date, Unit
from sojourn.rules.dates import day_of, moment_of
from sojourn.rules.nodes import Anniversary, Season, Subject
from sojourn.rules.spans import on_the_wall
from sojourn.rules.values import at_path

ON_THE_WALL = {Unit.DAY: 1, Unit.WEEK: 7}
A_DAY = SECONDS[Unit.DAY]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One return of a date: `name` is the day that it returns on, without the distance; `at` the moment to come in."""

    name: str
    at: datetime


def rule_of(said: Date) -> Anniversary:
    """Whoever's day it is, from local midnight to midnight."""
    return Anniversary(Subject(said.path), season=Season.TODAY, days=days_of(said), once=not said.yearly)


def days_of(said: Date) -> int:
    """How many days after its date the day begins on which the moment lies, or may lie."""
    if said.offset is None:
        return 0
    if said.offset.unit in ON_THE_WALL:
        days = said.offset.amount * ON_THE_WALL[said.offset.unit]
        return -days if said.is_before else days
    return -ceil(said.offset.seconds / A_DAY) if said.is_before else said.offset.seconds // A_DAY


def occasion(said: Date, attributes: Mapping[str, Any], now: datetime, zone: tzinfo) -> Occasion | None:
    """The return of a contact's date whose day it is now; None when it is none's."""
    value = at_path(attributes, said.path)
    day = day_of(value, zone)
    if day is None:
        return None
    today = now.astimezone(zone).date()
    clock = said.at or _time_of(value, zone)
    for base in _returns(day, today, yearly=said.yearly):
        at = _moment(said, base, clock, zone)
        starts = base + timedelta(days=days_of(said))
        if starts == today or at.astimezone(zone).date() == today:
            return Occasion(base.isoformat(), at)
    return None


def _returns(day: date, today: date, *, yearly: bool) -> list[date]:
    """The day itself, or its returns round this year, no year before it."""
    if not yearly:
        return [day]
    years = range(max(day.year, today.year - 1), max(day.year, today.year - 1) + 3)
    return [_in_year(day, year) for year in years]


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _time_of(value: Any, zone: tzinfo) -> time:
    moment = moment_of(value, zone)
    return moment.astimezone(zone).time() if moment else time()


def _moment(said: Date, base: date, clock: time, zone: tzinfo) -> datetime:
    if said.offset is None or said.offset.unit in ON_THE_WALL:
        return on_the_wall(datetime.combine(base + timedelta(days=days_of(said)), clock), zone)
    passed = timedelta(seconds=said.offset.seconds)
    there = on_the_wall(datetime.combine(base, clock), zone)
    return (there - passed if said.is_before else there + passed).astimezone(UTC)
