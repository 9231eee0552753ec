"""`sojourn export`: everybody in one file, a page at a time; nothing in it is a formula to a spreadsheet."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import click

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api
from sojourn.cli.progress import Move, progress
from sojourn.imports.formulas import safe

FIRST = ("id", "identities")
LAST = ("stage", "tags", "lists", "created_at")
A_PAGE = "200"


@click.group("export")
def export_group() -> None:
    """Export contacts."""


@export_group.command("contacts")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@asks_api
def export_contacts(output: Path, form: str, api: Api, as_json: bool) -> None:
    """Write every contact to a file: its traits, consent, tags, lists and stage."""
    partial = output.with_name(f"{output.name}.part")
    with (
        progress("contacts", quiet=as_json, again=f"sojourn export contacts -o {output}") as move,
        partial.open("w", encoding="utf-8", newline="") as out,
    ):
        count = WRITERS[form](_counted(pages(api), move), out)
    partial.replace(output)
    click.echo(
        json.dumps({"contacts": count, "file": str(output)}) if as_json else f"{count:,} contacts: {output}"
    )


def pages(api: Api) -> Iterator[dict[str, Any]]:
    """Contact after contact, page by page."""
    cursor: dict[str, str] = {}
    while True:
        answer = api.get("contacts", limit=A_PAGE, **cursor)
        yield from answer["items"]
        if not answer["next"]:
            return
        cursor = {"cursor": answer["next"]}


def _counted(contacts: Iterable[dict[str, Any]], move: Move) -> Iterator[dict[str, Any]]:
    for count, contact in enumerate(contacts, 1):
        yield contact
        move(count)


def write_jsonl(contacts: Iterable[dict[str, Any]], out: IO[str]) -> int:
    """One JSON object a line."""
    count = 0
    for contact in contacts:
        out.write(json.dumps(contact, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def write_csv(contacts: Iterable[dict[str, Any]], out: IO[str]) -> int:
    """One row a contact. Only the last contact tells the last column, so all of them wait on disk."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        columns: dict[str, None] = {}
        count = 0
        for contact in contacts:
            row = flat(contact)
            columns |= dict.fromkeys(row)
            waiting.write(json.dumps(row) + "\n")
            count += 1
        middle = sorted(set(columns) - {*FIRST, *LAST})
        writer = csv.writer(out, lineterminator="\r\n")
        header = [*FIRST, *middle, *LAST]
        writer.writerow(safe(name) for name in header)
        waiting.seek(0)
        for line in waiting:
            row = json.loads(line)
            writer.writerow(safe(row.get(name, "")) for name in header)
    return count


def flat(contact: dict[str, Any]) -> dict[str, Any]:
    """A contact as one row of texts and numbers."""
    row = {name: cell(contact.get(name)) for name in (*FIRST, *LAST)}
    row |= {f"traits.{name}": cell(value) for name, value in contact["traits"].items()}
    return row | {f"consent.{slot}": said["status"] for slot, said in contact["consent"].items()}


def cell(value: Any) -> Any:
    """Lists by semicolons, objects as JSON."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value


WRITERS = {"csv": write_csv, "jsonl": write_jsonl}
