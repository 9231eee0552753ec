"""An authenticator is set up by its owner, asked for at the door, and ended by password and code."""

from __future__ import annotations

import pytest

from functions.api.console.authenticator import picture
from tests.console import APP_CODE, APP_SECRET, PASSWORD, Browser, FakePool
from tests.functions.console.conftest import SignedIn

HERE = "/console/account/authenticator"
ADA = "ada@example.org"


@pytest.fixture
def ada(signed_in: SignedIn) -> Browser:
    return signed_in("editor", ADA)


def sign_in(browser: Browser) -> str:
    browser.get("/console/login")
    return browser.post("/console/login", email=ADA, password=PASSWORD).place


def test_it_is_set_up_by_a_picture_and_a_code_and_asked_for_then(ada: Browser, stranger: Browser):
    assert "Set it up" in ada.get(HERE).words

    page = ada.post(HERE, password=PASSWORD)
    assert (page.status, APP_SECRET in page.words, "<svg" in page.text) == (200, True, True)
    assert ada.post(f"{HERE}/confirm", secret=APP_SECRET, code="246 802").place == "/console/account"

    assert "It is set up" in ada.get(HERE).words
    assert sign_in(stranger) == "/console/login/code"
    assert stranger.post("/console/login/code", code=APP_CODE).status == 303


def test_a_browser_that_was_left_open_sets_up_nothing(ada: Browser, people: FakePool):
    page = ada.post(HERE, password="guessed")

    assert (page.status, "not your password" in page.words) == (422, True)
    assert "AssociateSoftwareToken" not in people.asked


def test_a_wrong_code_shows_the_same_picture_again(ada: Browser, people: FakePool):
    ada.post(HERE, password=PASSWORD)

    page = ada.post(f"{HERE}/confirm", secret=APP_SECRET, code="000000")

    assert (page.status, APP_SECRET in page.words) == (422, True)
    assert not people.people[ADA].code
    assert ada.post(f"{HERE}/confirm", secret='"><script>', code="0").place == HERE


def test_it_is_ended_by_password_and_code_alone(ada: Browser, people: FakePool):
    people.people[ADA].code = APP_CODE

    assert ada.post(f"{HERE}/end", password=PASSWORD, code="000000").status == 422
    assert ada.post(f"{HERE}/end", password="guessed", code=APP_CODE).status == 422
    assert people.people[ADA].code == APP_CODE
    assert ada.post(f"{HERE}/end", password=PASSWORD, code=APP_CODE).place == "/console/account"
    assert not people.people[ADA].code


def test_the_picture_holds_squares_and_no_words():
    drawn = picture(APP_SECRET, "<script>@example.org")

    assert "<script" not in drawn
    assert "style=" not in drawn
    assert drawn.startswith("<svg")
