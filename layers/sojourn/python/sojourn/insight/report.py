"""A journey's report: its counters summed to the `enrolments` and `messages` objects. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sojourn.insight.counting import NONE, CounterKey, Figures

CHANNELS = ("email", "sms")


def report(rows: Iterable[tuple[CounterKey, Figures]]) -> dict[str, Any]:
    """Both objects; every figure is there, zero or not."""
    enrolments: Counter[str] = Counter()
    channels: dict[str, Counter[str]] = {channel: Counter() for channel in CHANNELS}
    for key, figures in rows:
        counted = enrolments if key.channel == NONE else channels.setdefault(key.channel, Counter())
        counted.update(figures)
    whole = Counter[str]()
    for figures in channels.values():
        whole.update(figures)
    return {
        "enrolments": _enrolments(enrolments),
        "messages": {
            **_messages(whole),
            "by_channel": {channel: _messages(figures) for channel, figures in channels.items()},
        },
    }


def _enrolments(figures: Counter[str]) -> dict[str, Any]:
    return {
        "enrolled": figures["enrolled"],
        "active": figures["active"],
        "completed": figures["completed"],
        "exited": _by_reason(figures, "exited"),
        "failed": figures["failed"],
        "converted": figures["converted"],
        "holdout": {"enrolled": figures["holdout.enrolled"], "converted": figures["holdout.converted"]},
        "skipped": _by_reason(figures, "skipped"),
    }


def _messages(figures: Counter[str]) -> dict[str, Any]:
    return {
        "planned": figures["planned"],
        "sent": figures["sent"],
        "skipped": _by_reason(figures, "skipped"),
        "failed": figures["failed"],
        "unknown": figures["unknown"],
        "pending": figures["pending"],
    }


def _by_reason(figures: Counter[str], figure: str) -> dict[str, int]:
    """`exited.goal: 3` → `{goal: 3}`."""
    reasons = {
        name.removeprefix(f"{figure}."): n for name, n in figures.items() if name.startswith(f"{figure}.")
    }
    return {reason: n for reason, n in sorted(reasons.items()) if n}
