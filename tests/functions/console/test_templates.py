"""The room of templates: its pages, the preview behind its own policy, and what is wrong at its field."""

import html
from typing import Any

import boto3
import pytest

from functions.api.console.asking import ask, at
from functions.api.console.letters_begun import BEGUN, BEGUN_IN
from functions.api.console.session import Session
from sojourn import config
from sojourn.http.keys import Key
from sojourn.messages.library import get_template
from tests.cloud import REGION
from tests.console import LINK_KEYS, counted
from tests.functions.test_api import ada
from tests.insight_rows import ADA, empty

EDITOR = Session(id="x", key=Key("ed", role="editor"))
HOSTILE = "<script>alert(1)</script>"
MAIL = {
    "channel": "email",
    "purpose": "transactional",
    "description": f"Says hello {HOSTILE}",
    "subject": "Hello, {{ firstName | default('friend') }}",
    "html": "<p style='color: teal'>Hello, {{ firstName | default('friend') }}.</p>",
    "text": "Hello, {{ firstName | default('friend') }}.",
}
EDIT = "/console/templates/hello/edit"


@pytest.fixture(autouse=True)
def _empty(clock: object) -> None:
    empty(boto3.client("dynamodb", region_name=REGION), "Config", "Identity", "People")
    config.put("KEY", "link", LINK_KEYS)
    get_template.cache_clear()  # a version never changes, so a container remembers it


def saved(**changed: str) -> None:
    ask(EDITOR, "PUT", at("/api/templates/{name}", name="hello"), body={**MAIL, **changed})


def newest() -> Any:
    return ask(EDITOR, "GET", "/api/templates/hello").body


def test_without_templates_the_list_teaches_what_one_is(signed_in):
    assert "No templates yet" in signed_in("viewer").get("/console/templates").words


def test_templates_are_listed_and_shown_for_few_reads(signed_in):
    saved()
    browser = signed_in("viewer")
    for path, words in (("/console/templates", "hello Mail 1"), ("/console/templates/hello", "version 1")):
        with counted() as made:
            page = browser.get(path)
        assert words in page.words
        assert HOSTILE not in page.text
        assert len(made) <= 5, made
        assert "Scan" not in made
    assert "/edit" not in browser.get("/console/templates/hello").text


def test_a_mail_is_looked_at_in_a_sandbox_that_asks_nobody_for_anything(signed_in):
    saved()
    browser = signed_in("viewer")

    page = browser.get("/console/templates/hello")
    frame = browser.get("/console/templates/hello/preview")

    policy = frame.headers["Content-Security-Policy"]
    assert 'sandbox src="/console/templates/hello/preview?version=1"' in page.text
    assert "sandbox=" not in page.text
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert frame.text == "<p style='color: teal'>Hello, friend.</p>"


def test_a_new_template_is_saved_and_saving_it_again_makes_the_next_version(signed_in):
    browser = signed_in("editor")

    first = browser.post("/console/new-template", MAIL, name="hello", version=0)
    second = browser.post(EDIT, {**MAIL, "text": "Hi."}, version=1)

    assert (first.status, first.place) == (303, "/console/templates/hello")
    assert second.status == 303
    assert (newest()["version"], newest()["definition"]["text"]) == (2, "Hi.")


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(signed_in):
    saved()

    page = signed_in("editor").post(EDIT, {**MAIL, "text": "Hello, {{ firstName"}, version=1)

    assert page.status == 422
    assert 'id="text-error"' in page.text
    assert "Hello, {{ firstName</textarea>" in page.text
    assert newest()["version"] == 1


def test_who_was_slower_sees_both_and_loses_nothing(signed_in):
    saved()
    saved(text="Theirs.")

    page = signed_in("editor").post(EDIT, {**MAIL, "text": "Mine."}, version=1)

    assert page.status == 412
    assert "removed: text: Theirs." in page.words
    assert "added: text: Mine." in page.words
    assert newest()["definition"]["text"] == "Theirs."
    again = signed_in("editor").post(EDIT, {**MAIL, "text": "Mine."}, version=page.inputs()["version"])
    assert again.status == 303


def test_a_new_template_never_takes_the_place_of_one_that_is_there(signed_in):
    saved()

    page = signed_in("editor").post(
        "/console/new-template", {**MAIL, "text": "Mine."}, name="hello", version=0
    )

    assert page.status == 409
    assert newest()["version"] == 1


@pytest.mark.parametrize("name", ["", "No Such Name", HOSTILE])
def test_a_name_that_is_none_is_refused_where_it_was_typed(name: str, signed_in):
    page = signed_in("editor").post("/console/new-template", MAIL, name=name, version=0)

    assert page.status == 422
    assert HOSTILE not in page.text
    assert 'action="/console/new-template"' in page.text


