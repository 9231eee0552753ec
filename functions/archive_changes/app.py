"""Two streams: what came in and what was sent, a minute's worth at a time, becomes lines of the archive. What came in
is counted besides (opens, clicks, orders): here a minute costs the write that in `react` each event would.

Runs twice, or dies midway: lines may be there twice, and the reader takes each once; a batch is counted last, and once.
An event whose contact is still being made raises, for the whole batch, and comes again. Poison is kept in
RejectedEvents and passed over; what Firehose will not take for long goes to the queue of failures, which names shard
and sequence.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import archivist, clock, settings, store_errors_translated
from sojourn.journeys.figures import count_events
from sojourn.privacy.archiving import archive_changes, events_among


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> None:
    """Archive a batch."""
    settings()
    with store_errors_translated():
        archive_changes(event["Records"], desk=archivist())
        count_events(events_among(event["Records"]), wall=clock().wall())
