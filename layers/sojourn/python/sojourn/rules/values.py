"""Values as people and their programs send them: what lies at a path, what is a number, what is equal. Pure.

Nothing here raises, whatever the data are.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

LARGEST = 1e300  # beyond it, sums would leave the numbers


def at_path(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What lies there, going into objects; None when there is nothing."""
    found: Any = values
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def is_number(value: Any) -> bool:
    """A number that can be compared: no truth value, and nothing that is not a number."""
    kind = value.__class__
    return kind is int or (kind is float and value == value)  # NaN is not itself


def summand(value: Any) -> int | float | None:
    """A number that can be added up; None for all else."""
    return value if is_number(value) and -LARGEST < value < LARGEST else None


def nfc(text: str) -> str:
    """The text with each letter in one piece, so that é is é."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """The text as it is looked for: without case."""
    return nfc(nfc(text).casefold())


def is_same(value: Any, wanted: Any) -> bool:
    """Equal, and of one kind: text with text, a number with a number, a truth value with a truth value."""
    if isinstance(wanted, str):
        return isinstance(value, str) and nfc(value) == nfc(wanted)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    return is_number(wanted) and is_number(value) and bool(value == wanted)
