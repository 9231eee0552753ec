"""Choices that look random and are the same in every run: a hash of the seed and the names of the thing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")

SEED = "sojourn-demo"


def share(*names: object) -> float:
    """A number in [0, 1) that belongs to these names."""
    text = "\x1f".join(map(str, (SEED, *names)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def happens(rate: float, *names: object) -> bool:
    """Whether something of this rate comes true for these names."""
    return share(*names) < rate


def between(low: float, high: float, *names: object) -> float:
    """A number in [low, high) that belongs to these names."""
    return low + (high - low) * share(*names)


def pick(weights: Sequence[tuple[Choice, float]], *names: object) -> Choice:
    """One of the choices, as likely as its weight."""
    left = share(*names) * sum(weight for _, weight in weights)
    for choice, weight in weights:
        left -= weight
        if left < 0:
            return choice
    return weights[-1][0]
