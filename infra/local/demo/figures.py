"""The figures of .sojourn/demo.json, from what the tables and the post office hold."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from infra.local.demo.tables import Row, Stored

CHANNELS = ("email", "sms")
PENDING = ("planned", "sending")
Figures = dict[str, Any]


def of_tables(stored: Stored, *, accepted: int) -> Figures:
    """Everything but money and time."""
    came = [event for event in stored.events if not event["internal"]]
    internal = [event for event in stored.events if event["internal"]]
    return {
        "events_accepted": accepted,
        "events_internal": len(internal),
        "events_duplicate": duplicates(stored.counters),
        "contacts": len(stored.profiles),
        "enrolments": enrolments(stored.enrolments),
        "messages": messages(stored.messages),
        "opens": by_humans(internal, "Message Opened"),
        "clicks": by_humans(internal, "Message Clicked"),
        "unsubscribes": named(internal, "Unsubscribed"),
        "bounces": named(internal, "Message Bounced"),
        "clock_lag_hours": quantiles(clock_lags(stored.messages)),
        "ingest_lag_hours": quantiles(hours(event["at"], event["receivedAt"]) for event in came),
    }


def duplicates(counters: Iterable[Row]) -> int:
    """Events that were there already."""
    return sum(int(row.get("duplicates", 0)) for row in counters if row["pk"] == "events")


def enrolments(rows: Sequence[Row]) -> Figures:
    """By status, and the exits by reason."""
    status = Counter(row["status"] for row in rows)
    exits = Counter(row.get("reason") or "unknown" for row in rows if row["status"] == "exited")
    return {
        "enrolled": len(rows),
        "active": status["active"],
        "completed": status["completed"],
        "exited": dict(sorted(exits.items())),
        "failed": status["failed"],
    }


def messages(rows: Sequence[Row]) -> Figures:
    """By state, all together and by channel."""
    channels = {channel: _messages(row for row in rows if row["channel"] == channel) for channel in CHANNELS}
    return {**_messages(rows), "by_channel": channels}


def _messages(rows: Iterable[Row]) -> Figures:
    kept = list(rows)
    state = Counter(row["state"] for row in kept)
    skips = Counter(row.get("reason") or "unknown" for row in kept if row["state"] == "skipped")
    return {
        "planned": len(kept),
        "sent": state["sent"],
        "skipped": dict(sorted(skips.items())),
        "failed": state["failed"],
        "unknown": state["unknown"],
        "pending": sum(state[pending] for pending in PENDING),
    }


def named(events: Iterable[Row], name: str) -> int:
    """How many events have this name."""
    return sum(event["event"] == name for event in events)


def by_humans(events: Iterable[Row], name: str) -> int:
    """Messages of which a person (not a scanner, not a mail proxy) did this."""
    return len(
        {
            properties.get("message_id")
            for event in events
            if event["event"] == name
            and (properties := event.get("properties", {})).get("class", "human") == "human"
        }
    )


def clock_lags(rows: Iterable[Row]) -> list[float]:
    """Hours between due and decided, of each message that was claimed or skipped."""
    return [hours(row["due"], row["decided_at"]) for row in rows if row.get("due") and row.get("decided_at")]


def hours(earlier: str, later: str) -> float:
    """Between two moments."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 3600


def quantiles(values: Iterable[float]) -> Figures:
    """The value that half, and that 95 of 100, do not exceed (nearest rank)."""
    ordered = sorted(values)
    return {name: _rank(ordered, share) for name, share in (("p50", 0.50), ("p95", 0.95))}


def _rank(ordered: Sequence[float], share: float) -> float:
    return round(ordered[math.ceil(share * len(ordered)) - 1], 3) if ordered else 0.0
