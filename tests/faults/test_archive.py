"""Every fault at every call of archiving a batch: whatever the archive holds twice, its reader tells once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.archive_changes.app import handler
from sojourn import bootstrap
from sojourn.bootstrap import archivist, client, key_ring
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.events.archive import Archive, opened, read
from sojourn.events.archive_line import Line
from tests.faults.network import Fault, Kind
from tests.faults.room import Outcome, Room, a_room, assert_no_harm, objects, table, walk
from tests.insight_rows import ADA, a_message, an_event
from tests.unit.privacy.test_archiving import event_record, message_record

STREAMS = {"EVENT_ARCHIVE": "event", "MESSAGE_ARCHIVE": "message"}
OLD = timedelta(days=2)  # nobody waits any more for whose it is
BATCH = [
    event_record(an_event(properties={"colour": "red"})),
    event_record(an_event("u#nobody", message_id="m2"), age=OLD),
    message_record(a_message()),
    {"eventName": "INSERT", "dynamodb": {"NewImage": {"pk": {"S": "u#ada"}}}},
]


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with a_room(
        ready=ada, cached=(archivist, key_ring), environment={**STREAMS, "PERSON_KEY_ARN": "alias/people"}
    ) as room:
        for bucket in ("archive", "read"):
            client("s3").create_bucket(Bucket=bucket)
        where = {"BucketARN": "arn:aws:s3:::archive", "RoleARN": "arn:aws:iam::123456789012:role/deliver"}
        for kind in STREAMS.values():
            client("firehose").create_delivery_stream(
                DeliveryStreamName=kind, ExtendedS3DestinationConfiguration=where
            )
        key = client("kms").create_key()["KeyMetadata"]["KeyId"]
        client("kms").create_alias(AliasName="alias/people", TargetKeyId=key)
        yield room


def ada() -> None:
    """Somebody whose event can be archived."""
    put_profile(Profile(ADA))
    claim_identity("u#ada", ADA)


def test_archiving_survives_every_fault(room: Room):
    lines = walk(room, [lambda: is_archived(room)], as_read)

    assert_no_harm(lines, at_least=30)


def test_a_batch_that_comes_again_is_there_twice_and_read_once(room: Room):
    room.empty()
    is_archived(room)
    (put, *_) = [call for call in room.network.calls if call.operation == "PutRecordBatch"]
    room.empty()
    room.network.fault = Fault(Kind.DEATH_AFTER, put.number)

    is_archived(room)

    assert room.failures == ["Crash"]
    assert len(written()) == 3 + 2
    assert len(as_read()["told"]) == 3


def is_archived(room: Room) -> None:
    """As the streams hand a batch on."""
    room.until_it_answers("archive_changes", lambda: handler({"Records": BATCH}, None))


def as_read() -> Outcome:
    """What the reader tells, opened; and the record that nobody can read."""
    s3, bodies = client("s3"), written()
    for kind in STREAMS.values():
        body = b"".join(raw + b"\n" for raw in bodies if Line.parse(raw).kind == kind)
        s3.put_object(Bucket="read", Key=f"archive/kind={kind}/dt=2026-11-21/1", Body=body)
    ring = bootstrap.archivist().ring
    lines = [(line, ring.of(line.contact)) for line in read(Archive(s3, "read"))]
    return {
        "told": sorted((line.contact, str(opened(line, key))) for line, key in lines if key),
        "sealed for ever": [line.id for line, key in lines if key is None],
        "kept": {(row["code"], row["record"]) for row in table("RejectedEvents")},
    }


def written() -> list[bytes]:
    """Every line that Firehose was given."""
    return [line for body in objects("archive").values() for line in body.splitlines()]
