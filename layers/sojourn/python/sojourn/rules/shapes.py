"""The shapes that JSON Schemas of our files are put together from. Pure."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """What stands under this name in `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def text(pattern: str = "", **more: Any) -> Schema:
    """A text that is such a thing, with space round it or without."""
    return {"type": "string", "pattern": rf"^\s*(?:{pattern})\s*$" if pattern else r"\S", **more}


def words(known: tuple[str, ...]) -> Schema:
    """One of these."""
    return {"enum": list(known)}


def listed(item: Schema, **more: Any) -> Schema:
    """A list with something in it."""
    return {"type": "array", "items": item, "minItems": 1, **more}


def mapping(required: tuple[str, ...], keys: Mapping[str, Schema], **more: Any) -> Schema:
    """An object with these keys and no others; a key with a space may have underscores."""
    spelled = {**keys, **{key.replace(" ", "_"): schema for key, schema in keys.items() if " " in key}}
    plain = [key for key in required if " " not in key]
    spaced = [{"anyOf": either(key)} for key in required if " " in key]
    wanted = {"required": plain} if plain else {}
    both = {"allOf": spaced} if spaced else {}
    return {"type": "object", "properties": spelled, **wanted, **both, "additionalProperties": False, **more}


def either(key: str) -> list[Schema]:
    """A key, spelled in one way or the other."""
    return [{"required": [key]}, {"required": [key.replace(" ", "_")]}]
