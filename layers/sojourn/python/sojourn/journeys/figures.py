"""What a batch of events adds to the figures: opens and clicks of our messages, and orders. In one transaction, once.

The reader of the stream that gathers a minute counts, and last: a batch that fails before comes again uncounted, and
one that is delivered twice has the same ends. An order that the shop and the page both tell counts once: whoever tells
it first claims it for three days. What arrives long after it happened is nobody's last month.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sojourn.clock import iso
from sojourn.contacts.facts.value import COMPLETED, REFUNDED, fold
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event
from sojourn.events.stream import Sequenced
from sojourn.insight.counting import Deltas, event_deltas, merged
from sojourn.insight.daily import money, with_days
from sojourn.insight.store import add, claim
from sojourn.journeys.deeds import deed_of

TRIES = 5
LATEST = timedelta(days=40)


def count_events(arrivals: Sequence[Sequenced], *, wall: datetime) -> None:
    """Add up what these events say of messages and money; StoreBusyError when the counters are busy again and again."""
    batch = [f"events/{each.sequence}" for each in arrivals]
    events = [each.event for each in arrivals]
    answers = merged(event_deltas(event) for event in events if event.is_internal)
    moved = merged([with_days(answers, batch), *_bought(events, batch, wall)])
    if not moved:
        return
    for attempt in range(TRIES):
        try:
            add(moved, batch=batch, wall=wall)
            return
        except StoreBusyError:  # another batch writes the same row at this moment
            if attempt == TRIES - 1:
                raise


def _bought(events: Iterable[Event], batch: Sequence[str], wall: datetime) -> Iterator[Deltas]:
    for event in events:
        if event.event not in (COMPLETED, REFUNDED) or event.received_at - event.at > LATEST:
            continue
        fact = fold(None, deed_of(event)) or {}
        for kind in ("orders", "refunds"):
            for order, (_at, key, currency, amount, _) in fact.get(kind, {}).items():
                if claim(f"{kind}|{order}", key, wall=wall):
                    named = "amount" if kind == "orders" else "refunded"
                    yield money(iso(event.at)[:10], currency, {kind: 1, named: amount or 0}, batch)
