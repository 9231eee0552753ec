"""People who say no, and addresses that are dead: nothing is sent after it, and each message says why."""

from __future__ import annotations

import email
import email.policy
import re
from typing import Any

import pytest

from tests.stories.cloud import Answer, Cloud, Person, eventually

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_one_click_unsubscribes_midway_and_looking_at_the_page_does_not(cloud: Cloud):
    person = cloud.enter("Question Asked")
    url = _way_out(cloud, cloud.mail_number(person, 1))

    for method in ("GET", "HEAD", "OPTIONS"):
        assert cloud.ask(method, url).status == 200
    page = cloud.ask("GET", url)
    assert b"<form" in page.body
    assert page.headers["content-type"].startswith("text/html")
    assert _standing(cloud, person, "email") == "given"
    assert cloud.ask("POST", url, "", FORM).status == 200
    assert _standing(cloud, person, "email") == "given", "a POST without the word changes nothing"

    assert _one_click(cloud, url).status == 200
    assert eventually(lambda: _standing(cloud, person, "email") == "withdrawn")
    assert _one_click(cloud, url).status == 200
    cloud.track(person, "Question Answered")

    cloud.ended(person, "answers")
    assert cloud.messages(person)["Send the thanks"]["reason"] == "unsubscribed"
    assert len(cloud.mails(person)) == 1
    assert _count(cloud, person, "Unsubscribed") == 1


def test_a_browser_with_cookies_presses_the_button(cloud: Cloud):
    person = cloud.enter("Question Asked")
    url = _way_out(cloud, cloud.mail_number(person, 1))
    page = cloud.ask("GET", url).body.decode()
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    pressed = "&".join(f"{name}={value}" for name, value in fields.items())

    assert cloud.ask("POST", url, pressed, {**FORM, "Cookie": "session=1"}).status == 200

    assert eventually(lambda: _standing(cloud, person, "email") == "withdrawn")


def test_the_address_of_the_link_wins_over_a_token_in_the_body(cloud: Cloud):
    mine, other = cloud.enter("Question Asked"), cloud.enter("Question Asked")
    here = _way_out(cloud, cloud.mail_number(mine, 1))
    there = _way_out(cloud, cloud.mail_number(other, 1)).rpartition("/")[2]

    assert cloud.ask("POST", here, f"List-Unsubscribe=One-Click&token={there}", FORM).status == 200

    assert eventually(lambda: _standing(cloud, mine, "email") == "withdrawn")
    assert _standing(cloud, other, "email") == "given"


def test_who_does_not_want_to_be_measured_gets_plain_links_and_no_pixel(cloud: Cloud):
    person = Person()
    said = {"channel": "email", "purpose": "tracking", "status": "withdrawn", "source": "story"}
    consent = [*person.consents("email")["consent"], said]
    cloud.identify(person, consent=consent)
    cloud.track(person, "Question Asked")

    parsed = email.message_from_bytes(cloud.raw(cloud.mail_number(person, 1)), policy=email.policy.default)
    words = "".join(part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text")

    public = cloud.local.collect_url
    assert f"{public}/o/" not in words
    assert f"{public}/c/" not in words
    assert f"{public}/u/" in words
    assert "https://" in words


def test_stop_silences_the_phone_until_start(cloud: Cloud):
    person = cloud.enter("Texts Began")
    eventually(lambda: cloud.texts(person))

    cloud.reply(person, "Stop.")
    assert eventually(lambda: _standing(cloud, person, "sms") == "withdrawn")
    cloud.track(person, "Text Asked")
    ended = cloud.ended(person, "texts")

    assert ended["status"] == "completed"
    assert cloud.messages(person)["Text the second"]["state"] == "skipped"
    assert len(cloud.texts(person)) == 1
    cloud.reply(person, "START")
    assert eventually(lambda: _standing(cloud, person, "sms") == "given")


def test_a_friendly_reply_is_no_stop(cloud: Cloud):
    person = cloud.enter("Texts Began")
    eventually(lambda: cloud.texts(person))

    cloud.reply(person, "please don't stop")
    eventually(lambda: _count(cloud, person, "SMS Received"))
    cloud.track(person, "Text Asked")

    cloud.ended(person, "texts")
    assert [each["state"] for each in cloud.messages(person).values()] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("what", "how", "outcome"),
    [("bounce", {"type": "Permanent", "subtype": "General"}, "bounced"), ("complain", {}, "complained")],
)
def test_a_dead_or_angry_address_gets_nothing_more(
    cloud: Cloud, what: str, how: dict[str, str], outcome: str
):
    person = cloud.enter("Question Asked")
    first = cloud.mail_number(person, 1)

    for _ in range(3):  # SNS may say it more than once
        cloud.act(first, what, **how)
    eventually(lambda: cloud.messages(person)["Send the question"]["outcome"] == outcome)
    cloud.track(person, "Question Answered")

    cloud.ended(person, "answers")
    assert cloud.messages(person)["Send the thanks"]["state"] == "skipped"
    assert cloud.messages(person)["Send the thanks"]["reason"] in {"suppressed", "unsubscribed"}
    assert len(cloud.mails(person)) == 1


def test_a_full_mailbox_once_is_no_reason_to_stop(cloud: Cloud):
    person = cloud.enter("Drill Began")

    cloud.act(cloud.mail_number(person, 1), "bounce", type="Transient", subtype="MailboxFull")

    cloud.ended(person, "drill")
    assert len(cloud.mails(person)) == 2


def _way_out(cloud: Cloud, mail: dict[str, Any]) -> str:
    parsed = email.message_from_bytes(cloud.raw(mail), policy=email.policy.default)
    found = re.search(r"<(http[^>]+)>", str(parsed["List-Unsubscribe"]))
    assert found
    return found[1]


def _one_click(cloud: Cloud, url: str) -> Answer:
    return cloud.ask("POST", url, "List-Unsubscribe=One-Click", FORM)


def _standing(cloud: Cloud, person: Person, channel: str) -> str:
    """The last word on a channel: given or withdrawn, whatever the topic."""
    state = cloud.api("GET", f"/contacts/{person.user_id}").json["consent"]
    mine = {slot: said["status"] for slot, said in state.items() if slot.startswith(f"{channel}|")}
    return "withdrawn" if "withdrawn" in mine.values() else "given"


def _count(cloud: Cloud, person: Person, event: str) -> int:
    items = cloud.api("GET", f"/contacts/{person.user_id}/events?limit=100").json["items"]
    return sum(each["event"] == event for each in items)
