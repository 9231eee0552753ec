"""Under which names a person may stand anywhere: what a profile and its events say. Pure.

An e-mail address or a phone number owns a row of the Identity table; both are looked for wherever people write them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

OWN_EVENTS = ("u#", "a#")  # identities under which events stand
TELLING = {"identify", "alias", "group"}
FIELD_OF = {"u#": ("userId", "previousId"), "a#": ("anonymousId", "previousId")}
SHORTEST_ADDRESS = 6  # shorter ones would be found in the middle of other texts
NOT_IN_A_NUMBER = re.compile(r"[\s().-]")


def partitions_of(identities: Iterable[str]) -> list[str]:
    """Those of the identities under which events stand."""
    return [each for each in identities if each.startswith(OWN_EVENTS)]


def named_in_traits(traits: Mapping[str, Any]) -> Iterator[str]:
    """The identities that these traits own."""
    for name, prefix in (("email", "e#"), ("phone", "p#")):
        value = traits.get(name)
        if isinstance(value, str) and value.strip():
            yield from (f"{prefix}{each}" for each in _spellings(name, value.strip()))


def named_in_event(image: Mapping[str, Any]) -> Iterator[str]:
    """The addresses and external ids that an event tells; ids under which events stand are the profile's to know."""
    text = image.get("payload", {}).get("S", "")
    if image.get("type", {}).get("S") not in TELLING and '"externalIds"' not in text:
        return
    payload = json.loads(text)
    context = _object(payload.get("context"))
    for traits in (payload.get("traits"), context.get("traits")):
        yield from named_in_traits(_object(traits))
    for each in context.get("externalIds") or () if isinstance(context.get("externalIds"), list) else ():
        if isinstance(each, Mapping) and each.get("type") and each.get("id"):
            yield f"x#{each['type']}#{each['id']}"


def needles(identities: Iterable[str]) -> tuple[str, ...]:
    """What is looked for in a record that was turned away: in lower case, as compact JSON has it."""
    return tuple(dict.fromkeys(needle for identity in identities for needle in _needles(identity)))


def _needles(identity: str) -> Iterator[str]:
    prefix, value = identity[:2], identity[2:]
    if prefix in ("e#", "p#"):
        if len(value) >= SHORTEST_ADDRESS:
            yield value.lower()
        return
    quoted = json.dumps(value, ensure_ascii=False).lower()
    if prefix == "x#":
        kind, _, own = value.partition("#")
        yield f'"id":{json.dumps(own, ensure_ascii=False).lower()},"type":"{kind.lower()}"'
        yield f'"type":"{kind.lower()}","id":{json.dumps(own, ensure_ascii=False).lower()}'
        return
    yield f'"pk":{json.dumps(identity, ensure_ascii=False).lower()}'
    for field in FIELD_OF.get(prefix, ()):
        yield f'"{field.lower()}":{quoted}'
        if value.isdigit():
            yield f'"{field.lower()}":{value},'
            yield f'"{field.lower()}":{value}}}'


def _spellings(name: str, value: str) -> tuple[str, ...]:
    """As it was written, and as the product writes it."""
    if name == "email":
        local, _, domain = value.rpartition("@")
        return tuple(dict.fromkeys((value, value.lower(), f"{local}@{domain.lower()}")))
    digits = NOT_IN_A_NUMBER.sub("", value)
    return tuple(dict.fromkeys((value, digits, f"+{digits.removeprefix('+')}")))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
