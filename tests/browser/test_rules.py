"""The rule builder away from segments: people are filtered by a rule, and a journey says with it whom it is for."""

from collections.abc import Iterator

import pytest

from functions.api.console.palette import names
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from tests.browser.conftest import Console
from tests.browser.windows import IS_STILL, good, pictures
from tests.segments_shown import in_force, segments_world


@pytest.fixture(autouse=True)
def workspace(clock: object) -> Iterator[None]:
    """Three who pay, one of them in Bergen."""
    with segments_world():
        names.forget()
        for name, city in (("ada", "Oslo"), ("grace", "Bergen"), ("hedy", "Oslo")):
            traits = {"plan": "pro", "firstName": name.title(), "email": f"{name}@example.org", "city": city}
            put_profile(Profile(name, traits=traits, identities=(f"u#{name}",)))
        in_force("payers")
        yield
    names.forget()


def test_people_are_filtered_and_a_journey_too_by_the_builder(console: Console):
    window = console.signed_in("editor")
    page = window.page

    window.go("/console/people/filter?segment=payers")
    page.select_option("#rule-kind", "attribute")
    page.click("#add-rule")
    window.until(f"document.getElementById('rule-1-name') && {IS_STILL}")
    page.click("[id='remove-rule-0']")
    window.until(f"!document.getElementById('rule-1-name') && {IS_STILL}")
    page.fill("#rule-0-name", "city")
    page.fill("#rule-0-value", "Oslo")
    page.keyboard.press("Tab")
    window.until(f"document.getElementById('source').value.includes('city, is: Oslo') && {IS_STILL}")
    page.click("#look")
    window.until(f"document.querySelectorAll('#people tbody tr').length === 2 && {IS_STILL}")
    window.says("#how-far", "that is everybody")
    good(window)
    pictures(window, "contacts-filter")

    window.go("/console/new-journey")
    window.until(f"document.getElementById('names').value !== '' && {IS_STILL}")
    page.click("#panel details.more > summary >> nth=0")
    page.select_option("[id='filter-kind']", "tag")
    page.click("#add-filter")
    window.until(f"document.getElementById('filter-0-value') && {IS_STILL}")
    page.fill("#filter-0-value", "friend")
    page.keyboard.press("Tab")
    window.until(f"document.getElementById('source').value.includes('tag: friend') && {IS_STILL}")
    good(window)
