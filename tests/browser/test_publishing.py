"""Gallery, rehearsal and publishing in Chromium: a preset becomes a draft and is played; a second person agrees to one,
it goes live, people move; without scripts, too."""

import pytest

from functions.api.world import world
from sojourn.journeys.live import live
from tests.browser.conftest import Console
from tests.browser.windows import PHONE, good, pictures
from tests.functions.console.journeys_there import FIRST, a_running_journey
from tests.functions.console.published import THIRD, Publisher, a_draft, letters

WELCOME = "/console/journeys/welcome"


@pytest.fixture(autouse=True)
def publisher(clock: object, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    world().publisher = made = Publisher()
    return made


def test_a_preset_is_looked_at_rehearsed_and_made_ones_own(console: Console):
    window = console.signed_in("editor")
    page = window.page

    window.go("/console/presets")
    good(window)
    pictures(window, "gallery")

    page.click("a.preset >> text=cart")
    window.until("document.querySelector('#rehearsed').innerText.includes('Came in')")
    good(window)
    pictures(window, "preset")

    page.fill("#name", "basket")
    page.click("#use button")
    page.wait_for_url("**/console/journeys/basket/edit")

    window.go("/console/journeys/basket/rehearse")
    page.fill("#entry", "cart_id: one, value: 90")
    page.click("#rehearse button")
    window.until("document.querySelector('#rehearsed').innerText.includes('of 100')")
    window.until("!document.querySelector('#rehearsed').innerText.includes('Nothing would be sent')")
    page.select_option("#person", label="Person 3")
    page.click("#one button")
    window.until("document.querySelector('#diary').innerText.includes('came in')")
    good(window)
    page.evaluate("scrollTo(0, 0)")
    pictures(window, "rehearsal")


def test_a_second_person_agrees_and_people_move(console: Console):
    a_running_journey()
    letters()
    ada, bob = (
        console.signed_in("approver", email="ada@example.org"),
        console.signed_in("approver", email="bob@example.org"),
    )
    a_draft(THIRD.replace("journey: welcome", "journey: welcome\napprovals: 1"))

    ada.go(f"{WELCOME}/publish")
    ada.until("document.querySelector('#plan').innerText.includes('16 people are in it')")
    good(ada)
    pictures(ada, "publish")
    bob.go(f"{WELCOME}/publish")
    bob.page.click("text=Agree to revision")
    bob.page.get_by_text("Nothing stands in its way now.").wait_for()

    ada.go(f"{WELCOME}/publish")
    ada.until("document.querySelector('#plan').innerText.includes('16 people are in it')")
    ada.page.select_option(
        "select[aria-label='What becomes of people in Wait two days']", label="Move to “Wait a fortnight”"
    )
    ada.page.click("#publish button")
    ada.page.wait_for_url(f"**{WELCOME}/move")
    ada.page.get_by_text("Bringing people over").wait_for()
    good(ada)
    pictures(ada, "moving")
    ada.go(f"{WELCOME}/enrol")
    good(ada)


def test_without_scripts_on_a_phone_it_is_rehearsed_and_published(console: Console):
    letters()
    a_draft(FIRST.replace("journey: welcome", "journey: newcomers"))
    window = console.signed_in("approver", size=PHONE, scripts=False)
    page = window.page

    window.go("/console/journeys/newcomers/rehearse")
    page.click("#rehearse button")
    window.sees("text=Came in")
    window.go("/console/journeys/newcomers/publish")
    page.click("text=See whom it touches")
    window.sees("text=Sending is live")
    page.click("#publish button")

    window.at("/console/journeys/newcomers")
    assert live()["newcomers"].version == 1
    assert window.foreign() == []
