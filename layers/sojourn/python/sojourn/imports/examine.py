"""A first look at a file: how it is written, its columns, a guessed mapping, and what some of its rows would become."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.addresses import AddressFlag
from sojourn.contacts.registry import read_all
from sojourn.imports.dialect import HEAD, JSONL, Dialect, inflated_head, sniff
from sojourn.imports.files import LARGEST, Facts, Files, too_large
from sojourn.imports.guessing import guess_mapping
from sojourn.imports.mapping import POLICIES, SKIP, WARN, Target, read_mapping
from sojourn.imports.mapping import Mapping as Columns
from sojourn.imports.model import Kind
from sojourn.imports.pinpoint import FREE, endpoint_mapping, is_pinpoint
from sojourn.imports.reading import Record, open_lines, read_headers, read_records
from sojourn.imports.refusals import ImportRefusedError
from sojourn.imports.rows import Drawing, Drawn
from sojourn.imports.values import CONVERSIONS

SAMPLE = 100  # rows that are looked at
SHOWN = 3
LONGEST_CELL = 200  # characters that are shown


@dataclass(frozen=True, slots=True)
class Examined:
    """What the first look found."""

    facts: Facts
    dialect: Dialect
    headers: tuple[str, ...]  # none in JSON lines
    columns: tuple[str, ...]
    sample: tuple[Record, ...]


def examine(files: Files, key: str, options: Mapping[str, Any]) -> Examined:
    """Look at the head of a file; refused when there is none, or when it can never be imported."""
    facts = files.facts(key)
    if facts is None:
        raise ImportRefusedError("file_not_found", "there is no such file: upload it first", status=404)
    if facts.size > LARGEST:
        raise too_large()
    with files.open(key, 0, min(facts.size, HEAD)) if facts.size else io.BytesIO() as raw:
        head = raw.read(HEAD)
    dialect = sniff(head, encoding=options.get("encoding", ""), separator=options.get("separator", ""))
    text = inflated_head(head) if dialect.is_gzip else head
    is_whole = len(head) == facts.size and not dialect.is_gzip
    lines = open_lines(io.BytesIO(text[dialect.start :]), dialect, offset=dialect.start)
    headers = read_headers(lines, dialect)
    sample = [record for _, record in zip(range(SAMPLE), read_records(lines, dialect), strict=False)]
    if not is_whole and len(sample) < SAMPLE and sample:
        sample.pop()  # the head ends in the middle of it
    named = dict.fromkeys(name for record in sample for name in record.named or {})
    return Examined(facts, dialect, headers, headers or tuple(named), tuple(sample))


def guessed(
    found: Examined, kind: Kind, *, event: str = "", types: Mapping[str, str] | None = None
) -> Columns:
    """The mapping that a person is shown first; `types` are those that the workspace's attributes have already."""
    if kind is Kind.CONTACTS and is_pinpoint(found.columns):
        return endpoint_mapping(found.columns, _lists(found.sample))
    guess = guess_mapping(kind, found.columns, _cells(found), event=event)
    columns = {name: _as_known(target, types or {}, found.dialect) for name, target in guess.columns.items()}
    return replace(guess, columns=columns)


def known_types() -> dict[str, str]:
    """The types of the workspace's attributes."""
    return {each.name: each.type.value for each in read_all()}


def shown(found: Examined, mapping: Columns, *, now: datetime) -> dict[str, Any]:
    """The first look as JSON: columns with what they become, and what the first rows would write."""
    drawing = Drawing(mapping, found.headers, "import:preview", "0" * 64, now, now)
    drawn = [drawing.draw(record) for record in found.sample]
    unmapped = [name for name in found.columns if mapping.target(name) is None]
    return {
        "format": found.dialect.format,
        "encoding": found.dialect.encoding,
        "separator": found.dialect.separator if found.dialect.format != JSONL else None,
        "columns": list(found.columns),
        "repeated": sorted({name for name in found.columns if found.columns.count(name) > 1}),
        "unmapped": unmapped,
        "mapping": mapping.as_json(),
        "claims_consent": mapping.claims_consent,
        "shows_evidence": mapping.shows_evidence,
        **{name: _policy(mapping, flag, drawn) for name, flag in POLICIES.items()},
        "rows": [_texts(record, found.columns) for record in found.sample[:SHOWN]],
        "sample": [_row(each) for each in drawn[:SHOWN]],
        "faults": [fault_json(fault) for each in drawn for fault in each.faults][:20],
    }


def _policy(mapping: Columns, flag: AddressFlag, drawn: Sequence[Drawn]) -> dict[str, Any]:
    """What becomes of such addresses, and how many of the first rows have one."""
    return {
        "policy": SKIP if flag in mapping.skips else WARN,
        "in_sample": sum(flag in each.flags for each in drawn),
    }


def fault_json(fault: Any) -> dict[str, Any]:
    """A fault as callers read it."""
    return {
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "reason": fault.reason,
        "left_out": "row" if fault.is_fatal else "field",
    }


def read_again(kind: Kind, told: Any) -> Columns:
    """A mapping that was kept or sent."""
    return read_mapping(kind, told)


def _texts(record: Record, columns: Sequence[str]) -> list[str]:
    """The cells of a row as a person sees them, one for each column."""
    named = record.named
    told = [named.get(name) for name in columns] if named is not None else list(record.cells)
    texts = [each if isinstance(each, str) else "" if each is None else str(each) for each in told]
    return [text[:LONGEST_CELL] for text in [*texts, *[""] * len(columns)][: len(columns)]]


def _row(drawn: Any) -> list[dict[str, Any]]:
    return [
        {"type": event.type, "event": event.event, "at": iso(event.at), **event.payload}
        for event, _ in drawn.rows
    ]


def _cells(found: Examined) -> Sequence[Sequence[str]]:
    """The sample as texts by place; what JSON typed is no text and needs no guess."""
    if found.headers:
        return [record.cells for record in found.sample if not record.fault]
    rows = [record.named or {} for record in found.sample]
    return [[_text(row.get(name)) for name in found.columns] for row in rows]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _lists(sample: Sequence[Record]) -> set[str]:
    """The attributes of endpoints that hold more than one value somewhere in the sample."""
    return {
        name
        for record in sample
        for name, value in (record.named or {}).items()
        if name.startswith(FREE) and isinstance(value, list) and len(value) > 1
    }


def _as_known(target: Target, types: Mapping[str, str], dialect: Dialect) -> Target:
    known = types.get(target.name) if target.place == "traits" else None
    if known not in CONVERSIONS or dialect.format == JSONL:
        return target
    return replace(target, type=known)
