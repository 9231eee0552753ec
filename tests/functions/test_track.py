"""Links in messages, as recipients, mailboxes, scanners and strangers follow them."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from functions.track import app, world
from sojourn import config, tables
from sojourn.clock import SystemClock, iso
from sojourn.consent.addresses.store import find_suppression
from sojourn.consent.model import Channel, Consent, ConsentChange, Purpose, Refusal, Standing, Status
from sojourn.consent.store import LedgerRow, get_consent, record
from sojourn.consent.suppression import Reason, closes
from sojourn.contacts.addresses import address_hash
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.events import store as event_store
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.messages.check import save
from sojourn.messages.library import get_template, save_template
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow
from sojourn.rules.comparing import passes
from sojourn.rules.load import examine
from sojourn.rules.nodes import Done
from sojourn.tracking.keys import link_keys
from sojourn.tracking.tokens import Action, Keys, sign
from tests.cloud import REGION, SETTINGS, moto_cloud
from tests.feedback import before_first
from tests.partiql import teach_moto

KEYS = Keys("k1", {"k1": b"a secret of thirty-two bytes, ok"})
CONTACT = [""]  # the one of this test
PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
MAIL = {
    "template": "letter",
    "channel": "email",
    "subject": "Hello",
    "html": (
        '<body><a href="https://shop.example/guide">a</a><a href="https://shop.example/c/{{ code }}?n=1">b</a>'
        '<a href="{{ unsubscribe_url }}">out</a>{{ postal_address }}</body>'
    ),
    "text": "{{ unsubscribe_url }} {{ postal_address }}",
}


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    """One cloud for all; each test has a contact of its own."""
    teach_moto()
    with moto_cloud():
        for remembered in (world.gate, world.settings, get_template):
            remembered.cache_clear()
        kept = {kid: base64.b64encode(secret).decode() for kid, secret in KEYS.secrets.items()}
        config.put("KEY", "link", {"active": KEYS.active, "keys": kept})
        link_keys._keys = None  # what other tests read
        save_template(save(MAIL, version=1), source={})
        yield
        link_keys._keys = None


@pytest.fixture(autouse=True)
def contact() -> str:
    """Somebody new."""
    CONTACT[:] = [base64.b32encode(secrets.token_bytes(12)).decode().lower()[:19] + "a"]
    return CONTACT[0]


def without(table: str) -> None:
    """The table is out of reach, until the fixture `mended` puts it back."""
    broken = replace(SETTINGS, **{table: "Nowhere"})
    tables.bind(broken, region=REGION)
    event_store.bind(broken, region=REGION, clock=SystemClock())


@pytest.fixture
def mended() -> Iterator[None]:
    world.gate()
    yield
    tables.bind(SETTINGS, region=REGION)
    event_store.bind(SETTINGS, region=REGION, clock=SystemClock())


def a_message(**facts: Any) -> Message:
    sent = iso(datetime.now(UTC) - timedelta(minutes=5))
    message = Message(
        **{
            "contact": CONTACT[0],
            "digest": "0123456789abcdef",
            "enrolment": f"{CONTACT[0]}.welcome.1",
            "journey": "welcome",
            "version": 2,
            "step": "Send the welcome",
            "channel": "email",
            "template": "letter",
            "template_version": 1,
            "identity": f"u#{CONTACT[0]}",
            "topic": "onboarding",
            "state": MessageState.SENT,
            "sent_at": sent,
            "values": {"1": ["%C3%BC%2F"]},
            **facts,
        }
    )
    MessageRow.of(message).save()
    return message


def call(
    method: str, path: str, body: str | bytes = "", kind: str = "", agent: str = PERSON, **more: Any
) -> Any:
    raw = body.encode() if isinstance(body, str) else body
    headers = {"User-Agent": agent, **({"Content-Type": kind} if kind else {}), **more.pop("headers", {})}
    event = {
        "httpMethod": method,
        "path": path,
        "headers": headers,
        "multiValueQueryStringParameters": None,
        "requestContext": {"resourcePath": "/{proxy+}"},
        "body": base64.b64encode(raw).decode() if raw else None,
        "isBase64Encoded": bool(raw),
        **more,
    }
    return app.handler(event, None)


def click_path(message: Message, link: int = 0) -> str:
    return f"/c/{sign(KEYS, Action.CLICK, message.id, link)}"


def pixel_path(message: Message) -> str:
    return f"/o/{sign(KEYS, Action.OPEN, message.id)}.gif"


def way_out(message: Message) -> str:
    return f"/u/{sign(KEYS, Action.UNSUBSCRIBE, message.id)}"


def events() -> list[Event]:
    return list(history([f"u#{CONTACT[0]}"]))


def ledger() -> list[LedgerRow]:
    return list(LedgerRow.query(f"C#{CONTACT[0]}", LedgerRow.sk.startswith("CONSENT#")))


def refusal(topic: str | None = "onboarding") -> Refusal | None:
    return get_consent(CONTACT[0]).refusal("email", "marketing", topic)


def agree(topic: str | None, at: datetime | None = None) -> None:
    record(
        CONTACT[0],
        ConsentChange(
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            topic=topic,
            status=Status.GIVEN,
            at=at or datetime.now(UTC) - timedelta(days=1),
            source="form",
        ),
    )


# The pixel


def test_the_pixel_is_a_gif_that_nobody_keeps_and_the_open_is_an_event():
    message = a_message()

    answer = call("GET", pixel_path(message))

    assert answer["statusCode"] == 200
    assert base64.b64decode(answer["body"]) == app.GIF
    assert (len(app.GIF), answer["isBase64Encoded"]) == (43, True)
    assert answer["headers"] == {
        "Content-Type": "image/gif",
        "Cache-Control": "no-store, no-cache, must-revalidate, private, max-age=0",
        "Pragma": "no-cache",
        "Expires": "0",
        "X-Robots-Tag": "noindex",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    (event,) = events()
    assert (event.event, event.source, event.type) == ("Message Opened", "sojourn", "track")
    assert event.properties == {
        "message_id": message.id,
        "journey": "welcome",
        "version": 2,
        "step": "Send the welcome",
        "channel": "email",
        "template": "letter",
        "class": "human",
        "reasons": [],
    }


@pytest.mark.parametrize("kind", ["opened", "clicked"])
def test_a_visit_says_all_that_a_rule_may_ask_of_it(kind: str):
    message = a_message()
    asked = "channel: email, journey: welcome, step: Send the welcome, template: letter"
    rule = examine(f"segment: them\nrule: {{message: {kind}, {asked}}}").rule

    call("GET", pixel_path(message) if kind == "opened" else click_path(message))

    assert isinstance(rule, Done)
    (event,) = events()
    assert event.event == rule.match.name
    assert all(passes(event.properties, test, event.at) for test in rule.match.where)
    assert len(rule.match.where) == 5


@pytest.mark.parametrize(
    "token", ["x.gif", "v1.k1.a.b.gif", "v1.k9.a.b", ".gif", quote("../../etc/passwd", safe=""), "é"]
)
def test_a_bad_token_gets_the_same_answer_and_no_event(token):
    good = call("GET", pixel_path(a_message()))

    assert call("GET", f"/o/{token}") == good
    assert len(events()) == 1


def test_head_on_the_pixel_is_answered_and_not_recorded():
    answer = call("HEAD", pixel_path(a_message()))

    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert events() == []


def test_a_proxy_that_fetches_at_once_is_a_proxy():
    message = a_message(sent_at=iso(datetime.now(UTC)))

    call("GET", pixel_path(message), agent="Mozilla/5.0")

    assert events()[0].properties["class"] == "proxy"


def test_a_pixel_fetched_again_and_again_is_recorded_once_in_a_while():
    message = a_message()

    for _ in range(20):
        call("GET", pixel_path(message))

    assert len(events()) == 1


@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize("table", ["events_table", "people_table"])
def test_the_picture_is_shown_when_nothing_can_be_read_or_written(table):
    path = pixel_path(a_message())
    without(table)

    assert call("GET", path)["statusCode"] == 200


# Clicks


def test_a_click_leads_to_the_target_that_was_kept_and_is_an_event():
    message = a_message()

    answer = call("GET", click_path(message))

    assert answer["statusCode"] == 302
    assert answer["headers"]["Location"] == "https://shop.example/guide"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer["headers"]
    (event,) = events()
    assert event.event == "Message Clicked"
    assert event.properties["class"] == "human"
    assert event.properties["link"] == {"index": 0, "url": "https://shop.example/guide"}


def test_a_second_click_is_recorded_too():
    message = a_message()

    call("GET", click_path(message))
    call("GET", click_path(message))

    assert len(events()) == 2


def test_the_personal_part_comes_from_the_message():
    answer = call("GET", click_path(a_message(), 1))

    assert answer["headers"]["Location"] == "https://shop.example/c/%C3%BC%2F?n=1"
    assert events()[0].properties["link"]["url"] == "https://shop.example/c/{{ code }}?n=1"


@pytest.mark.parametrize("name", ["url", "r", "next"])
def test_no_parameter_leads_elsewhere(name):
    path, query = click_path(a_message()), {name: ["https://evil.example"]}

    assert (
        call("GET", path, multiValueQueryStringParameters=query)["headers"]["Location"]
        == "https://shop.example/guide"
    )
    stranger = call("GET", "/c/x", multiValueQueryStringParameters=query)
    assert stranger["statusCode"] == 404
    assert "Location" not in stranger["headers"]


def test_a_link_that_leads_nowhere_is_a_page():
    message = a_message()
    wrong = [
        click_path(message)[:-1],
        click_path(message, 7),
        click_path(message, -1),
        way_out(message).replace("/u/", "/c/"),
        f"/c/{sign(Keys('k1', {'k1': b'theirs'}), Action.CLICK, message.id, 0)}",
        f"/c/{sign(KEYS, Action.CLICK, 'gone-0123456789abcdef', 0)}",
        "/c/x",
        "/c/x/y",
        "/c/",
        "/",
    ]
    for path in wrong:
        answer = call("GET", path)
        assert answer["statusCode"] == 404
        assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
        assert "This link leads nowhere." in answer["body"]
        assert "Location" not in answer["headers"]
    assert events() == []


def test_head_on_a_link_leads_on_and_is_not_recorded():
    answer = call("HEAD", click_path(a_message()))

    assert (answer["statusCode"], answer["body"]) == (302, "")
    assert answer["headers"]["Location"] == "https://shop.example/guide"
    assert events() == []


@pytest.mark.usefixtures("mended")
def test_the_visitor_is_led_on_when_the_click_cannot_be_written():
    path = click_path(a_message())
    without("events_table")

    assert call("GET", path)["statusCode"] == 302


@pytest.mark.usefixtures("mended")
def test_the_visitor_is_asked_to_come_again_when_nothing_can_be_read():
    path = click_path(a_message())
    without("people_table")

    answer = call("GET", path)

    assert answer["statusCode"] == 503
    assert "One moment" in answer["body"]
    assert answer["headers"]["Retry-After"]


@pytest.mark.parametrize(
    ("ago", "agent", "headers", "kind"),
    [
        (60, PERSON, {}, "human"),
        (0, PERSON, {}, "machine"),
        (60, "curl/8", {}, "machine"),
        (60, PERSON, {"Sec-Purpose": "prefetch"}, "machine"),
    ],
)
def test_who_clicked_is_said_though_the_send_is_not_recorded_yet(ago, agent, headers, kind):
    decided = iso(datetime.now(UTC) - timedelta(seconds=ago))
    message = a_message(sent_at="", decided_at=decided, state=MessageState.SENDING)

    call("GET", click_path(message), agent=agent, headers=headers)

    assert events()[0].properties["class"] == kind


# The way out


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("sent", [timedelta(seconds=1), timedelta(minutes=5), timedelta(days=30)])
def test_looking_at_the_way_out_changes_nothing(method, sent):
    message = a_message(sent_at=iso(datetime.now(UTC) - sent))
    agree("onboarding")

    answer = call(method, way_out(message), headers={"Sec-Purpose": "prefetch", "Cookie": "a=b"})

    assert answer["statusCode"] == 200
    assert ('<form method="post">' in answer["body"]) is (method != "HEAD")
    assert refusal() is None
    assert events() == []
    assert len(ledger()) == 1


def test_the_page_runs_nothing_and_leaks_nothing():
    headers = call("GET", way_out(a_message()))["headers"]

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'; frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"], headers["Cache-Control"]) == (
        "no-referrer",
        "noindex",
        "no-store",
    )
    assert "Set-Cookie" not in headers


MULTIPART = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("body", "kind", "by"),
    [
        (ONE_CLICK, FORM, "one_click"),
        (ONE_CLICK, f"{FORM}; charset=UTF-8", "one_click"),
        (ONE_CLICK, "", "one_click"),
        (MULTIPART, "multipart/form-data; boundary=b", "one_click"),
        ("confirm=unsubscribe", FORM, "page"),
    ],
)
def test_a_post_unsubscribes_and_a_repeat_changes_nothing_more(body, kind, by):
    message = a_message()
    agree("onboarding")

    answers = [call("POST", way_out(message), body, kind) for _ in range(3)]

    assert [answer["statusCode"] for answer in answers] == [200, 200, 200]
    assert all("You are unsubscribed." in answer["body"] for answer in answers)
    assert not any({"Location", "Set-Cookie"} & set(answer["headers"]) for answer in answers)
    assert refusal() is Refusal.UNSUBSCRIBED
    _, withdrawn = sorted(ledger(), key=lambda row: row.at)
    assert (withdrawn.status, withdrawn.topic, withdrawn.source) == ("withdrawn", "onboarding", by)
    (event,) = events()
    assert (event.event, event.properties["by"], event.properties["message_id"]) == (
        "Unsubscribed",
        by,
        message.id,
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", FORM),
        ("a=b", FORM),
        ('{"List-Unsubscribe": "One-Click"}', "application/json"),
        (b"\xff", "text/plain"),
    ],
)
def test_a_post_that_says_nothing_gets_the_page_and_changes_nothing(body, kind):
    message = a_message()
    agree("onboarding")

    answer = call("POST", way_out(message), body, kind)

    assert answer["statusCode"] == 200
    assert '<form method="post">' in answer["body"]
    assert refusal() is None


def test_the_path_names_the_message_whatever_the_body_names():
    mine, other = a_message(), sign(KEYS, Action.UNSUBSCRIBE, "zzzzzzzzzzzzzzzzzzzz-0123456789abcdef")
    agree("onboarding")

    call("POST", way_out(mine), f"{ONE_CLICK}&token={other}", FORM)

    assert refusal() is Refusal.UNSUBSCRIBED
    assert get_consent("z" * 20).revision == 0


@pytest.mark.parametrize("contact", ["erasederasederasedxx", "x"])
def test_a_link_of_somebody_erased_is_answered_alike_and_writes_nothing(contact):
    path = f"/u/{sign(KEYS, Action.UNSUBSCRIBE, f'{contact}-0123456789abcdef')}"

    assert '<form method="post">' in call("GET", path)["body"]
    answer = call("POST", path, ONE_CLICK, FORM)

    assert (answer["statusCode"], "You are unsubscribed." in answer["body"]) == (200, True)
    assert get_consent(contact).revision == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_not_ours_gets_a_friendly_word(method):
    a_message()

    answer = call(
        method, "/u/v1.k1.x.y", ONE_CLICK if method == "POST" else "", FORM if method == "POST" else ""
    )

    assert answer["statusCode"] == 200
    assert "nothing to unsubscribe from here" in answer["body"]


def test_without_a_topic_all_marketing_on_the_channel_ends():
    message = a_message(topic="")
    agree(None)
    agree("offers")

    call("POST", way_out(message), ONE_CLICK, FORM)

    assert refusal(None) is Refusal.UNSUBSCRIBED
    assert refusal("offers") is Refusal.UNSUBSCRIBED


def test_other_topics_go_on():
    message = a_message()
    agree("onboarding")
    agree("offers")

    call("POST", way_out(message), ONE_CLICK, FORM)

    assert (refusal(), refusal("offers")) == (Refusal.UNSUBSCRIBED, None)


def test_a_clock_that_ran_ahead_elsewhere_does_not_undo_it():
    message = a_message()
    agree("onboarding", at=datetime.now(UTC) + timedelta(hours=1))

    call("POST", way_out(message), ONE_CLICK, FORM)

    assert refusal() is Refusal.UNSUBSCRIBED


def test_who_agreed_again_can_leave_again_by_the_same_link():
    message = a_message()
    agree("onboarding")
    call("POST", way_out(message), ONE_CLICK, FORM)
    agree("onboarding", at=datetime.now(UTC) + timedelta(milliseconds=5))
    assert refusal() is None

    call("POST", way_out(message), ONE_CLICK, FORM)

    assert refusal() is Refusal.UNSUBSCRIBED


def test_it_works_when_journey_and_template_are_gone():
    message = a_message(journey="deleted", template="deleted")

    call("POST", way_out(message), ONE_CLICK, FORM)

    assert refusal() is Refusal.UNSUBSCRIBED


def test_the_page_offers_less_more_and_everything():
    page = call("GET", way_out(a_message()))["body"]

    assert [f'value="{scope}"' in page for scope in ("topic", "channel", "all", "less")] == [True] * 4


@pytest.mark.parametrize(
    ("scope", "mail", "offers", "texts"),
    [("topic", True, False, False), ("channel", True, True, False), ("all", True, True, True)],
)
def test_the_scope_says_how_much_stops(scope: str, mail: bool, offers: bool, texts: bool):
    message = a_message()
    agree(None)

    answer = call("POST", way_out(message), f"confirm=unsubscribe&scope={scope}", FORM)

    left = Refusal.UNSUBSCRIBED
    assert "You are unsubscribed." in answer["body"]
    assert (refusal("onboarding") is left, refusal("offers") is left) == (mail, offers)
    assert (get_consent(CONTACT[0]).refusal("sms", "marketing", None) is left) == texts


def test_the_mailboxs_one_click_stops_the_topic_whatever_else_it_says():
    message = a_message()
    agree(None)

    call("POST", way_out(message), f"{ONE_CLICK}&scope=all", FORM)

    assert (refusal(), refusal("offers")) == (Refusal.UNSUBSCRIBED, None)


def test_less_often_is_a_wish_and_stops_nothing():
    message = a_message()
    agree(None)

    answer = call("POST", way_out(message), "confirm=unsubscribe&scope=less", FORM)

    assert "We have noted it." in answer["body"]
    assert refusal() is None
    (event,) = events()
    assert (event.type, event.traits) == ("identify", {"less_often": True})


def test_who_leaves_all_of_a_channel_leaves_it_for_every_contact_with_that_address():
    address = f"{CONTACT[0]}@example.org"
    message = a_message(topic="", address_hash=address_hash("email", address))
    agree(None)

    call("POST", way_out(message), ONE_CLICK, FORM)

    known = find_suppression("email", address)
    assert known is not None
    assert known.reason is Reason.UNSUBSCRIBE
    for days, closed in ((-1, True), (1, False)):
        given = Standing(Status.GIVEN, iso(datetime.now(UTC) + timedelta(days=days)), "form")
        other = Consent("else", state={"email|marketing|*": given})
        assert closes(known, "email", "marketing", None, other) is closed
        assert not closes(known, "email", "transactional", None, other)


def test_two_at_the_same_instant_leave_one_row_and_one_event():
    message = a_message()
    agree("onboarding")

    with before_first("TransactWriteItems", lambda: call("POST", way_out(message), ONE_CLICK, FORM)):
        answer = call("POST", way_out(message), ONE_CLICK, FORM)

    assert "You are unsubscribed." in answer["body"]
    assert [row.status for row in ledger()].count("withdrawn") == 1
    assert [event.event for event in events()] == ["Unsubscribed"]


def test_the_link_outlives_its_message():
    path = way_out(a_message())
    agree(None)
    MessageRow(f"C#{CONTACT[0]}", "MSG#0123456789abcdef").delete()
    put_profile(Profile(CONTACT[0], identities=(f"u#{CONTACT[0]}",)))

    call("POST", path, ONE_CLICK, FORM)

    assert refusal(None) is Refusal.UNSUBSCRIBED
    assert [event.event for event in events()] == ["Unsubscribed"]


def test_other_methods_are_refused_and_named():
    answer = call("PUT", way_out(a_message()))

    assert answer["statusCode"] == 405
    assert answer["headers"]["Allow"] == "GET, HEAD, OPTIONS, POST"
