"""What the breaker counts of a message's changes: each mail once, in the ten minutes in which it was sent."""

from collections import Counter

import pytest

from sojourn.insight.counting import REPUTATION, Change, CounterKey, merged
from sojourn.insight.reputation import got_worse, on_one_row, reputation_deltas, reputation_of

TEN = CounterKey("email", "2026-11-21T10:0", kind=REPUTATION)


def a_row(state: str = "sent", against: str = "", **facts: str) -> dict[str, str]:
    row = {
        "sk": "MSG#0123456789abcdef",
        "channel": "email",
        "state": state,
        "sent_at": "2026-11-21T10:07:00.000Z",
    }
    return row | ({"against": against} if against else {}) | facts


def test_a_mail_that_went_is_one():
    assert reputation_deltas(Change(a_row("sending", sent_at=""), a_row())) == {TEN: Counter(mails=1)}


@pytest.mark.parametrize(("against", "figure"), [("bounce", "bounces"), ("complaint", "complaints")])
def test_what_comes_back_counts_with_the_mail(against: str, figure: str):
    moved = reputation_deltas(Change(a_row(), a_row(against=against)))

    assert moved == {TEN: Counter({figure: 1})}
    assert got_worse(moved)


def test_a_complaint_behind_a_bounce_moves_it():
    moved = reputation_deltas(Change(a_row(against="bounce"), a_row(against="complaint")))

    assert moved == {TEN: Counter({"bounces": -1, "complaints": 1})}


@pytest.mark.parametrize(
    "row",
    [
        a_row("skipped"),
        a_row("failed"),
        a_row("unknown"),
        a_row(channel="sms"),
        a_row(against="simulated"),
        a_row(sent_at=""),
        a_row(sk="ENROL#welcome#1"),
    ],
    ids=["skipped", "failed", "unknown", "a text", "of the simulator", "no moment", "a run"],
)
def test_what_is_no_mail_that_went_is_none(row: dict[str, str]):
    assert reputation_deltas(Change(None, row)) == {}


def test_a_mail_that_the_provider_threw_away_after_all_is_taken_back():
    assert reputation_deltas(Change(a_row(), a_row("failed"))) == {TEN: Counter(mails=-1)}


def test_forgetting_a_person_takes_nothing_back():
    assert reputation_deltas(Change(a_row(against="bounce"), None)) == {}


def test_deliveries_and_other_changes_judge_nothing():
    moved = merged([reputation_deltas(Change(a_row(), a_row(outcome="delivered")))])

    assert (moved, got_worse(moved)) == ({}, False)


def test_a_batch_pays_for_one_row_and_what_is_earlier_rides_along():
    earlier, report = (
        CounterKey("email", "2026-11-20T23:5", kind=REPUTATION),
        CounterKey("play", "2026-11-21"),
    )
    moved = {earlier: Counter(bounces=1), TEN: Counter(mails=2), report: Counter(sent=2)}

    assert on_one_row(moved) == {
        TEN: Counter({"mails": 2, "bounces@2026-11-20T23:5": 1}),
        report: Counter(sent=2),
    }


def test_a_record_that_cannot_be_read_is_passed_over():
    assert reputation_of([{}, {"dynamodb": None}]) == {}
