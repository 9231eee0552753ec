"""Providers that fail and functions that die, on the running cloud: never two mails, and the story ends."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sojourn.clock import iso
from tests.stories.cloud import Cloud, Person, eventually

FIRST, SECOND = "Send the first", "Send the second"


def _known(cloud: Cloud) -> tuple[Person, str]:
    """Somebody with consent who is not on a journey yet, and their contact id."""
    person = Person()
    cloud.identify(person, **person.consents())

    def contact() -> str:
        answer = cloud.api("GET", f"/contacts/{person.user_id}")
        return str(answer.json["id"]) if answer.status == 200 else ""

    return person, eventually(contact)


def _played(cloud: Cloud, person: Person) -> None:
    """The drill, to its end: whatever became of the first mail, the second goes out."""
    cloud.track(person, "Drill Began")
    assert cloud.ended(person, "drill")["status"] == "completed"
    assert cloud.message(person, SECOND, "sent")


@pytest.mark.parametrize(
    ("kind", "state", "mails"),
    [
        ("throttle", "sent", 2),
        ("reject", "failed", 1),
        ("error500", "unknown", 1),
        # It was accepted all the same: the provider's own event settles what we could not know.
        ("timeout_after", "sent", 2),
    ],
)
def test_what_the_provider_says_decides_and_the_journey_goes_on(
    cloud: Cloud, kind: str, state: str, mails: int
):
    person, _ = _known(cloud)
    cloud.provider_fails(person, kind)

    _played(cloud, person)

    assert cloud.message(person, FIRST, state)
    assert len(cloud.mails(person)) == mails


def test_a_text_whose_fate_is_unknown_stays_so(cloud: Cloud):
    person, _ = _known(cloud)
    cloud.provider_fails(person, "timeout_after", operation="Publish")

    cloud.track(person, "Texts Began")
    cloud.message(person, "Text the first", "unknown")
    cloud.track(person, "Text Asked")

    cloud.ended(person, "texts")
    assert cloud.message(person, "Text the second", "sent")
    assert [each["state"] for each in cloud.messages(person).values()] == ["unknown", "sent"]
    assert len(cloud.texts(person)) == 2


@pytest.mark.parametrize(
    ("when", "operation", "call", "state", "mails"),
    [
        ("before", "BatchGetItem", 1, "sent", 1),
        ("before", "TransactWriteItems", 1, "sent", 1),
        ("after", "TransactWriteItems", 1, "unknown", 0),
        ("before", "SendEmail", 1, "unknown", 0),
        ("after", "SendEmail", 1, "sent", 1),
        ("before", "TransactWriteItems", 2, "sent", 1),
        ("after", "TransactWriteItems", 2, "sent", 1),
    ],
)
def test_a_sender_that_dies_never_mails_twice(
    cloud: Cloud, when: str, operation: str, call: int, state: str, mails: int
):
    person, contact = _known(cloud)
    cloud.worker_dies("SendMessage", when, operation, match=f"{contact}.drill.", call=call)

    _played(cloud, person)

    assert cloud.message(person, FIRST, state)
    subjects = [mail["subject"] for mail in cloud.mails(person)]
    assert len(subjects) == len(set(subjects)) == mails + 1


@pytest.mark.parametrize(
    ("when", "operation"), [("before", "StartExecution"), ("after", "StartExecution"), ("after", "GetItem")]
)
def test_a_reader_of_the_stream_that_dies_enrols_once_all_the_same(cloud: Cloud, when: str, operation: str):
    person, _ = _known(cloud)
    cloud.worker_dies("React", when, operation, match=person.user_id)

    _played(cloud, person)

    assert {each["state"] for each in cloud.settled(person).values()} == {"sent"}
    assert len(cloud.mails(person)) == 2


@pytest.mark.parametrize(("when", "operation"), [("before", "UpdateItem"), ("after", "UpdateItem")])
def test_a_registrar_of_waits_that_dies_loses_no_answer(cloud: Cloud, when: str, operation: str):
    person, contact = _known(cloud)
    cloud.worker_dies("ParkToken", when, operation, match=f"{contact}.answers.")

    cloud.track(person, "Question Asked")
    cloud.mail_number(person, 1)
    cloud.track(person, "Question Answered")

    assert cloud.ended(person, "answers")["status"] == "completed"
    assert "Send the thanks" in cloud.messages(person)
    assert len(cloud.mails(person)) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_recorder_of_bounces_that_dies_records_the_bounce(cloud: Cloud, when: str):
    person, _ = _known(cloud)
    cloud.track(person, "Question Asked")
    first = cloud.mail_number(person, 1)
    cloud.message(person, "Send the question", "sent")
    cloud.worker_dies("RecordFeedback", when, match=first["id"])

    cloud.act(first, "bounce", type="Permanent", subtype="General")

    eventually(lambda: cloud.messages(person)["Send the question"]["outcome"] == "bounced")
    cloud.track(person, "Question Answered")
    cloud.ended(person, "answers")
    assert cloud.messages(person)["Send the thanks"]["state"] == "skipped"
    assert len(cloud.mails(person)) == 1


def test_ten_times_the_same_event_at_once_is_one_enrolment_and_one_first_message(cloud: Cloud):
    person, _ = _known(cloud)
    event = {
        "userId": person.user_id,
        "event": "Question Asked",
        "messageId": uuid.uuid4().hex,
        "timestamp": iso(cloud.now()),
    }

    with ThreadPoolExecutor(max_workers=10) as crowd:
        answers = list(crowd.map(lambda _: cloud.collect("track", event), range(10)))

    assert {answer.status for answer in answers} == {200}
    cloud.mail_number(person, 1)
    cloud.track(person, "Question Answered")
    ended = cloud.ended(person, "answers")
    assert ended["entry"] == 1
    assert len(cloud.mails(person)) == 2
    items = cloud.api("GET", f"/contacts/{person.user_id}/events?limit=100").json["items"]
    assert sum(each["event"] == "Question Asked" for each in items) == 1


def test_a_record_that_is_no_json_goes_to_the_dead_letters_alone(cloud: Cloud):
    person, _ = _known(cloud)
    cloud.track(person, "Question Asked")
    first = cloud.mail_number(person, 1)
    sqs, word = cloud.aws("sqs"), f"{{broken {uuid.uuid4().hex}"
    queue = _queue(sqs, "Feedback", dead=False)
    bounce = cloud.act(first, "deliver")
    bounce = {**bounce, "eventType": "Complaint", "complaint": {"complainedRecipients": []}}

    sqs.send_message_batch(
        QueueUrl=queue,
        Entries=[
            {"Id": "0", "MessageBody": word},
            *({"Id": str(n), "MessageBody": json.dumps(bounce)} for n in range(1, 10)),
        ],
    )

    eventually(lambda: cloud.messages(person)["Send the question"]["outcome"] == "complained")
    dead = _queue(sqs, "Feedback", dead=True)

    def buried() -> bool:
        answer = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return any(each["Body"] == word for each in answer.get("Messages", []))

    eventually(buried, every=1)


def _queue(sqs: Any, name: str, *, dead: bool) -> str:
    urls = [str(url) for url in sqs.list_queues()["QueueUrls"]]
    [found] = [url for url in urls if name in url and ("Dead" in url or "Failed" in url) == dead]
    return found
