"""The figures of demo.json, counted again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.local.demo.reader.files import Row, ndjson

Found = dict[str, Any]


def recompute(folder: Path) -> Found:
    """The figures by their path in demo.json, and the sums that the input determines."""
    events, texts = ndjson(folder / "events.ndjson"), ndjson(folder / "sms.ndjson")
    came = [event for event in events if not event["internal"]]
    return {
        "events_accepted": len({(event["pk"], event["messageId"]) for event in came}),
        "events_internal": len(events) - len(came),
        "contacts": len({event["userId"] for event in came}),
        **_of_people(came),
        **_of_answers(event for event in events if event["internal"]),
        **_of_enrolments(ndjson(folder / "enrolments.ndjson")),
        **_of_messages(ndjson(folder / "messages.ndjson")),
        **_of_lags(came, ndjson(folder / "messages.ndjson")),
        "messages.by_channel.email.sent": len(list((folder / "mail").glob("*.eml"))),
        "messages.by_channel.sms.sent": sum(text.get("direction", "out") == "out" for text in texts),
    }


def _of_people(came: Iterable[Row]) -> Found:
    return {"enrolments.enrolled": len({event["userId"] for event in came if event["event"] == "Signed Up"})}


def _of_answers(internal: Iterable[Row]) -> Found:
    names = {"Message Opened": "opens", "Message Clicked": "clicks"}
    people: dict[str, set[str]] = {name: set() for name in names.values()}
    count: Counter[str] = Counter()
    for event in internal:
        about = event.get("properties", {})
        count[event["event"]] += 1
        if event["event"] in names and about.get("class", "human") == "human":
            people[names[event["event"]]].add(about["message_id"])
    unique = {name: len(messages) for name, messages in people.items()}
    return {**unique, "unsubscribes": count["Unsubscribed"], "bounces": count["Message Bounced"]}


def _of_enrolments(rows: list[Row]) -> Found:
    status = Counter(row["status"] for row in rows)
    exits = Counter(row["reason"] for row in rows if row["status"] == "exited")
    found = {f"enrolments.{name}": status[name] for name in ("active", "completed", "failed")}
    return {**found, "enrolments.exited": dict(exits)}


def _of_messages(rows: list[Row]) -> Found:
    found: Found = {}
    for prefix, channel in (("", None), ("by_channel.email.", "email"), ("by_channel.sms.", "sms")):
        mine = [row for row in rows if channel in (None, row["channel"])]
        state = Counter(row["state"] for row in mine)
        path = f"messages.{prefix}"
        found |= {f"{path}{name}": state[name] for name in ("sent", "failed", "unknown")}
        found[f"{path}planned"] = len(mine)
        found[f"{path}pending"] = state["planned"] + state["sending"]
        found[f"{path}skipped"] = dict(Counter(row["reason"] for row in mine if row["state"] == "skipped"))
    return found


def _of_lags(came: Iterable[Row], messages: Iterable[Row]) -> Found:
    decided = sorted(
        _hours(row["due"], row["decided_at"]) for row in messages if row.get("due") and row.get("decided_at")
    )
    taken = sorted(_hours(event["at"], event["receivedAt"]) for event in came)
    found: Found = {}
    for name, lags in (("clock_lag_hours", decided), ("ingest_lag_hours", taken)):
        for rank, share in (("p50", 0.50), ("p95", 0.95)):
            found[f"{name}.{rank}"] = round(lags[math.ceil(share * len(lags)) - 1], 3) if lags else 0.0
    return found


def _hours(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 3600


def figure(figures: Mapping[str, Any], path: str) -> Any:
    """What demo.json says at `messages.by_channel.sms.sent`."""
    found: Any = figures
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def differences(figures: Mapping[str, Any], found: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Path, what demo.json says, what was recomputed."""
    said = {path: figure(figures, path) for path in found}
    return [(path, said[path], found[path]) for path in sorted(found) if said[path] != found[path]]
