"""The preference centre and double opt-in, as people, scanners, forwarders and strangers use them."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.preferences import app, world
from sojourn import config
from sojourn.clock import iso
from sojourn.consent.addresses.store import suppressed
from sojourn.consent.model import Channel, ConsentChange, Purpose, Refusal, Status
from sojourn.consent.statements import changes_of
from sojourn.consent.store import get_consent, ledger_of, record
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow
from sojourn.tracking.keys import link_keys
from sojourn.tracking.tokens import GOOD_FOR, Action, Keys, sign, sign_until
from tests.cloud import moto_cloud
from tests.feedback import before_first
from tests.partiql import teach_moto

KEYS = Keys("k1", {"k1": b"a secret of thirty-two bytes, ok"})
CONTACT = [""]  # the one of this test
FORM = "application/x-www-form-urlencoded"
PRESS = [("confirm", "subscribe")]
WORDING = "Yes, send me the letter."


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    """One cloud for all; each test has a contact of its own."""
    teach_moto()
    with moto_cloud():
        for remembered in (world.centre, world.settings):
            remembered.cache_clear()
        kept = {kid: base64.b64encode(secret).decode() for kid, secret in KEYS.secrets.items()}
        config.put("KEY", "link", {"active": KEYS.active, "keys": kept})
        config.put("SETTING", "topics", {"news": "The monthly letter"})
        link_keys._keys = None  # what other tests read
        yield
        link_keys._keys = None


@pytest.fixture(autouse=True)
def contact() -> str:
    """Somebody new."""
    CONTACT[:] = [base64.b32encode(secrets.token_bytes(12)).decode().lower()[:19] + "a"]
    return CONTACT[0]


def a_message(**facts: Any) -> Message:
    plain = Message(
        contact=CONTACT[0],
        digest="0123456789abcdef",
        enrolment=f"{CONTACT[0]}.double_opt_in.1",
        journey="double_opt_in",
        version=1,
        step="Ask",
        channel="email",
        template="confirm",
        template_version=1,
        identity=f"u#{CONTACT[0]}",
        purpose="service",
        state=MessageState.SENT,
        decided_at=iso(datetime.now(UTC)),
    )
    message = replace(plain, **facts)
    MessageRow.of(message).save()
    return message


def a_person(**traits: Any) -> None:
    put_profile(
        Profile(CONTACT[0], traits={"email": f"{CONTACT[0]}@example.org", "firstName": "Ada", **traits})
    )


def say(status: Status, topic: str | None = None, channel: Channel = Channel.EMAIL, **more: Any) -> None:
    change = ConsentChange(
        channel=channel,
        purpose=Purpose.MARKETING,
        topic=topic,
        status=status,
        at=datetime.now(UTC) - timedelta(hours=1),
        source="footer form",
        event_key=secrets.token_hex(8),
    )
    record(CONTACT[0], replace(change, **more))


def call(method: str, path: str, fields: list[tuple[str, str]] | str = "", kind: str = FORM) -> Any:
    raw = (fields if isinstance(fields, str) else urlencode(fields)).encode()
    event = {
        "httpMethod": method,
        "path": path,
        "headers": {"User-Agent": "Firefox", **({"Content-Type": kind} if raw else {})},
        "multiValueQueryStringParameters": None,
        "requestContext": {"resourcePath": "/{proxy+}", "identity": {"sourceIp": "203.0.113.77"}},
        "body": base64.b64encode(raw).decode() if raw else None,
        "isBase64Encoded": bool(raw),
    }
    return app.handler(event, None)


def confirm_path(message: Message, *, ago: timedelta = timedelta()) -> str:
    return f"/p/confirm/{sign_until(KEYS, Action.CONFIRM, message.id, datetime.now(UTC) - ago)}"


def choices_path(message: Message, *, ago: timedelta = timedelta()) -> str:
    return f"/p/{sign_until(KEYS, Action.PREFERENCES, message.id, datetime.now(UTC) - ago)}"


def events(name: str = "") -> list[Event]:
    found = history([f"u#{CONTACT[0]}"])
    return [event for event in found if not name or event.event == name]


def refusal(topic: str | None = "news", channel: str = "email") -> Refusal | None:
    return get_consent(CONTACT[0]).refusal(channel, "marketing", topic)


def boxes(page: str) -> dict[str, bool]:
    """Each box of the page, and whether it is ticked."""
    found = re.findall(r'<input type="checkbox" name="on" value="([^"]+)"( checked)?>', page)
    assert re.findall(r'name="shown" value="([^"]+)"', page) == [slot for slot, _ in found]
    return {slot: bool(ticked) for slot, ticked in found}


def press(path: str, page: str, action: str = "save", **ticked: bool) -> Any:
    """The page's form as a browser sends it, some boxes changed first; `email_news` names `email|…|news`."""
    wanted = boxes(page)
    for slot in wanted:
        channel, _, topic = slot.partition("|")
        short = f"{channel}_{topic.rpartition('|')[2]}".replace("*", "all")
        wanted[slot] = ticked.get(short, wanted[slot])
    shown = [("shown", slot) for slot in wanted]
    return call(
        "POST", path, [("action", action), *shown, *(("on", slot) for slot, on in wanted.items() if on)]
    )


