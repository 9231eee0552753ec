"""Templates: whose version it follows, every version there was, and how a message would look."""

import json
from typing import Any

import pytest

from sojourn.messages.library import get_template
from tests.functions.test_api import ada, call, dynamodb, get, press

__all__ = ["dynamodb", "press"]

AT = "/api/templates/hello"
MAIL = {
    "channel": "email",
    "purpose": "transactional",
    "subject": "Hello, {{ firstName }}",
    "html": "<p>Hello, {{ firstName }} of {{ home.city }}. <a href='https://shop.example/x'>Shop</a></p>",
    "text": "Hello, {{ firstName }}.",
}
SMS = {"channel": "sms", "purpose": "service", "text": "Your code, {{ email | default('friend') }}."}


@pytest.fixture(autouse=True)
def _world(press: Any) -> None:
    """The API's own; a version never changes, so a container remembers it."""
    get_template.cache_clear()


def put(**changed: str) -> Any:
    return call("PUT", AT, json.dumps({**MAIL, **changed}))


def put_over(tag: str, **changed: str) -> Any:
    return call("PUT", AT, json.dumps({**MAIL, **changed}), If_Match=tag)


def look(sent: dict[str, Any], status: int = 200) -> Any:
    answer = call("POST", f"{AT}/preview", json.dumps(sent))
    assert answer.status == status, answer.body
    return answer.body


def test_who_names_what_they_read_does_not_write_over_others():
    """A3, A9."""
    assert put().headers["ETag"] == '"1"'
    assert put_over('"1"', text="Theirs").headers["ETag"] == '"2"'

    stale = put_over('"1"', text="Mine")

    assert (stale.status, stale.body["code"]) == (412, "precondition_failed")
    assert (stale.body["version"], stale.body["since"], stale.headers["ETag"]) == (2, 1, '"2"')
    assert {"-Hello, {{ firstName }}.", "+Theirs"} <= set(stale.body["diff"])
    assert get(AT)["definition"]["text"] == "Theirs"
    assert put_over('"9", "2"', text="Mine").body["version"] == 3
    assert put_over("*", text="Whatever").body["version"] == 4
    assert put(text="As before").body["version"] == 5


@pytest.mark.parametrize("tag", ['"7"', '"0"', "W/odd"])
def test_a_version_that_nobody_can_have_read_is_told_what_would_change(tag: str):
    put(text="Theirs")

    stale = put_over(tag, text="Mine")

    assert (stale.status, stale.body["since"]) == (412, None)
    assert {"-Mine", "+Theirs"} <= set(stale.body["diff"])


def test_what_is_not_there_yet_follows_nothing():
    assert put_over('"1"').status == 412
    assert call("GET", AT).status == 404


def test_every_version_stays_and_says_who_saved_it():
    for number in range(5):
        put(text=f"Number {number}")

    page = get(f"{AT}/versions?limit=2")
    rest = get(f"{AT}/versions?limit=200&cursor={page['next']}")

    assert [each["version"] for each in [*page["items"], *rest["items"]]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None
    assert page["items"][0]["saved_by"] == "ops"
    assert page["items"][0]["saved_at"]
    assert get(f"{AT}/versions/2")["definition"]["text"] == "Number 1"


@pytest.mark.parametrize("version", ["0", "2", "x", "99999999999999999999", "-1"])
def test_a_version_that_never_was_is_not_found(version: str):
    put()

    assert call("GET", f"{AT}/versions/{version}").status == 404
    assert call("GET", "/api/templates/none/versions").status == 404


def test_a_preview_shows_a_contacts_own_facts_and_names_what_they_lack():
    ada()
    put(html="<p>{{ email }} of {{ home.city }}</p>", subject="For {{ email }}", text="Hello, {{ email }}.")

    told = look({"as": "ada"})

    assert told["subject"] == "For ada@example.org"
    assert "ada@example.org of [home.city]" in told["html"]
    assert told["missing"] == ["home.city"]
    assert told["version"] == 1


def test_without_anybody_every_field_shows_its_name():
    put()

    told = look({})

    assert told["subject"] == "Hello, [firstName]"
    assert sorted(told["missing"]) == ["firstName", "home.city"]
    assert "https://shop.example/x" in told["html"]


def test_what_is_being_written_is_looked_at_without_being_kept():
    told = look({"definition": SMS, "as": {"email": "ada@example.org"}})

    assert (told["text"], told["version"]) == ("Your code, ada@example.org.", None)
    assert call("GET", AT).status == 404


def test_an_older_version_is_looked_at_too():
    put(text="First")
    put(text="Second")

    assert look({"version": 1})["text"] == "First"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"version": 9}, 404, "version_not_found"),
        ({"version": True}, 400, "invalid_field"),
        ({"definition": []}, 400, "invalid_field"),
        ({"definition": {**MAIL, "html": "{{ ''.__class__ }}"}}, 422, "template_refused"),
        ({"definition": {**MAIL, "template": "other"}}, 422, "name_mismatch"),
        ({"as": 7}, 400, "invalid_field"),
        ({"as": "nobody"}, 404, "contact_not_found"),
        ({"to": "x"}, 400, "unknown_field"),
    ],
)
def test_what_cannot_be_looked_at_says_why(sent: dict[str, Any], status: int, code: str):
    put()

    assert look(sent, status)["code"] == code


