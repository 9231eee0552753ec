"""Rows of the Config table, for every concept that keeps small data there: kind, id, revision, JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.tables import ConfigRow, condition_failed, connection

CONDITION_FAILED = "ConditionalCheckFailed"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; revision 0 means: not written yet."""

    kind: str
    id: str
    revision: int
    data: Mapping[str, Any]


def get(kind: str, id: str) -> Row | None:  # noqa: A002  the row's own word
    """Read strongly."""
    try:
        row = ConfigRow.get(kind, id, consistent_read=True)
    except ConfigRow.DoesNotExist:
        return None
    return _row(row)


def get_all(keys: Iterable[tuple[str, str]]) -> list[Row]:
    """Those of the rows that are there, strongly read, a hundred a request."""
    return [_row(row) for row in ConfigRow.batch_get(list(keys), consistent_read=True)]


def query(kind: str, prefix: str = "") -> Iterator[Row]:
    """Rows of a kind, in the order of their ids."""
    starts = ConfigRow.sk.startswith(prefix) if prefix else None
    for row in ConfigRow.query(kind, starts, consistent_read=True):
        yield _row(row)


def put(kind: str, id: str, data: Mapping[str, Any]) -> None:  # noqa: A002
    """Write, whatever was there."""
    ConfigRow(kind, id, revision="1", data=data).save()


def put_next(row: Row) -> int:
    """Write the revision after `row.revision`; StaleWriteError when that is not the next any more."""
    is_next = ConfigRow.revision == str(row.revision) if row.revision else ConfigRow.pk.does_not_exist()
    try:
        ConfigRow(row.kind, row.id, revision=str(row.revision + 1), data=row.data).save(condition=is_next)
    except PutError as error:
        if not condition_failed(error):
            raise
        raise StaleWriteError(f"{row.kind} {row.id}") from error
    return row.revision + 1


def put_both(row: Row, beside: Row) -> None:
    """Write the revision after `row.revision` and another row, both or neither; StaleWriteError when it is not the
    next any more."""
    is_next = ConfigRow.revision == str(row.revision) if row.revision else ConfigRow.pk.does_not_exist()
    try:
        with TransactWrite(connection=connection()) as together:
            together.save(
                ConfigRow(row.kind, row.id, revision=str(row.revision + 1), data=row.data), condition=is_next
            )
            together.save(ConfigRow(beside.kind, beside.id, revision="1", data=beside.data))
    except TransactWriteError as error:
        if any(reason and reason.code == CONDITION_FAILED for reason in error.cancellation_reasons):
            raise StaleWriteError(f"{row.kind} {row.id}") from error
        raise StoreBusyError(f"{row.kind} {row.id}") from error


def _row(row: ConfigRow) -> Row:
    return Row(row.pk, row.sk, int(row.revision or 0), row.data)
