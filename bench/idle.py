"""What the stack costs in a month in which nothing happens, at list prices, counted from the transformed template.

`python -m bench.idle` prints the lines and renews the table of docs/cost.md. One thing is taken as free: the dashboard,
of which every account has three for nothing, at most 50 metrics each; where they are taken, it is its own line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bench.cost import GB, HERE, PAGE, PRICES
from bench.measures import Measure, judged
from infra.lint.stacks import Resource, Stack, load, source_of
from sojourn.journeys.sweep import OVERLAP

GOAL = 5.0
MINUTES = 30 * 24 * 60
BEGIN, END = "<!-- begin: what idle costs -->", "<!-- end: what idle costs -->"
UNIT = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 24 * 60, "days": 24 * 60}


@dataclass(frozen=True, slots=True)
class Idle:
    """One line of an idle month; `free` is not paid while the account's allowance lasts."""

    thing: str
    quantity: float
    unit: str
    usd: float
    free: bool = False


def measure() -> list[Measure]:
    """The sum, its lines, and the sum where the account's dashboards are used up."""
    lines = list(idle(load()))
    paid = sum(line.usd for line in lines if not line.free)
    return [
        judged("idle_usd_per_month", round(paid, 2), "USD", GOAL),
        judged("idle_usd_without_free_dashboard", round(sum(line.usd for line in lines), 2), "USD", None),
        *(judged(f"idle_{_slug(line.thing)}_usd", round(line.usd, 3), "USD", None) for line in lines),
    ]


def idle(stack: Stack) -> Iterator[Idle]:
    """Everything that costs although nothing happens, the dearest kinds first."""
    usd: Mapping[str, float] = yaml.safe_load(PRICES.read_text())["usd"]
    assumed = yaml.safe_load((HERE / "assumptions.yaml").read_text())

    def line(thing: str, quantity: float, unit: str, price: str, *, free: bool = False) -> Idle:
        return Idle(thing, quantity, unit, quantity * usd[price], free)

    runs = {each.logical_id: runs_in_a_month(each) for each in stack.resources("AWS::Scheduler::Schedule")}
    functions = sum(count for name, count in runs.items() if "Function" in name)
    asked = sweeps(runs) * (OVERLAP + 2) * due_shards(stack)
    seconds = (
        asked * assumed["wait_ms"]["dynamodb:Query"] + functions * assumed["cpu_ms"]["invocation"]
    ) / 1000
    yield line("Alarms", _count(stack, "AWS::CloudWatch::Alarm"), "alarms", "cloudwatch.alarm")
    yield line("Key of keys", _count(stack, "AWS::KMS::Key"), "keys", "kms.key")
    yield line("Queue polling", _polled(stack) * polls_in_a_month(assumed), "requests", "sqs.request")
    yield line("Sweeps' reads", asked, "read units", "dynamodb.read")
    yield line("Lambda time", seconds * assumed["memory_mb"] / 1024, "GB-seconds", "lambda.gb_second")
    yield line("Lambda calls", functions, "invocations", "lambda.request")
    yield line("Schedules", sum(runs.values()), "invocations", "scheduler.invocation")
    yield line(
        "Daily run",
        runs["BackfillMachineEveryDay"] * assumed["idle"]["transitions"],
        "transitions",
        "states.transition",
    )
    yield line("Logs", functions * assumed["idle"]["line_bytes"] / GB, "GB", "logs.gb")
    yield line("Traces", functions * assumed["traced_share"], "traces", "xray.trace")
    yield line(
        "Tables and their recovery", assumed["idle"]["table_gb"], "GB-months", "dynamodb.kept_gb_month"
    )
    yield line(
        "Dashboard",
        _count(stack, "AWS::CloudWatch::Dashboard"),
        "dashboards",
        "cloudwatch.dashboard",
        free=True,
    )


def runs_in_a_month(schedule: Resource) -> float:
    """How often a schedule fires: `rate(1 minute)`, or a cron that names hour and minute, once a day."""
    said = schedule.properties["ScheduleExpression"]
    if rate := re.fullmatch(r"rate\((\d+) (\w+)\)", said):
        return MINUTES / (int(rate[1]) * UNIT[rate[2]])
    if re.fullmatch(r"cron\(\d+ \d+ \* \* \? \*\)", said):
        return MINUTES / UNIT["day"]
    raise ValueError(f"{schedule.address}: how often is {said}?")


def sweeps(runs: Mapping[str, float]) -> float:
    """How often the sweep looks."""
    return sum(count for name, count in runs.items() if name.startswith("SweepDue"))


def due_shards(stack: Stack) -> int:
    """Over how many partitions a minute is spread, unless told otherwise."""
    return int(source_of(stack.path)["Parameters"]["DueShards"]["Default"])


def polls_in_a_month(assumed: Mapping[str, Any]) -> float:
    """Lambda asks an empty queue by so many pollers, each as long as SQS lets it wait."""
    return float(assumed["idle"]["pollers"] * MINUTES * 60 / assumed["idle"]["poll_seconds"])


def _polled(stack: Stack) -> int:
    queues = {queue.address for queue in stack.resources("AWS::SQS::Queue")}
    mappings = stack.resources("AWS::Lambda::EventSourceMapping")
    return sum(stack.origin(each.properties["EventSourceArn"]) in queues for each in mappings)


def _count(stack: Stack, kind: str) -> int:
    return len(list(stack.resources(kind)))


def table(lines: list[Idle]) -> str:
    """The month in Markdown."""
    rows = ["| idle | quantity | US dollars a month |", "|---|---:|---:|"]
    for line in lines:
        price = f"0.00 (else {line.usd:.2f})" if line.free else f"{line.usd:.2f}"
        rows.append(f"| {line.thing} | {line.quantity:,.0f} {line.unit} | {price} |")
    paid = sum(line.usd for line in lines if not line.free)
    return "\n".join([*rows, f"| **total** | | **{paid:.2f}** |"])


def page_with(text: str, lines: list[Idle]) -> str:
    """The page with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(lines)}\n{END}{after}"


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower())


if __name__ == "__main__":
    month = list(idle(load()))
    PAGE.write_text(page_with(PAGE.read_text(), month))
    print(table(month))
