"""What a person may ask of the demo, by environment: CUSTOMERS, PACE, ONCE."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

PACE = 17_280.0  # a day in five seconds


class OptionError(Exception):
    """An option cannot be read; the message says how it should look."""


@dataclass(frozen=True, slots=True)
class Options:
    """`customers` None takes all of them."""

    customers: int | None = None
    pace: float = PACE
    once: bool = False

    @classmethod
    def read(cls, arguments: Sequence[str] = (), env: Mapping[str, str] = os.environ) -> Self:
        """From the environment; `--once` is the same as ONCE=1."""
        return cls(
            customers=_customers(env.get("CUSTOMERS") or ""),
            pace=_pace(env.get("PACE") or ""),
            once="--once" in arguments or env.get("ONCE", "") not in {"", "0"},
        )


def _customers(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise OptionError(f"CUSTOMERS is a number of customers, as in CUSTOMERS=40, not {text}")
    return int(text)


def _pace(text: str) -> float:
    try:
        pace = float(text or PACE)
    except ValueError:
        pace = 0
    if not 0 < pace < float("inf"):
        raise OptionError(f"PACE is calendar seconds per second, as in PACE=8640, not {text}")
    return pace
