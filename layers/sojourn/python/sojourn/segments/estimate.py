"""How many of all, by those of a share who were looked at. Pure.

Contacts are looked at by their hash, so each part of the table is a sample drawn by chance. The interval is Wilson's
(1927) for a share, with the correction for a population that is not endless; it holds 19 times of 20.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.96  # of a normal variable, 95 of 100 lie within this many deviations


@dataclass(frozen=True, slots=True)
class Estimate:
    """A head count with the interval that it lies in; exact when everybody was looked at."""

    count: int
    low: int
    high: int
    looked_at: int
    of: int  # contacts there are; itself an estimate unless everybody was looked at
    is_exact: bool


def estimated(members: int, looked_at: int, *, share: float) -> Estimate:
    """What `members` of `looked_at` contacts come to, who are this share (0–1] of all."""
    if share >= 1 or not looked_at:
        return Estimate(members, members, members, looked_at, looked_at, is_exact=share >= 1)
    everybody = max(looked_at, round(looked_at / share))
    part, n = members / looked_at, looked_at
    left_out = (everybody - n) / max(everybody - 1, 1)
    z2 = Z * Z * left_out
    middle = (part + z2 / (2 * n)) / (1 + z2 / n)
    spread = sqrt(z2) * sqrt(part * (1 - part) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = max(0.0, middle - spread) * everybody, min(1.0, middle + spread) * everybody
    count = min(everybody, round(part * everybody))
    return Estimate(
        count, max(members, min(count, int(low))), max(count, round(high)), n, everybody, is_exact=False
    )
