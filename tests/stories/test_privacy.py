"""Somebody takes everything along, is forgotten, and comes back as somebody new: on the whole product."""

from __future__ import annotations

import email
import email.policy
import gzip
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

from sojourn.clock import iso
from tests.stories.cloud import Cloud, Person, eventually

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def done(cloud: Cloud, job: Any) -> Any:
    """The job, as soon as it is done."""

    def over() -> Any:
        told = cloud.api("GET", job["status_url"].removeprefix("/api")).json
        return told if told["status"] == "done" else None

    return eventually(over, every=0.3)


def contact_of(cloud: Cloud, person: Person) -> str:
    answer = cloud.api("GET", f"/contacts/{person.user_id}")
    return str(answer.json["id"]) if answer.status == 200 else ""


def exported(cloud: Cloud, person: Person) -> Any:
    asked = cloud.api("POST", f"/contacts/{person.user_id}/export")
    assert asked.status == 202, asked.body
    return cloud.ask("GET", done(cloud, asked.json)["download_url"]).json


def erased(cloud: Cloud, person: Person) -> Any:
    asked = cloud.api("POST", f"/contacts/{person.user_id}/erase")
    assert asked.status == 202, asked.body
    return done(cloud, asked.json)


def places_of(cloud: Cloud, *words: str) -> list[str]:
    """Where in all tables and objects one of the words stands."""
    return [place for place, text in everything(cloud) if any(word.lower() in text for word in words)]


def everything(cloud: Cloud) -> Iterator[tuple[str, str]]:
    yield from rows(cloud)
    yield from objects(cloud)


def rows(cloud: Cloud) -> Iterator[tuple[str, str]]:
    dynamodb = cloud.aws("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield f"{table} {item['pk']}", json.dumps(item, default=str).lower().replace("\\", "")


def objects(cloud: Cloud) -> Iterator[tuple[str, str]]:
    s3 = cloud.aws("s3")
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"] if "artifacts" not in each["Name"]):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for each in page.get("Contents", []):
                try:
                    body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
                except s3.exceptions.NoSuchKey:  # another story's erasure took it away
                    continue
                text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
                yield f"{bucket}/{each['Key']}", text.decode("utf-8", "replace").lower()


def test_a_person_takes_everything_along_is_forgotten_and_comes_back_as_somebody_new(cloud: Cloud):
    person = cloud.enter("Signed Up")
    cloud.mail_number(person, 1)
    before = contact_of(cloud, person)
    words = (person.email, person.user_id, person.phone)
    assert places_of(cloud, *words)

    told = exported(cloud, person)
    assert told["profile"]["traits"]["email"] == person.email
    assert {each["event"] for each in told["events"]} >= {"Signed Up"}
    assert told["consents"]
    assert told["enrolments"]
    assert told["messages"]

    job = erased(cloud, person)
    assert job["found"]
    assert job["deleted"]["events"] >= 2
    assert contact_of(cloud, person) == ""
    assert eventually(lambda: not places_of(cloud, *words), every=1)

    late = iso(cloud.now() - timedelta(days=365))
    body = {"userId": person.user_id, "event": "Order Completed", "timestamp": late, "messageId": "late"}
    assert cloud.collect("track", body).json == {"success": True}
    assert eventually(lambda: not places_of(cloud, person.user_id), every=1)
    assert contact_of(cloud, person) == ""

    cloud.enter("Signed Up", person=person)
    assert eventually(lambda: contact_of(cloud, person)) != before
    assert cloud.mail_number(person, 2)


def test_nobody_is_forgotten_too(cloud: Cloud):
    asked = cloud.api("POST", "/contacts/nobody-at-all/erase")

    assert (asked.status, asked.json["status"], asked.json["found"]) == (202, "done", False)


def test_a_person_takes_everything_along_and_is_forgotten_by_the_preference_page(cloud: Cloud):
    person = cloud.enter("Signed Up")
    choices = _link(cloud, cloud.mail_number(person, 1), "/p/")

    assert b"look into your mailbox" in cloud.ask("POST", choices, "action=export", FORM).body
    data = _link(cloud, _mail_of(cloud, person, "data-link"), "/p/export/")
    assert b"Take your data along?" in cloud.ask("GET", data).body
    for _ in range(2):
        assert cloud.ask("POST", data, "action=export", FORM).status == 200
    page = eventually(lambda: _page_with(cloud, data, "Your data is ready."))
    told = cloud.ask("GET", unescape(re.findall(r'href="([^"]+)"', page)[0])).json
    assert told["profile"]["traits"]["email"] == person.email
    assert {each["event"] for each in told["events"]} >= {"Signed Up", "Data Requested"}

    cloud.ask("POST", choices, "action=erase", FORM)
    erasure = _link(cloud, _mail_of(cloud, person, "erasure-link"), "/p/erase/")
    assert b"Erase all we know of you?" in cloud.ask("GET", erasure).body
    assert contact_of(cloud, person), "looking erases nobody"
    for _ in range(2):
        assert b"You are being forgotten." in cloud.ask("POST", erasure, "action=erase", FORM).body

    assert eventually(lambda: _page_with(cloud, erasure, "You have been forgotten."))
    assert "You have been forgotten." in _page_with(cloud, data, "forgotten")
    words = (person.email, person.user_id, person.phone)
    assert eventually(lambda: not places_of(cloud, *words), every=1)


def _mail_of(cloud: Cloud, person: Person, journey: str) -> dict[str, Any]:
    def theirs() -> list[dict[str, Any]]:
        return [mail for mail in cloud.mails(person) if mail["tags"]["journey"] == journey]

    return eventually(theirs)[-1]


def _link(cloud: Cloud, mail: dict[str, Any], path: str) -> str:
    parsed = email.message_from_bytes(cloud.raw(mail), policy=email.policy.default)
    words = "".join(part.get_content() for part in parsed.walk() if part.get_content_type() == "text/html")
    found = re.search(rf'"(http[^\s"<>]+{path}[^\s"<>]+)"', words)
    assert found, path
    return found[1]


def _page_with(cloud: Cloud, url: str, words: str) -> str:
    page = cloud.ask("GET", url).body.decode()
    return page if words in page else ""
