"""What was written is not lost with a session: the page that refuses it bears it, and nothing is done unasked."""

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from functions.api.console.session import Session
from tests.console import FORM, ORIGIN, PASSWORD, Browser, Page
from tests.functions.console.conftest import SignedIn

PAGE = "/console/new-template"
WRITTEN = """<p>Three hours of work &amp; "more"</p>
<a href="{{ unsubscribe_url }}">Out</a> {{ postal_address }}"""
FIELDS = [
    ("name", "spring"),
    ("channel", "email"),
    ("purpose", "marketing"),
    ("subject", "Hi"),
    ("html", WRITTEN),
]
FIELDS += [("text", "{{ unsubscribe_url }} {{ postal_address }}")]


class Hidden(HTMLParser):
    """The hidden fields of the form that is offered."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("type") == "hidden":
            self.fields.append((str(told["name"]), told.get("value") or ""))


def send(
    browser: Browser, fields: list[tuple[str, str]], mark: str, path: str = PAGE, **headers: str
) -> Page:
    return browser.send("POST", path, urlencode([("csrf", mark), *fields]), {**FORM, **headers})


def offered(page: Page) -> list[tuple[str, str]]:
    """What would be sent again, without the mark and the menu's forms."""
    found = Hidden(page).fields
    start = max(index for index, (name, _) in enumerate(found) if name == "csrf")
    return found[start + 1 :]


def test_a_form_of_a_session_that_ended_comes_back_and_is_done_when_it_is_sent_again(
    signed_in: SignedIn, stranger: Browser
):
    old = Session(id="a session that is over").csrf

    turned_away = send(stranger, FIELDS, old)
    assert turned_away.status == 401
    assert "What you wrote is kept on this page" in turned_away.words
    assert offered(turned_away) == FIELDS

    editor = signed_in("editor")
    asked = send(editor, offered(turned_away), old)
    assert asked.status == 403
    assert "Nothing was done" in asked.words
    assert "editor@example.org" in asked.words
    assert editor.get("/console/templates/spring").status == 404

    done = send(editor, offered(asked), asked.csrf)
    assert (done.status, done.place) == (303, "/console/templates/spring")
    assert "Three hours of work" in editor.get("/console/templates/spring/edit").text


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": ""}, {"origin": "https://evil.example"}]
)
def test_what_may_come_from_elsewhere_is_not_offered_to_be_sent_again(
    signed_in: SignedIn, headers: dict[str, str]
):
    page = send(signed_in("editor"), FIELDS, "0" * 64, **headers)

    assert page.status == 403
    assert "Three hours" not in page.text
    assert "Send it again" not in page.words


def test_a_password_is_never_repeated(signed_in: SignedIn):
    page = send(
        signed_in("editor"), [("old", PASSWORD), ("password", "New-Horse-22")], "0" * 64, "/console/account"
    )

    assert page.status == 403
    assert "Horse" not in page.text


def test_who_lost_the_role_meanwhile_keeps_what_they_wrote(signed_in: SignedIn):
    viewer = signed_in("viewer")

    fields = [("name", "autumn"), *FIELDS[1:]]

    page = send(viewer, fields, viewer.mark)

    assert page.status == 403
    assert offered(page) == fields


def test_a_part_leaves_its_page_where_it_is(stranger: Browser, signed_in: SignedIn):
    out = stranger.part("/console/account", **{"sec-fetch-site": "same-origin"})
    assert out.status == 401
    assert "HX-Redirect" not in out.headers
    assert "Sign in, in another tab" in out.words

    editor = signed_in("editor")
    refused = send(editor, FIELDS, "0" * 64, "/console/templates/untitled/check", **{"hx-request": "true"})
    assert refused.status == 403
    assert f'data-mark="{editor.mark}"' in refused.text
    assert "as editor@example.org" in refused.words


def test_the_mark_of_a_session_is_told_to_no_other_site(signed_in: SignedIn):
    editor = signed_in("editor")
    elsewhere = {"hx-request": "true", "origin": ORIGIN, "sec-fetch-site": "same-site"}

    refused = send(editor, FIELDS, "0" * 64, "/console/templates/untitled/check", **elsewhere)

    assert refused.status == 403
    assert editor.mark not in refused.text
