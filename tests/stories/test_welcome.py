"""The welcome journey that ships, played by customers whose every act is a real request.

At the stories' pace its four days for a click are twelve seconds, which a busy machine may need for the click itself.
So who acts plays it with longer waits, or plays a journey of the stories that waits for minutes.
"""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from segment.analytics.client import Client

from infra.local.state import ROOT
from sojourn.clock import parse_iso
from tests.stories.cloud import Cloud, Person, eventually

WELCOME = ROOT / "statemachines" / "journeys" / "welcome.journey.yaml"
FORTNIGHTS = "".join(
    f"  - wait for: Clicked within fortnight {number}?\n"
    "    any: [{clicked: Send the welcome}]\n"
    "    up to: 14 days\n"
    for number in (1, 2, 3, 4)
)
UNHURRIED = {
    "journey: welcome": "journey: unhurried-welcome",
    "{event: Signed Up}": "{event: Signed Up Unhurried}",
    "  - wait for: ": FORTNIGHTS + "  - wait for: ",
    "    up to: 2 days": "    up to: 14 days",
    "for: 1 week": "for: 1 day",
}


@pytest.fixture
def unhurried(cloud: Cloud) -> str:
    """The journey that ships under another name, with ten weeks for the click, and less of a wait behind it."""
    source = WELCOME.read_text()
    for said, instead in UNHURRIED.items():
        assert source.count(said) == 1, said
        source = source.replace(said, instead)
    cloud.ensure_journey("unhurried-welcome", source)
    return "unhurried-welcome"


def test_who_clicks_reads_on_and_is_asked_for_feedback_in_the_end(cloud: Cloud, unhurried: str):
    ada = Person(timezone="Asia/Tokyo")
    _sign_up_by_the_public_client(cloud, ada, "Signed Up Unhurried")

    welcome = cloud.mail_number(ada, 1)
    assert eventually(lambda: cloud.act(welcome, "click")["status"] == 302)
    assert eventually(lambda: cloud.act(welcome, "open")["status"] == 200)
    _has_every_header(cloud, welcome, unhurried)

    feedback = cloud.mail_number(ada, 3)
    subjects = [mail["subject"] for mail in cloud.mails(ada)]
    ended = cloud.ended(ada, unhurried)
    messages = cloud.settled(ada)
    assert ended["status"] == "completed"
    assert list(messages) == [
        "Send the welcome",
        "Send the next chapter",
        "Text an offer",
        "Ask for feedback",
    ]
    assert {each["state"] for each in messages.values()} == {"sent"}
    assert len(subjects) == len(set(subjects)) == 3
    assert subjects[-1] == feedback["subject"]
    _was_texted_by_day(cloud, ada)
    _report_adds_up(cloud, unhurried)


def test_who_does_not_click_is_reminded_once_and_texted_only_with_consent(cloud: Cloud):
    bob = cloud.enter("Signed Up", "email")

    ended = cloud.ended(bob, "welcome")

    messages = cloud.settled(bob)
    assert ended["status"] == "completed"
    assert {step: each["state"] for step, each in messages.items()} == {
        "Send the welcome": "sent",
        "Send the reminder": "sent",
        "Text an offer": "skipped",
        "Ask for feedback": "sent",
    }
    assert messages["Text an offer"]["reason"] == "no_consent"
    assert cloud.texts(bob) == []
    assert len(cloud.mails(bob)) == 3
    _report_adds_up(cloud, "welcome")


def test_who_buys_leaves_at_once_and_hears_nothing_more(cloud: Cloud):
    eve = cloud.enter("Question Asked")
    cloud.mail_number(eve, 1)

    cloud.track(eve, "Order Completed", order_id="o-1", total=30)
    ended = cloud.ended(eve, "answers")

    assert (ended["status"], ended["reason"]) == ("exited", "goal")
    stopped = eventually(lambda: set(cloud.executions(ended["execution"])) - {"RUNNING"})
    assert stopped <= {"ABORTED", "SUCCEEDED"}
    # Of this journey: buyers are also written to by the journey of another story, when that one plays.
    assert [mail["tags"]["journey"] for mail in cloud.mails(eve)].count("answers") == 1
    assert [each["step"] for each in cloud.explain(eve, "answers")["messages"]] == ["Send the question"]


def _sign_up_by_the_public_client(cloud: Cloud, person: Person, event: str) -> None:
    problems: list[Exception] = []
    client = Client(
        cloud.local.write_key,
        host=cloud.local.collect_url,
        gzip=True,
        upload_interval=0.05,
        on_error=lambda error, _: problems.append(error),
    )
    now = cloud.now()
    client.identify(person.user_id, person.traits(), context=person.consents(), timestamp=now)
    client.track(person.user_id, event, {"plan": "free"}, timestamp=now)
    client.flush()
    client.join()
    assert problems == []


def _has_every_header(cloud: Cloud, mail: dict[str, object], journey: str) -> None:
    raw = cloud.raw(mail)
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert {part.get_content_type() for part in parsed.walk()} >= {"text/plain", "text/html"}
    line = next(each for each in raw.split(b"\r\n") if each.lower().startswith(b"list-unsubscribe:"))
    assert line.endswith(b">") or b">," in line, "folded: one-click breaks"
    assert line.split(b"<")[1].startswith((b"https://", b"http://127.0.0.1:"))
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "hello@example.com" in parsed["From"]
    for header in ("Subject", "To", "Date", "Message-ID", "MIME-Version"):
        assert parsed[header], header
    tags = mail["tags"]
    assert isinstance(tags, dict)
    assert set(tags) >= {"message_id", "journey", "step_hash"}
    assert tags["journey"] == journey


def _was_texted_by_day(cloud: Cloud, person: Person) -> None:
    assert len(cloud.texts(person)) == 1
    # When it was decided: at this pace the phone rings half an hour later, and between asking whether it is day and
    # writing down when that was, a busy machine may take two hours.
    local = parse_iso(cloud.messages(person)["Text an offer"]["decided_at"]).astimezone(
        ZoneInfo(person.timezone)
    )
    assert 9 <= local.hour < 23, str(local)


def _report_adds_up(cloud: Cloud, journey: str) -> None:
    """At any moment: whoever entered is somewhere, whatever was planned became something."""

    def sums() -> bool:
        report = cloud.api("GET", f"/journeys/{journey}/report").json
        people, messages = report["enrolments"], report["messages"]
        entered = people["active"] + people["completed"] + sum(people["exited"].values()) + people["failed"]
        decided = messages["sent"] + sum(messages["skipped"].values()) + messages["failed"]
        open_ = messages["unknown"] + messages["pending"]
        return bool(people["enrolled"] == entered and messages["planned"] == decided + open_ and entered)

    assert eventually(sums)
