"""Writing to the Events table: PartiQL INSERT, 25 a call, one write unit for each KB, and the first one wins.

Rows are made by hand: on this path every event pays for every microsecond.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sojourn.clock import iso
from sojourn.events.encode import encode
from sojourn.events.model import Event
from sojourn.events.wire import ROUNDS, chunks, wire

STATEMENTS_A_CALL = 25
INSERT = (
    "INSERT INTO \"{table}\" VALUE {{'pk':?,'sk':?,'type':?,'event':?,'at':?,'received_at':?,'source':?,"
    "'message_id':?,'payload':?,'trust':?,'ttl':?}}"
)
ALREADY_THERE = "DuplicateItem"
NEVER_WRITABLE = {"ValidationError", "ItemCollectionSizeLimitExceeded"}

Row = tuple[Event, str]


@dataclass(slots=True)
class Inserted:
    """What became of the events that were to be written."""

    written: int = 0
    duplicates: int = 0
    failed: list[Event] = field(default_factory=list)  # the table was too busy: send them again
    refused: list[Event] = field(default_factory=list)  # the table will never take them


def insert(events: Iterable[Event]) -> Inserted:
    """Write what is not there yet; StoreBusyError when a call was not answered."""
    return insert_rows((event, encode(event.pk, event.payload)[0]) for event in events)


def insert_rows(rows: Iterable[Row]) -> Inserted:
    """The same for events whose payload is encoded already; they are taken 25 at a time, as they come."""
    inserted = Inserted()
    statement = INSERT.format(table=wire().settings.events_table)
    ttl = str(int((wire().clock.wall() + kept_for()).timestamp()))
    for chunk in chunks(_once(rows, inserted), STATEMENTS_A_CALL):
        _insert_chunk(
            [
                (event, {"Statement": statement, "Parameters": _parameters(event, text, ttl)})
                for event, text in chunk
            ],
            inserted,
        )
    return inserted


def kept_for() -> timedelta:
    """How long an event stands in its table."""
    return timedelta(days=int(wire().settings.events_kept_days))


def _parameters(event: Event, text: str, ttl: str) -> list[dict[str, str]]:
    return [
        {"S": event.pk},
        {"S": event.sk},
        {"S": event.type},
        {"S": event.event},
        {"S": iso(event.at)},
        {"S": iso(event.received_at)},
        {"S": event.source},
        {"S": event.message_id},
        {"S": text},
        {"S": event.trust.value},
        {"N": ttl},
    ]


def _once(rows: Iterable[Row], inserted: Inserted) -> Iterator[Row]:
    """Each key once: a call that names a key twice would be refused, or race with itself."""
    seen = set()
    for row in rows:
        key = (row[0].pk, row[0].sk)
        if key in seen:
            inserted.duplicates += 1
        else:
            seen.add(key)
            yield row


def _insert_chunk(waiting: list[tuple[Event, dict[str, Any]]], inserted: Inserted) -> None:
    for round_number in range(ROUNDS):
        if round_number:
            wire().pause(round_number)
        answers = wire().call("batch_execute_statement", Statements=[statement for _, statement in waiting])
        waiting = _sort_out(waiting, answers["Responses"], inserted)
        if not waiting:
            return
    inserted.failed += [event for event, _ in waiting]


def _sort_out(
    waiting: list[tuple[Event, dict[str, Any]]], answers: list[dict[str, Any]], inserted: Inserted
) -> list[tuple[Event, dict[str, Any]]]:
    """Count what is settled; the rest is to be tried again."""
    again = []
    for row, answer in zip(waiting, answers, strict=True):
        code = answer.get("Error", {}).get("Code")
        if code is None:
            inserted.written += 1
        elif code == ALREADY_THERE:
            inserted.duplicates += 1
        elif code in NEVER_WRITABLE:
            inserted.refused.append(row[0])
        else:
            again.append(row)
    return again
