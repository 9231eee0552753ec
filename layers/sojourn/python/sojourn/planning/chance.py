"""Chance that can be repeated: SHA-256 over the seed and whatever is asked about. Pure.

drawn(7, contact, "Send the welcome", "1", "open")      # a number in [0, 1)
lots(7, contact, "Send the welcome", "1")               # four of them at once
"""

import hashlib
import math
import struct

SCALE = 2.0**64
FOUR = struct.Struct(">4Q")


def drawn(seed: int, *about: str) -> float:
    """One number in [0, 1); the same for the same question."""
    return lots(seed, *about)[0]


def lots(seed: int, *about: str) -> tuple[float, float, float, float]:
    """Four numbers in [0, 1), independent of each other."""
    digest = hashlib.sha256("|".join((str(seed), *about)).encode()).digest()
    one, two, three, four = FOUR.unpack(digest)
    return one / SCALE, two / SCALE, three / SCALE, four / SCALE


def gap(share: float, mean: float) -> float:
    """A wait with this mean until something that may happen at any moment: exponentially distributed."""
    return -math.log(1.0 - min(share, 1 - 1e-12)) * mean
