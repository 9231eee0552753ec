"""The gallery of journeys that ship: all of them, each playable, and one of them as a draft of one's own."""

import re
from html import unescape

import pytest

from functions.api.console.presets_shipped import groups_of, shipped
from sojourn.config import query
from sojourn.journeys.drafts import get_draft
from sojourn.messages.library import latest
from sojourn.segments import store as segments
from tests.console import counted
from tests.functions.console.conftest import SignedIn

GALLERY = "/console/presets"


@pytest.fixture(autouse=True)
def _world(clock: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")


def test_every_journey_that_ships_stands_in_one_group():
    assert sorted(name for names in dict(groups_of()).values() for name in names) == sorted(shipped())


def test_the_gallery_shows_each_with_what_it_does_and_asks_no_cloud(signed_in: SignedIn):
    browser = signed_in("viewer")
    browser.get("/console")
    with counted() as made:
        page = browser.get(GALLERY)

    assert page.status == 200
    assert all(each.description in page.words for each in shipped().values())
    assert len(made) <= 1  # the session's own
    assert browser.get(f"{GALLERY}/nothing").status == 404


@pytest.mark.parametrize("name", sorted(shipped()))
def test_each_is_shown_with_its_steps_and_can_be_rehearsed(signed_in: SignedIn, name: str):
    browser = signed_in("viewer")
    page = browser.get(f"{GALLERY}/{name}")
    assert page.status == 200
    assert all(step["step"] in page.words for step in shipped()[name].flat)
    assert "Use it" not in page.words

    source = re.search(r'<textarea id="source"[^>]*>\n(.*?)</textarea>', page.text, re.S)
    assert source
    text = {"source": unescape(source[1]), "people": "10", "days": "14", "start": "2026-03-02T09:00"}
    played = browser.post("/console/rehearse", text)
    assert "of 10" in played.words, played.words


def test_one_becomes_a_draft_with_letters_and_segments_of_its_own(signed_in: SignedIn):
    browser = signed_in("editor")

    made = browser.post(f"{GALLERY}/win-back", name="come-back")

    assert made.place == "/console/journeys/come-back/edit"
    draft = get_draft("come-back")
    assert draft
    assert draft.source.startswith("# Needs the segment lapsed.")
    assert "journey: come-back" in draft.source
    assert {latest(f"come-back{each}") for each in ("", "-ten", "-twenty", "-last", "-text")} == {1}
    assert segments.get_draft("lapsed")
    assert "Publish its segments first: lapsed, silent." in browser.get("/console/journeys").words


def test_what_is_there_already_stays_as_it_is(signed_in: SignedIn):
    browser = signed_in("editor")
    browser.post(f"{GALLERY}/welcome", name="hello")
    before = len(list(query("TEMPLATE")))

    again = browser.post(f"{GALLERY}/welcome", name="hello")

    assert again.status == 422
    assert "There is a journey of this name already" in again.words
    assert len(list(query("TEMPLATE"))) == before


@pytest.mark.parametrize("name", ["", "Hello", "a" * 41, "x/../y", "a" * 36])
def test_a_name_that_cannot_be_one_is_refused_before_anything_is_made(signed_in: SignedIn, name: str):
    said = signed_in("editor").post(f"{GALLERY}/welcome", name=name)

    assert said.status == 422
    assert "take a shorter one" in said.words
    assert latest(name or "x") is None


def test_a_viewer_makes_nothing(signed_in: SignedIn):
    assert signed_in("viewer").post(f"{GALLERY}/welcome", name="mine").status == 403
    assert get_draft("mine") is None
