"""The Events stream: what contacts did takes effect.

Runs twice: profiles remember the last sequence they folded, and effects carry ids. Dies midway: the batch comes again.
A poison record is kept in RejectedEvents and passed over; anything that may pass by itself raises, for the whole batch.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import clock, reader, store_errors_translated
from sojourn.clock import iso
from sojourn.config import query
from sojourn.events.ledger import write_rejected
from sojourn.events.stream import read_stream
from sojourn.journeys.news import not_news
from sojourn.journeys.react import react
from sojourn.journeys.versions import LIVE, live_of
from sojourn.segments import store as segments
from sojourn.telemetry import Metric


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> None:
    """Let a batch of inserted events take effect."""
    world = reader()  # which binds the tables
    with store_errors_translated():
        arrivals, poison = read_stream(event["Records"])
        # What is live stands in one partition: asked for together, it is one unit, not one a row.
        rows = {(row.kind, row.id): row for row in query(LIVE[0])}
        index = segments.index_of(rows.get(segments.LIVE))
        poison += react(arrivals, live_of(rows.get(LIVE)), engine=world, segments=index)
        if poison:
            write_rejected(poison, received_at=iso(clock().calendar()))
            telemetry.count(Metric.RECORDS_POISONED, len(poison))
    no_news = not_news((arrival.event for arrival in arrivals), world.max_age)
    for reason, events in no_news.items():
        telemetry.count_by(Metric.EVENTS_NOT_NEWS, reason, events)
    if poison or no_news:  # else there is nothing to say that the stream's own metrics do not
        telemetry.note(
            "events took effect", events=len(arrivals), poisoned=len(poison), not_news=no_news.total()
        )
