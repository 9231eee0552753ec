"""`sojourn journey enrol | pause | resume | stop`: what is done to a journey that runs."""

import json
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show

SAID = {
    "live": "goes on",
    "paused": "is paused: nobody leaves, and nothing is sent until `sojourn journey resume {name}`",
    "stopped": "is stopped: nobody comes in, and no run sends anything more",
}


@click.command("enrol")
@click.argument("journey")
@click.argument("contact")
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="NAME=VALUE",
    help="What the journey knows as entry.NAME.",
)
@click.option("--key", help="The value that tells this contact's runs apart.")
@click.option("--idempotency-key", help="A request that is sent twice with one key counts once.")
@asks_api
def enrol_contact(
    journey: str,
    contact: str,
    properties: tuple[str, ...],
    key: str | None,
    idempotency_key: str | None,
    api: Api,
    as_json: bool,
) -> None:
    """Ask for a CONTACT (its id or userId) to be let into a JOURNEY that has the entry `{api: true}`."""
    body: dict[str, Any] = {"contact": contact, "properties": dict(map(_pair, properties))}
    body |= {"key": key} if key is not None else {}
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
    answer = api.post("journeys", journey, "enrolments", body=json.dumps(body).encode(), headers=headers)
    show(answer, as_json, lambda told: [_asked(told, journey, contact)])


@click.command("pause")
@click.argument("journey")
@asks_api
def pause_journey(journey: str, api: Api, as_json: bool) -> None:
    """Hold every message of a JOURNEY; its people stay where they are."""
    show(api.post("journeys", journey, "pause"), as_json, _told)


@click.command("resume")
@click.argument("journey")
@click.option(
    "--late", default="send", show_default=True, help="`send`, `skip 24 hours`, or `spread 2 hours`."
)
@asks_api
def resume_journey(journey: str, late: str, api: Api, as_json: bool) -> None:
    """Let a paused JOURNEY go on, and say what becomes of the messages that are late by now."""
    show(api.post("journeys", journey, "resume", body=json.dumps({"late": late}).encode()), as_json, _told)


@click.command("stop")
@click.argument("journey")
@asks_api
def stop_journey(journey: str, api: Api, as_json: bool) -> None:
    """Let nobody into a JOURNEY any more, send nothing more, and end the runs that are in it. Again: how far it is."""
    show(api.post("journeys", journey, "stop"), as_json, _told)


@click.command("continue")
@click.argument("journey")
@click.argument("step")
@asks_api
def continue_journey(journey: str, step: str, api: Api, as_json: bool) -> None:
    """Let those who have finished an older version of a JOURNEY go on at a STEP of the live one, and run only that."""
    answer = api.post("journeys", journey, "continuations", body=json.dumps({"to": step}).encode())
    said = "Whoever has finished an older version of {journey} goes on at '{to}' in version {version}, within minutes"
    show(answer, as_json, lambda told: [said.format(**told)])


def _pair(said: str) -> tuple[str, Any]:
    """`n=3` is a number, `on=true` a truth value, anything else a text."""
    name, equals, value = said.partition("=")
    if not name or not equals:
        raise click.BadParameter(f"{said!r} is not NAME=VALUE", param_hint="--property")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _asked(answer: dict[str, Any], journey: str, contact: str) -> str:
    news = "was asked for" if answer["is_new"] else "was asked for before"
    return f"{contact} {news}. Whether they came in: sojourn explain {contact} {journey}"


def _told(answer: dict[str, Any]) -> list[str]:
    said = f"{answer['name']} {SAID[answer['state']]}".format(name=answer["name"])
    if "ended" not in answer:
        return [said]
    rest = (
        "and that is all" if answer["is_done"] else "and the others follow: ask again with the same command"
    )
    return [said, f"{answer['ended']} runs have ended, {rest}"]
