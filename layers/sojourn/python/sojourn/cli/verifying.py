"""`sojourn segment verify` and `run`: is what stands what the events say, and how a run through all contacts stands."""

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import RUNNING, Place, followed
from sojourn.cli.tables import table

DONE = "done"
KINDS = ("missing", "surplus", "mislisted")


@click.command("verify")
@click.argument("name", required=False)
@click.option(
    "--percent", type=click.IntRange(1, 100), default=100, show_default=True, help="Of the contacts."
)
@click.option("--repair", is_flag=True, help="Put right whoever has drifted, in all their segments.")
@click.option("--wait/--no-wait", default=True, help="Wait until it is through (it goes on without).")
@asks_api
def verify_segment(name: str | None, percent: int, repair: bool, wait: bool, api: Api, as_json: bool) -> None:
    """Judge contacts anew from their raw events, and compare; of a segment, or of all without NAME.

    The exit code is 1 where drift was found and not repaired.
    """
    body = json.dumps({"percent": percent, "repair": repair}).encode()
    run = api.post("segments", *([name] if name else []), "verify", body=body)
    if wait:
        run = _waited(api, run, quiet=as_json)
    show(run, as_json, _told)
    if run["status"] != DONE and (wait or run["status"] != RUNNING):
        raise click.exceptions.Exit(1)
    if run["drift"]["contacts"] > run["drift"]["repaired"]:
        raise click.exceptions.Exit(1)


@click.command("run")
@click.argument("id")
@asks_api
def show_run(id: str, api: Api, as_json: bool) -> None:  # noqa: A002
    """How a run through all contacts stands, and what it found."""
    show(api.get("segments", "runs", id), as_json, _told)


def _waited(api: Api, run: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    def read() -> dict[str, Any]:
        return dict(api.get("segments", "runs", run["id"]))

    return followed(run, read, _place, look=f"sojourn segment run {run['id']}", quiet=quiet) or run


def _place(run: dict[str, Any]) -> Place:
    return "rows", run["progress"]["estimated"] or None, run["progress"]["seen"]


def _told(run: dict[str, Any]) -> Iterator[Any]:
    reason = f" ({run['reason']})" if run["reason"] else ""
    of = ", ".join(run["segments"]) or "all segments"
    yield Text(f"{run['id']}: {run['kind']} of {of}, {run['status']}{reason}")
    seen, estimated = run["progress"]["seen"], run["progress"]["estimated"]
    facts = {
        "begun at": run["begun_at"],
        "ended at": run["ended_at"],
        "rows seen": f"{seen:,} of about {estimated:,}" if run["status"] != DONE else f"{seen:,}",
        "contacts judged": f"{run['judged']:,}",
    }
    yield table("", ("", ""), ((name, fact) for name, fact in facts.items() if fact))
    if run["drift"]:
        yield from _drift(run["drift"], run["status"])


def _drift(drift: dict[str, Any], status: str) -> Iterator[Any]:
    if drift["by_profile"]:
        yield Text(f"{drift['by_profile']:,} were judged by their profiles: not all their events are kept.")
    if drift["on_its_way"]:
        yield Text(f"{drift['on_its_way']:,} differ by what is minutes old and on its way: no drift.")
    if not drift["contacts"]:
        yield Text("No drift." if status == DONE else "No drift so far.")
        return
    yield Text(f"{drift['contacts']:,} contacts have drifted; {drift['repaired']:,} were repaired.")
    rows = ([name, *(figures[kind] for kind in KINDS)] for name, figures in drift["by_segment"].items())
    yield table("Drift", ("segment", *KINDS), rows)
    yield table("Some of them", ("contact",), ([contact] for contact in drift["examples"]))
    if drift["contacts"] > drift["repaired"]:
        yield Text("Why: sojourn segment explain NAME CONTACT. Put right: sojourn segment verify --repair")
