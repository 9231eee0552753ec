"""`sojourn suppress`, `sojourn unsuppress`: addresses that nothing is sent to, and their history."""

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show

channel = click.argument("channel", type=click.Choice(["email", "sms"]))
note = click.option("--note", default="", help="Why; kept in the history of the address.")


@click.command("suppress")
@channel
@click.argument("address")
@note
@click.option("--show", "only_show", is_flag=True, help="Change nothing; tell what is known.")
@asks_api
def suppress_command(channel: str, address: str, note: str, only_show: bool, api: Api, as_json: bool) -> None:
    """Send nothing more to an ADDRESS by a CHANNEL, whoever it belongs to."""
    if only_show:
        known = api.post("suppressions", "find", body=_body(channel, address, ""))
    else:
        known = api.put("suppressions", body=_body(channel, address, note))
    show(known, as_json, _told)


@click.command("unsuppress")
@channel
@click.argument("address")
@note
@asks_api
def unsuppress_command(channel: str, address: str, note: str, api: Api, as_json: bool) -> None:
    """Open an ADDRESS again; what its own holder closed stays closed."""
    show(api.delete("suppressions", body=_body(channel, address, note)), as_json, _told)


def _body(channel: str, address: str, note: str) -> bytes:
    return json.dumps({"channel": channel, "address": address, **({"note": note} if note else {})}).encode()


def _told(known: dict[str, Any]) -> Iterator[Any]:
    yield Text(f"closed: {known['reason']}" if known["suppressed"] else "open")
    if known["history"]:
        table = Table("at", "reason", "source", title="History", title_justify="left")
        for line in known["history"]:
            table.add_row(line["at"], line["reason"] or "(opened)", line["source"])
        yield table