# Double opt-in


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_the_confirmation_changes_nothing(method: str):
    message = a_message()
    say(Status.PENDING)

    answer = call(method, confirm_path(message))

    assert answer["statusCode"] == 200
    assert ("Yes, send them to me" in answer["body"]) is (method != "HEAD")
    assert refusal() is Refusal.UNCONFIRMED
    assert events() == []


def test_the_button_confirms_once_with_the_proof_of_both_halves():
    a_person()
    proof = {"page": "https://shop.example/", "form": "footer"}
    say(Status.PENDING, "news", wording=WORDING, wording_version="2", evidence=proof)
    message = a_message()

    answers = [call("POST", confirm_path(message), PRESS) for _ in range(3)]

    assert all(answer["statusCode"] == 200 and "that is settled" in answer["body"] for answer in answers)
    assert not any("Location" in answer["headers"] for answer in answers)
    assert refusal() is None
    (given,) = [change for change in ledger_of(CONTACT[0]) if change.status is Status.GIVEN]
    assert (given.how, given.wording, given.wording_version) == ("double_opt_in", WORDING, "2")
    assert given.evidence.keys() == {
        "page", "form", "ip_prefix", "user_agent", "message_id", "requested_at",
    }  # fmt: skip
    assert given.evidence["ip_prefix"] == "203.0.113.0"
    (event,) = events()
    assert event.event == "Consent Given"
    assert [record(CONTACT[0], change) for change in changes_of(event)] == [False], "react finds it there"


def test_all_that_was_asked_for_is_confirmed_and_nothing_that_came_later():
    say(Status.PENDING, "news")
    say(Status.PENDING, "offers")
    say(Status.PENDING, None, Channel.SMS)
    message = a_message()
    say(Status.PENDING, "later", at=datetime.now(UTC) + timedelta(minutes=5))

    call("POST", confirm_path(message), PRESS)

    assert [refusal(topic) for topic in ("news", "offers", "later")] == [None, None, Refusal.UNCONFIRMED]
    assert refusal(None, "sms") is Refusal.UNCONFIRMED, "a mail proves no phone"
    (event,) = events()
    for change in changes_of(event):
        assert not record(CONTACT[0], change)


def test_two_presses_at_one_instant_leave_one_row_and_one_event():
    say(Status.PENDING)
    message = a_message()

    with before_first("TransactWriteItems", lambda: call("POST", confirm_path(message), PRESS)):
        call("POST", confirm_path(message), PRESS)

    assert len(events()) == 1
    assert len(ledger_of(CONTACT[0])) == 2


def test_a_press_that_died_before_its_event_is_mended_by_the_next():
    say(Status.PENDING, "news", wording=WORDING)
    say(Status.PENDING, "offers")
    message = a_message()
    call("POST", confirm_path(message), PRESS)
    (whole,) = events()
    from sojourn.events.wire import wire

    wire().call(
        "delete_item",
        TableName=wire().settings.events_table,
        Key={"pk": {"S": whole.pk}, "sk": {"S": whole.sk}},
    )
    assert events() == []

    call("POST", confirm_path(message), PRESS)

    (mended,) = events()
    assert mended.key == whole.key
    assert {(change.slot, change.at) for change in changes_of(mended)} == {
        (change.slot, change.at) for change in changes_of(whole)
    }


