"""Events that a rule must know one by one, as a profile keeps them. Pure.

```
packed = {"f": first, "r": [[when, event, value?], …]}  # milliseconds, six digits of the event's hash, a number
```
The newest five hundred stay, in order. The same event twice is once, and the order in which events and profiles come
together makes no difference: `join` is commutative, associative and idempotent.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sojourn.clock import parse_iso
from sojourn.rules.comparing import passes
from sojourn.rules.literals import said
from sojourn.rules.values import at_path, summand
from sojourn.rules.view import Trace, TraceSpec

NEWEST = 500
ID_LENGTH, HASH_LENGTH = 12, 6
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

Entry = list[Any]
Packed = Mapping[str, Any]


def trace_id(spec: TraceSpec) -> str:
    """The name under which profiles keep it: rules that need the same events share a trace."""
    tests = sorted(_json((test.path, test.op, test.value)) for test in spec.match.where)
    text = _json((spec.match.name, tuple(tests), spec.property))
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


def add(
    packed: Packed | None, spec: TraceSpec, name: str, at: str, key: str, properties: Mapping[str, Any]
) -> Packed | None:
    """The trace with one event more, if it is one of those; `at` is canonical text."""
    if name != spec.match.name:
        return packed
    when = parse_iso(at)
    if not all(passes(properties, test, when) for test in spec.match.where):
        return packed
    entry = [(when - EPOCH) // MILLISECOND, hashlib.sha256(key.encode()).hexdigest()[:HASH_LENGTH]]
    if spec.property and (value := summand(at_path(properties, spec.property))) is not None:
        entry.append(value)
    return _with(packed, entry) if packed else {"f": entry[0], "r": [entry]}


def join(one: Packed | None, other: Packed | None) -> Packed | None:
    """The traces of two people who are one."""
    if not one or not other:
        return one or other
    entries = sorted([*one["r"], *other["r"]])
    # Of one event with two values the larger stays: whichever, but always the same.
    united = [list(same)[-1] for _, same in groupby(entries, key=_event)]
    return {"f": min(one["f"], other["f"]), "r": united[-NEWEST:]}


def to_trace(packed: Packed) -> Trace:
    """What a rule looks at."""
    entries = tuple(
        (moment_of(entry[0]), float(entry[2]) if len(entry) > 2 else None) for entry in packed["r"]
    )
    return Trace(moment_of(packed["f"]), entries, is_full=len(entries) >= NEWEST)


def moment_of(milliseconds: int) -> datetime:
    """The moment that a trace keeps as a number."""
    return EPOCH + timedelta(milliseconds=int(milliseconds))


def _with(packed: Packed, entry: Entry) -> Packed:
    entries: list[Entry] = packed["r"]
    place = bisect_left(entries, entry[:2])
    is_known = place < len(entries) and _event(entries[place]) == _event(entry)
    if is_known and entries[place] >= entry:
        return packed
    united = [*entries[:place], entry, *entries[place + is_known :]]
    return {"f": min(packed["f"], entry[0]), "r": united[-NEWEST:]}


def _event(entry: Entry) -> Entry:
    return entry[:2]


def _json(value: Any) -> str:
    return json.dumps(said(value), separators=(",", ":"))
