"""`sojourn template list | test | tested`: what is sent, and a look at it in one's own mailbox first."""

import json
import secrets
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.tables import table

WHAT_NOW = {
    "suppressed": "the address is closed, by a bounce, a complaint or its holder: take another one",
    "mode": "`sojourn workspace mode` says who may get mail yet: add the address there",
    "sandbox": "SES is in its sandbox and the address is not verified: `sojourn setup` asks for production",
    "provider_silent": "nobody knows whether it went: look into the mailbox before you send it again",
    "attempt_vanished": "nobody knows whether it went: look into the mailbox before you send it again",
    "sender_busy": "the sender has much to do: repeat the command a little later",
    "provider_rejected": "`sojourn doctor` says what the account may send, and to whom",
    "sender_not_verified": "`sojourn setup` verifies the sender",
}

FARED = {
    None: "· {what}: sent, and the provider reported nothing yet; a text is never reported on",
    "delivered": "✓ {what}: delivered",
    "bounced": "✗ {what}: bounced, so the address may be closed now: `sojourn unsuppress` opens it again",
    "complained": "✗ {what}: called spam, and the address is closed now",
}


@click.group("template")
def template_group() -> None:
    """Templates: what is sent. Files come in with `sojourn apply`."""


@template_group.command("list", epilog="Example: sojourn template list")
@asks_api
def list_templates(api: Api, as_json: bool) -> None:
    """Every template with its newest version."""
    show(api.get("templates", limit="200"), as_json, _listed)


@template_group.command(
    "test", epilog="Example: sojourn template test welcome --to you@example.org --as ada@example.org"
)
@click.argument("name")
@click.option("--to", required=True, help="Your own address; a phone number for a text.")
@click.option("--as", "contact", help="Whose facts it shows: a contact. Else those of --field, or none.")
@click.option(
    "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A sample fact, like firstName=Ada."
)
@asks_api
def test_template(
    name: str, to: str, contact: str | None, fields: tuple[str, ...], api: Api, as_json: bool
) -> None:
    """Send the newest version of a template to somebody of the team, marked [Test]. Nothing of it is measured."""
    if contact and fields:
        raise click.UsageError("--as shows a contact's facts, --field made-up ones: use one of them")
    body = {"to": to, "as": contact or _sample(fields)}
    headers = {"Idempotency-Key": secrets.token_hex(8)}  # for whatever repeats the request on its way
    told = api.post("templates", name, "test", body=json.dumps(body).encode(), headers=headers)
    show(told, as_json, lambda answer: _told(answer, to))
    if told["state"] != "sent":
        raise click.exceptions.Exit(1)


@template_group.command("tested", epilog="Example: sojourn template tested welcome 5f0c1e2d3b4a5968")
@click.argument("name")
@click.argument("test")
@asks_api
def show_test(name: str, test: str, api: Api, as_json: bool) -> None:
    """What the provider reported of a TEST, by the id that `template test` showed. Exits 1 on a bad end."""
    told = api.get("templates", name, "tests", test)
    show(told, as_json, lambda answer: [_fared(answer)])
    if told["state"] != "sent" or told["outcome"] not in {None, "delivered"}:
        raise click.exceptions.Exit(1)


def _fared(answer: dict[str, Any]) -> str:
    what = f"{answer['name']} version {answer['version']}, {answer['at']}"
    if answer["state"] != "sent":
        return f"✗ {what}: {answer['state']} ({answer['reason']})"
    return FARED.get(answer["outcome"], "✗ {what}: the provider threw it away ({outcome})").format(
        what=what, outcome=answer["outcome"]
    )


def _sample(fields: tuple[str, ...]) -> dict[str, Any]:
    said = [field.partition("=") for field in fields]
    if wrong := [name for name, equals, _ in said if not (name and equals)]:
        raise click.BadParameter(f"{wrong[0]!r} is not NAME=VALUE", param_hint="--field")
    return {name: value for name, _, value in said}


def _told(answer: dict[str, Any], to: str) -> list[str]:
    what = f"{answer['name']} version {answer['version']}"
    if answer["state"] == "sent":
        arrived = f"  sojourn template tested {answer['name']} {answer['id']} tells whether it arrived"
        return [f"✓ {what} is on its way to {to}", arrived]
    reason = answer["reason"]
    lines = [f"✗ {what} was not sent ({answer['state']}: {reason})"]
    if field := reason.removeprefix("render:") if reason.startswith("render:") else "":
        return [
            *lines,
            f"  It shows `{field}`: give it with --field {field}=…, or take a contact who has it with --as",
        ]
    return [*lines, f"  {WHAT_NOW.get(reason, '`sojourn doctor` says what the account may send')}"]


def _listed(answer: dict[str, Any]) -> list[Any]:
    rows = ([each["name"], each["channel"], each["version"]] for each in answer["items"])
    return [table("Templates", ("name", "channel", "version"), rows)]
