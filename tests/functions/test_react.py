"""The Events stream takes effect. The faults and stories play the rest; here: what the handler itself decides."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.react.app import handler
from sojourn.contacts.store import find_contact, get_profile
from tests.cloud import REGION, moto_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def a_record(number: int, **image: str) -> dict[str, Any]:
    """What DynamoDB streams of an inserted row."""
    row = {name: {"S": value} for name, value in image.items()}
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": f"{number:021d}", "NewImage": row}}


def an_event() -> dict[str, str]:
    return {
        "pk": "u#ada",
        "sk": "2030-01-01T10:00:00.000Z#site#m1",
        "type": "identify",
        "event": "",
        "at": "2030-01-01T10:00:00.000Z",
        "received_at": "2030-01-01T10:00:01.000Z",
        "source": "site",
        "message_id": "m1",
        "payload": json.dumps({"traits": {"firstName": "Ada"}}),
    }


def rejected() -> int:
    return int(boto3.client("dynamodb", region_name=REGION).scan(TableName="RejectedEvents")["Count"])


def test_a_poison_record_is_kept_and_the_batch_goes_on():
    handler({"Records": [a_record(1, pk="u#eve", sk="what"), a_record(2, **an_event())]}, None)

    contact = find_contact("u#ada")
    assert contact
    assert get_profile(contact).traits == {"firstName": "Ada"}
    assert rejected() == 1


def test_the_same_batch_again_changes_nothing():
    for _ in range(2):
        handler({"Records": [a_record(2, **an_event())]}, None)

    contact = find_contact("u#ada")
    assert contact
    assert get_profile(contact).revision == 1
