"""Live progress: a table that renews itself on a terminal, one line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

LINE_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the main job is at."""

    doing: str
    calendar: datetime
    day: int
    days: int
    events_in: int
    rows: int
    rows_total: int
    report: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)
    done: Mapping[str, int] = field(default_factory=dict)

    @property
    def enrolments(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.report.get("enrolments", {})
        return found

    @property
    def messages(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.report.get("messages", {})
        return found


class Progress:
    """`with Progress(console) as progress: progress.show(snapshot)`."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live = (
            Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        )
        self._last_line = 0.0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Renew the picture."""
        if self._live:
            self._live.update(picture(snapshot), refresh=True)
        elif time.monotonic() - self._last_line >= LINE_EVERY_SECONDS:
            self._last_line = time.monotonic()
            self.console.print(line(snapshot), highlight=False, soft_wrap=True)


def line(now: Snapshot) -> str:
    """The picture in one line."""
    states = ", ".join(f"{count} {state}" for state, count in flat(now.messages).items())
    where = ", ".join(f"{count} at {step}" for step, count in now.steps.items())
    return (
        f"  {now.calendar:%d %b %Y %H:%M} · day {now.day}/{now.days} · {now.doing} · {now.events_in} events in"
        f" · in the journey: {sum(now.steps.values())} ({where or 'nobody'}) · messages: {states or 'none'}"
        f" · {now.done.get('open', 0)} opened, {now.done.get('click', 0)} clicked"
    )


def picture(now: Snapshot) -> Group:
    """The same as a table."""
    head = Text.assemble(
        (f" {now.calendar:%A %d %B %Y %H:%M} UTC ", "bold reverse"),
        f"  day {now.day} of {now.days} · {now.doing}",
    )
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 1))
    for title in ("events in", "contacts in the journey", "messages out", "recipients"):
        table.add_column(title, style="bold", header_style="dim", vertical="top")
    table.add_row(
        f"{now.events_in}\n[dim]{now.rows} of {now.rows_total} purchases[/dim]",
        _list({**dict(now.steps), **ended(now.enrolments)}),
        _list(flat(now.messages)),
        _list(now.done),
    )
    return Group(Text(), head, Text(), table)


def ended(enrolments: Mapping[str, Any]) -> dict[str, int]:
    """Who is out of the journey, and how."""
    exits = {f"left: {reason}": count for reason, count in enrolments.get("exited", {}).items()}
    others = {name: enrolments[name] for name in ("completed", "failed") if enrolments.get(name)}
    return {**others, **exits}


def flat(messages: Mapping[str, Any]) -> dict[str, int]:
    """Counts by state, skips by reason, zeroes left out."""
    skips = {f"skipped: {reason}": count for reason, count in messages.get("skipped", {}).items()}
    states = {name: messages.get(name, 0) for name in ("sent", "pending", "failed", "unknown")}
    return {name: count for name, count in {**states, **skips}.items() if count}


def _list(counts: Mapping[str, int]) -> str:
    return "\n".join(f"{count:>5}  {name}" for name, count in counts.items()) or "    –"


def closing_table(figures: Mapping[str, Any]) -> Table:
    """What it came to."""
    table = Table(title="Five weeks of 1997", title_justify="left", show_header=False, title_style="bold")
    runs, out = figures["enrolments"], figures["messages"]
    table.add_row(
        "events",
        f"{figures['events_accepted']} accepted, {figures['events_internal']} our own, "
        f"{figures['events_duplicate']} duplicate",
    )
    table.add_row("contacts", str(figures["contacts"]))
    ends = ", ".join(f"{count} {name}" for name, count in ended(runs).items())
    table.add_row("enrolments", f"{runs['enrolled']}: {runs['active']} active, {ends}")
    for channel, each in out["by_channel"].items():
        table.add_row(
            channel,
            f"{each['planned']}: " + ", ".join(f"{count} {name}" for name, count in flat(each).items()),
        )
    answers = ("opens", "clicks", "unsubscribes", "bounces")
    table.add_row("recipients", ", ".join(f"{figures[name]} {name}" for name in answers))
    table.add_row("state transitions", str(figures["state_transitions"]))
    cost = figures["demo_cost_per_million_contacts"]
    table.add_row("a million contacts", ", ".join(f"{name} ${usd:,.2f}" for name, usd in cost.items()))
    for name in ("clock_lag_hours", "ingest_lag_hours"):
        table.add_row(name.replace("_", " "), f"p50 {figures[name]['p50']}, p95 {figures[name]['p95']}")
    table.add_row("seconds", str(figures["seconds"]))
    return table
