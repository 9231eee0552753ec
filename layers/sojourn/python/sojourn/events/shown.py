"""What of an event may stand in the archive in clear: numbers, and texts under names that were declared safe. Pure.

Whatever looks like an address stays sealed, under whatever name it comes.
"""

import re
from collections.abc import Mapping, Set
from typing import Any

SAFE = frozenset((
    "productid", "sku", "category", "brand", "variant", "currency", "plan", "products", "price", "quantity",
    "revenue", "value", "total", "subtotal", "tax", "shipping", "discount", "position", "journey", "version",
    "step", "channel", "class", "bouncetype", "bouncesubtype", "messageid", "purpose", "topic", "status",
    "how", "list", "stage",
))  # fmt: skip
# Numbers that tell who or where somebody is.
PERSONAL = frozenset((
    "lat", "latitude", "lng", "lon", "longitude", "phone", "mobile", "tel", "fax", "zip", "postcode",
    "postalcode", "age", "birthday", "birthyear", "birthdate", "year", "month", "day", "ssn", "taxid", "pin",
    "iban", "card", "account", "accountnumber", "ip",
))  # fmt: skip
LONGEST = 200
LARGEST = 10**7  # a whole number with more digits may be somebody's telephone
ADDRESS = re.compile(r"@|%40|＠")
PHONE = re.compile(r"\+?[\d\s()./-]{7,}")
DEPTH = 4


def clear_text(text: str) -> str:
    """The text, or nothing when it may be an address or is no short word."""
    return "" if len(text) > LONGEST or ADDRESS.search(text) or PHONE.fullmatch(text) else text


def clear_part(said: Mapping[str, Any], safe: Set[str], depth: int = DEPTH) -> dict[str, Any]:
    """Of some fields those that may be seen, however deep they lie."""
    shown = {
        name: _shown(_word(name), value, safe, depth) for name, value in said.items() if clear_text(name)
    }
    return {name: value for name, value in shown.items() if value not in (None, "", {}, [])}


def declared(names: Any) -> frozenset[str]:
    """The names that are safe, those of the setting added to ours."""
    return SAFE | {_word(name) for name in names or () if isinstance(name, str)}


def _shown(name: str, value: Any, safe: Set[str], depth: int) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if name in safe or (name not in PERSONAL and abs(value) < LARGEST) else None
    if isinstance(value, str):
        return clear_text(value) if name in safe else None
    if isinstance(value, Mapping) and depth:
        return clear_part(value, safe, depth - 1)
    if isinstance(value, list) and depth:
        return [
            each
            for each in (_shown(name, one, safe, depth - 1) for one in value)
            if each not in (None, "", {}, [])
        ]
    return None


def _word(name: str) -> str:
    """One spelling of `productId`, `product_id` and `Product-ID`."""
    return re.sub(r"[\W_]", "", name).lower()
