"""The workspace's own days, over all journeys: what went, what came of it, and what was bought. Pure.

    workspace#all  2026-01-05#3#email  {sent: 340, opens.human: 120, clicks.human: 31, bounces: 2}
    workspace#all  2026-01-05#3#EUR    {orders: 12, amount: 4807200, refunded: 0}     in ten-thousandths
    workspace#all  2026-01-05#3#-      {enrolled: 51, failed: 1}

Written in the transaction of the figures that they are summed from. The number in the middle is a part, of eight, so
that two batches seldom meet in one row; one query reads a month of all of them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sojourn.insight.counting import JOURNEY, CounterKey, Deltas, Figures, merged

KIND, ALL, PARTS = "workspace", "all", 8
KEPT = (
    "sent",
    "failed",
    "bounces",
    "complaints",
    "unsubscribes",
    "enrolled",
    "opens.human",
    "opens.proxy",
    "clicks.human",
)


def with_days(moved: Deltas, batch: Sequence[str]) -> Deltas:
    """The same, and what it comes to for the workspace."""
    part = _part(batch)
    return merged(
        [moved, *({_of(key, part): kept} for key, figures in moved.items() if (kept := _kept(key, figures)))]
    )


def money(day: str, currency: str, figures: Mapping[str, int], batch: Sequence[str]) -> Deltas:
    """What was bought on a day, in one currency."""
    return {CounterKey(ALL, day, _part(batch), currency, KIND): Counter(figures)}


def by_day(rows: Iterable[tuple[CounterKey, Figures]]) -> dict[str, dict[str, Counter[str]]]:
    """Day → channel, currency, or `-` for people → what all parts come to."""
    days: dict[str, dict[str, Counter[str]]] = {}
    for key, figures in rows:
        days.setdefault(key.day, {}).setdefault(key.channel, Counter()).update(figures)
    return days


def _of(key: CounterKey, part: str) -> CounterKey:
    return CounterKey(ALL, key.day, part, key.channel, KIND)


def _kept(key: CounterKey, figures: Figures) -> Counter[str]:
    return Counter({name: figures[name] for name in KEPT if figures.get(name)} if key.kind == JOURNEY else {})


def _part(batch: Sequence[str]) -> str:
    said = hashlib.sha256("|".join(batch[:1]).encode()).digest()
    return str(said[0] % PARTS)
