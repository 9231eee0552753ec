"""What a row says of consent, as events carry it: given with its evidence, or withdrawn, which needs none. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sojourn.imports.evidence import of_row
from sojourn.imports.model import Fault
from sojourn.imports.sorting import Sorted

Slot = tuple[str, str]  # channel and topic; no topic: all of them
PLACE = "evidence."


@dataclass(slots=True)
class Said:
    """Consents with a date of their own, those as of the import, and the slots that are given."""

    dated: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    attached: list[dict[str, Any]] = field(default_factory=list)
    given: list[Slot] = field(default_factory=list)
    withdrawals: int = 0
    fault: Fault | None = None


def said_in(
    found: Sorted,
    *,
    line: int,
    at: datetime,
    source: str,
    declared: Sequence[dict[str, Any]],
    is_claimed: bool,
) -> Said:
    """`declared` is what the file's statement says of everybody; where columns claim consent, only of who said yes."""
    refused = sorted({(channel, topic) for channel, topic, is_given in found.says if not is_given})
    claimed = [(channel, topic) for channel, topic, is_given in found.says if is_given]
    claimed = [slot for slot in claimed if slot not in refused and (slot[0], "") not in refused]
    said = Said(withdrawals=len(refused))
    said.attached = [consent(channel, topic, source, status="withdrawn") for channel, topic in refused]
    if declared:
        _add_declared(
            said, declared, {channel for channel, topic in refused if not topic}, claimed, is_claimed
        )
    elif claimed:
        _add_claimed(said, found, claimed, line=line, at=at, source=source)
    return said


def consent(channel: str, topic: str, source: str, *, status: str = "") -> dict[str, Any]:
    """One consent as an event carries it."""
    said = {"channel": channel, "purpose": "marketing", "source": source}
    said |= {"topic": topic} if topic else {}
    return said | ({"status": status} if status else {})


def _add_declared(
    said: Said, declared: Sequence[dict[str, Any]], closed: set[str], claimed: list[Slot], is_claimed: bool
) -> None:
    open_to = {channel for channel, _ in claimed}
    for each in declared:
        if each["channel"] not in closed and (not is_claimed or each["channel"] in open_to):
            said.attached.append(each)
            said.given.append((each["channel"], each.get("topic", "")))


def _add_claimed(
    said: Said, found: Sorted, claimed: list[Slot], *, line: int, at: datetime, source: str
) -> None:
    columns = {to.removeprefix(PLACE): column for to, column in found.columns.items() if to.startswith(PLACE)}
    shown, said.fault = of_row(found.evidence, line, columns, found.evidence_format)
    if said.fault:
        return
    when = min(shown.pop("at"), at)  # nobody consents tomorrow
    said.dated = [(when, consent(channel, topic, source) | shown) for channel, topic in claimed]
    said.given = claimed
