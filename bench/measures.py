"""What a figure of the bench looks like, and how two sides are timed fairly on a busy machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

ROUNDS = 9


class Measure(TypedDict):
    """One line of bench/results.json. `holds` is None where there is no goal, or nothing to measure yet."""

    name: str
    value: float | None
    unit: str
    goal: float | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class CpuRatio:
    """Ours over the bare minimum: the median of the turns' ratios, and both sides in microseconds."""

    ratio: float
    ours: float
    bare: float

    def sides(self, name: str, unit: str) -> list[Measure]:
        """Both sides, for the reader: they have no goal, for they are this machine's."""
        return [
            judged(f"{name}_cpu_us", round(self.ours), unit, None),
            judged(f"{name}_bare_cpu_us", round(self.bare), unit, None),
        ]


def judged(name: str, value: float | None, unit: str, goal: float | None) -> Measure:
    """A figure beside its goal; less is better everywhere."""
    holds = None if goal is None or value is None else value <= goal
    return {"name": name, "value": value, "unit": unit, "goal": goal, "holds": holds}


def cpu_ratio(ours: Callable[[], None], bare: Callable[[], None], *, repeats: int, per: int = 1) -> CpuRatio:
    """Both in turn, so that a busy machine is fair to both; `per` is how many things one call does."""
    pairs = [(_cpu(ours, repeats) / per, _cpu(bare, repeats) / per) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / least for mine, least in pairs)
    mine, least = (statistics.median(side) for side in zip(*pairs, strict=True))
    return CpuRatio(round(ratio, 2), mine, least)


def _cpu(work: Callable[[], None], repeats: int) -> float:
    """Microseconds of this process's CPU time for one call."""
    started = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - started) / repeats * 1e6
