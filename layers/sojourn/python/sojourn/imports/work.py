"""One piece of a run: its rows become events, its faults a table, its figures part of the import's.

Runs twice: events and figures are there once. Dies midway: it runs again from its first row.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from sojourn.clock import Clock, parse_iso
from sojourn.contacts import addresses
from sojourn.contacts.addresses import AddressFlag
from sojourn.errors import StoreBusyError
from sojourn.events.insertion import Inserted, Row, insert_rows
from sojourn.imports import store
from sojourn.imports.evidence import Statement
from sojourn.imports.files import Files
from sojourn.imports.formulas import table
from sojourn.imports.mapping import read_mapping
from sojourn.imports.model import Chunk, Fault, Import, Kind, Tally
from sojourn.imports.pinpoint import TRAIT_OF
from sojourn.imports.plan import open_text
from sojourn.imports.reading import Record, open_lines, read_records
from sojourn.imports.rows import Drawing, Drawn

ClosedTo = Callable[[Iterable[store.Reach]], int]

AT_ONCE = 100  # rows whose people are looked up together, and whose events are written together


class Insert(Protocol):
    """Writes events; `sojourn.events.insertion.insert_rows`, or nothing on a dry run."""

    def __call__(self, rows: Iterable[Row], /) -> Inserted:
        """What became of them."""
        ...


@dataclass(slots=True)
class Outcome:
    """What a piece came to."""

    tally: Tally = field(default_factory=Tally)
    faults: list[Fault] = field(default_factory=list)


def work(job: Import, chunk: Chunk, *, files: Files, clock: Clock) -> None:
    """Import one piece; StoreBusyError when it must run again."""
    drawing = drawing_of(job, clock)
    with open_text(job, files, chunk.start, chunk.end) as raw:
        lines = open_lines(raw, job.dialect, offset=chunk.start, line=chunk.line)
        records = read_records(lines, job.dialect, row=chunk.row)
        outcome = take(records, drawing, insert=dry_run if job.is_dry else insert_rows)
    if outcome.faults:
        files.write(error_key(job, chunk.number), [error_rows(outcome.faults).encode()])
    store.count_chunk(job.id, chunk.number, outcome.tally, has_errors=bool(outcome.faults))


def take(
    records: Iterable[Record], drawing: Drawing, *, insert: Insert, closed_to: ClosedTo = store.closed_to
) -> Outcome:
    """Draw the rows and write their events, some at a time."""
    outcome = Outcome()
    for batch in _batches(records):
        drawn = [(record, drawing.draw(record)) for record in batch]
        for _, each in drawn:
            _count(each, outcome, drawing.mapping.kind)
        outcome.tally.unsubscribed += closed_to(_reaches(each for _, each in drawn))
        _write(drawn, insert, outcome)
    return outcome


def drawing_of(job: Import, clock: Clock) -> Drawing:
    """What draws the rows of an import."""
    return Drawing(
        read_mapping(job.kind, job.mapping),
        job.headers,
        job.source,
        job.content,
        parse_iso(job.at),
        clock.wall(),
        Statement.read(job.statement) if job.statement else None,
    )


def dry_run(rows: Iterable[Row], /) -> Inserted:
    """Writes nothing."""
    return Inserted(written=sum(1 for _ in rows))


def error_key(job: Import, number: int) -> str:
    """Where the faults of a piece lie."""
    return f"{job.folder}/errors/{number:06d}.csv"


def error_rows(faults: Iterable[Fault]) -> str:
    """Faults as lines of a table; HEADER in finish.py names its columns."""
    rows = [(f.line, f.column, f.code, f.reason, "row" if f.is_fatal else "field") for f in faults]
    return table(rows)


def _count(drawn: Drawn, outcome: Outcome, kind: Kind) -> None:
    tally = outcome.tally
    tally.rows += 1
    tally.imported += not drawn.is_failed
    tally.failed += drawn.is_failed
    tally.left_out += sum(not fault.is_fatal for fault in drawn.faults)
    tally.events += len(drawn.rows)
    tally.consents += len(drawn.given)
    tally.withdrawals += drawn.withdrawals
    tally.unproved += drawn.is_unproved
    tally.role_addresses += AddressFlag.ROLE in drawn.flags
    tally.disposable_addresses += AddressFlag.DISPOSABLE in drawn.flags
    if kind is Kind.CONTACTS and not drawn.is_failed:
        tally.unmailable += not drawn.is_reachable
    outcome.faults += drawn.faults


def _reaches(drawn: Iterable[Drawn]) -> list[store.Reach]:
    return [_reach(each) for each in drawn if each.given and not each.is_failed]


def _reach(drawn: Drawn) -> store.Reach:
    """By which identities somebody may be known already."""
    email, phone = drawn.traits.get("email"), drawn.traits.get("phone")
    identities = [drawn.rows[0][0].pk]
    identities += [addresses.email_key(email)] if email else []
    identities += [addresses.phone_key(phone)] if phone else []
    reached = [(channel, drawn.traits.get(TRAIT_OF[channel])) for channel, _ in drawn.given]
    return store.Reach(
        tuple(identities),
        tuple((channel, str(address)) for channel, address in reached if address),
        tuple(drawn.given),
    )


def _write(drawn: list[tuple[Record, Drawn]], insert: Insert, outcome: Outcome) -> None:
    inserted = insert(row for _, each in drawn for row in each.rows)
    if inserted.failed:
        raise StoreBusyError("events")
    if inserted.refused:
        refused = {event.message_id for event in inserted.refused}
        for record, each in drawn:
            if any(event.message_id in refused for event, _ in each.rows):
                outcome.tally.imported -= 1
                outcome.tally.failed += 1
                outcome.faults.append(
                    Fault(record.line, "", "event_refused", "the table will never take this row")
                )


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
