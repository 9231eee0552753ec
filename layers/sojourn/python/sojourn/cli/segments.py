"""`sojourn segment`: check files, ask who would be in, publish, ask who is in and why, watch a rule take force."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.text import Text
from rich.tree import Tree

from sojourn.cli.api import Api
from sojourn.cli.findings import say
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import RUNNING, Place, followed, progress
from sojourn.cli.tables import table
from sojourn.cli.verifying import show_run, verify_segment
from sojourn.rules.load import SUFFIXES

SHIPPED = Path("statemachines/segments")
MOST = 200
SHOWN_DAYS = 14


@click.group("segment")
def segment_group() -> None:
    """Segments: who is in, who would be, and why."""


segment_group.add_command(verify_segment)
segment_group.add_command(show_run)


@segment_group.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the errors and warnings as JSON.")
def check_segments(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check segment files, or the folders they lie in; each error on a line."""
    from sojourn.rules.load import examine_all
    from sojourn.rules.parse import decode
    from sojourn.rules.tree import MalformedError

    texts: dict[str, str] = {}
    for path in _files(paths or (SHIPPED,)):
        try:
            texts[str(path)] = decode(path.read_bytes())
        except OSError as error:
            raise click.ClickException(f"{path} cannot be read: {error.strerror}") from None
        except MalformedError as error:
            raise click.ClickException(f"{path}:{error.line}: {error.problem} — {error.remedy}") from None
    if not texts:
        raise click.ClickException("no *.segment.yaml found")
    examined = examine_all(texts)
    findings = [finding for each in examined.values() for finding in each.findings]
    warnings = [warning for each in examined.values() for warning in each.warnings]
    say(findings, warnings, as_json)
    if findings:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("Sound. See who would be in: sojourn segment preview FILE")


@segment_group.command("list")
@asks_api
def list_segments(api: Api, as_json: bool) -> None:
    """Every segment, and which generation of its rule is in force."""
    columns = ("name", "revision", "live", "pending", "invalid")
    show(
        api.get("segments", limit=str(MOST)),
        as_json,
        lambda answer: [
            table("Segments", columns, ([_cell(each[c]) for c in columns] for each in answer["items"]))
        ],
    )


@segment_group.command("show")
@click.argument("name")
@asks_api
def show_segment(name: str, api: Api, as_json: bool) -> None:
    """What a segment means, how many are in, how fresh that is, and what looks at it."""
    show(api.get("segments", name), as_json, _segment)


@segment_group.command("preview")
@click.argument("segment")
@asks_api
def preview_segment(segment: str, api: Api, as_json: bool) -> None:
    """How many would be in a SEGMENT, and ten of them: of a file, or of a draft that was saved."""
    body = Path(segment).read_bytes() if _is_file(segment) else _source(api, segment)
    with progress("looking at contacts", quiet=as_json, again=f"sojourn segment preview {segment}"):
        answer = api.post("segments", "preview", body=body)
    show(answer, as_json, _previewed)


@segment_group.command("publish")
@click.argument("segment")
@click.option("--wait/--no-wait", default=True, help="Wait until everybody was judged (it goes on without).")
@asks_api
def publish_segment(segment: str, wait: bool, api: Api, as_json: bool) -> None:
    """Let a SEGMENT take force: a file, or the name of a draft that was saved."""
    name = segment
    if _is_file(segment):
        name = _name_of(Path(segment))
        api.put("segments", name, body=Path(segment).read_bytes())
    with progress(f"publishing {name}", quiet=as_json, look=f"sojourn segment watch {name}"):
        answer = api.post("segments", name, "publish")
    if wait and answer["run"] and answer["run"]["status"] == RUNNING:
        answer = {**answer, "run": watched(api, name, quiet=as_json)}
    show(answer, as_json, _published)


@segment_group.command("retire")
@click.argument("name")
@asks_api
def retire_segment(name: str, api: Api, as_json: bool) -> None:
    """Take a segment out of force; nobody enters or leaves a journey by that."""
    said = f"{name} is out of force; its members leave it now, which moves nobody."
    show(api.delete("segments", name), as_json, lambda answer: [said])


@segment_group.command("explain")
@click.argument("name")
@click.argument("contact")
@asks_api
def explain_segment(name: str, contact: str, api: Api, as_json: bool) -> None:
    """Why a CONTACT (its id or userId) is in a segment or not, condition by condition."""
    show(api.get("segments", name, "explain", contact=contact), as_json, _explained)


@segment_group.command("members")
@click.argument("name")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@asks_api
def list_members(name: str, limit: int, api: Api, as_json: bool) -> None:
    """Who is in a segment, and since when."""
    found: list[dict[str, Any]] = []
    asked = {"limit": str(min(limit, MOST))}
    while len(found) < limit:
        answer = api.get("segments", name, "members", **asked)
        found += answer["items"]
        if not answer["next"]:
            break
        asked["cursor"] = answer["next"]
    rows = found[:limit]
    columns = ("contact", "since")
    show(rows, as_json, lambda _: [table(name, columns, ([each[c] for c in columns] for each in rows))])


