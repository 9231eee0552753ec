"""The figures, and what makes the demo fail."""

from dataclasses import replace

import pytest

from infra.local.demo import checks, figures
from infra.local.demo.costs import Counts, Prices, per_million
from tests.infra_local.demo.rows import a_message, two_customers


@pytest.fixture
def stored():
    return two_customers()


def test_events_are_counted_by_where_they_come_from(stored):
    counted = figures.of_tables(stored, accepted=5)

    assert (counted["events_accepted"], counted["events_internal"], counted["events_duplicate"]) == (5, 2, 2)
    assert counted["contacts"] == 2


def test_enrolments_and_messages_are_counted_by_state(stored):
    counted = figures.of_tables(stored, accepted=5)

    assert counted["enrolments"] == {
        "enrolled": 2,
        "active": 0,
        "completed": 1,
        "exited": {"goal": 1},
        "failed": 0,
    }
    sms = {"planned": 1, "sent": 0, "skipped": {"no_consent": 1}, "failed": 0, "unknown": 0, "pending": 0}
    assert counted["messages"]["by_channel"]["sms"] == sms
    assert counted["messages"]["planned"] == 3
    assert not list(checks.adds_up(counted))


def test_opening_twice_is_one_open(stored):
    assert figures.of_tables(stored, accepted=5)["opens"] == 1


def test_lags_are_in_calendar_hours(stored):
    counted = figures.of_tables(stored, accepted=5)

    assert counted["clock_lag_hours"] == {"p50": 1.0, "p95": 1.0}
    assert counted["ingest_lag_hours"] == {"p50": 0.0, "p95": 0.5}


def test_a_sum_that_does_not_hold_is_told(stored):
    counted = figures.of_tables(stored, accepted=5)
    counted["enrolments"]["active"] = 1

    assert "enrolled 2 is not" in next(checks.adds_up(counted))


def test_a_customer_who_is_not_there_is_told(stored):
    missing = checks.everybody_is_there(stored, ["c00004", "c00020", "c00036"], accepted=5, expected=6)

    assert list(missing) == ["customer c00036 is not a contact", "collect accepted 5 of 6 events"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            a_message("b", "4", "sms", "sent", decided_at="1997-01-02T12:00:00.000Z"),
            "at 07:00 America/New_York",
        ),
        (
            a_message("b", "4", "sms", "sent", decided_at="1997-01-03T02:00:00.000Z"),
            "at 21:00 America/New_York",
        ),
        (a_message("b", "4", "sms", "sent", decided_at="1997-01-02T15:00:00.000Z", held=3), "held 3 times"),
    ],
)
def test_an_sms_at_night_or_held_too_often_is_told(stored, row, complaint):
    late = replace(stored, messages=[row])

    (told,) = checks.too_late({"clock_lag_hours": {"p95": 1}}, late)

    assert complaint in told


def test_an_sms_by_day_a_skip_at_night_and_a_mail_at_night_are_fine(stored):
    by_day = a_message("b", "4", "sms", "sent", decided_at="1997-01-02T15:00:00.000Z", held=2)
    fine = replace(stored, messages=[*stored.messages, by_day])

    assert not list(checks.too_late({"clock_lag_hours": {"p95": 4}}, fine))


def test_a_slow_machine_is_told(stored):
    assert "more than 4" in next(checks.too_late({"clock_lag_hours": {"p95": 4.1}}, stored))


def test_counts_leave_out_the_deployment_and_our_own_calls():
    before = Counts({"dynamodb:PutItem": 5}, {"f": 1}, {})
    after = Counts({"dynamodb:PutItem": 9, "dynamodb:Scan": 3}, {"f": 4}, {"welcome": 16})

    made = after.since(before, less={"dynamodb:Scan": 3})

    assert made == Counts({"dynamodb:PutItem": 4}, {"f": 3}, {"welcome": 16})


def test_the_cost_is_by_service_and_for_a_million():
    counts = Counts({"ses:SendEmail": 6, "dynamodb:PutItem": 10}, {"f": 10}, {"welcome": 16})

    cost = per_million(Prices.from_file().cost(counts, sms_parts=1), contacts=2)

    assert cost["ses"] == 300
    assert cost["states"] == 200
    assert cost["dynamodb"] == pytest.approx(3.12, abs=0.01)
    assert cost["sms"] == 3225
    assert cost["total"] == pytest.approx(sum(usd for name, usd in cost.items() if name != "total"))
