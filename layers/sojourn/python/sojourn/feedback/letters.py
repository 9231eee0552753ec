"""What lies in a queue: the text, out of its envelope, and how long it has been there. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sojourn.clock import Clock
from sojourn.errors import PoisonRecordError

PATIENCE = timedelta(minutes=5)
RECEIVES = 3  # below the queue's maxReceiveCount, so that nothing merely early ends among the dead letters


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a queue; `sent_at` is the wall's time, None when the queue did not say."""

    text: str
    sent_at: datetime | None = None
    receives: int = 1

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Of an SQS record, raw or in the envelope of SNS."""
        said = record.get("attributes") or {}
        sent = said.get("SentTimestamp")
        sent_at = datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None
        return cls(_unwrapped(record["body"]), sent_at, int(said.get("ApproximateReceiveCount") or 1))

    def may_be_early(self, clock: Clock) -> bool:
        """Whether what it speaks of may still appear: providers are sometimes faster than our own writes."""
        old = self.sent_at is not None and clock.wall() - self.sent_at >= PATIENCE
        return self.receives < RECEIVES and not old

    def calendar_time(self, clock: Clock) -> datetime:
        """When it was sent, on the calendar: the same however often the queue hands it out."""
        now = clock.calendar()
        if self.sent_at is None:
            return now
        if clock.pace != 1:
            return _to_the_minute(now - (clock.wall() - self.sent_at) * clock.pace)
        ahead = timedelta(seconds=round((now - clock.wall()).total_seconds()))
        return min(self.sent_at + ahead, now)


def json_object(text: str) -> Mapping[str, Any]:
    """The object that the text is; PoisonRecordError when it is none."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PoisonRecordError("not JSON") from error
    if not isinstance(said, dict):
        raise PoisonRecordError("not a JSON object")
    return said


def _unwrapped(body: str) -> str:
    said = json_object(body) if body.lstrip().startswith("{") else {}
    inner = said.get("Message")
    return inner if isinstance(inner, str) and "TopicArn" in said else body


def _to_the_minute(moment: datetime) -> datetime:
    """Two readings of a paced clock differ by what the processor did between them; the minute does not."""
    return moment.replace(second=0, microsecond=0)
