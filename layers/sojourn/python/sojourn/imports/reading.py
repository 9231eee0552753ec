"""From lines to records: the cells of a row, or what is wrong with it. Both readers take and give one row at a time."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from sojourn.imports.dialect import JSONL, Dialect
from sojourn.imports.lines import Lines
from sojourn.imports.model import Fault
from sojourn.imports.refusals import ImportRefusedError

MOST_COLUMNS = 1_000
LONGEST_HEADER = 200
DEEPEST = 8  # objects in objects of a JSON line
REPLACED = "\ufffd"
QUOTES = 'the quotes do not match: put the cell in quotes and double the quotes in it, ""'


@dataclass(slots=True)
class Record:
    """One row: its cells by place (CSV) or by name (JSON), or its fault."""

    row: int
    line: int
    cells: list[str]
    named: dict[str, Any] | None = None
    fault: Fault | None = None


def read_records(lines: Lines, dialect: Dialect, *, row: int = 1) -> Iterator[Record]:
    """The records that follow; `row` is the number of the first."""
    return _json_records(lines, row) if dialect.format == JSONL else _csv_records(lines, dialect, row)


def read_headers(lines: Lines, dialect: Dialect) -> tuple[str, ...]:
    """The names of the columns: the first record of a CSV file. JSON lines name their own."""
    if dialect.format == JSONL:
        return ()
    for record in _csv_records(lines, dialect, 0):
        if record.fault:
            raise ImportRefusedError("malformed_header", f"line {record.line}: {record.fault.reason}")
        return checked_headers(record.cells)
    raise ImportRefusedError("empty_file", "the file is empty: its first row must name the columns")


def checked_headers(cells: list[str]) -> tuple[str, ...]:
    """Names without the space around them; one without a name, and one that repeats, gets its place."""
    if len(cells) > MOST_COLUMNS:
        raise ImportRefusedError(
            "too_many_columns", f"a file may have {MOST_COLUMNS} columns", limit=MOST_COLUMNS
        )
    if bad := next((cell for cell in cells if len(cell) > LONGEST_HEADER or is_damaged(cell)), None):
        raise ImportRefusedError(
            "malformed_header", f"the first row must name the columns; {bad[:40]!r} is no name of one"
        )
    return tuple(cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1))


def open_lines(raw: BinaryIO, dialect: Dialect, *, offset: int = 0, line: int = 1) -> Lines:
    """The lines of a stream that begins at this byte of the file."""
    return Lines(raw, dialect, offset=offset, line=line)


def is_damaged(text: str) -> bool:
    """Whether a text holds a NUL, or bytes that are no text in the file's encoding."""
    return (
        "\0" in text
        or REPLACED in text
        or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text))
    )


def _csv_records(lines: Lines, dialect: Dialect, row: int) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=dialect.separator, strict=True)
    while True:
        first = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back_all_but_first()
            yield Record(row, first, [], fault=_csv_fault(first, error))
            row += 1
            continue
        if not any(cells):
            continue  # a blank line, or what Excel leaves below a table
        yield Record(row, first, cells, fault=_too_long(first) if lines.is_cut else None)
        row += 1


def _json_records(lines: Lines, row: int) -> Iterator[Record]:
    while True:
        first = lines.begin()
        line = next(lines, None)
        if line is None:
            return
        if not line.strip():
            continue
        if lines.is_cut:
            yield Record(row, first, [], fault=_too_long(first))
        else:
            yield _json_record(line, row, first)
        row += 1


def _json_record(line: str, row: int, number: int) -> Record:
    try:
        value = _DECODER.decode(line)
        if not isinstance(value, dict):
            raise ValueError("each line must be a JSON object")
        return Record(row, number, [], named=dict(flattened(value)))
    except json.JSONDecodeError as error:
        reason = f"no valid JSON: {error.msg}"
        return Record(
            row, number, [], fault=Fault(number, f"character {error.colno}", "malformed_json", reason)
        )
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "the object nests too deep"
        return Record(row, number, [], fault=Fault(number, "", "malformed_json", reason))


def flattened(value: Mapping[str, Any], prefix: str = "", depth: int = 1) -> Iterable[tuple[str, Any]]:
    """`{"a": {"b": 1}}` → `a.b`, 1: objects are columns with a point in their name, lists are values."""
    for key, child in value.items():
        if isinstance(child, dict) and depth < DEEPEST:
            yield from flattened(child, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", child


def _csv_fault(line: int, error: csv.Error) -> Fault:
    if "field limit" in str(error):
        return Fault(line, "", "malformed_row", "a cell that opens here has no end within 131,072 characters")
    return Fault(line, "", "malformed_row", QUOTES)


def _too_long(line: int) -> Fault:
    return Fault(line, "", "line_too_long", "a line may have 1,000,000 characters")


def _nothing(_: str) -> None:
    return None


_DECODER = json.JSONDecoder(parse_constant=_nothing)
