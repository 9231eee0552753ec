"""The room of templates before people: looked at, written, and its preview shut in its frame."""

import pytest

from functions.api.console.asking import ask
from functions.api.console.session import Session
from sojourn.http.keys import Key
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures

EDITOR = Session(id="x", key=Key("ed", role="editor"))
HTML = """\
<div style="font-family: Georgia, serif; max-width: 32rem; margin: 2rem auto; color: #26312b">
<h1 style="font-weight: 400">A cup is waiting, {{ firstName | default('friend') }}</h1>
<p>The first roast of the autumn is in: {{ roast | default('Sidamo') }}, light, and a little like apricot.</p>
</div>
"""
MAIL = {
    "channel": "email",
    "purpose": "transactional",
    "description": "The first roast of a season, to those who asked to know",
    "subject": "The autumn roast is in",
    "preheader": "Light, and a little like apricot",
    "html": HTML,
    "text": "The first roast of the autumn is in: {{ roast | default('Sidamo') }}.",
}


@pytest.fixture(autouse=True)
def _template(clock: object) -> None:
    ask(EDITOR, "PUT", "/api/templates/autumn-roast", body=MAIL)
    ask(
        EDITOR,
        "PUT",
        "/api/templates/code",
        body={"channel": "sms", "purpose": "service", "text": "Your code."},
    )


def test_templates_are_good_to_look_at_and_to_write(console: Console):
    window = console.signed_in("editor")
    for path, name in (
        ("", "templates"),
        ("/autumn-roast", "template"),
        ("/autumn-roast/versions", "template-versions"),
        ("/autumn-roast/versions/1", ""),
        ("/autumn-roast/edit", "template-edit"),
        ("/autumn-roast/edit?in=mjml", "template-mjml"),
    ):
        window.go(f"/console/templates{path}")
        good(window)
        if name:
            pictures(window, name)
        if name == "template":
            frame = window.page.frame_locator("iframe").first
            assert frame.locator("h1").inner_text().startswith("A cup is waiting")

    window.go("/console/templates/autumn-roast/edit")
    window.page.fill("#text", "{{ roast")
    window.expected += 1  # a refused form is one
    window.page.click("#template button:has-text('Save')")
    window.sees("#text-error")
    assert window.page.input_value("#text") == "{{ roast"
    good(window)


def test_what_is_written_is_shown_and_checked_beside(console: Console):
    window = console.signed_in("editor")
    window.go("/console/templates/autumn-roast/edit")

    window.page.fill("#html", "<p>Hello, {{ firstName }}, it is new</p>")
    window.page.click("button:has-text('Show it')")
    frame = window.page.frame_locator("iframe[name=draft]")
    frame.locator("text=Hello, [firstName], it is new").wait_for()
    window.page.wait_for_selector("#lint:has-text('It can be saved and sent')")
    window.page.fill("#html", "<p>{{ firstName</p>")
    window.page.wait_for_selector("#lint:has-text('1 thing to mend')")

    window.at("/console/templates/autumn-roast/edit")


def test_a_mail_is_written_in_mjml_by_hand(console: Console):
    window = console.signed_in("editor")
    window.go("/console/new-template")

    window.page.click(".tabs >> text=MJML")
    window.sees("#mjml")
    begun = window.page.input_value("#mjml")
    window.page.fill("#mjml", begun.replace("</mj-column>", "", 1))
    window.page.wait_for_selector("#lint a[href='#mjml']:has-text('mjml')")
    window.says("#lint", "where <mj-column> of line 10 is open")
    window.page.fill("#mjml", begun.replace("…", "A cup is waiting"))
    window.page.wait_for_selector("#lint:has-text('It can be saved and sent')")
    window.page.click("button:has-text('Show it')")
    frame = window.page.frame_locator("iframe[name=draft]")
    frame.locator("td >> text=A cup is waiting").wait_for()
    window.page.fill("#name", "cup")
    window.page.click("#template button:has-text('Save')")

    window.at("/console/templates/cup")
    window.page.frame_locator("iframe").first.locator("td >> text=A cup is waiting").wait_for()
