"""CDNOW's customers, for tests and benches, and what pandas says of them: it knows nothing of our rules."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pytest

from infra.local.demo.cdnow import MEMBER
from infra.local.demo.purchases import purchases

CUSTOMERS = 23_570
CACHED = Path(__file__).parents[1] / ".sojourn" / "cache" / Path(MEMBER).name
QUANTILES = [(name, of) for name in ("recency", "frequency", "monetary") for of in (2, 5, 10)]

Order = tuple[str, str, datetime, float]  # customer, order, when, dollars


def the_file() -> Path:
    """Where it is; a machine that was offline may go without these tests, CI may not."""
    if not CACHED.exists():
        leave = pytest.fail if "CI" in os.environ else pytest.skip
        leave("CDNOW's purchases are not here; with the network up: make install")
    return CACHED


def orders(text: str, *, every: int = 1) -> Iterator[Order]:
    """Each line is an order of its own, at midnight; of every so many customers."""
    for customer, order, day, _, dollars in purchases(text):
        if int(customer[1:]) % every == 0:
            yield customer, order, _midnight(day), float(dollars)


@cache
def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def by_customer(bought: list[Order]) -> "pd.DataFrame":
    """When they bought last, how often, and for how much."""
    grouped = pd.DataFrame(bought, columns=["customer", "order", "at", "total"]).groupby("customer")
    return pd.DataFrame(
        {
            "recency": grouped["at"].max(),
            "frequency": grouped["order"].nunique(),
            "monetary": grouped["total"].sum().round(2),
            "first": grouped["at"].min(),
        }
    )


def quantiles(bought: list[Order]) -> "pd.DataFrame":
    """`rank` counts who is strictly below; the k-th of `of` quantiles ends where that passes k·n/of."""
    measures = by_customer(bought)[["recency", "frequency", "monetary"]]
    below = measures.rank(method="min") - 1
    return pd.DataFrame({f"{name}/{of}": below[name] * of // len(below) + 1 for name, of in QUANTILES})


def shipped(bought: list[Order], now: datetime) -> dict[str, set[str]]:
    """Who is in each of the segments that ship, when nothing but these orders is known."""
    people, ranks = by_customer(bought), quantiles(bought)
    today = pd.Timestamp(now)
    ago = {months: today - pd.DateOffset(months=months) for months in (2, 6)}
    last, often = people["recency"], people["frequency"]
    found = {
        "active": last >= today - pd.Timedelta(days=30),
        "at-risk": (often >= 2) & (last >= ago[6]) & (last < ago[2]),
        "best-customers": (ranks[["recency/5", "frequency/5", "monetary/5"]] >= 4).all(axis=1),
        "big-spenders": ranks["monetary/10"] == 10,
        "cart-open": often < 0,  # an order closes every cart
        "lapsed": last < ago[6],
        "new-this-week": people["first"] >= today - pd.Timedelta(days=7),
        "one-time-buyers": often == 1,
        # Nothing is known of birthdays, places, addresses, messages and consents.
        **dict.fromkeys(("birthday-this-month", "near-a-shop", "never-mailed", "unengaged"), often < 0),
        **dict.fromkeys(("silent", "consent-old"), often < 0),
    }
    return {name: set(people.index[holds]) for name, holds in found.items()}
