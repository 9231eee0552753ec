"""Hostile text in a real browser: nothing of it runs, asks, or opens anything."""

from playwright.sync_api import Dialog

from tests.browser.conftest import Console
from tests.functions.console.full_house import full_house
from tests.insight_rows import ADA

PAGES = (
    f"/console/contacts/{ADA}",
    f"/console/contacts/{ADA}/edit",
    "/console/journeys/hostile",
    "/console/journeys/hostile/edit",
    "/console/segments/payers/edit",
    "/console/templates/hello",
    "/console/palette?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "/console/settings/workspace",
)

INLINE = "[...document.scripts].filter(each => !each.src).length"
HANDLERS = """[...document.querySelectorAll('*')]
    .flatMap(each => each.getAttributeNames()).filter(name => name.startsWith('on'))"""


def test_what_others_wrote_runs_in_no_browser(console: Console):
    window = console.signed_in("admin")
    full_house()
    opened: list[Dialog] = []
    window.page.on("dialog", lambda dialog: opened.append(dialog))  # noqa: PLW0108  Playwright wants a function of Python's

    for path in PAGES:
        window.go(path)
        window.settle()
        assert window.page.evaluate(INLINE) == 0, path
        assert window.page.evaluate(HANDLERS) == [], path

    assert opened == []
