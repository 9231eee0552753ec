"""The options that every command has which talks to the API, and how an answer is shown."""

import functools
import json
from collections.abc import Callable
from typing import Any

import click

from sojourn.cli.api import Api

Command = Callable[..., Any]


def asks_api(command: Command) -> Command:
    """Adds --api-url, --api-key, --json; the command gets `api` and `as_json`."""

    @click.option("--api-url", envvar="SOJOURN_API_URL", help="Where the API is (the local cloud).")
    @click.option("--api-key", envvar="SOJOURN_API_KEY", help="An API key (the local cloud's).")
    @click.option("--json", "as_json", is_flag=True, help="Print the API's own answer.")
    @functools.wraps(command)
    def run(api_url: str | None, api_key: str | None, as_json: bool, **arguments: Any) -> Any:
        return command(api=Api.found(api_url, api_key), as_json=as_json, **arguments)

    return run


def show(answer: Any, as_json: bool, table: Callable[[Any], Any]) -> None:
    """The answer as JSON, or as a table for people."""
    if as_json:
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    console = Console(highlight=False)
    for part in table(answer):
        console.print(part)
