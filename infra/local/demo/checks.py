"""What must be true of the figures, or the demo fails: they add up, everybody is there, and nobody was too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from infra.local.demo.figures import Figures
from infra.local.demo.tables import Row, Stored

FIRST_HOUR, LAST_HOUR = time(9), time(21)
HOLDS_ALLOWED = 2
LAG_ALLOWED_HOURS = 4
CLAIMED = {"sending", "sent", "failed", "unknown"}


def adds_up(figures: Figures) -> Iterator[str]:
    """Sums that must hold."""
    runs = figures["enrolments"]
    parts = runs["active"] + runs["completed"] + sum(runs["exited"].values()) + runs["failed"]
    if runs["enrolled"] != parts:
        yield f"enrolled {runs['enrolled']} is not active + completed + exited + failed = {parts}"
    together = figures["messages"]
    for name, each in {"all": together, **together["by_channel"]}.items():
        parts = (
            each["sent"] + sum(each["skipped"].values()) + each["failed"] + each["unknown"] + each["pending"]
        )
        if each["planned"] != parts:
            yield f"messages ({name}): planned {each['planned']} is not the sum of its states = {parts}"
    by_channel = sum(each["planned"] for each in together["by_channel"].values())
    if together["planned"] != by_channel:
        yield f"planned {together['planned']} is not the sum over channels = {by_channel}"


def everybody_is_there(
    stored: Stored, user_ids: Iterable[str], *, accepted: int, expected: int
) -> Iterator[str]:
    """Each customer of the input became a contact and was enrolled, and no event was lost."""
    identities = {identity for profile in stored.profiles for identity in profile["identities"]}
    enrolled = {enrolment["identity"] for enrolment in stored.enrolments}
    for user_id in sorted(user_ids):
        if f"u#{user_id}" not in identities:
            yield f"customer {user_id} is not a contact"
        elif f"u#{user_id}" not in enrolled:
            yield f"customer {user_id} was never enrolled"
    if accepted != expected:
        yield f"collect accepted {accepted} of {expected} events"
    came = sum(not event["internal"] for event in stored.events)
    if came != accepted:
        yield f"the table holds {came} events, collect accepted {accepted}"


def too_late(figures: Figures, stored: Stored) -> Iterator[str]:
    """Signs that the machine cannot keep this pace."""
    zones = {profile["contact"]: profile["traits"].get("timezone") or "UTC" for profile in stored.profiles}
    for row in stored.messages:
        if row["channel"] == "sms":
            yield from _too_late(row, zones[row["contact"]])
    p95 = figures["clock_lag_hours"]["p95"]
    if p95 > LAG_ALLOWED_HOURS:
        yield f"messages were decided late: p95 of clock_lag_hours is {p95}, more than {LAG_ALLOWED_HOURS}"


def _too_late(row: Row, zone: str) -> Iterator[str]:
    # A skip reaches nobody, so it may be decided at any hour.
    if row["state"] in CLAIMED:
        local = datetime.fromisoformat(row["decided_at"]).astimezone(ZoneInfo(zone))
        if not FIRST_HOUR <= local.time() < LAST_HOUR:
            yield f"SMS {row['id']} was decided at {local:%H:%M} {zone}, outside 09:00–21:00"
    if int(row.get("held", 0)) > HOLDS_ALLOWED:
        yield f"SMS {row['id']} was held {row['held']} times"


def agrees(figures: Figures, report: dict[str, Any]) -> Iterator[str]:
    """The journey's report, which is made of counters, says what the rows say."""
    for name in ("enrolments", "messages"):
        counted = figures[name]
        said = {
            each: dict(report.get(name) or {}).get(each) for each in counted
        }  # it tells more: holdouts, refusals
        if said != counted:
            yield f"the journey's report says of {name}: {said}; the rows say: {counted}"
