"""`sojourn journey approve`: read what would go live, and agree to it."""

from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.publish import if_match
from sojourn.journeys.migrating.difference import difference


@click.command("approve")
@click.argument("name")
@click.option("--revision", type=int, help="The revision that you read; without it the latest is shown.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@asks_api
def approve_journey(name: str, revision: int | None, yes: bool, api: Api, as_json: bool) -> None:
    """Agree to the draft NAME, which another person saved; it counts for this revision alone."""
    there = api.get("journeys", name)
    if not as_json:
        show(there, False, _changes)
    if not yes and not as_json:
        click.confirm(f"Agree to revision {there['revision']} of {name}?", abort=True)
    headers = if_match(revision or there["revision"])
    show(api.post("journeys", name, "approvals", headers=headers), as_json, _agreed)


def _changes(there: dict[str, Any]) -> Iterator[Text]:
    """The draft against what is live."""
    live, who = there["live"], there.get("saved_by") or "nobody's key"
    yield Text(f"{there['name']} revision {there['revision']}, saved by {who}")
    names = (f"version {live['version']} (live)" if live else "nothing is live", "the draft")
    yield from map(Text, difference(live["source"] if live else "", there["source"], names=names))


def _agreed(answer: dict[str, Any]) -> Iterator[Text]:
    news = "You agree to" if answer["is_new"] else "You had agreed to"
    missing = answer["approvals"]["missing"]
    way = f"{missing} more must agree" if missing else f"it may go live: sojourn publish {answer['name']}"
    yield Text(f"{news} revision {answer['revision']} of {answer['name']}; {way}")
