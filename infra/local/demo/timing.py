"""Where the wall-clock seconds of a demo go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """`with watch.phase("deploy"): …`; a name that comes again adds up."""

    began: float = field(default_factory=time.monotonic)
    phases: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what is done inside, failed or not."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = self.phases.get(name, 0.0) + time.monotonic() - start

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.began

    def summary(self, *, paced: float) -> dict[str, object]:
        """What .sojourn/demo-timing.json says."""
        phases = {name: round(seconds, 1) for name, seconds in self.phases.items()}
        return {
            "seconds": round(self.seconds, 1),
            "paced_seconds": round(paced, 1),
            "demo_overhead_seconds": round(self.seconds - paced, 1),
            "phases": phases,
        }

    def in_words(self, *, paced: float) -> str:
        """The same in one line."""
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.phases.items())
        return f"{self.seconds:.0f} s, {self.seconds - paced:.0f} of them beside the paced days: {parts}"
