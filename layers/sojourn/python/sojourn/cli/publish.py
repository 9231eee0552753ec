"""`sojourn publish`: save a file as its journey's draft where a file is given, then make the draft live."""

import json
from pathlib import Path
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.cli.files import loaded
from sojourn.cli.options import asks_api, show


@click.command("publish")
@click.argument("journey")
@click.option("--existing", type=int, help="Let in those who are in its segment already, who are so many.")
@asks_api
def publish_command(journey: str, existing: int | None, api: Api, as_json: bool) -> None:
    """Publish a JOURNEY: a file, or the name of a draft that was saved."""
    path = Path(journey)
    if path.suffix in {".yaml", ".yml", ".json"}:
        name = loaded(path).name
        api.put("journeys", name, body=path.read_bytes())
    else:
        name = journey
    body = json.dumps({"existing": existing}).encode() if existing is not None else None
    show(api.post("journeys", name, "publish", body=body), as_json, _told)


def _told(answer: dict[str, Any]) -> list[str]:
    news = "is live now" if answer["changed"] else "was live already"
    if "existing" in answer:
        news += "; those who are in its segment come in now"
    return [f"{answer['name']} version {answer['version']} {news}. Watch it: sojourn report {answer['name']}"]
