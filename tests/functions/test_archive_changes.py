"""The handler with its real collaborators: KMS wraps, DynamoDB keeps, Firehose takes."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from functions.archive_changes.app import handler
from sojourn import bootstrap, config
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.events.archive_line import Line
from sojourn.events.model import INTERNAL_SOURCE
from sojourn.insight.store import figures_of
from sojourn.privacy.archiving import ContactUnknownYetError
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import ADA, a_message, an_event
from tests.partiql import teach_moto
from tests.unit.privacy.test_archiving import event_record, message_record

WIRED = (
    bootstrap.settings, bootstrap.client, bootstrap._session, bootstrap.clock, bootstrap.key_ring, bootstrap.archivist,
)  # fmt: skip


@pytest.fixture
def cloud() -> Iterator[Any]:
    teach_moto()
    with moto_cloud():
        bucket = boto3.client("s3", region_name=REGION)
        bucket.create_bucket(Bucket="archive")
        _environment()
        for wired in WIRED:
            wired.cache_clear()
        bootstrap.settings()
        put_profile(Profile(ADA))
        claim_identity("u#ada", ADA)
        yield bucket
        for wired in WIRED:
            wired.cache_clear()


def _environment() -> None:
    hose = boto3.client("firehose", region_name=REGION)
    for name in ("events", "messages"):
        where = {"BucketARN": "arn:aws:s3:::archive", "RoleARN": "arn:aws:iam::123456789012:role/deliver"}
        hose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=where)
    key = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["Arn"]
    os.environ |= {"EVENT_ARCHIVE": "events", "MESSAGE_ARCHIVE": "messages", "PERSON_KEY_ARN": key}


def lines(bucket: Any) -> list[Line]:
    names = [entry["Key"] for entry in bucket.list_objects_v2(Bucket="archive").get("Contents", ())]
    bodies = [bucket.get_object(Bucket="archive", Key=name)["Body"].read() for name in names]
    return [Line.parse(raw) for body in bodies for raw in body.splitlines()]


def test_a_batch_reaches_the_bucket_and_kms_keeps_the_secret(cloud):
    handler({"Records": [event_record(an_event()), message_record(a_message())]}, None)

    assert sorted(line.kind for line in lines(cloud)) == ["event", "message"]
    assert {line.contact for line in lines(cloud)} == {ADA}
    assert config.get("KEY", "people") is not None


def test_a_cold_container_opens_what_another_one_wrapped(cloud):
    handler({"Records": [event_record(an_event())]}, None)
    for wired in WIRED:
        wired.cache_clear()

    handler({"Records": [event_record(an_event())]}, None)

    first, second = lines(cloud)
    assert first.key == second.key


def test_a_batch_that_comes_too_early_raises_and_comes_again(cloud):
    import time

    record = event_record(an_event("u#new"))
    record["dynamodb"]["ApproximateCreationDateTime"] = time.time()

    with pytest.raises(ContactUnknownYetError):
        handler({"Records": [record]}, None)

    assert lines(cloud) == []


def test_the_log_counts_and_names_nobody(cloud, caplog):
    caplog.set_level(logging.DEBUG, logger="sojourn")
    handler({"Records": [event_record(an_event())]}, None)

    logged = vars(caplog.records[-1])
    assert (logged["records"], logged["lines"]) == (1, 1)
    assert ADA not in str(logged)


def test_what_came_in_is_counted_once_however_often_the_batch_comes(cloud):
    facts = {"journey": "welcome", "step": "Send", "channel": "email", "class": "human"}
    seen = replace(an_event(name="Message Opened", properties=facts), source=INTERNAL_SOURCE)
    told = [event_record(seen), message_record(a_message())]
    for number, each in enumerate(told):
        each["dynamodb"]["SequenceNumber"] = str(number)

    for _ in range(2):
        handler({"Records": told}, None)

    assert [dict(figures) for _, figures in figures_of("welcome")] == [{"opens.human": 1}]
