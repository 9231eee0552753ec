"""`sojourn backtest`: the past through a version of a journey, or two, and what would have been other."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.files import loaded
from sojourn.cli.progress import progress
from sojourn.cli.rehearsing import moment, print_all
from sojourn.cli.tables import table
from sojourn.clock import parse_iso
from sojourn.journeys.load import JourneyRefusedError, load_journey
from sojourn.journeys.model import Journey
from sojourn.planning.archived import Calls, EventsRefusedError, Kept, Source, last_moment

VERSION = re.compile(r"v([0-9]+)")
SHOWN = 20
BEGINNING = parse_iso("1970-01-01T00:00:00Z")


@click.command("backtest")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--against", help="The version to compare with: another file, `live` or `draft` of the running stack."
)
@click.option("--archive", type=click.Path(path_type=Path), help="A copy of the archive bucket.")
@click.option("--events", type=click.Path(path_type=Path), help="Or a file with one call a line.")
@click.option("--from", "since", help="From when on people come in; from the beginning, unless said.")
@click.option("--until", help="When all ends; with the last event, unless said.")
@click.option(
    "--behaviour", type=click.Path(path_type=Path), help="What people do with messages; nothing, unless said."
)
@click.option("--seed", default=0, show_default=True, help="Another seed, other chance.")
@click.option("--api-url", envvar="SOJOURN_API_URL", help="Where the API is, for --against.")
@click.option("--api-key", envvar="SOJOURN_API_KEY", help="An API key, for --against.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every difference.")
def backtest_command(
    file: Path,
    against: str | None,
    archive: Path | None,
    events: Path | None,
    since: str | None,
    until: str | None,
    behaviour: Path | None,
    seed: int,
    api_url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Play archived events through a journey FILE: sends added, removed, moved against another version, and cost."""
    from sojourn.cli.rehearsing import behaviour_from
    from sojourn.contacts.workspace import Workspace
    from sojourn.planning.backtest import Trial, backtest
    from sojourn.planning.habits import nothing
    from sojourn.planning.rehearse import lives_in
    from sojourn.planning.script import Script

    source = _source(archive, events)
    new = loaded(file)
    old = _other(against, new.name, api_url, api_key) if against else None
    habits = behaviour_from(behaviour) if behaviour else nothing()
    lives_in(Workspace())
    try:
        begins, ends = _span(source, since, until)
        trial = Trial(Script(new), Script(old) if old else None, begins, ends, habits, seed)
        with progress("contacts", quiet=as_json) as move:
            outcome = backtest(trial, source, progress=move)
    except EventsRefusedError as refused:
        raise click.ClickException(str(refused)) from None
    answer = outcome.to_json(trial)
    if as_json:
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        print_all(_shown(answer))


def _source(archive: Path | None, events: Path | None) -> Source:
    if (archive is None) == (events is None):
        raise click.UsageError(
            "give either --archive, a copy of the archive bucket, or --events, a file of calls"
        )
    return Kept(archive) if archive else Calls(events or Path())


def _span(source: Source, since: str | None, until: str | None) -> tuple[datetime, datetime]:
    begins = moment("--from", since) if since else BEGINNING
    if until:
        ends = moment("--until", until)
        if ends <= begins:
            raise click.UsageError(f"it ends ({until}) before it begins; --until comes after --from")
        return begins, ends
    last = last_moment(source)
    if last is None:
        raise EventsRefusedError("there are no events — check --archive or --events")
    return begins, last + timedelta(seconds=1)


def _other(against: str, name: str, url: str | None, key: str | None) -> Journey:
    """The version to compare with."""
    if Path(against).suffix in {".yaml", ".yml", ".json"}:
        return loaded(Path(against))
    match = VERSION.fullmatch(against)
    if match is None and against not in {"live", "draft"}:
        raise click.UsageError(f"--against {against!r} is neither a file nor v<number>, live or draft")
    api = Api.found(url, key)
    told = api.get("journeys", name, "versions", match[1] if match else against)
    try:
        return load_journey(told["source"], file=f"{name} {against}")
    except JourneyRefusedError as refused:
        raise click.ClickException(str(refused)) from None


def _shown(answer: dict[str, Any]) -> Iterator[Any]:
    yield Text(
        f"{answer['journey']}: {answer['events']:,} events of {answer['contacts']:,} contacts, "
        f"{answer['since'][:10]} to {answer['until'][:10]}"
    )
    if answer["assumed_reachable"]:
        yield Text(f"Of {answer['assumed_reachable']:,} no address is known here; they count as reachable.")
    sides = [side for side in ("before", "after") if answer[side]]
    yield table("Versions", ("", *sides), _versions(answer, sides))
    if answer["before"] is None:
        return
    counts = ([kind, f"{answer[kind]:,}"] for kind in ("same", "added", "removed", "moved"))
    yield table("Sends", ("", "messages"), counts)
    rows = (
        [each["contact"], each["kind"], each["step"], _when(each)] for each in answer["differences"][:SHOWN]
    )
    if answer["differences"]:
        yield table("The first differences", ("contact", "", "step", "when"), rows)


def _versions(answer: dict[str, Any], sides: list[str]) -> Iterator[list[str]]:
    for fact in ("entered", "messages", "converted", "still_on", "transitions"):
        yield [fact.replace("_", " "), *(f"{answer[side][fact]:,}" for side in sides)]
    yield ["cost, USD", *(f"{answer[side]['cost']['usd']:,.2f}" for side in sides)]


def _when(each: dict[str, Any]) -> str:
    if each["kind"] != "moved":
        return str(each.get("before") or each.get("after"))[:16]
    return f"{each['before'][:16]} → {each['after'][:16]}, by {timedelta(seconds=each['by_seconds'])}"
