"""`sojourn doctor`: whether mail may go out of this account as it should, and what to do where it may not."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sojourn.account.model import Account, Finding, Key, Level
from sojourn.cli.keys import knows_stack
from sojourn.cli.options import show
from sojourn.cli.progress import progress
from sojourn.clock import machine_clock

MARKS = {Level.OK: "✓", Level.NOTE: "·", Level.WARNING: "!", Level.BLOCKER: "✗"}
COLOURS = {Level.OK: "green", Level.NOTE: "blue", Level.WARNING: "yellow", Level.BLOCKER: "red"}


@click.command("doctor", epilog="Example: sojourn doctor --stack sojourn")
@knows_stack
@click.option(
    "--letter",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A letter of the stack that arrived, with its headers: is its unsubscribe signed?",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor_command(stack: str, letter: Path | None, as_json: bool) -> None:
    """Look at the account, the sender's domain and the stack. Exits 1 when something keeps mail from going out."""
    from sojourn.account.doctor import examine, is_well

    with progress("looking at the account", quiet=as_json, again=f"sojourn doctor --stack {stack}"):
        findings = examine(_account(stack, letter))
    show([_json(each) for each in findings], as_json, lambda _: list(_lines(findings)))
    raise SystemExit(0 if is_well(findings) else 1)


def _account(stack: str, letter: Path | None) -> Account:
    from dataclasses import replace

    from botocore.exceptions import BotoCoreError, ClientError

    from sojourn.account.dns import dmarc_of
    from sojourn.account.letter import signed_headers
    from sojourn.account.read import Reader, find_stack
    from sojourn.bootstrap import client, region
    from sojourn.journeys.reputation import standing

    try:
        reader = Reader(client, find_stack(client, stack, region()))
        account = reader.account(now=machine_clock().wall(), keys=tuple(keys_in_use()))
        marketing = standing()
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"AWS would not answer ({error}): sign in and set AWS_REGION") from None
    if marketing.is_paused:
        account = replace(account, paused_for=marketing.cause, paused_since=marketing.since)
    dmarc = dmarc_of(account.domain) if not os.environ.get("AWS_ENDPOINT_URL") else None
    return replace(account, dmarc=dmarc, signed=signed_headers(letter.read_bytes()) if letter else None)


def keys_in_use() -> Iterator[Key]:
    """All that are in use; those that sign (links, hashes, calls) are rows of their own name."""
    from sojourn import config
    from sojourn.http.keys import KIND

    for row in config.query(KIND):
        if row.data.get("active"):
            made_at = row.data.get("made_at")
            kind = row.id.partition("#")[0]
            yield Key(kind, row.data.get("name", kind), datetime.fromisoformat(made_at) if made_at else None)


def _json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "says": finding.says,
        "remedy": finding.remedy,
        "command": finding.command,
    }


def _lines(findings: list[Finding]) -> Iterator[Any]:
    """One line a finding, and below it what to do; then the sum."""
    from rich.text import Text

    for finding in findings:
        yield Text.assemble((f"{MARKS[finding.level]} ", COLOURS[finding.level]), finding.says)
        if finding.remedy:
            yield Text(f"    {finding.remedy}")
        if finding.command:
            yield Text(f"    $ {finding.command}", style="dim")
    blockers = [each.code for each in findings if each.level is Level.BLOCKER]
    yield Text(f"Mend first: {', '.join(blockers)}." if blockers else "Nothing keeps mail from going out.")
