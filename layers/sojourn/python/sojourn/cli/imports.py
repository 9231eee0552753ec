"""`sojourn import`: a file is shown first, then imported; the same command again goes on where it stood."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import Place, followed, progress

BLOCK = 1024 * 1024
ENDED = {"completed", "incomplete", "failed", "duplicate"}
POLICIES = ("role_addresses", "disposable_addresses")
WORDS = {
    "rows": "rows",
    "imported": "imported",
    "failed": "not imported",
    "left_out": "fields left out",
    "events": "events",
    "consents": "consents with evidence",
    "withdrawals": "withdrawals",
    "unmailable": "people not to be written to",
    "unsubscribed": "people who stay unsubscribed",
    "unproved": "claims of consent without evidence",
    "role_addresses": "addresses of a function, like postmaster@",
    "disposable_addresses": "disposable addresses",
}


@click.group("import")
def import_group() -> None:
    """Import contacts, or what they did, from CSV, JSON lines or Pinpoint endpoints."""


def _imports(kind: str) -> Callable[[Callable[..., Any]], click.Command]:
    """The command for files of this kind."""

    def register(command: Callable[..., Any]) -> click.Command:
        for option in reversed(OPTIONS):
            command = option(command)
        return import_group.command(kind)(asks_api(command))

    return register


OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
    click.option(
        "--map", "mapping", type=click.Path(path_type=Path, exists=True), help="A mapping, JSON or YAML."
    ),
    click.option(
        "--consent-statement",
        "statement",
        type=click.Path(path_type=Path, exists=True),
        help="How everybody in the file consented: JSON or YAML with channels, how, when, wording, declared_by.",
    ),
    click.option("--event", default="", help="The event of every row, where no column names it."),
    click.option(
        "--encoding", default="", help="utf-8, utf-16-le, utf-16-be or latin-1, where the guess is wrong."
    ),
    click.option("--dry-run", is_flag=True, help="Count what would be imported, and write nothing."),
    click.option("--yes", is_flag=True, help="Do not ask whether the mapping is right."),
)


@_imports("contacts")
def import_contacts(**asked: Any) -> None:
    """Import people; they enter no journey."""
    _import("contacts", **asked)


@_imports("events")
def import_events(**asked: Any) -> None:
    """Import what people did; it starts nothing."""
    _import("events", **asked)


@import_group.command("show")
@click.argument("id")
@asks_api
def show_import(id: str, api: Api, as_json: bool) -> None:  # noqa: A002
    """How an import stands."""
    show(api.get("imports", id), as_json, _outcome)


@import_group.command("list")
@asks_api
def list_imports(api: Api, as_json: bool) -> None:
    """Every import and dry run."""
    show(api.get("imports", limit="200"), as_json, _listed)


@import_group.command("resume")
@click.argument("id")
@asks_api
def resume_import(id: str, api: Api, as_json: bool) -> None:  # noqa: A002
    """Go on with an import that was interrupted."""
    job = api.post("imports", id, "resume")
    show(_ended(api, job, quiet=as_json), as_json, _outcome)


def _import(
    kind: str,
    *,
    file: Path,
    mapping: Path | None,
    statement: Path | None,
    event: str,
    encoding: str,
    dry_run: bool,
    yes: bool,
    api: Api,
    as_json: bool,
) -> None:
    with progress(f"uploading {file.name}", quiet=as_json, again=f"sojourn import {kind} {file}"):
        asked: dict[str, Any] = {"kind": kind, "key": uploaded(api, file)}
    asked |= {"mapping": _read(mapping)} if mapping else {}
    asked |= {name: value for name, value in (("event", event), ("encoding", encoding)) if value}
    with progress("looking at the first rows", quiet=as_json):
        preview = api.post("imports", "preview", body=_json(asked))
    asked["mapping"] = preview["mapping"]
    if not as_json:
        _print(_previewed(preview))
        if not yes and not dry_run:
            click.confirm("Import it so? (--map FILE says it otherwise)", default=True, abort=True)
    asked |= {"consent": _read(statement)} if statement else {}
    job = api.post("imports", body=_json({**asked, "dry_run": dry_run}))
    ended = _ended(api, job, quiet=as_json)
    show(ended, as_json, _outcome)
    if ended["has_errors"] and ended["status"] in ENDED:
        _fetch_errors(api, ended["id"], file.with_name(f"{file.name}.errors.csv"))
    if ended["status"] not in {"completed", "duplicate"}:
        raise click.exceptions.Exit(1)


def _ended(api: Api, job: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    def read() -> dict[str, Any]:
        return dict(api.get("imports", job["id"]))

    return followed(job, read, _place, look=f"sojourn import show {job['id']}", quiet=quiet) or job


def _place(job: dict[str, Any]) -> Place:
    if job["rows"] is None:
        return "reading the file", None, None
    return "rows", job["rows"], job["figures"]["rows"]


def uploaded(api: Api, file: Path) -> str:
    """The key under which the file lies in the cloud; what lies there already does not travel again."""
    import requests

    size = file.stat().st_size
    with file.open("rb") as raw:
        digest = hashlib.sha256()
        for block in iter(lambda: raw.read(BLOCK), b""):
            digest.update(block)
    told = {"name": file.name, "size": size, "sha256": digest.hexdigest()}
    place = api.post("uploads", body=_json(told))
    if not place["exists"]:
        with file.open("rb") as raw:
            answer = requests.put(place["url"], data=_body(raw, size), timeout=600)
        if not answer.ok:
            raise click.ClickException(f"the upload was refused ({answer.status_code}): repeat the command")
    return str(place["key"])


def _body(raw: IO[bytes], size: int) -> IO[bytes] | bytes:
    return raw if size else b""  # a file without bytes would be sent in pieces, which S3 does not take


def _fetch_errors(api: Api, id: str, path: Path) -> None:  # noqa: A002
    import requests

    with requests.get(api.get("imports", id, "errors")["url"], stream=True, timeout=60) as answer:
        answer.raise_for_status()
        with path.open("wb") as out:
            out.writelines(answer.iter_content(BLOCK))
    click.echo(f"What was wrong, line by line: {path}", err=True)


def _read(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: neither JSON nor YAML ({error})") from None


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _print(parts: Iterator[Any]) -> None:
    console = Console(highlight=False)
    for part in parts:
        console.print(part)


def _previewed(preview: dict[str, Any]) -> Iterator[Any]:
    yield Text(f"{preview['format']}, {preview['encoding']}, {len(preview['columns'])} columns")
    table = Table("column", "becomes", title="Mapping", title_justify="left")
    for column in dict.fromkeys(preview["columns"]):
        table.add_row(Text(column), Text(_target(preview["mapping"]["columns"], column)))
    yield table
    for name in POLICIES:
        found = preview.get(name) or {"in_sample": 0}  # which an older stack does not tell
        if found["in_sample"]:
            fate = "left out" if found["policy"] == "skip" else f"imported; {name}: skip leaves them out"
            yield Text(f"{found['in_sample']} of the first rows have {WORDS[name]}: {fate}")
    for fault in preview["faults"][:5]:
        yield Text(f"line {fault['line']}, {fault['column'] or 'row'}: {fault['reason']}")


def _target(columns: dict[str, Any], column: str) -> str:
    wild = (name for name in columns if name.endswith(".*") and column.startswith(name[:-1]))
    target = columns.get(column) or columns.get(next(wild, ""), "ignore")
    return f"{target['to']} ({target.get('type', 'text')})" if isinstance(target, dict) else str(target)


def _outcome(job: dict[str, Any]) -> Iterator[Any]:
    what = "Dry run" if job["dry_run"] else "Import"
    yield Text(f"{what} {job['id']}: {job['status']}" + (f" ({job['reason']})" if job["reason"] else ""))
    table = Table("", "n", title="Rows", title_justify="left")
    for name, word in WORDS.items():
        if job["figures"].get(name) or name in ("rows", "imported"):
            table.add_row(word, f"{job['figures'].get(name, 0):,}")
    yield table
    for name, remedy in job["remedies"].items():
        yield Text(f"{WORDS[name]}: {remedy}")
    if job["status"] in {"interrupted", "incomplete"}:
        yield Text(f"Go on with it: sojourn import resume {job['id']}")


def _listed(answer: dict[str, Any]) -> Iterator[Any]:
    columns = ("id", "kind", "status", "rows", "asked_at", "key")
    table = Table(*columns, title="Imports", title_justify="left")
    for job in answer["items"]:
        table.add_row(*(Text("" if job[name] is None else str(job[name])) for name in columns))
    yield table
