"""What people did and were sent lies in the archive: readable with their keys, and without an address in clear."""

from __future__ import annotations

import base64
import json
from functools import partial

from sojourn.events.archive import Archive, opened, read
from sojourn.events.archive_line import Line
from sojourn.events.model import Event
from sojourn.messages.model import Message
from sojourn.privacy.compact import compact, holding
from sojourn.privacy.keys import CONTEXT, SK, KeyRing
from tests.stories.cloud import Cloud, Person, eventually


def test_a_persons_events_and_messages_are_archived_sealed_and_can_be_read(cloud: Cloud):
    archive = archive_of(cloud)
    ada = cloud.enter("Question Asked", "email")
    cloud.message(ada, "Send the question", "sent")
    note = f"for {ada.email}, leave it with Bob"
    order = cloud.track(ada, "Order Completed", total=49.9, currency="EUR", note=note)
    contact = cloud.api("GET", f"/contacts/{ada.user_id}").json["id"]

    lines = eventually(lambda: all_of(archive, contact, order), every=1.0)

    said = [opened(line, key_of(cloud, line)) for line in lines]
    events = {each.event or each.type: each for each in said if isinstance(each, Event)}
    assert events["identify"].traits["email"] == ada.email
    assert events["Order Completed"].properties["note"] == note
    assert [each.step for each in said if isinstance(each, Message)][:1] == ["Send the question"]
    (clear,) = [line.said for line in lines if line.said.get("message_id") == order]
    assert clear["properties"] == {"total": 49.9, "currency": "EUR"}
    assert list(holding(archive, [ada.email, ada.user_id, ada.phone, "leave it with"])) == []


def test_who_is_taken_out_of_the_archive_leaves_no_byte_there(cloud: Cloud):
    archive = archive_of(cloud)
    ada, eve = cloud.enter("Nothing Follows"), cloud.enter("Nothing Follows")
    gone = eventually(partial(known, cloud, ada))
    stays = eventually(partial(known, cloud, eve))
    eventually(lambda: has_all(cloud, archive, ada, gone) and lines_of(archive, stays), every=1.0)

    page = compact(archive, contacts=[gone], most=100_000)

    assert page.lines
    assert list(holding(archive, [gone])) == []
    assert lines_of(archive, stays)


def archive_of(cloud: Cloud) -> Archive:
    return Archive(cloud.aws("s3"), cloud.local.outputs["ArchiveBucket"])


def ring_of(cloud: Cloud) -> KeyRing:
    """The workspace's ring, opened as a function opens it."""
    key = {"pk": {"S": "KEY"}, "sk": {"S": "people"}}
    row = cloud.aws("dynamodb").get_item(TableName=cloud.local.outputs["ConfigTable"], Key=key)["Item"]
    blob = base64.b64decode(json.loads(row["data"]["S"])["wrapped"])
    secret = cloud.aws("kms").decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"]
    return KeyRing(lambda: secret)


def key_of(cloud: Cloud, line: Line) -> bytes:
    key = {"pk": {"S": f"C#{line.contact}"}, "sk": {"S": SK}}
    row = cloud.aws("dynamodb").get_item(TableName=cloud.local.outputs["PeopleTable"], Key=key)["Item"]
    return ring_of(cloud).unwrapped(line.contact, row["wrapped"]["S"])


def lines_of(archive: Archive, contact: str) -> list[Line]:
    return list(read(archive, contacts=[contact]))


def all_of(archive: Archive, contact: str, message_id: str) -> list[Line]:
    """Their lines, as soon as this event and a message are among them."""
    lines = lines_of(archive, contact)
    has_event = any(line.said.get("message_id") == message_id for line in lines)
    return lines if has_event and any(line.kind == "message" for line in lines) else []


def has_all(cloud: Cloud, archive: Archive, person: Person, contact: str) -> bool:
    """Whether nothing of theirs is still on its way."""
    did = cloud.api("GET", f"/contacts/{person.user_id}/events?limit=100").json["items"]
    came = [line for line in lines_of(archive, contact) if line.kind == "event"]
    return "Nothing Follows" in {each["event"] for each in did} and len(came) >= len(did)


def known(cloud: Cloud, person: Person) -> str:
    answer = cloud.api("GET", f"/contacts/{person.user_id}")
    return str(answer.json["id"]) if answer.status == 200 else ""
