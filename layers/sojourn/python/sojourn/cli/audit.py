"""`sojourn audit`: who changed what."""

import json
from typing import Any

import click

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.tables import table


@click.command("audit", epilog="Example: sojourn audit --limit 20")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many lines.")
@asks_api
def audit_command(limit: int, api: Api, as_json: bool) -> None:
    """Show the latest changes: when, who, what, from what to what."""
    show(api.get("audit", limit=str(limit)), as_json, lambda told: [_table(told["items"])])


def _table(items: list[dict[str, Any]]) -> Any:
    rows = [
        (
            each["at"][:19].replace("T", " "),
            f"{each['who']} ({each['role']})",
            each["did"],
            ", ".join(each["on"].values()),
            _short(each["before"]),
            _short(each["after"]),
        )
        for each in items
    ]
    return table("Changes", ["at (UTC)", "who", "did", "on", "before", "after"], rows)


def _short(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)[:120]
