"""The report has the two objects of demo.json, every figure there, zero or not."""

from sojourn.insight.counting import CounterKey
from sojourn.insight.report import report

NOTHING = {"planned": 0, "sent": 0, "skipped": {}, "failed": 0, "unknown": 0, "pending": 0}


NOBODY = {"converted": 0, "holdout": {"enrolled": 0, "converted": 0}, "skipped": {}}


def test_a_journey_without_figures_reports_noughts():
    assert report([]) == {
        "enrolments": {"enrolled": 0, "active": 0, "completed": 0, "exited": {}, "failed": 0, **NOBODY},
        "messages": {**NOTHING, "by_channel": {"email": NOTHING, "sms": NOTHING}},
    }


def test_days_steps_and_channels_come_together():
    rows = [
        (
            CounterKey("w", "2026-11-21"),
            {"enrolled": 3, "active": 1, "completed": 1, "exited.goal": 1, "converted": 1},
        ),
        (CounterKey("w", "2026-11-22"), {"enrolled": 1, "failed": 1, "skipped.active": 2}),
        (CounterKey("w", "2026-11-21", "Hello", "email"), {"planned": 3, "sent": 2, "skipped.no_consent": 1}),
        (CounterKey("w", "2026-11-22", "Hello", "email"), {"planned": 1, "sent": 1, "skipped.no_consent": 0}),
        (
            CounterKey("w", "2026-11-23", "Offer", "sms"),
            {"planned": 2, "pending": 1, "skipped.no_consent": 1},
        ),
    ]

    told = report(rows)

    assert told["enrolments"] == {
        "enrolled": 4,
        "active": 1,
        "completed": 1,
        "exited": {"goal": 1},
        "failed": 1,
        **NOBODY,
        "converted": 1,
        "skipped": {"active": 2},
    }
    assert told["messages"]["planned"] == 6
    assert told["messages"]["skipped"] == {"no_consent": 2}
    assert told["messages"]["by_channel"]["email"] == {
        **NOTHING,
        "planned": 4,
        "sent": 3,
        "skipped": {"no_consent": 1},
    }
    assert told["messages"]["by_channel"]["sms"] == {
        **NOTHING,
        "planned": 2,
        "pending": 1,
        "skipped": {"no_consent": 1},
    }


def test_a_reason_whose_figure_went_back_to_nought_is_not_listed():
    assert report([(CounterKey("w", "d"), {"exited.goal": 0})])["enrolments"]["exited"] == {}
