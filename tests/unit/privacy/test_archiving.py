"""What reaches the archive of two streams: whose it is, what waits, and what is left out."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from sojourn import config
from sojourn.clock import ManualClock, iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, people_key, put_profile
from sojourn.events import store as events_store
from sojourn.events.archive import opened
from sojourn.events.encode import encode
from sojourn.events.model import Event
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import item_of
from sojourn.privacy.archiving import PATIENCE, Archivist, ContactUnknownYetError, archive_changes
from sojourn.privacy.keys import KeyRing
from sojourn.privacy.posting import Post
from tests.archive import RING, Hose
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import ADA, NOW, a_message, an_event
from tests.partiql import empty, teach_moto

WALL = NOW + timedelta(hours=22)
STREAMS = {"event": "events", "message": "messages"}


@pytest.fixture(scope="module")
def tables() -> Iterator[Any]:
    teach_moto()
    with moto_cloud() as settings:
        clock = ManualClock(WALL)
        events_store.bind(settings, clock=clock, region=REGION, sleep=lambda _: None)
        yield boto3.client("dynamodb", region_name=REGION)


@pytest.fixture(autouse=True)
def ada(tables) -> None:
    empty("People", "Identity", "Config", "RejectedEvents")
    put_profile(Profile(ADA))
    claim_identity("u#ada", ADA)


def event_record(event: Event, *, age: timedelta = timedelta()) -> dict[str, Any]:
    """As the Events stream tells of an insert."""
    texts = {name: getattr(event, name) for name in ("pk", "sk", "type", "event", "source", "message_id")}
    texts |= {"at": iso(event.at), "received_at": iso(event.received_at), "trust": event.trust.value}
    return record({name: {"S": text} for name, text in texts.items()} | payload(event), age)


def payload(event: Event) -> dict[str, Any]:
    return {"payload": {"S": encode(event.pk, event.payload)[0]}}


def message_record(message: Message) -> dict[str, Any]:
    """As the People stream tells of a change."""
    return record(item_of(message), timedelta())


def record(image: Mapping[str, Any], age: timedelta) -> dict[str, Any]:
    written = (WALL - age).timestamp()
    return {"eventName": "INSERT", "dynamodb": {"NewImage": image, "ApproximateCreationDateTime": written}}


def archived(*records: Mapping[str, Any], erased_at: datetime | None = None) -> Hose:
    """What Firehose was given of a batch."""
    hose, clock = Hose(), ManualClock(WALL)
    desk = Archivist(
        ring=KeyRing(RING.secret),
        post=Post(hose, STREAMS, sleep=lambda _: None),
        clock=clock,
        erased_at=lambda _: erased_at,
    )
    archive_changes(records, desk=desk)
    return hose


def test_events_and_messages_become_lines_that_open_with_the_persons_key():
    event, message = an_event(properties={"note": "free"}, userId="ada"), a_message(outcome="delivered")

    lines = archived(event_record(event), message_record(message)).lines

    keys = KeyRing(RING.secret).existing([ADA])
    assert [opened(line, keys[line.contact]) for line in lines] == [event, message]


def test_a_message_on_its_way_is_no_news_yet():
    sending = a_message(state=MessageState.SENDING, sent_at="")

    assert archived(message_record(sending)).lines == []


def test_an_event_whose_contact_is_still_being_made_waits_with_its_batch():
    hose = Hose()
    with pytest.raises(ContactUnknownYetError):
        archived(event_record(an_event()), event_record(an_event("u#new")))

    assert hose.given == []


def test_after_a_while_it_belongs_to_nobody_and_is_found_by_its_identity():
    event = an_event("u#new", userId="new")

    (line,) = archived(event_record(event, age=PATIENCE + timedelta(seconds=1))).lines

    ring = KeyRing(RING.secret)
    assert (line.contact, line.identity) == ("", ring.hashed("u#new"))
    assert opened(line, ring.nobodys) == event


def test_what_the_erased_did_before_is_left_out_and_what_they_do_later_waits_for_its_new_contact():
    record = event_record(an_event("u#gone"))

    assert archived(record, erased_at=NOW).lines == []
    with pytest.raises(ContactUnknownYetError):
        archived(record, erased_at=NOW - timedelta(seconds=1))


@pytest.mark.parametrize("row", [{}, {"erased_at": {"S": iso(NOW)}}], ids=["no profile", "buried"])
def test_messages_of_the_erased_are_left_out_and_bring_no_key_to_life(tables, row):
    key = {"pk": {"S": people_key(ADA)}, "sk": {"S": "PROFILE"}}
    tables.delete_item(TableName="People", Key=key)
    if row:
        tables.put_item(TableName="People", Item={**key, **row})

    assert archived(message_record(a_message())).lines == []
    assert KeyRing(RING.secret).existing([ADA]) == {}


def test_poison_is_kept_and_passed_over(tables):
    bad = [{}, {"dynamodb": None}, record({"sk": {"S": "MSG#1"}, "pk": {"S": "C#a"}}, timedelta())]

    lines = archived(*bad, event_record(an_event())).lines

    kept = tables.scan(TableName="RejectedEvents")["Items"]
    assert len(lines) == 1
    assert {(row["code"]["S"], row["source"]["S"]) for row in kept} == {("unreadable_record", "archive")}
    assert len(kept) == 3


def test_an_operator_declares_what_is_safe():
    config.put("SETTING", "archive", {"safe": ["shelf"]})

    (line,) = archived(event_record(an_event(properties={"shelf": "B4", "note": "x"}))).lines

    assert line.said["properties"] == {"shelf": "B4"}


def test_a_batch_that_comes_again_has_the_same_keys():
    records = [event_record(an_event()), message_record(a_message())]

    first, second = archived(*records).lines, archived(*records).lines

    assert [line.key for line in first] == [line.key for line in second]


def test_no_address_leaves_in_clear():
    address = "ada@example.org"
    claim_identity(f"u#{address}", ADA)
    event = an_event(f"u#{address}", "Order Completed", properties={"to": address}, traits={"email": address})
    message = a_message(identity=f"u#{address}", values={"email": address}, provider_id="ses-7")

    hose = archived(event_record(event), message_record(message))

    assert not [data for _, data in hose.given if address.encode() in data or b"ses-7" in data]
    assert address in json.dumps([dict(event.payload)])
