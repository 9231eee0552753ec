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
    """One function, called again and again; or a state machine, if it is to be started with an input."""

    target: str
    every: float
    starts_with: str = ""


def ticks(outputs: dict[str, str], pace: float) -> list[Tick]:
    """The sweep (a minute on AWS), the repair (an hour) and the machine of segments (a day), at the pace, but neither
    idle nor a storm. The runs of a day bear its date: whoever comes twice finds them done."""
    wanted = {
        "SweepDueFunction": (within(60 / pace, 0.2, 1), ""),
        "ReconcileFunction": (within(3600 / pace, 5, 60), ""),
        "BackfillMachineArn": (within(86_400 / pace, 60, 600), '{"run": "daily"}'),
    }
    return [Tick(outputs[name], *how) for name, how in wanted.items() if name in outputs]


def within(value: float, least: float, most: float) -> float:
    """The value, or the bound that it passes."""
    return max(least, min(value, most))


def run(tick: Tick, endpoint: str, stop: threading.Event) -> None:
    """Call the function at its interval, one call at a time, until told to stop."""
    aws, told = client("stepfunctions" if tick.starts_with else "lambda", endpoint), ""
    due = time.monotonic()
    while not stop.wait(max(0.0, due - time.monotonic())):
        due = time.monotonic() + tick.every
        problem = _call(aws, tick)
        if problem and problem != told:
            print(f"{tick.target}: {problem}", file=sys.stderr, flush=True)
        told = problem


def _call(aws: Any, tick: Tick) -> str:
    try:
        if tick.starts_with:
            aws.start_execution(stateMachineArn=tick.target, input=tick.starts_with)
            return ""
        answer = aws.invoke(FunctionName=tick.target, Payload=b'{"source": "aws.events"}')
    except (BotoCoreError, ClientError) as error:
        return str(error)
    said = answer["Payload"].read().decode(errors="replace")
    return said[:2000] if "FunctionError" in answer else ""
