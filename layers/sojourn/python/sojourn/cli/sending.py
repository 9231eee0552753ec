"""`sojourn workspace mode`, `sojourn journey release`, `sojourn message …`: how far messages go, and drafts."""

import json
from collections.abc import Iterator
from typing import Any

import click

from sojourn.cli.api import Api, ApiRefusal
from sojourn.cli.options import asks_api, show
from sojourn.cli.tables import table

MODES = ("off", "draft", "allow_list", "live")
SAID = {
    "off": "off: nothing is sent",
    "draft": "draft: messages wait for `sojourn journey release`, or expire",
    "allow_list": "allow_list: only these get messages",
    "live": "live: everybody gets messages",
}


@click.command("mode")
@click.argument("mode", required=False, type=click.Choice(MODES))
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="Who gets messages in allow_list; all of them."
)
@click.option("--yes", is_flag=True, help="Do not ask before going live.")
@click.option("--dry-run", is_flag=True, help="Tell what live would do, and change nothing.")
@click.option(
    "--i-accept-default-host", "default_host", is_flag=True, help="Links on the API's own address are fine."
)
@asks_api
def mode_command(
    mode: str | None,
    allow: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    default_host: bool,
    api: Api,
    as_json: bool,
) -> None:
    """How far messages go: show it, or say it.

    Example: sojourn workspace mode allow_list --allow me@example.org
    """
    if dry_run:
        if mode != "live":
            raise click.UsageError(
                "only going live has something to tell: sojourn workspace mode live --dry-run"
            )
        show(api.get("workspace", "mode", "live"), as_json, lambda told: [told["message"]])
        return
    if mode is None:
        if allow:
            raise click.UsageError("say the mode, too: sojourn workspace mode allow_list --allow ADDRESS")
        show(api.get("workspace", "mode"), as_json, _told)
        return
    body: dict[str, Any] = {"mode": mode, **({"allow": list(allow)} if allow else {})}
    body |= {"confirm": True} if yes else {}
    body |= {"accept_default_host": True} if default_host else {}
    show(_said(api, body, asks=not as_json), as_json, _told)


@click.command("release")
@click.argument("journey")
@asks_api
def release_journey(journey: str, api: Api, as_json: bool) -> None:
    """Let go every draft of a JOURNEY that waits by now.

    Example: sojourn journey release welcome
    """
    said = "The drafts of {name} that wait by now go within minutes: sojourn report {name}"
    show(api.post("journeys", journey, "release"), as_json, lambda told: [said.format(**told)])


@click.group("message")
def message_group() -> None:
    """Single messages."""


@message_group.command("release")
@click.argument("message")
@asks_api
def release_message(message: str, api: Api, as_json: bool) -> None:
    """Let one draft go: a MESSAGE by its id, as `sojourn explain` shows it.

    Example: sojourn message release 01JH…-5f0c…
    """
    told = api.post("messages", message, "release")
    show(told, as_json, lambda answer: [f"{answer['id']} goes, unless another gate is closed"])


@message_group.command("list")
@click.option("--waiting", is_flag=True, required=True, help="The drafts that wait for a person.")
@click.option("--journey", default="", help="Of this journey alone.")
@asks_api
def list_messages(waiting: bool, journey: str, api: Api, as_json: bool) -> None:
    """The drafts that wait, those that expire next first.

    Example: sojourn message list --waiting --journey welcome
    """
    show(_all_waiting(api, journey), as_json, _listed)


@message_group.command("discard")
@click.argument("message")
@click.option("--reason", required=True, help="Why it does not go: `sojourn explain` shows it.")
@asks_api
def discard_message(message: str, reason: str, api: Api, as_json: bool) -> None:
    """One draft does not go: a MESSAGE by its id. Its run goes on as from any message that is skipped.

    Example: sojourn message discard 01JH…-5f0c… --reason "the price is wrong"
    """
    told = api.post("messages", message, "discard", body=json.dumps({"reason": reason}).encode())
    show(told, as_json, lambda answer: [f"{answer['id']} does not go; its run goes on"])


def _all_waiting(api: Api, journey: str) -> dict[str, Any]:
    """Every page as one."""
    asked = {"state": "waiting", "limit": "200", **({"journey": journey} if journey else {})}
    told: dict[str, Any] = api.get("messages", **asked)
    items = list(told["items"])
    while told["next"]:
        told = api.get("messages", **asked, cursor=told["next"])
        items += told["items"]
    return {"items": items}


def _listed(told: dict[str, Any]) -> Iterator[Any]:
    columns = ("message", "journey", "step", "contact", "expires")
    rows = (
        [each["id"], each["journey"], each["step"], each["user_id"] or each["contact"], each["expires_at"]]
        for each in told["items"]
    )
    yield table(f"{len(told['items'])} wait", columns, rows)
    if told["items"]:
        yield "sojourn message release MESSAGE, or discard MESSAGE --reason WHY; sojourn journey release JOURNEY"


def _said(api: Api, body: dict[str, Any], *, asks: bool) -> Any:
    """What going live would do is asked about, once."""
    try:
        return api.put("workspace", "mode", body=json.dumps(body).encode())
    except ApiRefusal as refused:
        if refused.code != "confirm_live" or not asks:
            raise
        facts = str(refused.problem["message"]).partition(": say it")[0]
        click.confirm(f"{facts}. Go live?", abort=True, err=True)
    return api.put("workspace", "mode", body=json.dumps({**body, "confirm": True}).encode())


def _told(answer: dict[str, Any]) -> Iterator[Any]:
    since = f" (since {answer['since']})" if answer["since"] else ""
    yield f"{SAID[answer['mode']]}{since}"
    if answer.get("restored"):
        yield "on hold: tables were restored since, and every message is a draft until you say the mode again"
    yield from (f"  {address}" for address in answer["allow"])