def test_who_left_since_is_not_brought_back_by_the_old_link():
    say(Status.PENDING)
    message = a_message()
    call("POST", confirm_path(message), PRESS)
    say(Status.WITHDRAWN, at=datetime.now(UTC) + timedelta(minutes=1))

    call("POST", confirm_path(message), PRESS)

    assert refusal() is Refusal.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("fields", "kind"),
    [("", FORM), ([("confirm", "unsubscribe")], FORM), ('{"confirm": "subscribe"}', "application/json")],
)
def test_a_post_without_the_button_changes_nothing(fields: Any, kind: str):
    say(Status.PENDING)

    answer = call("POST", confirm_path(a_message()), fields, kind)

    assert "Yes, send them to me" in answer["body"]
    assert refusal() is Refusal.UNCONFIRMED


def test_a_confirmation_ends_after_seven_days():
    say(Status.PENDING)
    path = confirm_path(a_message(), ago=GOOD_FOR[Action.CONFIRM] + timedelta(minutes=1))

    for method in ("GET", "POST"):
        answer = call(method, path, PRESS if method == "POST" else "")
        assert (answer["statusCode"], "This link has ended." in answer["body"]) == (200, True)
    assert refusal() is Refusal.UNCONFIRMED


def test_strangers_tokens_do_nothing():
    say(Status.PENDING)
    message = a_message()
    soon = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    wrong = [
        "x",
        confirm_path(message).rpartition("/")[2][:-1],
        sign(KEYS, Action.UNSUBSCRIBE, message.id),
        sign(KEYS, Action.PREFERENCES, message.id, soon),
        sign(Keys("k1", {"k1": b"theirs"}), Action.CONFIRM, message.id, soon),
        sign(KEYS, Action.CONFIRM, message.id),
    ]
    for token in wrong:
        answer = call("POST", f"/p/confirm/{token}", PRESS)
        assert answer["statusCode"] == 200
        assert "that is settled" not in answer["body"]
    assert refusal() is Refusal.UNCONFIRMED


def test_the_erased_are_answered_like_everybody():
    token = sign_until(KEYS, Action.CONFIRM, f"{'e' * 20}-0123456789abcdef", datetime.now(UTC))

    assert "that is settled" in call("POST", f"/p/confirm/{token}", PRESS)["body"]
    assert get_consent("e" * 20).revision == 0


# The preference centre


def test_the_page_shows_choices_and_nothing_of_the_person():
    a_person(phone="+12025550123", city="<script>")
    say(Status.GIVEN)
    say(Status.WITHDRAWN, "offers")
    say(Status.GIVEN, None, Channel.SMS)
    message = a_message(decided_at="")

    answer = call("GET", choices_path(message))

    assert boxes(answer["body"]) == {
        "email|marketing|news": True,
        "email|marketing|offers": False,
        "email|marketing|*": True,
        "sms|marketing|*": True,
        "less_often": False,
        "email|tracking|opens": False,
        "email|tracking|clicks": False,
        "web|tracking|site": False,
    }
    for secret in ("Ada", "example.org", "+1202", "202555", "<script>", CONTACT[0]):
        assert secret not in answer["body"]
    assert "The monthly letter" in answer["body"]
    assert events() == []


