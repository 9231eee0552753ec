"""Contacts in the browser: found, looked at, explained, edited, and asked twice before anybody is erased."""

import boto3

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.journeys.live import State, change_state
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures
from tests.cloud import REGION
from tests.functions.console.contacts_there import PATH, live_through
from tests.functions.console.journeys_there import a_running_journey
from tests.insight_rows import ADA, NOW, empty

HOSTILE = "<script>document.title = 'owned'</script>"


def test_a_contact_is_found_read_explained_changed_and_not_erased_by_a_slip(console: Console):
    empty(boto3.client("dynamodb", region_name=REGION), "Events", "Identity", "People")
    live_through("newsletter", name="Ada Lovelace")
    a_running_journey()
    change_state("welcome", State.LIVE, now=NOW)
    window = console.signed_in("admin")

    window.go("/console/contacts")
    good(window)
    window.page.fill("#who", "ada@example.org")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(f"**{PATH}")

    good(window)
    pictures(window, "contact")
    window.page.click("#life nav >> text=Messages")
    window.says("#life", "was skipped")
    assert "Entered the journey" not in window.page.inner_text("#life")

    window.page.click("text=Explain >> nth=0")
    window.page.wait_for_url("**/explain?journey=welcome")
    good(window)
    pictures(window, "contact-explain")

    window.go(f"{PATH}/edit")
    good(window)
    pictures(window, "contact-edit")
    window.page.get_by_label("orders").fill("13")
    window.page.click("#traits button >> text=Save")
    window.page.wait_for_url(f"**{PATH}")
    window.says(".flashes", "Saved")

    window.go(f"{PATH}/erase")
    good(window)
    pictures(window, "contact-erase")
    window.page.fill("#typed", "ada")
    window.expected = len(window.complaints) + 1  # the page that refuses
    window.page.click("text=Erase >> nth=-1")
    window.page.wait_for_selector("#typed-error")
    window.says("form.confirm", ADA)


def test_hostile_text_runs_nowhere(console: Console):
    empty(boto3.client("dynamodb", region_name=REGION), "Events", "Identity", "People")
    live_through(HOSTILE, name=HOSTILE)
    window = console.signed_in("admin")

    for path in (PATH, f"{PATH}/edit", f"{PATH}/erase", f"{PATH}/export"):
        window.go(path)
        good(window)
        assert "owned" not in window.page.title().split(" · ")[-1]
        window.says("main", "document.title")


def test_two_who_are_one_are_seen_side_by_side_and_merged(console: Console):
    empty(boto3.client("dynamodb", region_name=REGION), "Events", "Identity", "People")
    live_through("newsletter", name="Ada Lovelace")
    other = "b" * 20
    claim_identity("u#ada-at-work", other)
    traits = {"name": "A. Lovelace", "city": "London", "email": "ada@work.example", "plan": "team"}
    said_at = dict.fromkeys(traits, iso(NOW))
    names = ("u#ada-at-work",)
    put_profile(Profile(other, traits=traits, trait_at=said_at, identities=names, created_at=iso(NOW)))
    window = console.signed_in("editor")

    window.go(PATH)
    window.page.click("summary[aria-label='More']")
    window.page.click("text=Merge with another…")
    window.page.wait_for_url("**/merge")
    good(window)
    window.page.fill("#who", "ada-at-work")
    window.page.click("text=Look at both")
    window.page.wait_for_url(f"**/merge?with={other}")
    good(window)
    pictures(window, "contact-merge")
    window.page.fill("#typed", other)
    window.page.click("text=Merge them")
    window.page.wait_for_url(f"**{PATH}")

    window.says(".flashes", "They are one")
