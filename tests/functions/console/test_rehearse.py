"""Rehearsing in the console: with made-up people or a segment's, as saved or as it is being written."""

from urllib.parse import urlencode

import pytest

from functions.api.console.rehearse_figures import shown
from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.segments.members.store import note
from tests.console import FORM, counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.journeys_there import FIRST, HOSTILE, a_running_journey
from tests.insight_rows import NOW

HERE = "/console/journeys/welcome/rehearse"
CHOICES = {"people": "40", "start": "2026-03-02T09:00", "days": "14", "habits": "usual"}


@pytest.fixture(autouse=True)
def _running(clock: object) -> None:
    a_running_journey()


def test_the_page_asks_for_it_where_scripts_run_and_has_a_form_where_not(signed_in: SignedIn):
    browser = signed_in("viewer")
    with counted() as made:
        page = browser.get(HERE)

    assert page.status == 200
    assert 'hx-trigger="submit, load"' in page.text
    assert page.inputs()["start"] == "2026-11-21T10:00"
    assert len(made) <= 5
    assert "Scan" not in made
    part = browser.part(HERE)
    assert part.text.lstrip().startswith('<section id="rehearsal"')


def test_the_saved_journey_is_played_with_people_who_are_made_up(signed_in: SignedIn):
    page = signed_in("viewer").post(HERE, CHOICES)

    assert page.status == 200
    assert "Came in 40 of 40" in page.words
    assert "<svg" in page.text
    assert "Messages by day" in page.text
    assert "Send the welcome" in page.words
    assert "Costs about" in page.words
    assert 'hx-trigger="submit"' in page.text  # it was played already
    assert '<option value="14" selected>' in page.text


def test_a_text_that_nobody_saved_is_played_as_it_stands(signed_in: SignedIn):
    browser = signed_in("editor")
    text = FIRST.replace("Remind", "Remind them kindly").replace("\n", "\r\n")

    for path in ("/console/rehearse", HERE):
        part = browser.send(
            "POST",
            path,
            urlencode({**CHOICES, "source": text, "csrf": browser.mark}),
            {**FORM, "hx-request": "true"},
        )
        assert part.status == 200
        assert "Remind them kindly" in part.words
        assert "<html" not in part.text


def test_what_is_wrong_with_a_text_is_said_in_its_place(signed_in: SignedIn):
    browser = signed_in("editor")

    said = browser.post("/console/rehearse", {**CHOICES, "source": FIRST.replace("2 days", "2 dayz")})
    assert said.status == 422
    assert "It has errors, so it cannot be played." in said.words
    assert browser.post("/console/rehearse", CHOICES).status == 422
    assert browser.post(HERE, {**CHOICES, "days": "999"}).status == 422
    assert "at most 2,000 contacts" in browser.post(HERE, {**CHOICES, "people": "9999"}).words
    assert browser.post(HERE, {**CHOICES, "start": "soon"}).status == 422
    assert browser.post("/console/journeys/nothing/rehearse", CHOICES).status == 422


def test_one_person_keeps_a_diary(signed_in: SignedIn):
    browser = signed_in("viewer")

    page = browser.post(HERE, {**CHOICES, "person": "made0000000000000003"})

    assert "Send the welcome: sent email welcome" in page.words
    assert "Came in 40 of 40" in page.words
    assert "nobody of this name" in browser.post(HERE, {**CHOICES, "person": "made9"}).words


def test_people_of_a_segment_walk_through_it(signed_in: SignedIn):
    for number in range(3):
        contact = f"{number}" * 20
        put_profile(Profile(contact, traits={"email": f"{number}@example.org"}, created_at=iso(NOW)))
        note(
            contact,
            {
                "segment": "some",
                "entered": True,
                "at": iso(NOW),
                "cause": "rule",
                "generation": 1,
                "by": "",
                "step": 1,
            },
        )
    browser = signed_in("viewer")

    page = browser.post(HERE, {**CHOICES, "segment": "some"})

    assert "Came in 3 of 3" in page.words
    assert "no such segment" in browser.post(HERE, {**CHOICES, "segment": "none"}).words


def test_hostile_names_of_steps_stay_text(signed_in: SignedIn):
    text = FIRST.replace("send: Remind", f"send: '{HOSTILE}'")

    page = signed_in("editor").post("/console/rehearse", {**CHOICES, "source": text})

    assert page.status == 200
    assert HOSTILE not in page.text
    assert "alert(1)" in page.words


def test_a_long_rehearsal_is_drawn_by_the_week_and_few_colours_do():
    rows = [
        {"day": day, "step": f"Step {step}", "messages": 10 - step}
        for day in ("2026-01-01", "2026-03-30")
        for step in range(8)
    ]
    nothing: dict[str, object] = {"standing": {}, "ended": {}, "contacts": 2}

    told = shown({**nothing, "messages": {"total": 9, "by_day_and_step": rows, "by_step": []}})

    assert "Messages by week" in told["chart"]
    assert "Others" in told["chart"]
    assert "Step 7" not in told["chart"]
    assert told["persons"] == ["made0000000000000000", "made0000000000000001"]
