"""Nothing that somebody wrote is lost: by leaving, by the end of a session, by a line that is down."""

import hashlib

import pytest
from playwright.sync_api import Dialog, Route

from functions.api.world import world
from sojourn.clock import ManualClock
from sojourn.http import sessions
from tests.browser.conftest import Console
from tests.browser.hands import drag
from tests.browser.windows import IS_STILL, Window
from tests.console import PASSWORD

EDITOR, WORK = "editor@example.org", "Three hours of work"
TEMPLATE, SEGMENT, JOURNEY = "/console/new-template", "/console/new-segment", "/console/new-journey"
NEW_TAB = "a[target=_blank]"


def written(console: Console, path: str = TEMPLATE, field: str = "#subject") -> Window:
    """A window in which somebody has written, and not saved."""
    window = console.signed_in("editor")
    window.go(path)
    window.page.fill(field, WORK)
    return window


def ended(clock: ManualClock) -> None:
    """Every session of the editor's, as by signing out everywhere a second ago."""
    sessions.end_all(hashlib.sha256(EDITOR.encode()).hexdigest()[:12], now=world().clock.wall())
    clock.advance(1)


def asked_on_leaving(window: Window) -> list[str]:
    """What the browser asks before it leaves; it leaves."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    window.page.on("dialog", answer)
    return asked


def in_another_tab(window: Window, link: str) -> None:
    """Sign in where the refusal leads to; the first tab stays."""
    with window.page.context.expect_page() as opened:
        window.page.click(link)
    tab = opened.value
    tab.fill("#email", EDITOR)
    tab.fill("#password", PASSWORD)
    tab.click("main button[type=submit]")
    tab.wait_for_url(lambda url: "/login" not in url)
    tab.close()


@pytest.mark.parametrize(("path", "field"), [(TEMPLATE, "#subject"), (SEGMENT, "#head-description")])
def test_leaving_what_was_not_saved_is_asked_about_and_saving_is_not(console: Console, path: str, field: str):
    window = console.signed_in("editor")
    asked = asked_on_leaving(window)
    window.go(path)
    window.go(path)
    assert asked == []

    window.page.fill(field, WORK)
    window.go("/console/journeys")
    assert asked == ["beforeunload"]

    window.go(path)
    window.page.fill("#name, #head-segment", "autumn")
    window.page.click("main .form-actions button.primary")
    window.page.wait_for_url("**/autumn")
    assert asked == ["beforeunload"]


def test_another_form_of_the_page_takes_nothing_along_unasked(console: Console):
    window = console.signed_in("admin")
    asked = asked_on_leaving(window)
    window.go("/console/settings/workspace")
    window.page.fill("#country", "FR")
    window.page.click("main form[action$='/tracking'] button[type=submit]")

    window.until("document.querySelector('#country').value === ''")
    assert asked == ["beforeunload"]


def test_a_form_whose_session_ended_is_sent_after_signing_in_again(console: Console, clock: ManualClock):
    window = written(console)
    window.expected = 2  # the pages that refuse it
    window.page.fill("#name", "spring")
    window.until(IS_STILL)
    ended(clock)

    window.page.click("#template .form-actions button.primary")
    window.says("main", "What you wrote is kept")
    in_another_tab(window, f"main {NEW_TAB}")
    window.page.get_by_role("button", name="Send it again").click()
    window.says("h1", "You signed in again meanwhile")
    window.page.get_by_role("button", name="Send it again").click()

    window.says("main", "Saved as version 1.")
    window.go("/console/templates/spring/edit")
    assert window.page.input_value("#subject") == WORK


def test_a_page_that_looks_things_up_while_one_writes_says_so_and_stays(console: Console, clock: ManualClock):
    window = written(console)
    window.until(IS_STILL)
    ended(clock)

    window.page.fill("#preheader", "More work")
    window.says("#toasts", "You are signed out")
    assert window.path == TEMPLATE
    in_another_tab(window, f"#toasts {NEW_TAB}")
    window.page.fill("#preheader", "Yet more work")
    window.says("#toasts", "as editor@example.org")
    window.until(IS_STILL)
    window.page.fill("#name", "summer")
    window.until(IS_STILL)
    window.page.click("#template .form-actions button.primary")

    window.says("main", "Saved as version 1.")


def test_a_journey_that_is_being_drawn_outlives_its_session(console: Console, clock: ManualClock):
    window = console.signed_in("editor")
    window.go(JOURNEY)
    window.sees(".canvas-card .name")
    drag(window, ".tool[data-kind=wait]", 1)
    window.until(f"document.querySelector('#source').value.includes('wait') && {IS_STILL}")
    ended(clock)

    drag(window, ".tool[data-kind=branch]", 1)
    window.says("#toasts", "You are signed out")
    assert window.path == JOURNEY
    in_another_tab(window, f"#toasts {NEW_TAB}")
    drag(window, ".tool[data-kind=branch]", 1)
    window.says("#toasts", "as editor@example.org")
    drag(window, ".tool[data-kind=branch]", 1)
    window.until("document.querySelector('#source').value.includes('branch')")
    assert "wait" in window.page.input_value("#source")


def test_a_line_that_is_down_is_said_and_what_was_written_stays(console: Console):
    window = written(console, SEGMENT, "#head-description")
    window.until(IS_STILL)

    def dead(route: Route) -> None:
        route.abort("connectionfailed")

    window.page.route("**/preview", dead)
    window.page.get_by_role("button", name="Preview").click()
    window.says("#toasts", "cannot be reached")
    assert window.page.input_value("#head-description") == WORK
    window.page.unroute("**/preview")
    window.page.get_by_role("button", name="Preview").click()
    window.says("#preview", "Would be in")


def test_a_second_press_makes_no_second_key(console: Console):
    window = console.signed_in("admin")
    window.go("/console/settings/keys")
    window.page.fill("#name", "warehouse")
    window.page.dblclick("main form[action$='/settings/keys'] button[type=submit]")

    window.says("main", "This is shown once")
    window.go("/console/settings/keys")
    assert window.page.locator("#key-rows tbody tr", has_text="warehouse").count() == 1


def test_loading_a_new_key_again_makes_no_second_one(console: Console):
    window = console.signed_in("admin")
    window.go("/console/settings/keys")
    window.page.fill("#name", "harbour")
    window.page.click("main form[action$='/settings/keys'] button[type=submit]")
    window.says("main", "This is shown once")

    window.page.reload()

    window.says("main", "The keys have changed since")
    assert window.page.locator("#key-rows tbody tr", has_text="harbour").count() == 1
