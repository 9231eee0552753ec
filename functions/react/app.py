"""The Events stream: what contacts did takes effect.

Runs twice: profiles remember the last sequence they folded, and effects carry ids. Dies midway: the batch comes again.
A poison record is kept in RejectedEvents and passed over; anything that may pass by itself raises, for the whole batch.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import clock, reader, store_errors_translated
from sojourn.clock import iso
from sojourn.events.ledger import keep_rejected
from sojourn.events.stream import read_stream
from sojourn.journeys.news import not_news
from sojourn.journeys.react import react
from sojourn.journeys.versions import live
from sojourn.telemetry import Metric


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> None:
    """Let a batch of inserted events take effect."""
    world = reader()  # which binds the tables
    with store_errors_translated():
        arrivals, poison = read_stream(event["Records"])
        poison += react(arrivals, live(), engine=world)
        if poison:
            keep_rejected(poison, received_at=iso(clock().calendar()))
            telemetry.count(Metric.RECORDS_POISONED, len(poison))
    no_news = not_news((arrival.event for arrival in arrivals), world.max_age)
    for reason, events in no_news.items():
        telemetry.count_by(Metric.EVENTS_NOT_NEWS, reason, events)
    telemetry.note("events took effect", events=len(arrivals), poisoned=len(poison), not_news=no_news.total())
