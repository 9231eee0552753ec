"""How often a contact did something. Pure.

Where the profile's own count of an event (how often, the first, the last time) answers exactly, it is asked; else the
events are kept one by one, in a trace. Of events ahead of now (five minutes at most) the profile's count knows the last
only, and is asked again when its time has come.
"""

from collections.abc import Mapping
from collections.abc import Sequence as Ordered
from dataclasses import replace
from datetime import datetime
from typing import Any

from sojourn.rules.counting import Entry, Source, counted, enough, traced
from sojourn.rules.nodes import Done, Times, Window
from sojourn.rules.parts import Asked, Part
from sojourn.rules.timing import has_happened, within
from sojourn.rules.view import TraceSpec, View

Seen = Mapping[str, Any]

EVER = Window()
SETTLED_BY_ONE = {(Times.AT_LEAST, 1), (Times.AT_MOST, 0), (Times.EXACTLY, 0)}


def done(rule: Done) -> Part:
    """How often such an event happened."""
    if not is_told_by_counts(rule):
        source = traced(TraceSpec(rule.match), with_first=True)
        return counted(rule, source, rule.times, rule.n, rule.window)
    part = counted(rule, _from_counts(rule), rule.times, rule.n, rule.window)
    is_plain = (rule.times, rule.n) in SETTLED_BY_ONE and not (rule.window.since or rule.window.until)
    return replace(part, holds=_by_the_last(rule, part.holds)) if is_plain else part


def is_told_by_counts(rule: Done) -> bool:
    """Whether how often, the first and the last time say it all."""
    window = rule.window
    if rule.match.where or window == EVER:
        return not rule.match.where
    has_one_end = window.until is None or window == Window(until=window.until)
    return has_one_end and (rule.times, rule.n) in SETTLED_BY_ONE


def _by_the_last(rule: Done, otherwise: Asked) -> Asked:
    """The short way to ask whether something ever happened, or lately: the last time tells, unless it is to come."""
    name, wanted = rule.match.name, enough(rule.times, rule.n)(1)
    in_window = within(rule.window.last) if rule.window.last else has_happened

    def holds(view: View) -> bool:
        seen = view.events.get(name)
        if seen is None:
            return not wanted
        last, now = datetime.fromisoformat(seen["last"]), view.now
        if in_window(last, now, view.zone):
            return wanted
        return otherwise(view) if last > now else not wanted

    return holds


def _from_counts(rule: Done) -> Source:
    """As many as matter, as if all but the last had happened when the first did."""
    name = rule.match.name
    most = rule.n if rule.window == EVER else 1

    def source(view: View) -> Ordered[Entry]:
        seen = view.events.get(name)
        if not seen:
            return ()
        n, last = seen["n"], datetime.fromisoformat(seen["last"])
        if n == 1:
            return ((last, None),)
        first = (datetime.fromisoformat(seen["first"]), None)
        if most > 1:
            return (*(first,) * min(n - 1, most), (last, None))
        if n > 2 and last > view.now:
            return (first, (_one_before(seen, view.now), None), (last, None))
        return (first, (last, None))

    return source


def _one_before(seen: Seen, now: datetime) -> datetime:
    """Of three or more, the last ahead of now, one between: as late as its day allows."""
    days: Mapping[str, int] = seen.get("days") or {seen["last"][:10]: seen["n"]}
    *earlier, latest = sorted(days)
    day = earlier[-1] if earlier and days[latest] == 1 else latest
    return min(now, datetime.fromisoformat(f"{day}T23:59:59Z"))
