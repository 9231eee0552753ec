"""What the tests of the archive stand on: a ring without KMS, a Firehose that keeps all, objects in memory."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto import mock_aws

from sojourn.events.archive import Archive
from sojourn.events.archive_line import Line, event_line
from sojourn.events.model import Event
from sojourn.events.shown import SAFE
from sojourn.privacy.keys import KeyRing
from tests.cloud import REGION
from tests.insight_rows import ADA, an_event

SECRET = b"s" * 32
KEY = b"k" * 32
BUCKET = "archive"
RING = KeyRing(lambda: SECRET)


@dataclass(slots=True)
class Hose:
    """A Firehose; `refuses` records of the next calls, so many a call."""

    refuses: list[int] = field(default_factory=list)
    given: list[tuple[str, bytes]] = field(default_factory=list)

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> Any:  # noqa: N803
        failed = self.refuses.pop(0) if self.refuses else 0
        told = [{"ErrorCode": "ServiceUnavailableException"}] * failed
        for record in Records[failed:]:
            self.given.append((DeliveryStreamName, record["Data"]))
            told.append({"RecordId": "r"})
        return {"FailedPutCount": failed, "RequestResponses": told}

    @property
    def lines(self) -> list[Line]:
        """Everything that was taken."""
        return [Line.parse(raw) for _, data in self.given for raw in data.splitlines()]


@contextmanager
def an_archive() -> Iterator[Archive]:
    """An empty bucket."""
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        s3.create_bucket(Bucket=BUCKET)
        yield Archive(s3, BUCKET)


def a_line(event: Event | None = None, *, contact: str = ADA) -> Line:
    """A line of an event."""
    return event_line(event or an_event(), contact=contact, key=KEY, hashed=RING.hashed, safe=SAFE)


def put(archive: Archive, day: str, lines: Iterable[Line], *, name: str = "1.gz", kind: str = "event") -> str:
    """An object of a day as Firehose leaves it; packed, if its name says so."""
    raw = b"".join(line.text().encode() + b"\n" for line in lines)
    key = f"archive/kind={kind}/dt={day}/{name}"
    archive.s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(raw) if name.endswith(".gz") else raw)
    return key
