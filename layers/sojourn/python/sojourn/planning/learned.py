"""How people behaved with a journey's messages so far, from its counters, as a behaviour's `steps`. Pure.

Few messages say little: each step begins with the rates that ship, as if twenty messages had been seen so already.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sojourn.insight.counting import NONE, CounterKey, Figures
from sojourn.planning.habits import Habits, shipped

SEEN_BEFORE = 20
HUMAN, PROXY = "human", "proxy"


def learned(rows: Iterable[tuple[CounterKey, Figures]]) -> dict[str, Any]:
    """`{"steps": {step: {"open": {"rate": …}, …}}}`."""
    sums: dict[tuple[str, str], Counter[str]] = {}
    for key, figures in rows:
        if key.step != NONE:
            sums.setdefault((key.step, key.channel), Counter()).update(figures)
    # A step may go by two channels: the one that went more often speaks for it.
    told = sorted(sums.items(), key=lambda each: each[1]["sent"])
    return {"steps": {step: _habits(channel, figures) for (step, channel), figures in told}}


def _habits(channel: str, figures: Mapping[str, int]) -> dict[str, Any]:
    usual = shipped().of("", "", channel)
    sent, clicks = figures.get("sent", 0), figures.get("clicks.human", 0)
    opens = max(figures.get("opens.human", 0) + figures.get("opens.proxy", 0), clicks)
    of_clicks = opens if channel == "email" else sent
    return {
        "bounce": _rate(figures.get("bounces", 0), sent, usual.bounce),
        **({"open": {"rate": _rate(opens, sent, usual.open.rate)}} if channel == "email" else {}),
        "click": {"rate": _rate(clicks, of_clicks, usual.click.rate)},
        **_left(channel, figures, opens, sent, usual),
    }


def _left(channel: str, figures: Mapping[str, int], opens: int, sent: int, usual: Habits) -> dict[str, Any]:
    left = figures.get("unsubscribes", 0)
    if channel == "email":
        return {"unsubscribe": {"rate": _rate(left, opens, usual.unsubscribe.rate)}}
    return {"stop": {"rate": _rate(left, sent, usual.stop.rate)}}


def _rate(count: int, of: int, usual: float) -> float:
    return round(min(1.0, (count + SEEN_BEFORE * usual) / (of + SEEN_BEFORE)), 4)
