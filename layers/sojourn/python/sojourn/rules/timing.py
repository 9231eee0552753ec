"""From when until when something of a moment is within a while. Pure.

What leaves a while never comes back to it: something of a moment is `in the last month` until the wall shows the same
day and time a month on, or until that month ends when it has no such day. `in the next` is the same, backwards.
In a gap the wall moves forward, of two hours it is the first.
"""

import calendar
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from sojourn.rules.dates import FAR, PAST
from sojourn.rules.spans import ELAPSED, Span, SpanUnit
from sojourn.rules.view import Verdict

TICK, NOTHING = timedelta(milliseconds=1), timedelta()  # the finest that due rows know
SHIFT = timedelta(hours=26)  # a wall is never set by more
DAYS = {SpanUnit.DAY: 1, SpanUnit.WEEK: 7, SpanUnit.MONTH: 28}  # at least
HOLDS, FAILS = Verdict(True), Verdict(False)

Within = Callable[[datetime, datetime, tzinfo], bool]
Shift = Callable[[datetime, tzinfo], datetime]


def stays(enter: datetime, leave: datetime, now: datetime) -> Verdict:
    """Holds from one moment until before another."""
    if enter >= leave or now >= leave:
        return FAILS
    return Verdict(now >= enter, ticked(leave if now >= enter else enter))


def ticked(moment: datetime) -> datetime | None:
    """The first whole millisecond that is not before it; None at the end of time."""
    if moment >= FAR - 2 * TICK:
        return None
    rest = moment.microsecond % 1000
    return moment + timedelta(microseconds=1000 - rest) if rest else moment


def leaving(span: Span) -> Shift:
    """From when on something of a moment is no longer in the last while."""
    return _shifting(span, 1, TICK)


def entering(span: Span) -> Shift:
    """From when on something of a moment is in the next while."""
    return _shifting(span, -1, NOTHING)


def within(span: Span) -> Within:
    """Whether something of a moment is in the last while; the wall is asked only where it matters."""
    longest, leaves_at, is_elapsed = span.longest, leaving(span), span.unit in ELAPSED
    sure = longest if is_elapsed else timedelta(days=span.amount * DAYS[span.unit]) - SHIFT

    def is_within(moment: datetime, now: datetime, zone: tzinfo) -> bool:
        ago = now - moment
        if NOTHING <= ago <= sure:
            return True
        return NOTHING <= ago <= longest and now < leaves_at(moment, zone)

    return is_within


def has_happened(moment: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether its time has come: within any while."""
    return moment <= now


def _shifting(span: Span, way: int, tick: timedelta) -> Shift:
    """A span on or back; where the month has no such day, the first midnight after it, without the tick."""
    end = FAR if way > 0 else PAST
    shift = _by_months(way * span.amount, tick) if span.unit is SpanUnit.MONTH else _by_time(span, way, tick)

    def shifted(moment: datetime, zone: tzinfo) -> datetime:
        try:
            return shift(moment, zone)
        except (OverflowError, ValueError):
            return end

    return shifted


def _by_time(span: Span, way: int, tick: timedelta) -> Shift:
    if span.unit in ELAPSED:
        passed = way * span.amount * ELAPSED[span.unit] + tick
        return lambda moment, zone: moment + passed
    days = timedelta(days=way * span.amount * DAYS[span.unit])
    return lambda moment, zone: (moment.astimezone(zone) + days).astimezone(UTC) + tick  # adds on the wall


def _by_months(months: int, tick: timedelta) -> Shift:
    def shift(moment: datetime, zone: tzinfo) -> datetime:
        wall = moment.astimezone(zone)
        year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
        if wall.day <= calendar.monthrange(year, month + 1)[1]:
            return wall.replace(year=year, month=month + 1, fold=0).astimezone(UTC) + tick
        return datetime(year, month + 2, 1, tzinfo=zone).astimezone(UTC)

    return shift