def test_a_test_goes_to_an_address_or_says_what_an_address_is(signed_in):
    saved()
    browser = signed_in("editor")

    wrong = browser.post("/console/templates/hello/test", to="nobody")

    assert wrong.status == 422
    assert "an e-mail address" in wrong.words
    assert signed_in("viewer").post("/console/templates/hello/test", to="ada@example.org").status == 403


def test_a_viewer_may_not_save(signed_in):
    saved()

    assert signed_in("viewer").post(EDIT, MAIL, version=1).status == 403


def test_two_who_changed_other_lines_are_brought_together(signed_in):
    """A9."""
    lines = "One.\nTwo.\nThree.\nFour.\nFive.\n"
    saved(text=lines)
    saved(text=lines.replace("One", "Theirs"))
    browser = signed_in("editor")

    page = browser.post(EDIT, {**MAIL, "text": lines.replace("Five", "Mine")}, version=1)

    assert page.status == 412
    assert "brought together" in page.words
    assert page.inputs()["version"] == "2"
    assert "Theirs.\nTwo.\nThree.\nFour.\nMine.\n</textarea>" in page.text


def test_where_both_changed_a_line_mine_stands_and_theirs_is_named(signed_in):
    saved()
    saved(text="Theirs.")

    page = signed_in("editor").post(EDIT, {**MAIL, "text": "Mine."}, version=1)

    assert "text, line 1: yours Mine. theirs Theirs." in page.words
    assert "Mine.</textarea>" in page.text


def test_it_is_looked_at_as_somebody_whose_address_stands_in_no_log(signed_in):
    ada()
    saved(text="Hello, {{ email }} of {{ home.city }}.")
    browser = signed_in("viewer")

    to = browser.post("/console/templates/hello/as", **{"as": "ada"})
    with counted() as made:
        page = browser.get(to.place)
    nobody = browser.post("/console/templates/hello/as", **{"as": "none@example.org"})

    assert to.place == f"/console/templates/hello?as={ADA}"
    assert "Hello, ada@example.org of [home.city]." in page.words
    assert "They would not get it" in page.words
    assert f"preview?version=1&amp;as={ADA}" in page.text
    assert len(made) <= 5, made
    assert (nobody.status, "Nobody is known by this" in nobody.words) == (422, True)
    assert browser.post("/console/templates/hello/as", **{"as": ""}).place == "/console/templates/hello"


def test_in_the_dark_a_mail_shows_its_dark_rules(signed_in):
    rules = "<style>@media (prefers-color-scheme: dark) { p { color: #fff } }</style>"
    saved(html=f"<html><head>{rules}</head><body><p>Hello</p></body></html>")
    browser = signed_in("viewer")

    light = browser.get("/console/templates/hello/preview")
    dark = browser.get("/console/templates/hello/preview?dark=1")

    assert ":root" not in light.text
    assert ":root { color-scheme: dark" in dark.text
    assert "prefers-color-scheme: dark" not in dark.text


def test_what_is_being_written_is_shown_and_checked_and_not_kept(signed_in):
    browser = signed_in("editor")
    written = {**MAIL, "html": "<p>Hello, {{ firstName }}</p>", "text": "Hello"}

    frame = browser.post("/console/templates/untitled/draft", written)
    fine = browser.post("/console/templates/untitled/check", written)
    wrong = browser.post("/console/templates/untitled/check", {**written, "html": "<p>{{ firstName"})
    broken = browser.post("/console/templates/untitled/draft", {**written, "html": HOSTILE + "{{ x"})

    assert frame.text == "<p>Hello, [firstName]</p>"
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "It can be saved and sent" in fine.text
    assert "firstName" in fine.text
    assert "1 thing to mend" in wrong.text
    assert "<script" not in broken.text
    assert browser.get("/console/templates/untitled").status == 404


def test_versions_stay_with_what_each_changed_and_are_a_beginning_anew(signed_in):
    for text in ("First.", "Second.", "Third."):
        saved(text=text)
    browser = signed_in("editor")

    listed = browser.get("/console/templates/hello/versions")
    second = browser.get("/console/templates/hello/versions/2")
    again = browser.get("/console/templates/hello/edit?from=1")

    assert listed.words.index("version 3") < listed.words.index("version 1")
    assert "removed: First." in second.words
    assert "added: Second." in second.words
    assert again.inputs()["version"] == "3"
    assert "First.</textarea>" in again.text
    assert browser.get("/console/templates/hello/versions/9").status == 404


