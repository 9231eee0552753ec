"""What it would cost: messages, transitions and write units at list prices (docs/cost.md). Pure."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sojourn.planning.figures import Figures

EVENTS_OF_MAIL = ("opened", "clicked")


@cache
def prices() -> Mapping[str, Any]:
    """The list prices, and the write units."""
    loaded: Mapping[str, Any] = yaml.safe_load(
        files(__package__).joinpath("prices.yaml").read_text(encoding="utf-8")
    )
    return loaded


def cost_of(figures: Figures) -> list[dict[str, Any]]:
    """A line for each service, with its quantity."""
    usd = prices()["usd"]
    lines = (
        ("SES", figures.by_channel["email"], "mails", usd["ses.mail"]),
        ("SMS", figures.parts, "parts", usd["sms.part"]),
        ("Step Functions", figures.transitions, "transitions", usd["states.transition"]),
        ("DynamoDB writes", write_units(figures), "write units", usd["dynamodb.write"]),
    )
    return [
        {"service": service, "quantity": quantity, "unit": unit, "usd": round(quantity * price, 6)}
        for service, quantity, unit, price in lines
    ]


def total_of(lines: list[dict[str, Any]]) -> float:
    """All of it, in US dollars."""
    return round(float(sum(line["usd"] for line in lines)), 6)


def write_units(figures: Figures) -> int:
    """About so many: rows are small, so each is one unit, or two in a transaction."""
    units = prices()["writes"]
    answered = sum(
        count * units[what] for (_, what), count in figures.answered.items() if what in EVENTS_OF_MAIL
    )
    return int(answered + sum(count * units[what] for what, count in figures.writes.items()))
