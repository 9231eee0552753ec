"""Spans of time. Minutes and hours pass; days, weeks and months are counted on the wall clock of a place. Pure."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Self


class SpanUnit(StrEnum):
    """The units of a span."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


ELAPSED = {SpanUnit.MINUTE: timedelta(minutes=1), SpanUnit.HOUR: timedelta(hours=1)}
WORDS = re.compile(r"([0-9]{1,6}) *(minute|hour|day|week|month)s?")
LONGEST_DAYS = 36_525  # a hundred years


@dataclass(frozen=True, slots=True)
class Span:
    """`30 days`: a whole number, of one at least, of one unit."""

    amount: int
    unit: SpanUnit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}{'' if self.amount == 1 else 's'}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The span that the words name; ValueError when they name none, or nothing, or more than a hundred years."""
        found = WORDS.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        span = cls(int(found[1]), SpanUnit(found[2]))
        if not span.amount or span.longest > timedelta(days=LONGEST_DAYS):
            raise ValueError(text)
        return span

    @property
    def longest(self) -> timedelta:
        """As long as it can be, on any day and anywhere."""
        days = {SpanUnit.DAY: 1, SpanUnit.WEEK: 7, SpanUnit.MONTH: 31}
        if self.unit in ELAPSED:
            return self.amount * ELAPSED[self.unit]
        return timedelta(days=self.amount * days[self.unit], hours=26)

    def before(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment (UTC) this long ago: `3 days` is three days ago at the same time of day in the zone."""
        return self._shifted(moment, zone, -1)

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment (UTC) this far ahead."""
        return self._shifted(moment, zone, 1)

    def _shifted(self, moment: datetime, zone: tzinfo, direction: int) -> datetime:
        if self.unit in ELAPSED:
            return (moment + direction * self.amount * ELAPSED[self.unit]).astimezone(UTC)
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if self.unit is SpanUnit.MONTH:
            wall = _months_on(wall, direction * self.amount)
        else:
            wall += timedelta(days=direction * self.amount * (7 if self.unit is SpanUnit.WEEK else 1))
        return on_the_wall(wall, zone)


def on_the_wall(wall: datetime, zone: tzinfo) -> datetime:
    """The moment (UTC) when a wall clock shows this: in a gap it moves forward, of two it is the first."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _months_on(wall: datetime, months: int) -> datetime:
    """The same day of another month, or that month's last."""
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return wall.replace(year=year, month=month + 1, day=min(wall.day, last))
