"""`sojourn task`: what people are asked to do for contacts, and that it is done."""

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.tables import table

COLUMNS = ("task", "due", "contact", "step", "note", "outcomes")


@click.group("task")
def task_group() -> None:
    """Tasks for people: steps of journeys that somebody settles."""


@task_group.command("list")
@click.option("--assign", required=True, help="Whose tasks, as the journey's `assign` says.")
@asks_api
def list_tasks(assign: str, api: Api, as_json: bool) -> None:
    """The open tasks of a list, the next due first."""
    show(_all(api, assign), as_json, _listed)


@task_group.command("settle")
@click.argument("task")
@click.argument("outcome")
@click.option("--by", default="", help="Who did it; the name of the API key unless said.")
@asks_api
def settle_task(task: str, outcome: str, by: str, api: Api, as_json: bool) -> None:
    """Settle a TASK with one of its outcomes: the journey goes on along that path."""
    body = {"outcome": outcome, **({"by": by} if by else {})}
    show(api.post("tasks", task, body=json.dumps(body).encode()), as_json, _settled)


def _all(api: Api, assign: str) -> dict[str, Any]:
    """Every page as one."""
    told: dict[str, Any] = api.get("tasks", assign=assign, limit="200")
    items = list(told["items"])
    while told["next"]:
        told = api.get("tasks", assign=assign, limit="200", cursor=told["next"])
        items += told["items"]
    return {"items": items, "open": told["open"]}


def _listed(told: dict[str, Any]) -> Iterator[Any]:
    rows = (
        [
            each["id"],
            each["due"],
            each["user_id"] or each["contact"],
            each["step"],
            each["note"],
            " · ".join(each["outcomes"]),
        ]
        for each in told["items"]
    )
    yield table(f"{len(told['items'])} open", COLUMNS, rows)


def _settled(task: dict[str, Any]) -> Iterator[Any]:
    yield Text(f"{task['step']}: {task['outcome']} ({task['by']})")
