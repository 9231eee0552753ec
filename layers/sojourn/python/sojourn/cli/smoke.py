"""`sojourn smoke`: letters to SES's simulator and to you, followed until SES said what became of them."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

import click

from sojourn.account.smoke import (
    CONSENT,
    JOURNEY,
    NAME,
    TEMPLATE,
    Chain,
    Letter,
    broken_link,
    has_come,
    letters,
)
from sojourn.cli.api import Api, ApiRefusal
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import Move, progress
from sojourn.cli.publish import save

EVERY = 1.0  # seconds between two looks
NOT_FOUND = 404


@click.command("smoke", epilog="Example: sojourn smoke --to you@example.org --stack sojourn")
@click.option("--to", help="Your own mailbox, which gets one letter too.")
@click.option(
    "--within", type=float, default=120, show_default=True, help="Seconds to wait for SES's reports."
)
@click.option("--stack", help="Where a letter stays away, look at this stack's queues and topics, too.")
@asks_api
def smoke_command(to: str | None, within: float, stack: str | None, api: Api, as_json: bool) -> None:
    """Send to SES's simulator (success, bounce, complaint), follow each letter, and name the link that is broken."""
    run = secrets.token_hex(3)
    written = letters(run, to)
    look = f"sojourn contact explain {written[0].user(run)} {NAME}"
    with progress("letters came home", total=len(written), quiet=as_json, look=look) as move:
        _begin(api, run, written)
        seen = _followed(api, run, written, within=within, move=move)
    aws = _way_back(stack) if stack and not all(_came(each, seen) for each in written) else {}
    told = [_told(each, each.user(run), seen[each.name], aws) for each in written]
    show(told, as_json, lambda _: list(_lines(told)))
    raise SystemExit(0 if all(each["came"] for each in told) else 1)


def _begin(api: Api, run: str, written: list[Letter]) -> None:
    """The journey, its template, and a contact for each letter, who is asked in."""
    api.put("templates", NAME, body=json.dumps(TEMPLATE).encode())
    save(NAME, json.dumps(JOURNEY, indent=1).encode(), api)
    api.post("journeys", NAME, "publish")
    for letter in written:
        person = {
            "userId": letter.user(run),
            "traits": {"email": letter.address},
            "context": {"consent": CONSENT},
        }
        api.post("contacts", body=json.dumps(person).encode())
    for letter in written:
        _asked_in(api, letter.user(run))


def _asked_in(api: Api, user: str) -> None:
    """A contact is known a moment after the event; the request needs it."""
    until = time.monotonic() + 30
    while True:
        try:
            api.post("journeys", NAME, "enrolments", body=json.dumps({"contact": user}).encode())
        except ApiRefusal as refused:
            if refused.status != NOT_FOUND or time.monotonic() > until:
                return  # following it will say that there is no contact
            time.sleep(EVERY)
        else:
            return


def _followed(
    api: Api, run: str, written: list[Letter], *, within: float, move: Move
) -> Mapping[str, tuple[bool, Mapping[str, Any] | None]]:
    """By letter: whether the contact is there, and its message as it stood last."""
    until = time.monotonic() + within
    while True:
        seen = {letter.name: _message(api, letter.user(run)) for letter in written}
        came = sum(_came(letter, seen) for letter in written)
        move(came)
        if came == len(written) or time.monotonic() > until:
            return seen
        time.sleep(EVERY)


def _message(api: Api, user: str) -> tuple[bool, Mapping[str, Any] | None]:
    try:
        found = api.get("contacts", user, "messages")["items"]
    except ApiRefusal as refused:
        if refused.status != NOT_FOUND:
            raise
        return False, None
    return True, next((each for each in found if each["journey"] == NAME), None)


def _came(letter: Letter, seen: Mapping[str, tuple[bool, Mapping[str, Any] | None]]) -> bool:
    return has_come(letter, seen[letter.name][1])


def _way_back(stack: str) -> dict[str, Any]:
    """The links that only AWS can tell of; what may not be read stays unknown."""
    from botocore.exceptions import BotoCoreError, ClientError

    from sojourn.account.feedback import way_back
    from sojourn.account.read import find_stack
    from sojourn.bootstrap import client, region

    try:
        return way_back(client, find_stack(client, stack, region()))
    except (BotoCoreError, ClientError) as error:
        click.echo(f"AWS would not be asked about the way back: {error}", err=True)
        return {}


def _told(
    letter: Letter, user: str, seen: tuple[bool, Mapping[str, Any] | None], aws: dict[str, Any]
) -> dict[str, Any]:
    contact, message = seen
    came = has_come(letter, message)
    told = {"letter": letter.name, "to": letter.address, "expects": letter.expects, "came": came}
    told |= {"message": message["id"] if message else None, "state": message["state"] if message else None}
    if came:
        return told
    link = broken_link(letter, Chain(user=user, contact=contact, message=message, **aws))
    return {**told, "broken": link.name, "says": link.says, "remedy": link.remedy}


def _lines(told: list[dict[str, Any]]) -> Iterator[str]:
    for each in told:
        if each["came"]:
            yield f"[green]✓[/] {each['letter']}: {each['expects']}"
        else:
            yield f"[red]✗[/] {each['letter']}: broken at {each['broken']}: {each['says']}"
            yield f"    {each['remedy']}"
    home = sum(each["came"] for each in told)
    yield f"{home} of {len(told)} letters came home."
