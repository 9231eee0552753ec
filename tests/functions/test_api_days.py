"""The workspace's days: each is there, and what happened on it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from sojourn.insight.counting import CounterKey
from sojourn.insight.daily import ALL, KIND
from sojourn.insight.store import add
from tests.functions.test_api import call, dynamodb, get, press
from tests.insight_rows import NOW

__all__ = ["dynamodb", "press"]


@pytest.fixture(autouse=True)
def _world(press: Any) -> None:
    """The API's own."""


def count(before: int, part: int, channel: str, **figures: int) -> None:
    day = (NOW - timedelta(days=before)).date().isoformat()
    key = CounterKey(ALL, day, str(part), channel, KIND)
    add({key: Counter(figures)}, batch=[f"{before}{part}{channel}"], wall=NOW)


def test_every_day_is_there_the_latest_last():
    days = get("/api/overview/days")["days"]

    assert len(days) == 30
    assert days[-1]["day"] == NOW.date().isoformat()
    assert days[-1]["sent"] == 0


def test_channels_and_parts_add_up_and_money_stays_apart_by_currency():
    count(0, 1, "email", sent=3, bounces=1, **{"opens.human": 1, "opens.proxy": 1, "clicks.human": 1})
    count(0, 2, "sms", sent=2)
    count(0, 1, "-", enrolled=4)
    count(0, 1, "EUR", orders=1, amount=99_0000)
    count(0, 2, "EUR", refunds=1, refunded=10_0000)
    count(0, 1, "USD", orders=1, amount=5000)
    count(7, 1, "email", sent=99)

    days = get("/api/overview/days?days=7")["days"]

    assert [day["sent"] for day in days] == [0] * 6 + [5]
    assert (days[-1]["opens"], days[-1]["clicks"], days[-1]["bounces"], days[-1]["people"]) == (2, 1, 1, 4)
    assert days[-1]["money"] == [
        {"currency": "EUR", "orders": 1, "revenue": 99.0, "refunded": 10.0},
        {"currency": "USD", "orders": 1, "revenue": 0.5, "refunded": 0.0},
    ]


@pytest.mark.parametrize("days", ["0", "93", "x", "-1", "99999999"])
def test_so_many_days_as_nobody_keeps_are_refused(days: str):
    assert call("GET", f"/api/overview/days?days={days}").status == 400


def test_the_overview_is_as_the_specification_says():
    told = get("/api/overview")

    assert (told["failed_runs"], told["coming"]) == (0, [])
