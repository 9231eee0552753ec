"""The Events stream: what contacts did takes effect.

Runs twice: profiles remember the last sequence they folded, and effects carry ids. Dies midway: the batch comes again.
A poison record is kept in RejectedEvents and passed over; anything that may pass by itself raises, for the whole batch.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import clock, engine, store_errors_translated
from sojourn.clock import iso
from sojourn.events.ledger import keep_rejected
from sojourn.events.stream import read_stream
from sojourn.journeys.react import react
from sojourn.journeys.versions import live
from sojourn.telemetry import Metric


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> None:
    """Let a batch of inserted events take effect."""
    world = engine()  # which binds the tables
    with store_errors_translated():
        arrivals, poison = read_stream(event["Records"])
        poison += react(arrivals, live(), engine=world)
        if poison:
            keep_rejected(poison, received_at=iso(clock().calendar()))
            telemetry.count(Metric.RECORDS_POISONED, len(poison))
    telemetry.note("events took effect", events=len(arrivals), poisoned=len(poison))
