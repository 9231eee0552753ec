"""The post office keeps every byte, and plays provider and recipient."""

from __future__ import annotations

import http.client
from email import message_from_bytes, policy
from urllib.parse import quote

import pytest

LONG_WAY_OUT = "https://example.com/u/v1.k1." + "x" * 300


def test_a_mail_is_kept_with_its_headers_tags_and_both_parts(house):
    house.send(subject="Zoë, welcome")

    _, kept = house.ask("GET", "/messages?to=ada@example.org")

    mail = kept["items"][0]
    assert (mail["subject"], mail["from"], mail["to"]) == (
        "Zoë, welcome",
        "Sojourn <hello@example.com>",
        "ada@example.org",
    )
    assert (mail["tags"], mail["text"], mail["html"]) == ({"message_id": "m-1"}, "Hello\n", "<p>Hello</p>\n")
    assert kept["next"] is None


def test_the_raw_mail_is_mime_that_any_program_reads(house):
    mail_id = house.send()

    _, kind, raw = house.raw("GET", f"/messages/{mail_id}/raw")

    message = message_from_bytes(raw, policy=policy.default)
    assert kind == "message/rfc822"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Date"] == "Wed, 01 Jan 1997 12:00:00 +0000"


def test_a_long_way_out_is_neither_folded_nor_encoded(house):
    mail_id = house.send(unsubscribe=LONG_WAY_OUT)

    _, _, raw = house.raw("GET", f"/messages/{mail_id}/raw")

    assert f"\r\nList-Unsubscribe: <{LONG_WAY_OUT}>\r\n".encode() in raw


def test_a_subject_cannot_bring_headers_of_its_own(house, a_mail):
    status, answer = house.ask(
        "POST", "/v2/email/outbound-emails", a_mail(subject="Hi\r\nBcc: eve@example.org")
    )
    assert (status, answer["code"], house.office.mails) == (400, "bad_request", [])


def test_what_is_no_mail_is_refused(house):
    status, answer = house.ask("POST", "/v2/email/outbound-emails", {"Content": {}})
    assert (status, answer["code"]) == (400, "bad_request")


def test_each_mail_is_reported_as_sent_and_delivered(house):
    house.send()

    assert [(topic, event["eventType"]) for topic, event in house.published] == [
        ("ses", "Send"),
        ("ses", "Delivery"),
    ]
    mail = house.published[1][1]["mail"]
    assert mail["source"] == "hello@example.com"
    assert mail["tags"]["message_id"] == ["m-1"]
    assert mail["tags"]["ses:configuration-set"] == ["set"]
    assert house.published[1][1]["delivery"]["timestamp"] == "1997-01-01T12:00:00.000Z"


def test_reports_can_be_switched_off(house):
    house.ask("POST", "/config", {"send_events": False, "auto_deliver": False})

    house.send()

    assert house.published == []


def test_only_the_mails_of_one_mailbox_since_an_instant_are_listed(house):
    house.send(to="ada@example.org")
    house.office.clock.advance(3600)
    house.send(to="ada@example.org", subject="Later")
    house.send(to="bob@example.org")

    _, kept = house.ask("GET", "/messages?to=ada@example.org&since=1997-01-01T13:00:00.000Z")

    assert [mail["subject"] for mail in kept["items"]] == ["Later"]


def test_a_long_list_comes_in_pages(house):
    for number in range(3):
        house.send(subject=str(number))

    _, first = house.ask("GET", "/messages?limit=2")
    _, second = house.ask("GET", f"/messages?limit=2&next={first['next']}")

    assert [mail["subject"] for mail in first["items"] + second["items"]] == ["0", "1", "2"]
    assert second["next"] is None


def test_opening_loads_the_pixel_as_a_person_does(house, web):
    behind, url = web
    mail_id = house.send(html=f'<img src="{url}/logo.png"><img src="{url}/o/token.gif" width="1" height="1">')

    house.ask("POST", f"/messages/{mail_id}/open")

    assert [(asked.method, asked.path) for asked in behind.asked] == [("GET", "/o/token.gif")]
    assert behind.asked[0].headers["user-agent"].startswith("Mozilla/5.0 (")


def test_a_click_follows_one_link_and_no_redirect(house, web):
    behind, url = web
    behind.status = 302
    links = (
        f'<a href="{url}/u/out">out</a><a href="{url}/c/one?a=1&amp;b=2">one</a><a href="{url}/c/two">two</a>'
    )
    mail_id = house.send(html=links, unsubscribe=f"{url}/u/out")

    _, first = house.ask("POST", f"/messages/{mail_id}/click")
    _, second = house.ask("POST", f"/messages/{mail_id}/click", {"link": 1}, content_type="application/json")

    assert [asked.target for asked in behind.asked] == ["/c/one?a=1&b=2", "/c/two"]
    assert (first["status"], first["location"], second["url"]) == (
        302,
        "https://example.org/",
        f"{url}/c/two",
    )


def test_unsubscribing_is_one_post_by_rfc_8058(house, web):
    behind, url = web
    mail_id = house.send(unsubscribe=f"{url}/u/token")

    house.ask("POST", f"/messages/{mail_id}/unsubscribe")

    (asked,) = behind.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/u/token", b"List-Unsubscribe=One-Click")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "cookie" not in asked.headers


