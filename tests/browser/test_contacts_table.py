"""People as a table in the browser: columns are chosen, some are tagged, and then a whole segment by itself."""

from collections.abc import Iterator

import boto3
import pytest

from functions.api.console.palette import names
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.events.store import history
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures
from tests.cloud import REGION
from tests.insight_rows import empty
from tests.segments_shown import in_force, segments_world

WOMEN = [
    "Ada",
    "Grace",
    "Hedy",
    "Katherine",
    "Mary",
    "Annie",
    "Joan",
    "Radia",
    "Barbara",
    "Frances",
    "Margaret",
    "Dorothy",
]


@pytest.fixture(autouse=True)
def workspace(clock: object) -> Iterator[None]:
    """A hundred and twenty who pay."""
    with segments_world():
        empty(boto3.client("dynamodb", region_name=REGION), "Events")
        names.forget()
        for number in range(120):
            name = WOMEN[number % len(WOMEN)]
            somebody(f"{name.lower()}{number}", name)
        in_force("payers")
        yield
    names.forget()


def somebody(user: str, name: str) -> None:
    contact = f"{user:x<20}"
    claim_identity(f"u#{user}", contact)
    traits = {"plan": "pro", "firstName": name, "email": f"{user}@example.org", "city": "Oslo"}
    put_profile(Profile(contact, traits=traits, identities=(f"u#{user}",), created_at="2026-11-01T10:00:00Z"))


def tagged() -> int:
    people = [f"u#{WOMEN[number % len(WOMEN)].lower()}{number}" for number in range(120)]
    return sum(any(event.event == "Tag Added" for event in history([each])) for each in people)


def test_people_of_a_segment_are_looked_at_and_changed(console: Console):
    window = console.signed_in("editor")
    page = window.page

    window.go("/console/contacts")
    good(window)
    pictures(window, "contacts")
    page.select_option("#segment", "payers")  # sends itself
    page.wait_for_selector("#people")
    page.click("summary:has-text('Columns')")
    good(window)
    page.get_by_label("city").check()
    page.click("text=Show these")
    page.wait_for_selector("th:has-text('city')")
    good(window)
    pictures(window, "contacts-table")

    page.get_by_label("Choose all on this page").check()
    window.until("document.querySelectorAll('[name=chosen]:checked').length === 50")  # and those who come yet
    page.get_by_label("Choose all on this page").uncheck()
    for box in page.locator("[name=chosen]").all()[:2]:
        box.check()
    page.fill("#label", "vip")
    page.click("text=Go on…")
    page.wait_for_selector("text=2 people")
    good(window)
    page.click("text=Do it")
    page.wait_for_selector("text=Done: 2 people.")
    good(window)
    assert tagged() == 2

    window.go("/console/contacts")
    page.select_option("#whom", "all")
    page.fill("#label", "vip")
    page.click("text=Go on…")
    page.wait_for_selector("text=120 people")
    pictures(window, "contacts-change")
    page.click("text=Do it")
    page.wait_for_selector("text=Done: 120 people.")  # the second step went by itself
    assert "done=120" in page.url
    page.reload()
    window.says("main", "Done: 120 people.")
    good(window)
    assert tagged() == 120
