"""What a cold start imports: the slowest function's module beside `import boto3`, each in fresh interpreters."""

import statistics
import subprocess
import sys
from pathlib import Path

from bench.measures import Measure, judged

ROOT = Path(__file__).parents[1]
GOAL = 1.5
ROUNDS = 7
TIMED = "import time; began = time.process_time(); import {}; print(time.process_time() - began)"


def measure() -> list[Measure]:
    """The ratio of medians; turn by turn, so that a busy machine is fair to all."""
    functions = sorted(f"functions.{path.parent.name}.app" for path in ROOT.glob("functions/*/app.py"))
    modules = ["boto3", *functions]
    for module in modules:
        seconds_of(module)  # writes the bytecode
    turns = [{module: seconds_of(module) for module in modules} for _ in range(ROUNDS)]
    medians = {module: statistics.median(turn[module] for turn in turns) for module in modules}
    slowest = max(functions, key=lambda module: medians[module])
    ratio = statistics.median(turn[slowest] / turn["boto3"] for turn in turns)
    name = slowest.split(".")[1]
    return [
        judged("import_ratio", round(ratio, 2), f"× boto3 ({name})", GOAL),
        judged("import_boto3_ms", round(medians["boto3"] * 1000), "ms of CPU", None),
    ]


def seconds_of(module: str) -> float:
    """CPU seconds of one cold import."""
    command = [sys.executable, "-c", TIMED.format(module)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)
