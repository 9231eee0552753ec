"""Going anywhere by a few letters."""

import json
from collections.abc import Iterator

import pytest

from functions.api.console import palette
from functions.api.console.asking import ask, at
from functions.api.console.session import Session
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, get_profile, put_profile
from sojourn.errors import Problem
from sojourn.http.keys import Key
from tests.console import counted
from tests.insight_rows import ADA

HOSTILE = "<script>alert(1)</script>"
TEXT = {"channel": "sms", "purpose": "transactional", "text": "Hello."}
EDITOR = Session(id="x", key=Key("ed", role="editor"))
VIEWER = Session(id="y", key=Key("vi", role="viewer"))


@pytest.fixture(autouse=True)
def _templates(clock: object) -> Iterator[None]:
    for name in ("welcome", "wel-come-back"):
        ask(EDITOR, "PUT", at("/api/templates/{name}", name=name), body=TEXT)
    claim_identity("u#ada", ADA)
    if not get_profile(ADA).revision:
        put_profile(Profile(ADA, traits={"email": "ada@example.org"}, created_at="2026-01-01T00:00:00.000Z"))
    palette.names.forget()
    yield
    palette.names.forget()


def test_names_pages_and_people_are_found(signed_in):
    browser = signed_in("viewer")

    found = browser.part("/console/palette?q=WEL")
    assert found.text.index("/console/templates/welcome") > found.text.index(
        "/console/templates/wel-come-back"
    )
    assert "/console/settings" in browser.part("/console/palette?q=sett").text
    assert f"/console/contacts/{ADA}" in browser.part("/console/palette?q=ada").text


def test_typing_on_costs_one_read(signed_in):
    browser = signed_in("viewer")
    with counted() as first:
        browser.part("/console/palette?q=welc x")
    with counted() as made:
        browser.part("/console/palette?q=welco x")

    assert len(first) <= 5  # half a minute's worth of names
    assert made == ["GetItem"]
    with counted() as made:
        browser.part("/console/palette?q=eve@example.org")
    assert len(made) <= 3


def test_without_scripts_it_is_a_page_and_what_was_typed_stays_text(signed_in):
    page = signed_in("viewer").get(f"/console/palette?q={HOSTILE}")

    assert page.status == 200
    assert HOSTILE not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_console_asks_as_whoever_is_signed_in():
    with pytest.raises(Problem) as refused:
        ask(VIEWER, "PUT", "/api/templates/x", body=TEXT)
    assert (refused.value.status, refused.value.extra["role"]) == (403, "editor")

    with pytest.raises(Problem) as refused:
        ask(VIEWER, "GET", "/api/audit")
    assert refused.value.status == 403

    lines = ask(Session(id="z", key=Key("boss", role="admin")), "GET", "/api/audit").body["items"]
    assert {line["who"] for line in lines} == {"ed"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nothing", 404), ("PATCH", "/api/templates", 405), ("GET", "/api/templates/none", 404)],
)
def test_what_the_api_has_not_got_the_console_has_not_either(method: str, path: str, status: int):
    with pytest.raises(Problem) as refused:
        ask(EDITOR, method, path)
    assert refused.value.status == status


def test_bodies_arrive_as_they_are_and_answers_as_programs_read_them():
    body = json.dumps({**TEXT, "text": "Grüß 🎉"}).encode()
    assert ask(EDITOR, "PUT", "/api/templates/bytes", body=body).status in (200, 201)

    told = ask(VIEWER, "GET", "/api/templates", {"limit": 1, "cursor": None})
    again = ask(VIEWER, "GET", "/api/templates", {"limit": 1, "cursor": told.body["next"]})

    assert told.body["items"] != again.body["items"]
    assert "Grüß 🎉" in json.dumps(ask(VIEWER, "GET", "/api/templates/bytes").body, ensure_ascii=False)
