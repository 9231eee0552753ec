"""Comparisons of moments, and when time alone changes their answer. Pure."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from sojourn.rules.dates import end_of, moment_of
from sojourn.rules.nodes import Op
from sojourn.rules.spans import Span
from sojourn.rules.timing import FAILS, HOLDS, entering, leaving, stays
from sojourn.rules.view import Verdict

OPS = frozenset({Op.BEFORE, Op.AFTER, Op.IN_THE_LAST, Op.IN_THE_NEXT})

Judge = Callable[[Any, datetime, tzinfo], Verdict]


def judge_of(op: Op, wanted: Any) -> Judge:
    """The comparison of a value at a moment in a zone."""

    def judge(value: Any, now: datetime, zone: tzinfo) -> Verdict:
        moment = moment_of(value, zone)
        return FAILS if moment is None else compare(moment, wanted, now, zone)

    compare = COMPARISONS.get(op, _incomparable)
    return judge


def _before(moment: datetime, wanted: Any, now: datetime, zone: tzinfo) -> Verdict:
    bound = moment_of(wanted, zone)
    return HOLDS if bound is not None and moment < bound else FAILS


def _after(moment: datetime, wanted: Any, now: datetime, zone: tzinfo) -> Verdict:
    bound = moment_of(wanted, zone)
    return HOLDS if bound is not None and moment >= bound else FAILS


def _between(moment: datetime, wanted: Any, now: datetime, zone: tzinfo) -> Verdict:
    """Both ends belong to it; a day as a whole."""
    if not isinstance(wanted, list | tuple) or len(wanted) != 2:
        return FAILS
    start, last = (moment_of(each, zone) for each in wanted)
    if start is None or last is None:
        return FAILS
    end = end_of(wanted[1], zone)
    return HOLDS if start <= moment and (moment <= last if end is None else moment < end) else FAILS


def _in_the_last(moment: datetime, wanted: Any, now: datetime, zone: tzinfo) -> Verdict:
    return stays(moment, leaving(wanted)(moment, zone), now) if isinstance(wanted, Span) else FAILS


def _in_the_next(moment: datetime, wanted: Any, now: datetime, zone: tzinfo) -> Verdict:
    return stays(entering(wanted)(moment, zone), moment, now) if isinstance(wanted, Span) else FAILS


def _incomparable(moment: datetime, wanted: Any, now: datetime, zone: tzinfo) -> Verdict:
    return FAILS


COMPARISONS: dict[Op, Callable[[datetime, Any, datetime, tzinfo], Verdict]] = {
    Op.BEFORE: _before,
    Op.AFTER: _after,
    Op.BETWEEN: _between,
    Op.IN_THE_LAST: _in_the_last,
    Op.IN_THE_NEXT: _in_the_next,
}
