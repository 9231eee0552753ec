"""Counters are added to once a batch; a contact's events come in pages without gap or repetition."""

from collections import Counter
from datetime import timedelta

import pytest

from sojourn.clock import ManualClock
from sojourn.events import store as events
from sojourn.insight.counting import REPUTATION, CounterKey, Deltas
from sojourn.insight.reputation import counted_after, on_one_row
from sojourn.insight.store import ROWS_A_TRANSACTION, add, events_before, figures_of
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import NOW, an_event, put_events

DAY = CounterKey("welcome", "2026-11-21")


@pytest.fixture(autouse=True)
def cloud():
    with moto_cloud() as settings:
        events.bind(settings, region=REGION, clock=ManualClock(NOW), sleep=lambda _: None)
        yield settings


def some(**figures: int) -> Deltas:
    return {DAY: Counter(figures)}


def test_what_is_added_is_read():
    add(some(enrolled=2, active=2), batch=["1", "2"], wall=NOW)
    add({DAY: Counter({"active": -1, "exited.no.consent": 1})}, batch=["3", "4"], wall=NOW)

    assert list(figures_of("welcome")) == [(DAY, {"enrolled": 2, "active": 1, "exited.no.consent": 1})]


def test_a_batch_that_comes_again_is_not_counted_again():
    assert add(some(enrolled=1), batch=["1", "2"], wall=NOW) is True
    assert add(some(enrolled=1), batch=["1", "2"], wall=NOW) is False

    assert list(figures_of("welcome")) == [(DAY, {"enrolled": 1})]


def test_more_rows_than_a_transaction_takes_are_counted_once_too():
    many: Deltas = {
        CounterKey("welcome", "2026-11-21", f"step {n:03d}", "email"): Counter(planned=1)
        for n in range(ROWS_A_TRANSACTION + 51)
    }

    assert add(many, batch=["1", "9"], wall=NOW) is True
    assert add(many, batch=["1", "9"], wall=NOW) is False

    assert len(list(figures_of("welcome"))) == ROWS_A_TRANSACTION + 51
    assert sum(figures["planned"] for _, figures in figures_of("welcome")) == ROWS_A_TRANSACTION + 51


def test_what_rode_along_counts_in_its_own_ten_minutes():
    early, late = (CounterKey("email", f"2026-11-21T10:{ten}", kind=REPUTATION) for ten in (0, 4))
    add(on_one_row({early: Counter(mails=5, bounces=1), late: Counter(mails=2)}), batch=["1"], wall=NOW)
    add({late: Counter(complaints=1)}, batch=["2"], wall=NOW)

    assert counted_after("2026-11-21T09:59") == Counter(mails=7, bounces=1, complaints=1)
    assert counted_after("2026-11-21T10:09") == Counter(mails=2, complaints=1)
    assert counted_after("2026-11-21T10:40") == Counter()


def test_a_journey_that_was_never_entered_has_no_figures():
    add(some(enrolled=1), batch=["1"], wall=NOW)

    assert list(figures_of("welcome-back")) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_events_leave_nothing_out_and_repeat_nothing(limit):
    pks = ["a#1", "u#1", "u#2"]
    written = [
        an_event(pk, at=NOW + timedelta(hours=n // 2), message_id=f"m{n}") for pk in pks for n in range(5)
    ]
    put_events(written)

    seen, before, more = [], None, True
    while more:
        page, more = events_before(pks, before, limit)
        seen.extend(page)
        before = (page[-1].sk, page[-1].pk)

    assert [event.key for event in seen] == [
        event.key for event in sorted(written, key=lambda each: (each.sk, each.pk), reverse=True)
    ]


def test_nobody_has_no_events():
    assert events_before([], None, 10) == ([], False)