def test_the_page_runs_nothing_and_loads_nothing_but_its_own_style():
    a_person()
    answer = call("GET", choices_path(a_message()))

    (style,) = re.findall(r"<style>(.*?)</style>", answer["body"], re.DOTALL)
    wanted = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer["headers"]["Content-Security-Policy"]
    assert f"style-src 'sha256-{wanted}'" in policy
    assert policy.startswith("default-src 'none'")
    assert (answer["headers"]["Cache-Control"], answer["headers"]["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "<script" not in answer["body"]
    assert 'style="' not in answer["body"]


def test_one_topic_ends_and_the_rest_goes_on():
    a_person()
    say(Status.GIVEN)
    path = choices_path(a_message())

    answer = press(path, call("GET", path)["body"], email_news=False)

    assert "Saved." in answer["body"]
    assert boxes(answer["body"])["email|marketing|news"] is False
    assert (refusal("news"), refusal("offers"), refusal(None)) == (Refusal.UNSUBSCRIBED, None, None)
    (event,) = events()
    assert (event.event, event.properties["topic"]) == ("Consent Withdrawn", "news")
    assert [record(CONTACT[0], change) for change in changes_of(event)] == [False], "react finds it there"


def test_the_rest_ends_and_a_topic_that_is_ticked_goes_on():
    a_person()
    say(Status.GIVEN)
    path = choices_path(a_message())

    press(path, call("GET", path)["body"], email_all=False)

    assert (refusal("news"), refusal("offers")) == (None, Refusal.UNSUBSCRIBED)
    assert {event.event for event in events()} == {"Consent Given", "Consent Withdrawn"}
    for event in events():
        assert not any(record(CONTACT[0], change) for change in changes_of(event))


def test_pressing_twice_is_pressing_once():
    a_person()
    say(Status.GIVEN)
    path = choices_path(a_message())
    page = call("GET", path)["body"]

    for _ in range(3):
        press(path, page, email_news=False, email_opens=True)

    assert len(ledger_of(CONTACT[0])) == 3
    assert len(events()) == 2
    assert get_consent(CONTACT[0]).may_measure("email", "opens", unasked=False)
    assert not get_consent(CONTACT[0]).may_measure("email", "clicks", unasked=False)


def test_a_text_can_be_stopped_here_and_not_asked_for():
    a_person()
    say(Status.GIVEN, None, Channel.SMS)
    path = choices_path(a_message())
    page = call("GET", path)["body"]

    press(path, page, sms_all=False)
    assert refusal(None, "sms") is Refusal.UNSUBSCRIBED
    press(path, page, sms_all=True)

    assert refusal(None, "sms") is Refusal.UNSUBSCRIBED
    assert "START" in call("GET", path)["body"]


def test_what_the_form_names_and_the_page_did_not_offer_is_not_touched():
    a_person()
    slots = ["email|marketing|secret", "sms|marketing|*", "email|transactional|*", "nonsense", "a|b|c|d"]

    call(
        "POST",
        choices_path(a_message()),
        [("action", "save"), *(("shown", slot) for slot in slots), *(("on", slot) for slot in slots)],
    )

    assert get_consent(CONTACT[0]).revision == 0


def test_everything_stops_for_every_contact_with_the_address_and_a_reason_is_kept():
    a_person()
    say(Status.GIVEN)
    fields = [("action", "stop"), ("reason", "too_many"), ("comment", "  one a month!  " + "x" * 600)]

    answer = call("POST", choices_path(a_message()), fields)

    assert "All marketing has stopped" in answer["body"]
    assert [refusal("news"), refusal(None, "sms")] == [Refusal.UNSUBSCRIBED] * 2
    assert suppressed("email", f"{CONTACT[0]}@example.org") == "unsubscribe"
    (reason,) = events("Unsubscribe Reason Given")
    assert (reason.properties["reason"], len(reason.properties["comment"])) == ("too_many", 500)


def test_less_often_is_kept_as_a_wish():
    a_person()
    path = choices_path(a_message())
    page = call("GET", path)["body"]

    answer = call("POST", path, [("action", "save"), ("shown", "less_often"), ("on", "less_often")])

    assert boxes(answer["body"])["less_often"]
    assert "does not limit anything by itself yet" in page
    (event,) = events()
    assert event.traits == {"less_often": True}


def test_a_link_that_ended_offers_a_new_one_and_does_nothing_else():
    a_person()
    say(Status.GIVEN)
    path = choices_path(a_message(), ago=GOOD_FOR[Action.PREFERENCES] + timedelta(minutes=1))

    assert "Send me a new link" in call("GET", path)["body"]
    assert "Send me a new link" in call("POST", path, [("action", "stop")])["body"]
    assert refusal() is None
    answers = [call("POST", path, [("action", "fresh")]) for _ in range(2)]

    assert all("on its way" in answer["body"] for answer in answers)
    assert len(events("Preferences Requested")) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["x", "v1.k1.a.b", "v1.k9.a.b"])
def test_a_link_that_is_not_ours_gets_a_friendly_word(method: str, token: str):
    answer = call(method, f"/p/{token}", [("action", "stop")] if method == "POST" else "")

    assert (answer["statusCode"], "There is nothing behind this link." in answer["body"]) == (200, True)


def test_a_good_link_of_somebody_erased_says_the_same():
    token = sign_until(KEYS, Action.PREFERENCES, f"{'e' * 20}-0123456789abcdef", datetime.now(UTC))

    for method in ("GET", "POST"):
        answer = call(method, f"/p/{token}", [("action", "stop")] if method == "POST" else "")
        assert "There is nothing behind this link." in answer["body"]
    assert get_consent("e" * 20).revision == 0


def test_other_methods_and_paths_are_pages_too():
    assert call("PUT", choices_path(a_message()))["statusCode"] == 405
    answer = call("GET", "/p/a/b/c")
    assert (answer["statusCode"], "This link leads nowhere." in answer["body"]) == (404, True)
