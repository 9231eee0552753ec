"""`sojourn workspace reputation` and `resume`: what came back of the mails, and marketing that goes on."""

from collections.abc import Iterator
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show

GOES_ON = "Marketing goes on: what was held goes within minutes"


@click.command("reputation")
@asks_api
def reputation_command(api: Api, as_json: bool) -> None:
    """How many mails of the last day bounced or were called spam, and whether marketing is paused for it.

    Example: sojourn workspace reputation
    """
    show(api.get("workspace", "reputation"), as_json, _told)


@click.command("resume")
@click.option("--yes", is_flag=True, help="Do not ask.")
@asks_api
def resume_command(yes: bool, api: Api, as_json: bool) -> None:
    """Let marketing go on that was paused for bounces or complaints; mails sent from now on are judged anew.

    Example: sojourn workspace resume --yes
    """
    there = api.get("workspace", "reputation")
    if there["paused"] and not yes and not as_json:
        asked = f"{_why(there)}. Is the cause mended, and shall marketing go on?"
        click.confirm(asked, abort=True, err=True)
    told = api.post("workspace", "reputation", "resume")
    was_paused = there["paused"]
    show(told, as_json, lambda answer: [GOES_ON] if was_paused else ["Marketing was not paused"])


def _told(answer: dict[str, Any]) -> Iterator[str]:
    yield _why(answer) if answer["paused"] else "marketing goes out"
    if answer["paused"]:
        yield "  mend the cause, then: sojourn workspace resume"
    elif answer["since"]:
        yield f"  resumed at {answer['since']}: only mails sent after that are counted"
    yield f"of the last day: {_figures(answer['last_day'])}"
    limits = answer["pauses_at"]
    yield (
        f"paused at {limits['bounce_rate']:.0%} bounces or {limits['complaint_rate']:.1%} complaints "
        f"({limits['complaints']} at least), from {limits['mails']:,} mails on"
    )


def _why(answer: dict[str, Any]) -> str:
    return f"marketing is paused since {answer['since']} for {answer['cause']}: {_figures(answer['for'])}"


def _figures(said: dict[str, Any]) -> str:
    return (
        f"{said['mails']:,} mails, {said['bounces']:,} bounced for good ({said['bounce_rate']:.2%}), "
        f"{said['complaints']:,} complaints ({said['complaint_rate']:.2%})"
    )