def test_a_loop_over_what_nobody_gave_is_empty_and_its_parts_are_not_made_up():
    put(html="<ul>{% for item in cart.items %}<li>{{ item.title }}</li>{% endfor %}</ul>")

    told = look({})

    assert "<li>" not in told["html"]
    assert "cart.items" in told["missing"]
    assert look({"as": {"firstName": "A", "cart": {"items": [{"title": "Tea"}]}}})["missing"] == []
    assert look({"as": {"cart": {"items": [{}]}}}, 422)["code"] == "missing_field"


MJML = """\
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello, {{ firstName }} of {{ home.city }}. <a href="https://shop.example/x">Shop</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
"""
IN_MJML = {key: value for key, value in MAIL.items() if key != "html"} | {"mjml": MJML}


def put_mjml(mjml: str, **headers: str) -> Any:
    return call("PUT", AT, json.dumps({**IN_MJML, "mjml": mjml}), **headers)


def test_mjml_is_kept_as_written_and_looked_at_as_the_mail_that_it_becomes():
    ada()
    saved = put_mjml(MJML)

    told = look({"as": "ada"})

    assert (saved.status, saved.body["links"]) == (200, ["https://shop.example/x"])
    assert get(AT)["definition"] == {"template": "hello", **IN_MJML}
    assert told["html"].startswith("<!doctype html>")
    assert "<mj-" not in told["html"]
    assert "Hello, [firstName] of [home.city]." in told["html"]
    assert told["missing"] == ["firstName", "home.city"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("</mj-text>", "", 2),
        ("<mj-text>", "<mj-include path='file:///etc/passwd'/><mj-text>", 2),
        ("<mjml>", "<!DOCTYPE html [<!ENTITY a 'b'>]><mjml>", 1),
        ("<mj-section>", "<mj-wrapper>" * 5_000 + "<mj-section>", 1),
        ("Shop<", "<script>alert(1)</script><", 2),
        ("https://shop.example/x", "javascript:alert(1)", 2),
    ],
)
def test_mjml_that_no_mail_can_be_made_of_is_refused_at_its_line(old: str, new: str, line: int):
    """M8."""
    refused = put_mjml(MJML.replace(old, new))

    assert (refused.status, refused.body["code"]) == (422, "template_refused")
    assert {(each["field"], each["line"]) for each in refused.body["errors"]} == {("mjml", line)}
    assert call("GET", AT).status == 404


def test_what_changed_in_the_mjml_is_shown_to_whoever_was_slower():
    put_mjml(MJML)
    put_mjml(MJML.replace("Shop<", "Buy<"))

    stale = put_mjml(MJML.replace("Shop<", "Mine<"), If_Match='"1"')

    assert stale.status == 412
    assert any(line.startswith("+<mj-text>") and "Buy<" in line for line in stale.body["diff"])


def test_what_changes_no_mail_is_kept_too_and_the_same_again_is_nothing():
    put_mjml(MJML)
    noted = put_mjml(MJML.replace("<mj-text>", "<!-- a note --><mj-text>"))
    described = put(description="To whom it may concern")

    assert [noted.body["version"], described.body["version"]] == [2, 3]
    assert put(description="To whom it may concern").body["version"] == 3
    assert get(AT)["definition"]["description"] == "To whom it may concern"
