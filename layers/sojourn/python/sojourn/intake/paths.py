"""The few words in which a mapping says where a value stands. Pure and total: what is not there is None.

"customer.email"                          a path; a number is a place in a list, -1 the last
["processed_at", "created_at"]            the first of these that is there
{value: x}                                x itself
{each: line_items, take: {sku: sku}}      a list, each item by the fields of `take`
{sum: "refunds.-1.transactions", of: amount}
{path: state, among: {subscribed: given}} a translation; what is not listed is None
as: text | number | minor | time          with any of them: `minor` divides by the currency's smallest unit
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_ITEMS = 200
LONGEST_TEXT = 1_000
LARGEST_TIME = 253_402_300_799  # the last second of 9999
# Currencies whose smallest unit is not a hundredth (Stripe, "Supported currencies").
NO_DECIMALS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

Spec = Any


def taken(spec: Spec, source: Any, *, currency: str = "") -> Any:
    """The value that a spec names in what was sent."""
    if isinstance(spec, str):
        return _at(spec, source)
    if isinstance(spec, list):
        found = (taken(each, source, currency=currency) for each in spec)
        return next((value for value in found if value not in (None, "")), None)
    value = _special(spec, source, currency)
    return CASTS[spec["as"]](value, currency) if "as" in spec else value


def taken_all(fields: Mapping[str, Spec], source: Any, *, currency: str = "") -> dict[str, Any]:
    """Several values by their names; what is not there is left out."""
    found = {name: taken(spec, source, currency=currency) for name, spec in fields.items()}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _special(spec: Mapping[str, Any], source: Any, currency: str) -> Any:
    if "value" in spec:
        return spec["value"]
    if "each" in spec:
        items = _at(spec["each"], source)
        items = items[:MOST_ITEMS] if isinstance(items, list) else []
        return [taken_all(spec["take"], item, currency=currency) for item in items]
    if "sum" in spec:
        return _sum(spec, source)
    value = taken(spec["path"], source)
    if "among" in spec:
        return spec["among"].get(value) if isinstance(value, str) else None
    return value


def _sum(spec: Mapping[str, Any], source: Any) -> float | None:
    items = _at(spec["sum"], source)
    amounts = (
        [_number(_at(spec["of"], item), "") for item in items[:MOST_ITEMS]] if isinstance(items, list) else []
    )
    known = [amount for amount in amounts if amount is not None]
    return round(sum(known), 4) if known else None


def _at(path: str, source: Any) -> Any:
    for part in path.split(".") if path else []:
        if isinstance(source, Mapping):
            source = source.get(part)
        elif isinstance(source, list) and part.removeprefix("-").isdigit():
            place = int(part)
            source = source[place] if -len(source) <= place < len(source) else None
        else:
            return None
    return source


def _text(value: Any, currency: str) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()[:LONGEST_TEXT] or None


def _number(value: Any, currency: str) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _minor(value: Any, currency: str) -> float | int | None:
    """An amount in the currency's smallest unit, as Stripe has it."""
    amount = _number(value, "")
    if amount is None:
        return None
    code = currency.upper()
    digits = 0 if code in NO_DECIMALS else 3 if code in THREE_DECIMALS else 2
    return _number(str(Decimal(str(amount)).scaleb(-digits)), "")


def _time(value: Any, currency: str) -> str | None:
    """RFC 3339 of unix seconds, or of a text without an offset, which is UTC."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < LARGEST_TIME:
        return datetime.fromtimestamp(value, UTC).isoformat()
    return value.strip() if isinstance(value, str) and value.strip() else None


CASTS: dict[str, Callable[[Any, str], Any]] = {
    "text": _text,
    "number": _number,
    "minor": _minor,
    "time": _time,
}
