"""What a demo takes beside its paced days, as the last `make demo ONCE=1` measured it."""

import json
from pathlib import Path

from bench.measures import Measure, judged

TIMING = Path(__file__).parents[1] / ".sojourn" / "demo-timing.json"
GOAL = 90


def measure(timing: Path = TIMING) -> list[Measure]:
    """Not measured where no demo has run."""
    seconds = json.loads(timing.read_text())["demo_overhead_seconds"] if timing.is_file() else None
    return [judged("demo_overhead_seconds", seconds, "s", GOAL)]
