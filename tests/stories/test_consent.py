"""What people allow, from the form to the mail: double opt-in, STOP and START, the preference page."""

from __future__ import annotations

import email
import email.policy
import re
import uuid
from typing import Any

from sojourn.clock import iso
from tests.stories.cloud import Cloud, Person, eventually

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDING = "Yes, send me the letter."


def test_who_signs_up_confirms_and_is_welcomed(cloud: Cloud):
    ada = Person()
    cloud.identify(ada)
    _ask(cloud, ada)

    asked = cloud.mail_number(ada, 1)
    words, headers = _words(cloud, asked)
    link = _link(words, "/p/confirm/")
    assert "List-Unsubscribe" not in headers
    assert f"{cloud.local.collect_url}/o/" not in words
    assert f"{cloud.local.collect_url}/c/" not in words
    assert _standing(cloud, ada) == "pending"

    for method in ("GET", "HEAD", "OPTIONS"):
        assert cloud.ask(method, link).status == 200
    assert _standing(cloud, ada) == "pending", "looking changes nothing"

    confirmed = iso(cloud.now())
    for _ in range(2):
        answer = cloud.ask("POST", link, "confirm=subscribe", FORM)
        assert answer.status == 200
        assert b"that is settled" in answer.body
    assert eventually(lambda: _standing(cloud, ada) == "given")
    eventually(lambda: _count(cloud, ada, "Consent Given") == 1)
    cloud.track(ada, "Signed Up")

    assert cloud.mail_number(ada, 2)["tags"]["journey"] == "welcome"
    ended = cloud.ended(ada, "double-opt-in")
    # Or on a machine that needed the fortnight, which is 42 seconds here, for what was asked above.
    assert (ended["status"], ended["reason"]) == ("exited", "goal") or ended["ended_at"] < confirmed


def test_who_has_not_confirmed_gets_no_other_mail(cloud: Cloud):
    eve = Person()
    cloud.identify(eve)
    _ask(cloud, eve)
    cloud.mail_number(eve, 1)

    cloud.track(eve, "Question Asked")

    skipped = eventually(lambda: cloud.messages(eve).get("Send the question", {}))
    assert (skipped["state"], skipped["reason"]) == ("skipped", "unconfirmed")
    assert _standing(cloud, eve) == "pending"


def test_who_confirmed_and_asks_again_gets_no_second_question(cloud: Cloud):
    bob = Person()
    cloud.identify(bob, **bob.consents("email"))

    _ask(cloud, bob)

    asked = eventually(lambda: cloud.messages(bob).get("Ask for confirmation"))
    assert asked
    assert (asked["state"], asked["reason"]) == ("skipped", "nothing_to_confirm")
    assert _standing(cloud, bob) == "given"
    assert cloud.mails(bob) == []


def test_stop_and_start_leave_their_history(cloud: Cloud):
    person = cloud.enter("Texts Began")
    eventually(lambda: cloud.texts(person))

    for said, standing in (("ＳＴＯＰ", "withdrawn"), ("start", "given")):
        cloud.reply(person, said)
        eventually(lambda wanted=standing: _standing(cloud, person, "sms") == wanted)  # type: ignore[misc]

    known = {"channel": "sms", "address": person.phone}

    def history() -> list[str | None]:
        return [line["reason"] for line in cloud.api("POST", "/suppressions/find", known).json["history"]]

    assert eventually(lambda: history() == ["stop", None])


def test_the_preference_page_ends_a_topic_and_the_next_mail_of_it_is_skipped(cloud: Cloud):
    person = cloud.enter("Letters Began")
    words, _ = _words(cloud, cloud.mail_number(person, 1))
    page_url = _link(words, "/p/")
    page = cloud.ask("GET", page_url)
    assert page.status == 200
    assert person.email.encode() not in page.body
    assert page.headers["content-security-policy"].startswith("default-src 'none'")

    slots = re.findall(r'name="shown" value="([^"]+)"', page.body.decode())
    body = "&".join(["action=save", *(f"shown={slot}" for slot in slots), "reason=too_many"])
    saved = cloud.ask("POST", page_url, body, FORM)

    assert b"Saved." in saved.body
    assert eventually(lambda: _standing(cloud, person) == "withdrawn")
    eventually(lambda: _count(cloud, person, "Unsubscribe Reason Given") == 1)
    cloud.track(person, "Letter Asked")
    assert cloud.ended(person, "letters")["status"] == "completed"
    second = cloud.messages(person)["Send the second letter"]
    assert (second["state"], second["reason"]) == ("skipped", "unsubscribed")
    assert len(cloud.mails(person)) == 1


def _ask(cloud: Cloud, person: Person) -> None:
    """Their sign-up, as a form that wants a confirmation sends it."""
    said = {"channel": "email", "purpose": "marketing", "source": "footer form", "how": "form"}
    proof = {"wording": WORDING, "wording_version": "1", "evidence": {"page": "https://shop.example/"}}
    body = {
        "userId": person.user_id,
        "event": "Consent Requested",
        "properties": {**said, **proof},
        "timestamp": iso(cloud.now()),
        "messageId": uuid.uuid4().hex,
    }
    assert cloud.collect("track", body).json == {"success": True}


def _words(cloud: Cloud, mail: dict[str, Any]) -> tuple[str, Any]:
    parsed = email.message_from_bytes(cloud.raw(mail), policy=email.policy.default)
    words = "".join(part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text")
    return words, parsed


def _link(words: str, path: str) -> str:
    found = re.search(rf'(http[^\s"<>]+{path}[^\s"<>]+)', words)
    assert found
    return found[1]


def _standing(cloud: Cloud, person: Person, channel: str = "email") -> str:
    """The strictest word on marketing by a channel."""
    answer = cloud.api("GET", f"/contacts/{person.user_id}")
    state = answer.json["consent"] if answer.status == 200 else {}
    mine = {said["status"] for slot, said in state.items() if slot.startswith(f"{channel}|marketing|")}
    return next((status for status in ("withdrawn", "pending", "given") if status in mine), "")


def _count(cloud: Cloud, person: Person, event: str) -> int:
    items = cloud.api("GET", f"/contacts/{person.user_id}/events?limit=100").json["items"]
    return sum(each["event"] == event for each in items)
