"""From a finished job to .sojourn/demo.json, .sojourn/demo/ and the list of what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.demo import checks, export, figures
from infra.local.demo.cloud import Cloud, Post
from infra.local.demo.costs import Counts, Prices, per_million
from infra.local.demo.figures import Figures
from infra.local.demo.job import Job
from infra.local.demo.tables import Stored

EVENTS_OF_A_FIRST_ROW = 2
LOOKS, LOOK_AGAIN_SECONDS = 20, 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """`late` are the complaints that a slower calendar would mend."""

    figures: Figures
    wrong: Sequence[str]
    late: Sequence[str]


def conclude(job: Job, cloud: Cloud, post: Post, *, before: Counts, folder: Path) -> Outcome:
    """Read everything once, write what readers need, and judge; `seconds` is for the caller to set."""
    counts = cloud.counts().since(before, less=cloud.own_calls)
    report, stored = of_one_moment(job, cloud)
    found = complete(figures.of_tables(stored, accepted=len(job.replay.answers.accepted)), counts, stored)
    export.write(folder, stored, mails=post.raw(), texts=post.texts())
    wrong = [
        *checks.adds_up(found),
        *checks.everybody_is_there(
            stored,
            {row.user_id for row in job.rows},
            accepted=found["events_accepted"],
            expected=sum(EVENTS_OF_A_FIRST_ROW if row.row == 1 else 1 for row in job.rows),
        ),
        *checks.agrees(found, report),
        *_failures(job),
    ]
    return Outcome(found, wrong, list(checks.too_late(found, stored)))


def of_one_moment(job: Job, cloud: Cloud) -> tuple[dict[str, Any], Stored]:
    """The report and the rows. The calendar runs on, and the counters are a moment behind: look until both agree."""
    accepted = len(job.replay.answers.accepted)
    report, stored = cloud.report(), Stored.read(cloud.tables)
    for _ in range(LOOKS):
        if not list(checks.agrees(figures.of_tables(stored, accepted=accepted), report)):
            break
        time.sleep(LOOK_AGAIN_SECONDS)
        report, stored = cloud.report(), Stored.read(cloud.tables)
    return report, stored


def _failures(job: Job) -> Iterator[str]:
    yield from job.replay.answers.failures
    for message, code in job.replay.answers.rejected.items():
        yield f"collect rejected {message}: {code}"
    yield from job.recipients.failures


def complete(found: Figures, counts: Counts, stored: Stored) -> Figures:
    """With money and transitions, in the order that demo.json has."""
    sent = [row for row in stored.messages if row["channel"] == "sms" and row["state"] == "sent"]
    usd = Prices.from_file().cost(counts, sms_parts=sum(int(row.get("parts", 1)) for row in sent))
    money: dict[str, Any] = {
        "state_transitions": counts.transitions,
        "aws_calls": dict(counts.aws_calls),
        "demo_cost_per_million_contacts": per_million(usd, found["contacts"]),
    }
    lags = {name: found[name] for name in ("clock_lag_hours", "ingest_lag_hours")}
    return {
        **{name: value for name, value in found.items() if name not in lags},
        **money,
        **lags,
        "seconds": 0,
    }