@pytest.mark.parametrize("what", ["open", "click", "unsubscribe"])
def test_what_a_mail_does_not_offer_is_refused(house, what):
    status, answer = house.ask("POST", f"/messages/{house.send()}/{what}")
    assert (status, answer["code"]) == (409, "nothing_there")


def test_an_address_that_does_not_answer_is_said_to(house):
    mail_id = house.send(html='<a href="http://127.0.0.1:1/c/token">guide</a>')
    status, answer = house.ask("POST", f"/messages/{mail_id}/click")
    assert (status, answer["code"]) == (502, "no_answer")


@pytest.mark.parametrize(
    ("request_line", "kind", "subtype"),
    [
        ("bounce", "Permanent", "General"),
        ("bounce?type=Transient&subtype=MailboxFull", "Transient", "MailboxFull"),
    ],
)
def test_a_bounce_names_its_kind_and_the_recipient(house, request_line, kind, subtype):
    mail_id = house.send()

    house.ask("POST", f"/messages/{mail_id}/{request_line}")

    topic, event = house.published[-1]
    assert (topic, event["eventType"], event["mail"]["messageId"]) == ("ses", "Bounce", mail_id)
    assert (event["bounce"]["bounceType"], event["bounce"]["bounceSubType"]) == (kind, subtype)
    assert event["bounce"]["bouncedRecipients"][0]["emailAddress"] == "ada@example.org"


def test_a_complaint_is_reported(house):
    house.ask("POST", f"/messages/{house.send()}/complain")
    assert house.published[-1][1]["complaint"]["complaintFeedbackType"] == "abuse"


def test_what_happened_stands_on_the_mail(house, web):
    _, url = web
    mail_id = house.send(html=f'<a href="{url}/c/token">guide</a>')

    house.ask("POST", f"/messages/{mail_id}/click")

    _, mail = house.ask("GET", f"/messages/{mail_id}")
    assert [event["event"] for event in mail["events"]] == ["Send", "Delivery", "click"]


def test_an_unknown_mail_is_not_found(house):
    status, answer = house.ask("GET", "/messages/nobody")
    assert (status, answer["code"]) == (404, "message_not_found")


def test_texts_are_kept_by_phone(house):
    house.ask("POST", "/sms", {"to": "+12125550104", "text": "Hello"})
    house.ask("POST", "/sms", {"to": "+12125550105", "text": "Not this"})

    _, kept = house.ask("GET", f"/sms?to={quote('+12125550104')}")

    assert [(sms["to"], sms["text"]) for sms in kept["items"]] == [("+12125550104", "Hello")]


def test_a_reply_arrives_in_the_shape_of_two_way_sms(house):
    _, sent = house.ask("POST", "/sms", {"to": "+12125550104", "text": "Hello"})

    house.raw("POST", "/sms/+12125550104/reply", b"STOP")

    topic, message = house.published[-1]
    assert topic == "sms"
    assert (message["originationNumber"], message["messageBody"]) == ("+12125550104", "STOP")
    assert message["previousPublishedMessageId"] == sent["MessageId"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttle", 429, "TooManyRequestsException"),
        ("reject", 400, "MessageRejected"),
        ("error500", 500, "InternalServiceErrorException"),
    ],
)
def test_a_scripted_refusal_keeps_no_mail_and_wears_off(house, kind, status, code):
    house.ask("POST", "/faults", {"operation": "SendEmail", "kind": kind, "count": 1})

    refused, _ = house.ask("POST", "/v2/email/outbound-emails", {})

    assert (refused, house.office.mails) == (status, [])
    assert code in _error_types(house, kind)
    house.send()
    assert len(house.office.mails) == 1


def test_a_scripted_silence_keeps_the_mail_and_answers_nothing(house):
    house.ask("POST", "/faults", {"operation": "SendEmail", "kind": "timeout_after", "count": 1})

    with pytest.raises(http.client.RemoteDisconnected):
        house.send()

    assert len(house.office.mails) == 1


def test_pages_show_mailboxes_phones_and_never_run_what_a_mail_says(house):
    mail_id = house.send(
        subject="<script>alert(1)</script>", html='<p onclick="x">Hi</p><a href="http://a.test/">b</a>'
    )
    house.ask("POST", "/sms", {"to": "+12125550104", "text": "<b>Hello</b>"})

    front, mail, phone = (
        house.raw("GET", path) for path in ("/", f"/mail/{mail_id}", "/phone/%2B12125550104")
    )

    assert b"ada@example.org" in front[2]
    assert b"+12125550104" in front[2]
    assert all(b"<script>" not in page[2] for page in (front, mail, phone))
    assert b'sandbox="allow-popups allow-popups-to-escape-sandbox"' in mail[2]
    assert b"&lt;b&gt;Hello" in phone[2]


def test_a_button_leads_back_to_its_page(house):
    mail_id = house.send()
    status, _, _ = house.raw("POST", f"/messages/{mail_id}/complain", Accept="text/html")
    assert status == 303


def _error_types(house, kind):
    house.ask("POST", "/faults", {"operation": "SendEmail", "kind": kind, "count": 1})
    connection = http.client.HTTPConnection(house.url.removeprefix("http://"), timeout=60)
    connection.request("POST", "/v2/email/outbound-emails", b"{}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("x-amzn-ErrorType")
