"""`make bench`: prints a table of speed and cost, and writes bench/results.json.

python -m bench           all of it, some minutes
python -m bench --quick   only what needs no stopwatch
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from bench import (
    caps,
    cost,
    demo,
    idle,
    import_rows,
    imports,
    ingest,
    react,
    rehearse,
    rules,
    segments,
    send,
    sizes,
    walker,
    walks,
)
from bench.measures import Measure

RESULTS = Path(__file__).parent / "results.json"
TIMED: list[Callable[[], list[Measure]]] = [
    ingest.measure,
    send.measure,
    caps.measure,
    import_rows.measure,
    imports.measure,
    rules.measure,
    walker.measure,
    rehearse.measure,
]
COUNTED: list[Callable[[], list[Measure]]] = [
    walks.measure,
    react.measure,
    segments.measure,
    sizes.measure,
    demo.measure,
    cost.measure,
    idle.measure,
]
WORDS = {True: "holds", False: "FAILS", None: ""}


def main() -> int:
    """1 when a goal does not hold."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="only what needs no stopwatch")
    quick: bool = arguments.parse_args().quick
    figures: list[Measure] = []
    for measure in [send.counts, caps.counts, *COUNTED] if quick else [*TIMED, *COUNTED]:
        for figure in measure():
            figures.append(figure)
            print(line_of(figure), flush=True)
    if not quick:
        RESULTS.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    return int(any(figure["holds"] is False for figure in figures))


def line_of(figure: Measure) -> str:
    """One row of the table."""
    value = "not measured" if figure["value"] is None else f"{figure['value']:g}"
    goal = "" if figure["goal"] is None else f"≤ {figure['goal']:g}"
    return f"{figure['name']:32} {value:>12} {figure['unit']:28} {goal:>8}  {WORDS[figure['holds']]}".rstrip()


if __name__ == "__main__":
    raise SystemExit(main())
