"""Which properties of the event that let somebody in a journey names: those alone its runs keep. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sojourn.journeys.language.times import Date, Of
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Wait, WaitFor, every
from sojourn.rules.literals import path_of
from sojourn.rules.values import nfc

LONGEST_KEY = 256
MOST_FACTS = 4_096  # bytes of JSON
IN_TEXT = re.compile(r"\bentry\.([A-Za-z_][\w-]*)")


def named_by(journey: Journey) -> frozenset[str]:
    """By `match`, by `entry.<property>` in any text, and by a date of the entry."""
    return frozenset(_named(journey))


def facts_of(properties: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Those of them that there are; where they are more than a row should hold, the largest are left out."""
    there = {name: properties[name] for name in sorted(names) if name in properties}
    kept: dict[str, Any] = {}
    size = 2
    for name, value in sorted(there.items(), key=lambda item: len(json.dumps(item))):
        size += len(json.dumps({name: value}).encode())
        if size > MOST_FACTS:
            break
        kept[name] = value
    return kept


def key_text(value: Any) -> str | None:
    """What tells runs apart, as text, so that 7, 7.0 and "7" are one; None where it is neither text nor number.

    Of a long one the end is its digest: two that begin alike stay two.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = nfc(value) if isinstance(value, str) else str(value)
    if len(text) > LONGEST_KEY:
        text = text[: LONGEST_KEY - 65] + "#" + sha256(text.encode("utf-8", "replace")).hexdigest()
    return text or None


def _named(journey: Journey) -> Iterator[str]:
    pairs = [journey.goal.match] if journey.goal else []
    pairs += [way.match for way in journey.exits]
    for step in every(journey.steps):
        if isinstance(step, WaitFor):
            pairs += [condition.match for condition in step.conditions]
        if isinstance(step, Wait) and isinstance(step.until, Date) and step.until.of is Of.ENTRY:
            yield step.until.path[0]
    for pair in pairs:
        for _, of_entry in pair:
            yield path_of(of_entry)[0]
    yield from IN_TEXT.findall(json.dumps(journey.to_definition(), ensure_ascii=False))
