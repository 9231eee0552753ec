"""What a person bought: orders, and money by currency. Pure.

`Order Completed` counts `revenue` (Segment: without shipping and tax), else `total`, else `value`; `Order Refunded`
takes off its own, or the whole order when it names none. The same order told twice, by the shop and by the page, counts
once while it is among the newest hundred. Money is kept in ten-thousandths, so that sums are exact in any order.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

COMPLETED, REFUNDED = "Order Completed", "Order Refunded"
AMOUNTS = ("revenue", "total", "value")
UNIT = 10_000
NEWEST = 100
LARGEST = Decimal(10) ** 12
NO_CURRENCY = "-"
LONGEST_ID = 100

Order = list[Any]  # [at, key, currency, ten-thousandths, products]


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{orders, refunds: {id: Order}, settled: {currency: {n, amount, products, refunded}}, first, last}."""
    if deed.name not in (COMPLETED, REFUNDED) or deed.type != "track":
        return dict(fact) if fact else None
    named = deed.properties.get("order_id")
    order = str(named)[:LONGEST_ID] if isinstance(named, str | int) and named != "" else f"{deed.key}"
    entry: Order = [deed.at, deed.key, _currency(deed), _amount(deed), _products(deed)]
    if deed.name == REFUNDED:
        refund_key = f"{order}|{deed.properties.get('refund_id') or deed.key}"[: 2 * LONGEST_ID]
        return join(fact or {}, {"refunds": {refund_key: entry}})
    return join(fact or {}, {"orders": {order: entry}, "first": deed.at, "last": deed.at})


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The orders of both; of one order told twice, what was told first."""
    joined: dict[str, Any] = {"settled": _added(one.get("settled", {}), other.get("settled", {}))}
    for kind in ("orders", "refunds"):
        known = dict(one.get(kind, {}))
        for name, entry in other.get(kind, {}).items():
            known[name] = min(known.get(name, entry), entry)
        joined[kind] = _bounded(known, kind, joined["settled"])
    for end, pick in (("first", min), ("last", max)):
        if ends := [side[end] for side in (one, other) if end in side]:
            joined[end] = pick(ends)
    return {name: part for name, part in joined.items() if part}


def totals(fact: Mapping[str, Any] | None) -> dict[str, dict[str, float]]:
    """{currency: {orders, products, revenue, refunded, value}}: value is what remained."""
    sums = {currency: dict(kept) for currency, kept in (fact or {}).get("settled", {}).items()}
    for kind in ("orders", "refunds"):
        for entry in (fact or {}).get(kind, {}).values():
            _settle(sums, kind, _whole_refund(fact or {}, kind, entry))
    return {
        currency: {
            "orders": kept.get("n", 0),
            "products": kept.get("products", 0),
            "revenue": kept.get("amount", 0) / UNIT,
            "refunded": kept.get("refunded", 0) / UNIT,
            "value": (kept.get("amount", 0) - kept.get("refunded", 0)) / UNIT,
        }
        for currency, kept in sorted(sums.items())
    }


def _whole_refund(fact: Mapping[str, Any], kind: str, entry: Order) -> Order:
    """A refund without an amount gives the whole order back."""
    if kind == "orders" or entry[3] is not None:
        return entry
    names = [name.partition("|")[0] for name, each in fact["refunds"].items() if each is entry]
    order = fact.get("orders", {}).get(names[0] if names else "")
    return [*entry[:2], order[2], order[3], 0] if order else [*entry[:3], 0, 0]


def _bounded(entries: dict[str, Order], kind: str, settled: dict[str, Any]) -> dict[str, Order]:
    newest = sorted(entries, key=lambda name: (entries[name][:2], name), reverse=True)
    for name in newest[NEWEST:]:
        _settle(settled, kind, entries[name])
    return {name: entries[name] for name in sorted(newest[:NEWEST])}


def _settle(sums: dict[str, Any], kind: str, entry: Order) -> None:
    _, _, currency, amount, products = entry
    kept = sums[currency] = dict(sums.get(currency, {}))
    if kind == "refunds":
        kept["refunded"] = kept.get("refunded", 0) + (amount or 0)
        return
    kept["n"] = kept.get("n", 0) + 1
    kept["amount"] = kept.get("amount", 0) + (amount or 0)
    kept["products"] = kept.get("products", 0) + products


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {
        currency: {
            name: one.get(currency, {}).get(name, 0) + other.get(currency, {}).get(name, 0)
            for name in {*one.get(currency, {}), *other.get(currency, {})}
        }
        for currency in {*one, *other}
    }


def _currency(deed: "Deed") -> str:
    said = deed.properties.get("currency")
    return said.strip().upper() if isinstance(said, str) and len(said.strip()) == 3 else NO_CURRENCY


def _amount(deed: "Deed") -> int | None:
    """In ten-thousandths; None when no amount can be read."""
    for name in AMOUNTS:
        said = deed.properties.get(name)
        if isinstance(said, bool) or not isinstance(said, str | int | float):
            continue
        try:
            amount = Decimal(str(said).strip())
        except InvalidOperation:
            continue
        if amount.is_finite() and abs(amount) < LARGEST:
            return abs(round(amount * UNIT))
    return None


def _products(deed: "Deed") -> int:
    said = deed.properties.get("products")
    if not isinstance(said, list):
        return 0
    counts = [each.get("quantity", 1) if isinstance(each, Mapping) else 1 for each in said]
    return sum(count if isinstance(count, int) and 0 < count < 1_000_000 else 1 for count in counts)
