"""The People stream: every change of an enrolment or a message moves the report's figures, once; and whoever was
written to is judged again, where a segment looks at messages. A journey whose runs fail in a row is paused, and so is
marketing where too many mails bounce or are called spam.

Runs twice: the batch's own row says that it was counted. Dies midway: one transaction, so nothing is half counted.
A poison record is counted and passed over; a busy store raises, for the whole batch.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import clock, settings, store_errors_translated
from sojourn.insight.count_changes import count_changes
from sojourn.journeys import reputation
from sojourn.journeys.breaker import watch
from sojourn.segments.mailed import judge_mailed


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> None:
    """Add up a batch of changes."""
    settings()
    with store_errors_translated():
        count_changes(event["Records"], wall=clock().wall())
        watch(event["Records"], clock=clock())
        reputation.watch(event["Records"], clock=clock())
        judge_mailed(event["Records"], clock=clock(), shards=int(settings().due_shards))
