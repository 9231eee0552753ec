"""Settings in Chromium: every page is sound, an admin does everyday things by hand, and it works without scripts."""

from __future__ import annotations

import re

from functions.api.world import world
from sojourn import config
from sojourn.account.queues import Queues
from sojourn.http.making import make
from sojourn.intake.hooks import Hook, put_hook
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures
from tests.console import APP_CODE, PASSWORD, FakePool

HERE = "/console/settings"
CAPS = [{"at most": 3, "per": "1 week"}, {"at most": 1, "per": "1 day", "channel": "sms", "on cap": "skip"}]
DELIVERY = {"said": {"hours": {"email": "08:00-20:00"}, "caps": CAPS, "email_rate": 14}, "delivery": {}}
REPORT = '{"eventType": "Bounce", "mail": {"messageId": "0100-abc", "destination": ["ada@example.org"]}}'


def furnish(people: FakePool) -> Queues:
    """A workspace that somebody lives in."""
    place = {"country": "FR", "timezone": "Europe/Paris", "brand": {"name": "Fieldnotes", "color": "#8f3a1e"}}
    config.put("SETTING", "workspace", {**place, **DELIVERY})
    config.put("SETTING", "topics", {"news": "The monthly letter", "offers": "Now and then, an offer"})
    people.add("grace@example.org", "approver")
    people.add("lin@example.org", "editor", state="FORCE_CHANGE_PASSWORD")
    now = world().clock.wall()
    make(kind="write", name="website", is_browser=True, origins=["https://shop.example"], now=now)
    make(kind="api", name="warehouse", role="viewer", now=now)
    put_hook(Hook("shop", "shopify", ("one",)))
    queues = world().queues()
    for _ in range(3):
        queues.sqs.send_message(QueueUrl=queues.urls["feedback_failures"], MessageBody=REPORT)
    return queues


def test_every_page_is_good(console: Console, people: FakePool):
    queues = furnish(people)
    window = console.signed_in("admin")

    for page in ("sender", "rules", "workspace", "team", "keys", "hooks", "health"):
        window.go(f"{HERE}/{page}")
        good(window)
        pictures(window, f"settings-{page}")

    window.go(f"{HERE}/health")
    window.page.get_by_role("row", name="Reports of SES that failed").get_by_role("button").click()
    window.settle()
    good(window)
    pictures(window, "settings-queue")
    queues.drop("feedback_failures")


def test_an_admin_invites_caps_and_makes_a_key(console: Console, people: FakePool):
    window = console.signed_in("admin")
    page = window.page

    window.go(f"{HERE}/rules")
    page.get_by_label("At most (cap 1)").fill("2")
    page.get_by_label("In (cap 1)").fill("1 week")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("It holds within a minute").wait_for()
    assert page.get_by_label("At most (cap 1)").input_value() == "2"

    window.go(f"{HERE}/team")
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("is on its way").wait_for()
    page.get_by_label("More about new@example.org").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.get_by_text("They may sign in no more").wait_for()
    assert "new@example.org" not in people.people

    window.go(f"{HERE}/keys")
    page.get_by_label("Name", exact=True).fill("ci")
    page.get_by_label("The API").check()
    page.get_by_role("button", name="Make the key").click()
    page.get_by_text("This is shown once").wait_for()
    assert re.fullmatch(r"[\w-]{43}", page.get_by_label("The key").inner_text().strip())


def test_an_authenticator_is_set_up_by_hand(console: Console):
    window = console.signed_in("editor")
    page = window.page

    window.go("/console/account")
    page.get_by_role("link", name="Set up or end").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The code that the app shows now").wait_for()
    good(window)
    pictures(window, "authenticator")
    page.get_by_label("The code that the app shows now").fill(APP_CODE)
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_text("From now on a code").wait_for()


def test_queues_are_looked_into_without_scripts(console: Console, people: FakePool):
    queues = furnish(people)
    window = console.signed_in("admin", scripts=False)
    page = window.page

    window.go(f"{HERE}/health")
    page.get_by_role("link", name="Look at the queues").click()
    page.get_by_role("row", name="Reports of SES that failed").get_by_role("button").click()
    page.get_by_text("0100-abc").first.wait_for()
    page.get_by_role("button", name="Send all back").click()
    page.get_by_text("About 3 messages").wait_for()
    page.get_by_role("button", name="Send all back").click()
    page.get_by_text("3 messages went back").wait_for()
    queues.drop("feedback")
