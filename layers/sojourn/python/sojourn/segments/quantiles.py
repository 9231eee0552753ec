"""Where somebody stands among all who ever bought: by how recently, how often, and for how much (RFM). Pure.

A table of cuts holds, for `recency/5` and the like, the values that part the buyers: of n values in rising order those
at ceil(k·n/of) − 1, for k = 1 … of − 1. Somebody stands in the first quantile whose cut is not below their value, else
in the last; so equal values share a quantile, and the highest is best: bought last, most often, most. `recency` is the
moment of the last order, in seconds: time alone moves nobody, only a new table does.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sojourn.rules.nodes import Quantile, Rule, leaves

FACT_OF = {"recency": "last_order", "frequency": "orders", "monetary": "value"}
Cuts = Mapping[str, Sequence[float]]  # measure/of → cut points


def quantiles_in(rule: Rule) -> frozenset[str]:
    """The quantiles that a rule names, as tables call them."""
    return frozenset(f"{leaf.measure}/{leaf.of}" for leaf in leaves(rule) if isinstance(leaf, Quantile))


def standing_of(facts: Mapping[str, Any], cuts: Cuts) -> dict[str, int]:
    """{measure/of: 1 … of}; nothing for who never bought, and where nothing is cut."""
    found = {}
    for name, values in cuts.items():
        measured = measure(facts, name.partition("/")[0]) if values else None
        if measured is not None:
            found[name] = 1 + bisect_left(values, measured)
    return found


def measure(facts: Mapping[str, Any], name: str) -> float | None:
    """What is compared; None for who never bought, and for money in several currencies, which adds up to nothing."""
    if not facts.get("orders"):
        return None
    value = facts.get(FACT_OF[name])
    if isinstance(value, Mapping):
        value = next(iter(value.values())) if len(value) == 1 else None
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value) if isinstance(value, int | float) else None


def cuts_of(values: Sequence[float], of: int) -> list[float]:
    """The cut points of values in rising order; none of none."""
    return [values[-(-k * len(values) // of) - 1] for k in range(1, of)] if values else []


def table_of(values: Mapping[str, Sequence[float]], wanted: Iterable[str]) -> dict[str, list[float]]:
    """The table of these quantiles, from the values of each measure in rising order."""
    parts = ((name, *name.split("/")) for name in sorted(wanted))
    return {name: cuts_of(values.get(measure, ()), int(of)) for name, measure, of in parts}
