"""What a million contacts without a phone cost on their way through the shipped welcome machine, at list prices.

`python -m bench.cost` renews the table of docs/cost.md. Facts come from bench/story.py (the product itself, its
requests counted), prices from infra/local/prices.yaml, and what cannot be measured here from bench/assumptions.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.measures import Measure, judged
from bench.story import Told, play

MILLION = 1_000_000
GB = 1_000_000_000
SHARE_GOAL = 0.11
HERE = Path(__file__).parent
PRICES = HERE.parent / "infra" / "local" / "prices.yaml"
PAGE = HERE.parent / "docs" / "cost.md"
BEGIN, END = "<!-- begin: what a million cost -->", "<!-- end -->"
BASE = ("SES", "Step Functions")  # what any design on Step Functions pays
BEHIND_THE_API = ("collect", "track")
FEEDBACK = "record_feedback"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill for a million contacts."""

    service: str
    quantity: float
    unit: str
    usd: float


@dataclass(frozen=True, slots=True)
class Bill:
    """All lines, and storage apart from them."""

    lines: tuple[Line, ...]
    storage: tuple[Line, ...]

    @property
    def total(self) -> float:
        return sum(line.usd for line in self.lines)

    @property
    def overhead_share(self) -> float:
        """The part that is neither SES nor transitions."""
        return 1 - sum(line.usd for line in self.lines if line.service in BASE) / self.total


def measure() -> list[Measure]:
    """Total, share, and the services."""
    bill = bill_of(play())
    by_service: dict[str, float] = {}
    for line in bill.lines:
        by_service[line.service] = by_service.get(line.service, 0.0) + line.usd
    return [
        judged("cost_per_million_usd", round(bill.total, 2), "USD", None),
        judged("cost_overhead_share", round(bill.overhead_share, 4), "of the total", SHARE_GOAL),
        *(judged(f"cost_{_slug(name)}_usd", round(usd, 2), "USD", None) for name, usd in by_service.items()),
        judged("cost_storage_usd_month", round(sum(line.usd for line in bill.storage), 2), "USD", None),
    ]


def bill_of(told: Told) -> Bill:
    """The story's facts, scaled to a million contacts and priced."""
    usd: Mapping[str, float] = yaml.safe_load(PRICES.read_text())["usd"]
    assumed = yaml.safe_load((HERE / "assumptions.yaml").read_text())
    scale = MILLION / told.contacts

    def line(service: str, count: float, unit: str, price: float) -> Line:
        return Line(service, count * scale, unit, count * scale * price)

    meter = told.meter
    feedback = meter.invocations[FEEDBACK]
    gathered = feedback / assumed["feedback_batch"]  # the story hands over each report by itself
    calls = sum(meter.invocations.values()) - feedback + gathered
    api = sum(meter.invocations[name] for name in BEHIND_THE_API)
    gb_seconds = seconds(told, assumed, calls) * assumed["memory_mb"] / 1024
    lines = (
        line("SES", told.mails, "mails", usd["ses.mail"]),
        line("Step Functions", told.transitions, "transitions", usd["states.transition"]),
        line("DynamoDB writes", sum(meter.writes.values()), "write units", usd["dynamodb.write"]),
        line("DynamoDB index", sum(meter.index_writes.values()), "write units", usd["dynamodb.write"]),
        line("DynamoDB reads", sum(meter.reads.values()), "read units", usd["dynamodb.read"]),
        line("Lambda time", gb_seconds, "GB-seconds", usd["lambda.gb_second"]),
        line("Lambda calls", calls, "invocations", usd["lambda.request"]),
        line("API Gateway", api, "requests", usd["api.request"]),
        line("SNS", told.mails, "publishes", usd["sns.publish"]),
        line("SQS", feedback + gathered, "requests", usd["sqs.request"]),
        line("Firehose", told.hose_bytes / GB, "GB", usd["firehose.gb"]),
        line("Logs", sum(meter.log_bytes.values()) / GB, "GB", usd["logs.gb"]),
        line("X-Ray", calls * assumed["traced_share"], "traces", usd["xray.trace"]),
    )
    stored = (told.stored_bytes + told.rows * assumed["row_overhead_bytes"]) / GB
    storage = (
        line("Storage", stored * assumed["months"], "GB-months", usd["dynamodb.gb_month"]),
        line(
            "Point-in-time recovery",
            stored * assumed["months"],
            "GB-months",
            usd["dynamodb.recovery_gb_month"],
        ),
        line(
            "Archive",
            told.archived_bytes * assumed["archive_packed"] / GB * assumed["months"],
            "GB-months",
            usd["s3.gb_month"],
        ),
    )
    return Bill(lines, storage)


def seconds(told: Told, assumed: Mapping[str, Any], calls: float) -> float:
    """Billed time of every invocation: waiting for services, and CPU on a part of a core."""
    requests = told.meter.requests
    waited = sum(count * assumed["wait_ms"][call] for (_, call), count in requests.items())
    cpu = assumed["cpu_ms"]
    worked = calls * cpu["invocation"] + sum(requests.values()) * cpu["request"]
    return float(waited + worked * assumed["core_mb"] / assumed["memory_mb"]) / 1000


def table(bill: Bill) -> str:
    """The bill in Markdown."""
    rows = ["| service | quantity | US dollars | share |", "|---|---:|---:|---:|"]
    for line in sorted(bill.lines, key=lambda each: -each.usd):
        share = f"{line.usd / bill.total:.1%}"
        rows.append(f"| {line.service} | {_count(line.quantity)} {line.unit} | {line.usd:,.2f} | {share} |")
    rows.append(f"| **total** | | **{bill.total:,.2f}** | |")
    rows.append(f"| beyond SES and transitions | | | **{bill.overhead_share:.1%}** |")
    rows += [
        f"| {line.service}, apart | {_count(line.quantity)} {line.unit} | {line.usd:,.2f} | |"
        for line in bill.storage
    ]
    return "\n".join(rows)


def page_with(text: str, bill: Bill) -> str:
    """The page with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(bill)}\n{END}{after}"


def _count(quantity: float) -> str:
    return f"{quantity / MILLION:,.2f} M" if quantity >= MILLION / 10 else f"{quantity:,.2f}"


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_").replace("-", "_")


if __name__ == "__main__":
    bill = bill_of(play())
    PAGE.write_text(page_with(PAGE.read_text(), bill))
    print(table(bill))
