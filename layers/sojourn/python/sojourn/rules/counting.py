"""Things that happened, counted within a window; and when time alone changes what the count says. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from sojourn.rules.dates import FAR, moment_of
from sojourn.rules.nodes import Rule, Times, Window
from sojourn.rules.parts import Part
from sojourn.rules.timing import has_happened, leaving, ticked, within
from sojourn.rules.traces import trace_id
from sojourn.rules.view import TraceSpec, Verdict, View

Entry = tuple[datetime, float | None]
Stay = tuple[datetime, datetime, float | None]  # counts from one moment until before another
Source = Callable[[View], Sequence[Entry]]
Enough = Callable[[int], bool]
Says = Callable[[list[float | None]], bool]

MOST_STEPS = 64  # of a sum's changes that are looked at: the last one is as good as any to judge again


def counted(rule: Rule, source: Source, times: Times, n: int, window: Window) -> Part:
    """A leaf that counts what its source gives."""
    says, entries_now = enough(times, n), within_window(window)

    def count(view: View) -> int:
        entries = source(view)
        return len(entries_now(entries, view)) if entries else 0

    def judge(view: View) -> Verdict:
        return judge_count(staying(source(view), window, view), view.now, says)

    def seen(view: View) -> str:
        return f"{count(view)} times"

    return Part(rule=rule, holds=lambda view: says(count(view)), judge=judge, seen=seen)


def traced(spec: TraceSpec, *, with_first: bool = False) -> Source:
    """The newest that were kept; of those that were not, the first counts where a count is all that is asked."""
    trace = trace_id(spec)

    def source(view: View) -> Sequence[Entry]:
        kept = view.traces.get(trace)
        if kept is None:
            return ()
        is_longer = with_first and kept.is_full and kept.first < kept.entries[0][0]
        return ((kept.first, None), *kept.entries) if is_longer else kept.entries

    return source


def enough(times: Times, n: int) -> Enough:
    """How a count is held against the number."""
    if times is Times.AT_LEAST:
        return lambda count: count >= n
    if times is Times.AT_MOST:
        return lambda count: count <= n
    return lambda count: count == n


def bounded(entries: Iterable[Entry], window: Window, zone: tzinfo) -> Iterator[Entry]:
    """Those between the window's two moments."""
    since = moment_of(window.since, zone)
    until = moment_of(window.until, zone)
    for entry in entries:
        if (since is None or entry[0] >= since) and (until is None or entry[0] < until):
            yield entry


def within_window(window: Window) -> Callable[[Iterable[Entry], View], list[Entry]]:
    """What picks those that count now."""
    is_within = within(window.last) if window.last else has_happened
    is_bounded = window.since is not None or window.until is not None

    def pick(entries: Iterable[Entry], view: View) -> list[Entry]:
        now, zone = view.now, view.zone
        found = bounded(entries, window, zone) if is_bounded else entries
        return [entry for entry in found if is_within(entry[0], now, zone)]

    return pick


def staying(entries: Iterable[Entry], window: Window, view: View) -> list[Stay]:
    """From when until when each of them counts; those whose time is over are left out."""
    found, last = bounded(entries, window, view.zone), window.last
    if last is None:
        return [(at, FAR, value) for at, value in found]
    oldest, zone, leaves_at = view.now - last.longest, view.zone, leaving(last)
    return [(at, leaves_at(at, zone), value) for at, value in found if at >= oldest]


def judge_count(stays: list[Stay], now: datetime, says: Enough) -> Verdict:
    """What their number says, and the first moment when it says otherwise."""
    count = sum(enter <= now < leave for enter, leave, _ in stays)
    changes: dict[datetime, int] = {}
    for enter, leave, _ in stays:
        if now < enter < leave:
            changes[enter] = changes.get(enter, 0) + 1
        if leave > max(now, enter):
            changes[leave] = changes.get(leave, 0) - 1
    holds = says(count)
    for moment in sorted(changes):
        count += changes[moment]
        if says(count) is not holds:
            return Verdict(holds, ticked(moment))
    return Verdict(holds)


def judge_values(stays: list[Stay], now: datetime, says: Says) -> Verdict:
    """What their values say, and a moment until which they go on saying so."""
    holds = says(_values_at(stays, now))
    moments = sorted({moment for enter, leave, _ in stays for moment in (enter, leave) if moment > now})
    for moment in moments[:MOST_STEPS]:
        if moment < FAR and says(_values_at(stays, moment)) is not holds:
            return Verdict(holds, ticked(moment))
    return Verdict(holds, ticked(moments[MOST_STEPS]) if len(moments) > MOST_STEPS else None)


def _values_at(stays: list[Stay], moment: datetime) -> list[float | None]:
    return [value for enter, leave, value in stays if enter <= moment < leave]
