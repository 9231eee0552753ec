"""The door and the first page: in light and dark, on a phone, and without scripts."""

import pytest

from tests.browser.conftest import Console
from tests.browser.windows import PHONE, good, pictures
from tests.console import PASSWORD


def test_the_door_is_good_for_everybody(console: Console):
    window = console.stranger()

    window.go("/console/login")

    good(window)
    pictures(window, "login")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_who_signs_in_comes_home(console: Console, size: tuple[int, int]):
    window = console.signed_in("editor", size=size)

    window.at("/console")
    good(window)


def test_the_door_opens_without_scripts(console: Console):
    console.invite("ada@example.org", "viewer")
    window = console.stranger(scripts=False, size=PHONE)

    window.go("/console")
    window.at("/console/login")
    window.page.fill("#email", "ada@example.org")
    window.page.fill("#password", PASSWORD)
    window.page.click("main button[type=submit]")

    window.at("/console")
    window.page.click(".topbar summary")
    window.sees(".topbar nav a[href='/console']")
    assert not window.page.is_visible("[data-theme-switch]")
    window.page.click(".topbar .menu-body button")
    window.at("/console/login")
    assert window.foreign() == []


def test_every_file_is_kept_for_ever_and_nothing_else_has_an_address(console: Console):
    window = console.stranger()
    window.go("/console/login")
    style = window.page.get_attribute("link[rel=stylesheet]", "href") or ""

    answer = window.go(style)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    for wrong in ("manifest.json", "..%2fassets.py", "console.css", ".made-from"):
        assert window.go(f"/console/static/{wrong}").status == 404
