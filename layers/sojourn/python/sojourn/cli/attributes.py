"""`sojourn attributes`: the types of attributes."""

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.contacts.datatypes import DataType

COLUMNS = ("name", "type", "taught_by", "seen")
MOST = "200"


@click.group("attributes")
def attributes_group() -> None:
    """What profiles hold: attributes and their types."""


@attributes_group.command("list")
@asks_api
def list_attributes(api: Api, as_json: bool) -> None:
    """Every attribute, by name."""
    items = list(_everything(api))
    show({"items": items, "next": None}, as_json, _table)


@attributes_group.command("set")
@click.argument("name")
@click.argument("type", type=click.Choice([kind.value for kind in DataType]))
@asks_api
def set_attribute(name: str, type: str, api: Api, as_json: bool) -> None:  # noqa: A002  the command's own word
    """Say the TYPE of the attribute NAME before its first value comes."""
    answer = api.put("attributes", body=json.dumps({"attributes": {name: type}}).encode())
    show(answer, as_json, lambda _: [Text(f"{name} is a {type}")])


@attributes_group.command("delete")
@click.argument("name")
@asks_api
def delete_attribute(name: str, api: Api, as_json: bool) -> None:
    """Hold the type of the attribute NAME no longer; segments that name it stand still until they are mended."""
    show(api.delete("attributes", name), as_json, _deleted)


def _deleted(answer: dict[str, Any]) -> Iterator[Any]:
    yield Text(f"{answer['deleted']} is deleted; profiles keep their values.")
    for segment in answer["invalid_segments"]:
        yield Text(f"{segment} stands still: nobody comes or goes until its rule is mended and published.")


def _everything(api: Api) -> Iterator[dict[str, Any]]:
    answer = api.get("attributes", limit=MOST)
    yield from answer["items"]
    while answer["next"]:
        answer = api.get("attributes", limit=MOST, cursor=answer["next"])
        yield from answer["items"]


def _table(answer: dict[str, Any]) -> Iterator[Any]:
    table = Table(*COLUMNS, title="Attributes", title_justify="left")
    for each in answer["items"]:
        table.add_row(*(Text(str(each[name])) for name in COLUMNS))
    yield table
