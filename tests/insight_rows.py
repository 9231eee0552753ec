"""Builders of rows for the tests of insight and the API; moto cannot insert by PartiQL, so events are put."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import boto3

from sojourn.clock import iso
from sojourn.events.encode import encode
from sojourn.events.model import Event, sort_key
from sojourn.journeys.enrolment import Enrolment
from sojourn.messages.model import Message, MessageState, message_digest
from tests.cloud import REGION

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ADA = "aaaaaaaaaaaaaaaaaaaa"
TEXTS = ("pk", "sk", "type", "event", "source", "message_id")


def an_event(
    pk: str = "u#ada", name: str = "Seen", *, at: datetime = NOW, message_id: str = "m1", **payload: Any
) -> Event:
    """A track event of a client."""
    sk = sort_key(iso(at), "web", message_id)
    return Event(pk, sk, "track", name, at, at, "web", message_id, payload)


def put_events(events: Iterable[Event]) -> None:
    """Write them as collect does."""
    table = boto3.resource("dynamodb", region_name=REGION).Table("Events")
    for event in events:
        texts = {name: getattr(event, name) for name in TEXTS}
        times = {"at": iso(event.at), "received_at": iso(event.received_at)}
        table.put_item(Item={**texts, **times, "payload": encode(event.pk, event.payload)[0]})


def an_enrolment(**facts: Any) -> Enrolment:
    """An active run that stands at its first wait."""
    usual: dict[str, Any] = {
        "contact": ADA,
        "journey": "welcome",
        "entry": 1,
        "version": 1,
        "version_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-test-j-welcome:1",
        "entered_by": "u#ada|2026#web#m1",
        "entered_at": iso(NOW),
        "identity": "u#ada",
        "at": "Wait two days",
        "until": "2026-11-23T10:00:00.000Z",
        "started_at": iso(NOW),
    }
    return Enrolment(**usual | facts)


def a_message(step: str = "Send the welcome", **facts: Any) -> Message:
    """A mail that went out."""
    enrolment = f"{ADA}.welcome.1"
    usual: dict[str, Any] = {
        "contact": ADA,
        "digest": message_digest(enrolment, step),
        "enrolment": enrolment,
        "journey": "welcome",
        "version": 1,
        "step": step,
        "channel": "email",
        "template": "welcome",
        "template_version": 1,
        "identity": "u#ada",
        "state": MessageState.SENT,
        "due": iso(NOW),
        "decided_at": iso(NOW),
        "sent_at": iso(NOW),
    }
    return Message(**usual | facts)


def empty(client: Any, *tables: str) -> None:
    """Take every row out: cheaper than new tables for each test."""
    for table in tables:
        keys = [
            part["AttributeName"] for part in client.describe_table(TableName=table)["Table"]["KeySchema"]
        ]
        for row in client.scan(TableName=table)["Items"]:
            client.delete_item(TableName=table, Key={key: row[key] for key in keys})