@segment_group.command("watch")
@click.argument("name")
@asks_api
def watch_segment(name: str, api: Api, as_json: bool) -> None:
    """Follow a rule until it is in force, then say how the segment stands."""
    watched(api, name, quiet=as_json)
    show(api.get("segments", name), as_json, _segment)


def watched(api: Api, name: str, *, quiet: bool) -> dict[str, Any] | None:
    """The run of the newest generation, as it stands in the end; whoever looks away loses nothing."""

    def read() -> dict[str, Any] | None:
        run: dict[str, Any] | None = api.get("segments", name)["run"]
        return run

    return followed(read(), read, _place, look=f"sojourn segment watch {name}", quiet=quiet)


def _place(run: dict[str, Any]) -> Place:
    return run["stage"], run["pages"] or None, run["pages_done"]


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.name.endswith(SUFFIXES))
        else:
            yield path


def _is_file(segment: str) -> bool:
    return Path(segment).suffix in {".yaml", ".yml", ".json"}


def _name_of(path: Path) -> str:
    from sojourn.rules.load import SegmentRefusedError, load_segment
    from sojourn.rules.parse import decode

    try:
        return load_segment(decode(path.read_bytes()), file=str(path)).name
    except SegmentRefusedError as refused:
        raise click.ClickException(str(refused)) from None


def _source(api: Api, name: str) -> bytes:
    source = api.get("segments", name)["source"]
    if source is None:
        raise click.ClickException(f"{name} has no draft")
    return str(source).encode()


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _segment(answer: dict[str, Any]) -> Iterator[Any]:
    yield Text(answer["means"] or "not in force yet")
    facts = {
        "members": answer["members"],
        "in force since": answer["live_since"],
        "evaluated at": answer["evaluated_at"],
        "names what was deleted": ", ".join(answer["invalid"]),
        "segments that look at it": ", ".join(answer["used_by"]["segments"]),
        "journeys that it lets into": ", ".join(answer["used_by"]["journeys"]),
        "run": _run(answer["run"]),
    }
    yield table(
        answer["name"], ("", ""), ((name, fact) for name, fact in facts.items() if fact not in (None, ""))
    )
    yield from _size(answer["days"])


def _size(days: list[dict[str, Any]]) -> Iterator[Any]:
    if days:
        columns = ("day", "entered", "left", "members")
        yield table("Size", columns, ([day[name] for name in columns] for day in days[-SHOWN_DAYS:]))


def _run(run: dict[str, Any] | None) -> str:
    if run is None:
        return ""
    figures = {
        name: run[name] for name in ("members", "entering", "leaving", "entered", "left") if name in run
    }
    said = ", ".join(f"{name} {figure:,}" for name, figure in figures.items())
    return f"{run['status']}, {run['stage']} {run['pages_done']} of {run['pages']}" + (
        f": {said}" if said else ""
    )


def _published(answer: dict[str, Any]) -> Iterator[Any]:
    if not answer["changed"]:
        yield Text(f"{answer['name']} says this already.")
    yield Text(f"{answer['name']}: {_run(answer['run'])}")
    yield Text("Nobody enters a journey by this: what people do from now on counts.")


def _previewed(answer: dict[str, Any]) -> Iterator[Any]:
    yield Text(answer["means"])
    count = f"{answer['count']:,} of {answer['of']:,} contacts"
    if not answer["is_exact"]:
        count = (
            f"about {count} ({answer['low']:,} to {answer['high']:,}; {answer['looked_at']:,} were looked at)"
        )
    yield Text(count)
    for name in answer["uncut"]:
        yield Text(f"Nobody stands in {name} yet: its cut points are made when the segment is published.")
    for warning in answer["warnings"]:
        yield Text(f"line {warning['line']}: {warning['problem']} — {warning['remedy']}")
    if answer["examples"]:
        rows = ([each["id"], "  ".join(each["identities"])] for each in answer["examples"])
        yield table("Some of them", ("contact", "identities"), rows)


def _explained(answer: dict[str, Any]) -> Iterator[Any]:
    stands = f"in since {answer['since']} ({answer['cause']})" if answer["is_in"] else "not in"
    if not answer["is_live"]:
        stands = "not in force yet; judged by its draft"
    yield Text(f"{answer['contact']} · {answer['segment']}: {stands}")
    yield _tree(answer["rule"])


def _tree(node: dict[str, Any], above: Tree | None = None) -> Tree:
    mark = "✓" if node["holds"] else "✗"
    seen = f" · seen: {node['seen']}" if node["seen"] else ""
    flips = f" · may flip at {node['flips_at']}" if node["flips_at"] else ""
    label = Text(f"{mark} {node['condition']}{seen}{flips}")
    here = above.add(label) if above else Tree(label)
    for part in node["parts"]:
        _tree(part, here)
    return here
