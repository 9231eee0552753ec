"""The workspace's document in the console: saved with the revision that was read, read by those who may not save."""

from __future__ import annotations

import json

from sojourn import config
from sojourn.consent.settings import TrackingDefault, read_topics
from sojourn.contacts.workspace import read_workspace
from tests.console import counted
from tests.functions.console.conftest import SignedIn

WORKSPACE = "/console/settings/workspace"
RULES = "/console/settings/rules"


def revision() -> str:
    row = config.get("SETTING", "workspace")
    return str(row.revision) if row else "0"


def test_an_admin_says_place_brand_and_topics(signed_in: SignedIn):
    browser = signed_in("admin")
    fields = {
        "country": "fr",
        "timezone": "Europe/Paris",
        "brand-name": "Field, Notes",
        "brand-color": "#1d6b57",
    }
    rows = {"topic": ["news", "", "offers"], "label": ["The <b>monthly</b> letter", "lost", "Now and then"]}

    saved = browser.post(WORKSPACE, {"revision": revision(), **fields, **rows})

    assert (saved.status, saved.place) == (303, WORKSPACE)
    assert read_workspace().country == "FR"
    assert read_topics() == {"news": "The <b>monthly</b> letter", "offers": "Now and then"}
    page = browser.get(WORKSPACE)
    assert 'value="Field, Notes"' in page.text
    assert "<b>monthly</b>" not in page.text


def test_who_was_outrun_sees_both_and_saves_after(signed_in: SignedIn):
    browser, read = signed_in("admin"), revision()
    browser.post(WORKSPACE, {"revision": read, "country": "DE", "topic": ["theirs"], "label": ["Theirs"]})

    late = browser.post(WORKSPACE, {"revision": read, "country": "IT", "topic": ["mine"], "label": ["Mine"]})

    assert late.status == 412
    assert "Somebody saved meanwhile" in late.words
    assert "Theirs" in late.words
    assert 'value="mine"' in late.text
    again = browser.post(WORKSPACE, late.inputs() | {"country": "IT", "topic": ["mine"], "label": ["Mine"]})
    assert again.status == 303
    assert read_topics() == {"mine": "Mine"}


def test_what_cannot_be_is_told_and_nothing_is_lost(signed_in: SignedIn):
    page = signed_in("admin").post(
        WORKSPACE,
        {"revision": revision(), "timezone": "Mars/Base", "topic": ["news"], "label": ["Kept as typed"]},
    )

    assert page.status == 422
    assert "`timezone` is a name like Europe/Paris" in page.words
    assert "Kept as typed" in page.text


def test_an_editor_reads_and_may_not_save(signed_in: SignedIn):
    browser = signed_in("editor")

    assert 'name="country"' not in browser.get(WORKSPACE).text
    assert 'name="cap-per"' not in browser.get(RULES).text
    assert browser.post(WORKSPACE, {"revision": revision()}).status == 403
    assert browser.post(RULES, {"revision": revision()}).status == 403
    assert browser.post(f"{WORKSPACE}/tracking", {"tracking": "on"}).status == 403


def test_whoever_said_nothing_is_measured_only_at_a_word(signed_in: SignedIn):
    browser = signed_in("admin")
    assert not TrackingDefault()()

    assert browser.post(f"{WORKSPACE}/tracking", {"tracking": "on"}).status == 303
    assert TrackingDefault()()
    browser.post(f"{WORKSPACE}/tracking", {"tracking": "off"})


def caps(*rows: tuple[str, str, str, str, str]) -> dict[str, list[str]]:
    names = ("cap-at-most", "cap-per", "cap-channel", "cap-topic", "cap-on-cap")
    return {name: [row[number] for row in rows] for number, name in enumerate(names)}


def test_hours_caps_and_speed_are_said_in_fields(signed_in: SignedIn):
    browser = signed_in("admin")
    rows = caps(("3", "1 week", "", "", "hold"), ("", "", "", "", "hold"), ("1", "1 day", "sms", "", "skip"))
    more = {
        "hours-email": "mon-fri 08:00-20:00",
        "email_rate": "14",
        "email_quota": "50,000",
        "revision": revision(),
    }

    assert browser.post(RULES, {**more, **rows}).status == 303

    row = config.get("SETTING", "workspace")
    assert row
    assert row.data["said"] == {
        "hours": {"email": "mon,tue,wed,thu,fri 08:00-20:00"},
        "caps": [
            {"at most": 3, "per": "1 week"},
            {"at most": 1, "per": "1 day", "channel": "sms", "on cap": "skip"},
        ],
        "email_rate": 14,
        "email_quota": 50_000,
    }


def test_what_a_form_has_no_field_for_stays(signed_in: SignedIn):
    browser = signed_in("admin")
    cap = {"at most": 5, "per": "1 week", "count": "calendar", "keep": 2, "for priority": 3}
    config.put("SETTING", "workspace", {"said": {"caps": [cap]}, "delivery": {}})
    page = browser.get(RULES)
    assert json.dumps({"keep": 2, "for priority": 3}).replace('"', "&#34;") in page.text

    rows = caps(("6", "1 week", "", "", "hold"))
    rest = {"cap-count": ["calendar"], "cap-rest": [json.dumps({"keep": 2, "for priority": 3})]}
    assert browser.post(RULES, {"revision": revision(), **rows, **rest}).status == 303

    row = config.get("SETTING", "workspace")
    assert row
    assert row.data["said"]["caps"] == [{**cap, "at most": 6}]


def test_a_cap_that_cannot_be_is_told_beside_what_was_typed(signed_in: SignedIn):
    rows = caps(("lots", "1 week", "", "", "hold"))

    page = signed_in("admin").post(RULES, {"revision": revision(), **rows})

    assert page.status == 422
    assert 'value="lots"' in page.text


def test_the_pages_ask_little(signed_in: SignedIn):
    browser = signed_in("admin")

    for path in (WORKSPACE, RULES, "/console/settings/sender", "/console/settings/health"):
        with counted() as made:
            assert browser.get(path).status == 200
        assert len(made) <= 5, (path, made)
        assert "Scan" not in made


def test_how_long_things_are_kept_is_said_with_the_command_that_changes_it(signed_in: SignedIn):
    page = signed_in("viewer").get("/console/settings/workspace")

    assert "sam deploy --parameter-overrides EventsKeptDays=400 RejectedEventsKeptDays=30" in page.words
