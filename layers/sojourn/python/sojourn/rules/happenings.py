"""Events that follow one another, and properties of events that are added up. Pure."""

import math
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from sojourn.rules.comparing import check_of
from sojourn.rules.counting import Entry, counted, judge_values, staying, traced, within_window
from sojourn.rules.deeds import is_told_by_counts
from sojourn.rules.nodes import Done, Measure, Sequence, Times, Total
from sojourn.rules.parts import Part
from sojourn.rules.timing import within
from sojourn.rules.view import TraceSpec, Verdict, View

DECIMALS = 6  # of sums: 0.1 and 0.2 are 0.3
MEASURES: dict[Measure, Callable[[list[float]], float]] = {
    Measure.SUM: lambda values: round(math.fsum(values), DECIMALS),
    Measure.AVG: lambda values: round(math.fsum(values) / len(values), DECIMALS),
    Measure.MIN: min,
    Measure.MAX: max,
}


def specs_of(rule: Any) -> tuple[TraceSpec, ...]:
    """The events that a leaf must know one by one."""
    match rule:
        case Done() if not is_told_by_counts(rule):
            return (TraceSpec(rule.match),)
        case Total():
            return (TraceSpec(rule.match, rule.property),)
        case Sequence():
            return (TraceSpec(rule.first), TraceSpec(rule.then))
    return ()


def sequence(rule: Sequence) -> Part:
    """Whether one such event was followed by another in time; two of one moment do not follow each other."""
    firsts, thens = traced(TraceSpec(rule.first)), traced(TraceSpec(rule.then))
    in_time, longest = within(rule.within), rule.within.longest

    def follows(before: list[datetime], at: datetime, zone: tzinfo) -> bool:
        """The nearest before it decides, but for the hours in which a wall is set."""
        for first in reversed(before[: bisect_left(before, at)]):
            if at - first > longest:
                return False
            if in_time(first, at, zone):
                return True
        return False

    def source(view: View) -> list[Entry]:
        before = [at for at, _ in firsts(view)]
        return [(at, None) for at, _ in thens(view) if before and follows(before, at, view.zone)]

    return counted(rule, source, Times.AT_LEAST, 1, rule.window)


def total(rule: Total) -> Part:
    """A property of such events, added up; those without a number there do not count. The sum of nothing is 0."""
    source = traced(TraceSpec(rule.match, rule.property))
    check, measure = check_of(rule.op, rule.value), MEASURES[rule.measure]
    entries_now = within_window(rule.window)
    of_nothing = 0 if rule.measure is Measure.SUM else None

    def value_of(values: list[float | None]) -> float | None:
        numbers = [value for value in values if value is not None]
        return measure(numbers) if numbers else of_nothing

    def now(view: View) -> float | None:
        return value_of([value for _, value in entries_now(source(view), view)])

    def judge(view: View) -> Verdict:
        stays = staying(source(view), rule.window, view)
        return judge_values(stays, view.now, lambda values: check(value_of(values)))

    return Part(
        rule=rule, holds=lambda view: check(now(view)), judge=judge, seen=lambda view: _said(now(view))
    )


def _said(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"
