"""The room of journeys in Chromium: the list, the live view, a pause in a dialog, versions; without scripts, too."""

from collections import Counter

from sojourn.insight.counting import CounterKey
from sojourn.insight.store import add
from sojourn.journeys.live import State, change_state
from tests.browser.conftest import Console
from tests.browser.windows import PHONE, good, pictures
from tests.functions.console.journeys_there import DAY, a_draft, a_running_journey
from tests.insight_rows import NOW

WELCOME = "/console/journeys/welcome"
QUARTER = 15_000  # ms: a live view looks again


def test_the_room_of_journeys(console: Console):
    window = console.signed_in("approver")
    page = window.page

    window.go("/console/journeys")
    window.sees("text=No journeys yet")
    good(window)

    a_running_journey()
    a_draft()
    window.go("/console/journeys")
    window.until("document.body.textContent.includes('1,204')")  # rows ask for their figures
    good(window)
    pictures(window, "journeys")

    page.click("text=welcome")
    window.at(WELCOME)
    window.until("document.body.textContent.includes('12 people here')")
    good(window)
    pictures(window, "journey")

    page.click(".tabs >> text=Versions")
    good(window)
    pictures(window, "journey-versions")

    window.go(WELCOME)
    window.until("document.body.textContent.includes('12 people here')")
    page.click("text=Pause")
    page.wait_for_selector("dialog[open] >> text=16 people are in it now.")
    page.click("dialog[open] button:has-text('Pause')")
    page.wait_for_selector("text=Paused: nobody leaves")
    good(window)

    page.click("a:has-text('12 people here')")
    window.at(f"{WELCOME}/people")
    good(window)
    window.go(f"{WELCOME}/explain")
    good(window)


def test_the_live_view_keeps_itself_up_to_date(console: Console):
    a_running_journey()
    window = console.signed_in("approver")
    page = window.page
    page.clock.install()
    window.go(WELCOME)
    window.says("#outline", "12 people here")
    window.says("#figures", "1,204")

    one_more("third")
    page.clock.run_for(QUARTER)
    window.says("#figures", "1,205")
    window.says("#outline", "1,205 people came in")

    page.uncheck("text=Keep up to date")
    one_more("fourth")
    page.clock.run_for(QUARTER)
    page.check("text=Keep up to date")
    window.says("#figures", "1,205")
    page.clock.run_for(QUARTER)
    window.says("#figures", "1,206")

    change_state("welcome", State.PAUSED, now=NOW)
    page.clock.run_for(QUARTER)
    window.says("main", "Paused: nobody leaves")
    window.settle()


def test_without_scripts_on_a_phone_one_reads_and_resumes(console: Console):
    a_running_journey()
    change_state("welcome", State.LIVE, now=NOW)
    window = console.signed_in("approver", size=PHONE, scripts=False)
    page = window.page

    window.go("/console/journeys")
    page.click("th >> text=welcome")
    page.click("text=Count people")
    window.sees("text=12 people here")
    page.click(".page-head a:has-text('Pause')")
    window.sees("text=16 people are in it now.")
    page.click("main button:has-text('Pause')")
    window.sees("text=Paused: nobody leaves")
    page.click(".page-head a:has-text('Resume')")
    page.check("text=Spread them over two hours")
    page.click("main button:has-text('Resume')")
    window.at(WELCOME)
    window.sees(".page-head >> text=Live")
    assert window.foreign() == []


def one_more(batch: str) -> None:
    add({CounterKey("welcome", DAY): Counter(enrolled=1)}, batch=[batch], wall=NOW)
