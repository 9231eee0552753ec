"""Opens, clicks and orders are counted once, whoever tells them and however often a batch comes."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import ManualClock
from sojourn.events import store as events
from sojourn.events.model import INTERNAL_SOURCE, Event
from sojourn.events.stream import Sequenced
from sojourn.insight.daily import ALL, KIND, by_day
from sojourn.insight.store import figures_of
from sojourn.journeys.figures import count_events
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import NOW

TODAY = NOW.date().isoformat()


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud() as settings:
        events.bind(settings, region=REGION, clock=ManualClock(NOW), sleep=lambda _: None)
        yield


def an_event(name: str, number: int, source: str = "shop", days: int = 0, **properties: Any) -> Sequenced:
    event = Event(
        pk="u#1",
        sk=f"-#{source}#m{number}",
        type="track",
        event=name,
        at=NOW - timedelta(days=days),
        received_at=NOW,
        source=source,
        message_id=f"m{number}",
        payload={"properties": properties},
    )
    return Sequenced(event, str(number))


def of_the_day(day: str = TODAY) -> dict[str, Counter[str]]:
    return by_day(figures_of(ALL, KIND)).get(day, {})


def opened(number: int, source: str = INTERNAL_SOURCE) -> Sequenced:
    facts: dict[str, Any] = {"journey": "welcome", "step": "Send", "channel": "email", "class": "human"}
    return an_event("Message Opened", number, source, **facts)


def test_opens_are_counted_for_the_step_and_for_the_day_once():
    batch = [opened(1), opened(2)]
    for _ in range(2):
        count_events(batch, wall=NOW)

    assert [dict(figures) for _, figures in figures_of("welcome")] == [{"opens.human": 2}]
    assert of_the_day() == {"email": Counter({"opens.human": 2})}


def test_an_open_that_somebody_else_tells_is_none_of_ours():
    count_events([opened(1, "shop")], wall=NOW)

    assert of_the_day() == {}


def test_an_order_told_twice_counts_once_and_a_refund_beside_it():
    first = an_event("Order Completed", 1, order_id="A1", revenue="19.90", currency="eur")
    page = an_event("Order Completed", 2, "page", order_id="A1", total=19.9, currency="EUR")
    refund = an_event("Order Refunded", 3, order_id="A1", revenue=5, currency="EUR")

    count_events([first], wall=NOW)
    count_events([page, refund], wall=NOW)
    count_events([an_event("Order Completed", 4, revenue=1)], wall=NOW)

    told = {"orders": 1, "amount": 199_000, "refunds": 1, "refunded": 50_000}
    assert of_the_day() == {"EUR": Counter(told), "-": Counter(orders=1, amount=10_000)}


def test_a_batch_that_died_before_it_was_counted_keeps_its_claim():
    order = an_event("Order Completed", 1, order_id="A1", revenue=3, currency="USD")
    for _ in range(2):
        count_events([order], wall=NOW)

    assert of_the_day() == {"USD": Counter(orders=1, amount=30_000)}


def test_history_that_comes_late_is_no_day_of_last_month():
    count_events([an_event("Order Completed", 1, days=41, order_id="A1", revenue=3)], wall=NOW)

    assert by_day(figures_of(ALL, KIND)) == {}


def test_other_events_write_nothing():
    count_events([an_event("Page Viewed", 1)], wall=NOW)

    assert list(figures_of(ALL, KIND)) == []
