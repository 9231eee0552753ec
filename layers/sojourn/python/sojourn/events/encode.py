"""A payload as it stands in the table: one compact JSON text. Cheap to store, and no number is touched on its way.

The id that makes the hash key is not written a second time; `decode` puts it back.
"""

import json
from collections.abc import Mapping
from typing import Any

FIELD_OF_KEY = {"u": "userId", "a": "anonymousId"}

# Raises on what JSON has no word for; texts stay as they are, so that one letter costs its own bytes.
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
# For the few texts with half a surrogate pair in them: escaped, they survive.
_escaped = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def encode(pk: str, payload: Mapping[str, Any]) -> tuple[str, int]:
    """The text of the payload of an event with this hash key, and its size in bytes."""
    in_key = FIELD_OF_KEY.get(pk[:1])
    return encode_json({key: value for key, value in payload.items() if key != in_key})


def decode(pk: str, text: str) -> dict[str, Any]:
    """The payload again."""
    payload: dict[str, Any] = json.loads(text)
    if in_key := FIELD_OF_KEY.get(pk[:1]):
        payload[in_key] = pk[2:]
    return payload


def encode_json(value: Any) -> tuple[str, int]:
    """Compact JSON that UTF-8 can carry, and its size in bytes."""
    try:
        text = _compact(value)
    except ValueError:  # 1e400 and its like, which Python reads as infinity
        value = without_infinities(value)
        text = _compact(value)
    if text.isascii():
        return text, len(text)
    try:
        return text, len(text.encode())
    except UnicodeEncodeError:
        text = _escaped(value)
        return text, len(text)


def canonical(item: Mapping[str, Any]) -> bytes:
    """The same bytes for the same event, in whatever order its keys came."""
    return _canonical(item).encode()


def without_infinities(value: Any) -> Any:
    """The value with null where a number is too large for any computer."""
    if isinstance(value, dict):
        return {key: without_infinities(child) for key, child in value.items()}
    if isinstance(value, list):
        return [without_infinities(child) for child in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


def may_nest_deeper_than(limit: int, text: str) -> bool:
    """False when the text has too few brackets for that; true means: look closer."""
    return text.count("{") + text.count("[") > limit
