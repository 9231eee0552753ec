"""`sojourn publish`: save a file as its journey's draft where a file is given, then make the draft live."""

from pathlib import Path
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.cli.files import loaded
from sojourn.cli.options import asks_api, show


@click.command("publish")
@click.argument("journey")
@asks_api
def publish_command(journey: str, api: Api, as_json: bool) -> None:
    """Publish a JOURNEY: a file, or the name of a draft that was saved."""
    path = Path(journey)
    if path.suffix in {".yaml", ".yml", ".json"}:
        name = loaded(path).name
        api.put("journeys", name, body=path.read_bytes())
    else:
        name = journey
    show(api.post("journeys", name, "publish"), as_json, _told)


def _told(answer: dict[str, Any]) -> list[str]:
    news = "is live now" if answer["changed"] else "was live already"
    return [f"{answer['name']} version {answer['version']} {news}. Watch it: sojourn report {answer['name']}"]
