"""Every hit has a class, and the reasons for it."""

import pytest

from sojourn.tracking.classify import Visitor, classify
from sojourn.tracking.forms import said

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
OUTLOOK = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.5071; Microsoft Office/16.0)"
)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"


@pytest.mark.parametrize(
    ("agent", "more", "picture", "seconds", "visitor", "reasons"),
    [
        (CHROME, {}, False, 60.0, "human", ()),
        (CHROME, {}, True, 60.0, "human", ()),
        (CHROME, {}, False, None, "human", ()),
        (CHROME, {}, False, 5.0, "human", ()),
        (CHROME, {}, False, 4.9, "machine", ("too_fast",)),
        (CHROME, {}, True, 0.0, "machine", ("too_fast",)),
        (CHROME, {}, False, -3.0, "machine", ("too_fast",)),
        (OUTLOOK, {}, True, 60.0, "human", ()),
        (GMAIL, {}, True, 1.0, "proxy", ("google_proxy",)),
        (YAHOO, {}, True, 60.0, "proxy", ("yahoo_proxy",)),
        ("Mozilla/5.0", {}, True, 1.0, "proxy", ("apple_proxy",)),  # T93
        ("Mozilla/5.0", {}, False, 60.0, "machine", ("scanner",)),
        ("", {}, False, 60.0, "machine", ("no_user_agent",)),
        ("", {}, True, 60.0, "machine", ("no_user_agent",)),
        (CHROME, {"sec-purpose": "prefetch;prerender"}, False, 60.0, "machine", ("prefetch",)),
        (CHROME, {"purpose": "preview"}, False, 60.0, "machine", ("prefetch",)),
        (CHROME, {"x-moz": "prefetch"}, False, 60.0, "machine", ("prefetch",)),
        (CHROME, {"sec-purpose": ""}, False, 60.0, "human", ()),
        ("curl/8.5.0", {}, False, 60.0, "machine", ("scanner",)),
        ("python-requests/2.32", {}, False, 1.0, "machine", ("scanner", "too_fast")),
        ("Mimecast-Scanner/1.0", {}, False, 60.0, "machine", ("scanner",)),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", {}, False, 60.0, "machine", ("scanner",)),
        (CHROME.replace("Chrome", "HeadlessChrome"), {}, False, 60.0, "machine", ("scanner",)),
        ("A" * 100_000, {}, False, 60.0, "human", ()),
    ],
)
def test_the_class_of_a_hit(agent, more, picture, seconds, visitor, reasons):
    verdict = classify({"user-agent": agent, **more}, picture=picture, since_sent=seconds)

    assert (verdict.visitor, verdict.reasons) == (Visitor(visitor), reasons)


MULTIPART = (
    b'--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n'
)


@pytest.mark.parametrize(
    ("body", "content_type", "what"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", "one_click"),
        (b"List-Unsubscribe=One-Click\r\n", "text/plain", "one_click"),
        (b"a=b&List-Unsubscribe=One-Click&token=other", "", "one_click"),
        (MULTIPART, "multipart/form-data; boundary=xyz", "one_click"),
        (MULTIPART, 'Multipart/Form-Data; charset=utf-8; boundary="xyz"', "one_click"),
        (MULTIPART, "multipart/form-data; boundary=abc", ""),
        (MULTIPART, "multipart/form-data", ""),
        (b"confirm=unsubscribe", "application/x-www-form-urlencoded", "page"),
        (b"", "application/x-www-form-urlencoded", ""),
        (b"list-unsubscribe=one-click", "application/x-www-form-urlencoded", ""),
        (b"List-Unsubscribe=One-Click2", "application/x-www-form-urlencoded", ""),
        (b"List-Unsubscribe", "application/x-www-form-urlencoded", ""),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json", ""),
        (b"\xff\xfe\x00", "application/octet-stream", ""),
        (b"a=b&" * 50 + b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", ""),
        (b"x" * 20_000 + b"&List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", ""),
    ],
)
def test_what_a_post_says(body, content_type, what):
    assert said(body, content_type) == what
