"""What must hold between the input and what came out of it, customer by customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from infra.local.demo.reader.files import Row, ndjson

Wrong = list[tuple[str, Any, Any]]


def broken_promises(bought: Mapping[str, list[tuple[str, int, float]]], folder: Path) -> Wrong:
    """What must hold between the input and what came out of it, customer by customer."""
    events, wrong = ndjson(folder / "events.ndjson"), []
    came = [event for event in events if not event["internal"]]
    signed_up = Counter(event["userId"] for event in came if event["event"] == "Signed Up")
    orders: dict[str, list[Row]] = {user_id: [] for user_id in bought}
    for event in came:
        if event["event"] == "Order Completed":
            orders.setdefault(event["userId"], []).append(event)
    for user_id, rows in bought.items():
        expected = {"signed up": 1, "orders": sorted(row[1:] for row in rows[1:])}
        actual = {
            "signed up": signed_up[user_id],
            "orders": sorted(
                (each["properties"]["quantity"], each["properties"]["total"]) for each in orders[user_id]
            ),
        }
        wrong += [
            (f"{user_id}: {name}", expected[name], actual[name])
            for name in expected
            if expected[name] != actual[name]
        ]
    wrong += [
        (f"{stranger}: not in the input", 0, count)
        for stranger, count in signed_up.items()
        if stranger not in bought
    ]
    return wrong + _wrong_exits(orders, folder) + _wrong_mails(folder)


def _wrong_exits(orders: Mapping[str, list[Row]], folder: Path) -> Wrong:
    """Who bought while in the journey left by the goal, and nobody else did."""
    wrong = []
    for row in ndjson(folder / "enrolments.ndjson"):
        user_id = row["identity"].removeprefix("u#")
        end = row.get("ended_at") or "9999"
        bought_in_time = any(
            row["entered_at"] < order["receivedAt"] < end for order in orders.get(user_id, [])
        )
        by_goal = row["status"] == "exited" and row["reason"] == "goal"
        if by_goal != bought_in_time:
            wrong.append((f"{user_id}: left by the goal", by_goal, bought_in_time))
    return wrong


def _wrong_mails(folder: Path) -> Wrong:
    """Every mail belongs to one message that was sent to that address, and can be unsubscribed from by one click."""
    wrong = []
    per_address: Counter[str] = Counter()
    for path in sorted((folder / "mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        per_address[str(mail["To"])] += 1
        for header in ("List-Unsubscribe", "List-Unsubscribe-Post"):
            if not mail[header]:
                wrong.append((f"{path.name}: {header}", "there", "missing"))
    address = {row["contact"]: row["traits"].get("email") for row in ndjson(folder / "contacts.ndjson")}
    sent = Counter(
        address[row["contact"]]
        for row in ndjson(folder / "messages.ndjson")
        if row["channel"] == "email" and row["state"] == "sent"
    )
    differ = {each for each in sent | per_address if sent[each] != per_address[str(each)]}
    return wrong + [
        (f"{each}: mails", sent[each], per_address[str(each)]) for each in sorted(differ, key=str)
    ]