@pytest.mark.parametrize("body", ["html", "mjml"])
def test_what_a_new_template_begins_with_may_be_saved_as_it_is(body: str, signed_in):
    browser = signed_in("editor")
    shown = html.unescape(browser.get(f"/console/new-template?in={body}").text)
    begun = {**BEGUN, body: BEGUN_IN[body]}

    fields = {key: value for key, value in MAIL.items() if key != "html"} | begun
    saved = browser.post("/console/new-template", {**fields, "purpose": "marketing"}, name="begun", version=0)

    assert (saved.status, saved.place) == (303, "/console/templates/begun")
    assert all(text.strip() in shown for text in begun.values())


MJML = """\
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello, {{ firstName | default("friend") }}</mj-text>
</mj-column></mj-section></mj-body></mjml>
"""
IN_MJML = {key: value for key, value in MAIL.items() if key != "html"} | {"mjml": MJML}


def saved_in_mjml(**changed: str) -> None:
    ask(EDITOR, "PUT", at("/api/templates/{name}", name="hello"), body={**IN_MJML, **changed})


def test_a_mail_in_mjml_is_written_looked_at_and_saved(signed_in):
    browser = signed_in("editor")

    frame = browser.post("/console/templates/untitled/draft", IN_MJML)
    fine = browser.post("/console/templates/untitled/check", IN_MJML)
    wrong = browser.post(
        "/console/templates/untitled/check", {**IN_MJML, "mjml": MJML.replace("</mj-text>", "")}
    )
    saved = browser.post("/console/new-template", IN_MJML, name="hello", version=0)
    page = browser.get(saved.place)
    shown = browser.get("/console/templates/hello/preview")
    editor = browser.get(EDIT)

    assert "<table" in frame.text
    assert "It can be saved and sent" in fine.text
    assert 'href="#mjml"' in wrong.text
    assert "line 2: &lt;mj-text&gt; is not closed" in wrong.text.replace("</a>, ", "")
    assert "Hello, friend" in shown.text
    assert "<mj-" not in shown.text
    assert "The MJML, as its author wrote it" in page.words
    assert 'name="mjml"' in editor.text
    assert 'name="html"' not in editor.text
    assert "&lt;mj-text&gt;Hello" in editor.text


def test_what_is_wrong_with_mjml_is_said_at_its_field_even_where_all_was_cleared(signed_in):
    saved_in_mjml()

    page = signed_in("editor").post(EDIT, {**IN_MJML, "mjml": ""}, version=1)

    assert page.status == 422
    assert 'id="mjml-error"' in page.text
    assert newest()["version"] == 1


def test_a_mail_goes_over_to_mjml_and_back_and_its_versions_say_so(signed_in):
    saved()
    browser = signed_in("editor")

    begun = browser.get(f"{EDIT}?in=mjml")
    browser.post(EDIT, IN_MJML, version=1)
    changed = browser.get("/console/templates/hello/versions/2")
    again = browser.get(f"{EDIT}?from=1")

    assert "&lt;mj-button" in begun.text
    assert "Hello, {{ firstName | default(&#39;friend&#39;) }}" in begun.text
    assert (newest()["version"], "html" in newest()["definition"]) == (2, False)
    assert "added: mjml:" in changed.words
    assert "removed: html:" in changed.words
    assert 'name="html"' in again.text


def test_a_text_message_has_no_body_whatever_the_form_held(signed_in):
    sent = {**IN_MJML, "channel": "sms"}

    assert signed_in("editor").post("/console/new-template", sent, name="hello", version=0).status == 303
    assert set(newest()["definition"]) == {"template", "channel", "purpose", "description", "text"}


def test_two_who_changed_other_lines_of_mjml_are_brought_together(signed_in):
    """A9."""
    saved_in_mjml()
    saved_in_mjml(mjml=MJML.replace("<mjml>", '<mjml lang="de">'))

    mine = {**IN_MJML, "mjml": MJML.replace("Hello", "Hi")}
    page = signed_in("editor").post(EDIT, mine, version=1)

    assert page.status == 412
    assert html.escape('<mjml lang="de">', quote=False) in page.text.replace("&#34;", '"')
    assert "&lt;mj-text&gt;Hi, " in page.text


def test_who_went_over_to_mjml_meanwhile_is_followed_by_whoever_changed_other_fields(signed_in):
    saved()
    saved_in_mjml()

    followed = signed_in("editor").post(EDIT, {**MAIL, "text": "Mine."}, version=1)
    kept = signed_in("editor").post(EDIT, {**MAIL, "html": "<p>Mine</p>"}, version=1)

    assert (followed.status, kept.status) == (412, 412)
    assert 'name="mjml"' in followed.text
    assert "Mine.</textarea>" in followed.text
    assert "&lt;p&gt;Mine&lt;/p&gt;</textarea>" in kept.text
    assert "mjml: &lt;mjml" in kept.text
