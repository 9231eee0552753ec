"""The demo shop in a real Chromium: nothing before a yes, then a basket left behind, and one letter about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.browser import chromium
from tests.devtools import Browser, Page
from tests.stories.cloud import Cloud, Person, eventually

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="needs Chromium, and there is none on this machine"
)

STORED = "[document.cookie, localStorage.length, sessionStorage.length]"
NOTHING = ["", 0, 0]
COLLECT_LOG = "/sojourn/sojourn-local/collect"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with Browser.start(tmp_path) as browser:
        yield browser.new_page()


def test_who_leaves_a_basket_behind_gets_one_letter_and_nobody_is_followed_before_a_yes(
    cloud: Cloud, page: Page
):
    ada = Person()
    _look_around_without_a_yes(cloud, page)

    page.click("#choice [value=yes]")
    page.until("localStorage.getItem('sojourn')")
    _ask_for_letters(page, ada)
    _confirm(cloud, page, ada)
    page.go(f"{cloud.local.shop_url}/records/blue-hour")
    page.follow(".buy button")
    assert page.js("document.querySelector('h1').textContent") == "Your basket"
    page.close()

    letter = eventually(lambda: _letters(cloud, ada, "cart"))[0]
    assert letter["subject"] == "Still on the counter, Ada"
    assert len(_letters(cloud, ada, "cart")) == 1
    assert page.complaints() == []


def _look_around_without_a_yes(cloud: Cloud, page: Page) -> None:
    """Every kind of thing that is told once somebody agreed."""
    before = _told(cloud)
    page.go(f"{cloud.local.shop_url}/?q=jazz&utm_source=mail")
    page.until("!document.getElementById('choice').hidden")
    page.follow(".shelf a")
    page.scroll(600)
    page.follow(".buy button")
    page.go(f"{cloud.local.shop_url}/records/night-ferry")
    page.until("!!(window.sojourn && sojourn.track)")
    page.browser.listen(1)

    # The basket is a cookie that scripts cannot see: what was asked for, and no name of anybody.
    assert page.js(STORED) == NOTHING
    host = cloud.local.collect_url
    assert {each for each in page.requests() if host in each} == {f"GET {host}/sojourn.js"}
    assert not [each for each in page.requests() if host not in each and cloud.local.shop_url not in each]
    assert _told(cloud) == before


def _told(cloud: Cloud) -> int:
    """How many requests with events of the shop's pages the server has logged."""
    logs, found = cloud.aws("logs"), 0
    for stream in logs.describe_log_streams(logGroupName=COLLECT_LOG)["logStreams"]:
        name = stream["logStreamName"]
        events = logs.get_log_events(logGroupName=COLLECT_LOG, logStreamName=name)["events"]
        found += sum(
            '"events collected"' in each["message"] and '"shop"' in each["message"] for each in events
        )
    return found


def _ask_for_letters(page: Page, person: Person) -> None:
    page.type("[name=firstName]", "Ada")
    page.type("[name=email]", person.email)
    page.click("[data-sojourn-consent]")
    page.follow("[data-sojourn-form] button")
    assert page.js("document.querySelector('h1').textContent") == "Look into your mail."


def _confirm(cloud: Cloud, page: Page, person: Person) -> None:
    """Double opt-in, as a person does it: the link in the mail, and the button on its page."""
    letter = eventually(lambda: _letters(cloud, person, "double-opt-in"))[0]
    link = re.search(r"http\S+/p/confirm/[^\s\"'<>]+", str(letter["text"]))
    assert link
    page.go(link[0])
    page.follow("form button")


def _letters(cloud: Cloud, person: Person, journey: str) -> list[dict[str, Any]]:
    return [mail for mail in cloud.mails(person) if mail["tags"].get("journey") == journey]
