"""`sojourn publish`: save a file as its journey's draft where a file is given, then make the draft live."""

import json
from pathlib import Path
from typing import Any

import click

from sojourn.cli.api import Api, ApiRefusal
from sojourn.cli.files import loaded
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import progress

NOT_FOUND = 404
MODES = {
    "off": ". It sends nothing: the mode is off (`sojourn workspace mode`)",
    "draft": ". Its messages wait for `sojourn journey release`: the mode is draft",
    "allow_list": ". Only named addresses get its messages (`sojourn workspace mode`)",
}


@click.command("publish")
@click.argument("journey")
@click.option("--existing", type=int, help="Let in those who are in its segment already, who are so many.")
@asks_api
def publish_command(journey: str, existing: int | None, api: Api, as_json: bool) -> None:
    """Publish a JOURNEY: a file, or the name of a draft that was saved."""
    path = Path(journey)
    if path.suffix in {".yaml", ".yml", ".json"}:
        name = loaded(path).name
        save(name, path.read_bytes(), api)
    else:
        name = journey
    body = json.dumps({"existing": existing}).encode() if existing is not None else None
    with progress(f"publishing {name}", quiet=as_json, look=f"sojourn publish {name}"):
        answer = api.post("journeys", name, "publish", body=body)
    show(answer, as_json, _told)


def save(name: str, source: bytes, api: Api) -> None:
    """Make the text the journey's draft. The same text again is no new revision: who agreed to it has agreed."""
    try:
        there = api.get("journeys", name)
    except ApiRefusal as refused:
        if refused.status != NOT_FOUND:
            raise
        there = {"revision": 0, "source": ""}
    if not there["revision"]:
        api.put("journeys", name, body=source)
    elif there["source"].encode() != source:
        api.put("journeys", name, body=source, headers=if_match(there["revision"]))


def if_match(revision: int) -> dict[str, str]:
    """Save only over the revision that was read."""
    return {"If-Match": f'"{revision}"'}


def warned(answer: dict[str, Any]) -> list[str]:
    """What the author may not have meant."""
    return [
        f"warning: {each['file']}:{each['line']}: {each['problem']} — {each['remedy']}"
        for each in answer.get("warnings", [])
    ]


def _told(answer: dict[str, Any]) -> list[str]:
    news = "is live now" if answer["changed"] else "was live already"
    if "existing" in answer:
        news += "; those who are in its segment come in now"
    if answer.get("mode", "live") != "live":
        news += MODES[answer["mode"]]
    told = f"{answer['name']} version {answer['version']} {news}. Watch it: sojourn report {answer['name']}"
    return [*warned(answer), told]
