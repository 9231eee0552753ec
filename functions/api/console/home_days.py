"""What went and what was bought, as Home draws it: sums, how they compare with the days before, and charts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from functions.api.console.charts import bars
from functions.api.console.formats import money, number, share, short_day
from functions.api.console.words import _

Day = Mapping[str, Any]
FIGURES = ("sent", "opens", "clicks", "bounces")


@dataclass(frozen=True, slots=True)
class Told:
    """One number and a few words on it."""

    label: str
    value: str
    detail: str


def messages(before: Sequence[Day], days: Sequence[Day]) -> list[Told]:
    """Sent with how it compares, and of what was sent the parts that were opened, clicked and came back."""
    names = {
        "sent": _("Sent"),
        "opens": _("Opened"),
        "clicks": _("Clicked"),
        "bounces": _("Bounced"),
    }
    sent = _sum(days, "sent")
    told = []
    for figure in FIGURES:
        value = _sum(days, figure)
        of_sent = _("%(share)s of sent") % {"share": share(value / sent)} if sent else ""
        detail = compared(_sum(before, figure), value) if figure == "sent" else of_sent
        told.append(Told(names[figure], number(value), detail))
    return told


def sent_chart(days: Sequence[Day]) -> Markup:
    """What went, by day."""
    return bars(_("Messages sent by day"), _names(days), {_("Sent"): [day["sent"] for day in days]})


def currencies(days: Sequence[Day]) -> list[str | None]:
    """Those that something was bought in, the one of most orders first."""
    orders: dict[str | None, int] = {}
    for day in days:
        for each in day["money"]:
            orders[each["currency"]] = orders.get(each["currency"], 0) + each["orders"]
    return sorted(orders, key=lambda name: (-orders[name], name or ""))


def revenue(before: Sequence[Day], days: Sequence[Day], currency: str | None) -> list[Told]:
    """Revenue with how it compares, and orders with what one is worth, in one currency."""
    earned = sum(_earned(day, currency, "revenue") for day in days)
    orders = int(sum(_earned(day, currency, "orders") for day in days))
    back = sum(_earned(day, currency, "refunded") for day in days)
    past = sum(_earned(day, currency, "revenue") for day in before)
    mean = _("%(money)s on average") % {"money": money(earned / orders, currency or "")} if orders else ""
    refunded = [Told(_("Given back"), money(back, currency or ""), "")] if back else []
    first = Told(_("Revenue"), money(earned, currency or ""), compared(past, earned))
    return [first, Told(_("Orders"), number(orders), mean), *refunded]


def revenue_chart(days: Sequence[Day], currency: str | None) -> Markup:
    """What was bought, by day."""
    title = _("Revenue by day in %(currency)s") % {"currency": currency} if currency else _("Revenue by day")
    return bars(title, _names(days), {_("Revenue"): [_earned(day, currency, "revenue") for day in days]})


def compared(before: float, now: float) -> str:
    """Against the same number of days before; nothing to say where there was nothing."""
    if not before:
        return ""
    change = round(100 * (now - before) / before)
    if not change:
        return _("as much as before")
    said = _("%(change)s %% more than before") if change > 0 else _("%(change)s %% less than before")
    return said % {"change": number(abs(change))}


def _earned(day: Day, currency: str | None, figure: str) -> float:
    return float(sum(each[figure] for each in day["money"] if each["currency"] == currency))


def _sum(days: Sequence[Day], figure: str) -> int:
    return sum(int(day[figure]) for day in days)


def _names(days: Sequence[Day]) -> list[str]:
    return [short_day(date.fromisoformat(day["day"])) for day in days]
