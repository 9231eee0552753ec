"""Views of the workspace's days: what went, what came of it and what was bought, in one read."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.paging import parameter
from functions.api.routing import route
from functions.api.world import world
from sojourn.contacts.facts.value import NO_CURRENCY, UNIT
from sojourn.errors import Problem
from sojourn.insight.counting import NONE
from sojourn.insight.daily import ALL, KIND, by_day
from sojourn.insight.report import CHANNELS
from sojourn.insight.store import figures_of

days = Blueprint(__name__)
USUAL, MOST = 30, 92
FIGURES = ("sent", "failed", "bounces", "complaints", "unsubscribes")


@route(days, "/api/overview/days")
def show_days(request: Request) -> dict[str, Any]:
    """The latest days, today the last: each is there, whether anything happened or not."""
    today, many = world().clock.calendar().date(), _many(request)
    names = [(today - timedelta(days=before)).isoformat() for before in range(many - 1, -1, -1)]
    known = by_day(figures_of(ALL, KIND, after=names[0]))
    return {"days": [{"day": name, **_told(known.get(name, {}))} for name in names]}


def _told(channels: Mapping[str, Counter[str]]) -> dict[str, Any]:
    messages = sum((channels.get(channel, Counter()) for channel in CHANNELS), Counter[str]())
    money = {
        name: each
        for name, each in channels.items()
        if name not in CHANNELS and each["orders"] + each["refunds"]
    }
    return {
        "people": channels.get(NONE, Counter())["enrolled"],
        **{name: max(0, messages[name]) for name in FIGURES},
        "opens": messages["opens.human"] + messages["opens.proxy"],
        "clicks": messages["clicks.human"],
        "money": [_money(name, money[name]) for name in sorted(money)],
    }


def _money(currency: str, figures: Counter[str]) -> dict[str, Any]:
    return {
        "currency": None if currency == NO_CURRENCY else currency,
        "orders": figures["orders"],
        "revenue": figures["amount"] / UNIT,
        "refunded": figures["refunded"] / UNIT,
    }


def _many(request: Request) -> int:
    said = parameter(request, "days")
    if said is None:
        return USUAL
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:4]) <= MOST):
        raise Problem(400, "invalid_parameter", f"`days` is a whole number from 1 to {MOST}", field="days")
    return int(said)
