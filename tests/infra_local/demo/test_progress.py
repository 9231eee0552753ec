"""The live picture, on a terminal and off it."""

import io
from datetime import UTC, datetime

from rich.console import Console

from infra.local.demo.progress import Progress, Snapshot, closing_table, line

REPORT = {
    "enrolments": {"enrolled": 5, "active": 3, "completed": 1, "exited": {"goal": 1}, "failed": 0},
    "messages": {
        "planned": 7,
        "sent": 5,
        "skipped": {"no_consent": 2},
        "failed": 0,
        "unknown": 0,
        "pending": 0,
    },
}
NOW = Snapshot(
    doing="replaying",
    calendar=datetime(1997, 1, 9, 7, 30, tzinfo=UTC),
    day=9,
    days=35,
    events_in=12,
    rows=6,
    rows_total=396,
    report=REPORT,
    steps={"Wait two days": 3},
    done={"open": 2},
)


def test_a_line_says_it_all():
    said = line(NOW)

    assert "day 9/35" in said
    assert "3 at Wait two days" in said
    assert "5 sent, 2 skipped: no_consent" in said
    assert "2 opened" in said


def test_off_a_terminal_there_are_plain_lines():
    out = io.StringIO()

    with Progress(Console(file=out)) as progress:
        progress.show(NOW)
        progress.show(NOW)

    assert out.getvalue().count("day 9/35") == 1
    assert "\x1b" not in out.getvalue()


def test_on_a_terminal_there_is_a_table():
    out = io.StringIO()

    with Progress(Console(file=out, force_terminal=True, width=120)) as progress:
        progress.show(NOW)

    assert "Wait two days" in out.getvalue()
    assert "left: goal" in out.getvalue()


def test_the_closing_table_names_every_figure():
    zero = {"planned": 0, "sent": 0, "skipped": {}, "failed": 0, "unknown": 0, "pending": 0}
    figures = {
        **REPORT,
        "messages": {**REPORT["messages"], "by_channel": {"email": REPORT["messages"], "sms": zero}},
        **dict.fromkeys(("events_accepted", "events_internal", "events_duplicate", "contacts"), 5),
        **dict.fromkeys(("opens", "clicks", "unsubscribes", "bounces", "state_transitions", "seconds"), 5),
        "demo_cost_per_million_contacts": {"ses": 300.0, "total": 300.0},
        "clock_lag_hours": {"p50": 0.5, "p95": 1.0},
        "ingest_lag_hours": {"p50": 0.5, "p95": 1.0},
    }
    out = io.StringIO()

    Console(file=out, width=140).print(closing_table(figures))

    assert "$300.00" in out.getvalue()
    assert "p95 1.0" in out.getvalue()
