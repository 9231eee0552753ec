"""Does what EventBridge's schedules do on AWS, in step with the calendar."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.stack import client


@dataclass(frozen=True, slots=True)
class Tick:
    """One function, called again and again."""

    function: str
    every: float


def ticks(outputs: dict[str, str], pace: float) -> list[Tick]:
    """The sweep (a minute on AWS) and the repair (an hour), at the pace, but neither idle nor a storm."""
    wanted = {"SweepDueFunction": within(60 / pace, 0.2, 1), "ReconcileFunction": within(3600 / pace, 5, 60)}
    return [Tick(outputs[name], every) for name, every in wanted.items() if name in outputs]


def within(value: float, least: float, most: float) -> float:
    """The value, or the bound that it passes."""
    return max(least, min(value, most))


def run(tick: Tick, endpoint: str, stop: threading.Event) -> None:
    """Call the function at its interval, one call at a time, until told to stop."""
    functions, told = client("lambda", endpoint), ""
    due = time.monotonic()
    while not stop.wait(max(0.0, due - time.monotonic())):
        due = time.monotonic() + tick.every
        problem = _call(functions, tick.function)
        if problem and problem != told:
            print(f"{tick.function}: {problem}", file=sys.stderr, flush=True)
        told = problem


def _call(functions: Any, name: str) -> str:
    try:
        answer = functions.invoke(FunctionName=name, Payload=b'{"source": "aws.events"}')
    except (BotoCoreError, ClientError) as error:
        return str(error)
    said = answer["Payload"].read().decode(errors="replace")
    return said[:2000] if "FunctionError" in answer else ""
