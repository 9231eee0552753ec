"""Publishing in the console: the plan, a second person's word, and what becomes of people of older versions."""

import pytest

from functions.api.world import world
from sojourn.journeys.live import live
from sojourn.journeys.migrating.clauses import Clause, Fate
from sojourn.journeys.migrating.continuing import continuation_of
from sojourn.journeys.migrating.migrate import migration_of
from tests.console import FakePool, counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.journeys_there import FIRST, HOSTILE, SECOND, a_running_journey
from tests.functions.console.published import THIRD, Publisher, a_draft, letters

HERE = "/console/journeys/welcome"


@pytest.fixture
def publisher(clock: object) -> Publisher:
    a_running_journey()
    world().publisher = publisher = Publisher()
    letters()
    return publisher


def test_the_page_shows_the_text_and_the_plan_shows_whom_it_touches(
    signed_in: SignedIn, publisher: Publisher
):
    revision = a_draft(THIRD)
    browser = signed_in("approver")

    with counted() as made:
        page = browser.get(f"{HERE}/publish")
    assert page.status == 200
    assert "Wait a fortnight" in page.words
    assert f"Revision {revision} saved by someone" in page.words
    assert f'hx-get="{HERE}/publish/plan"' in page.text
    assert "Scan" not in made

    plan = browser.part(f"{HERE}/publish/plan")
    assert "Wait a week gone 0" in plan.words
    assert "16 people are in it" in plan.words
    assert "Wait two days version 2 12" in plan.words
    assert "Sending is live" in plan.words
    assert '<option value="stay" selected>' in plan.text
    assert '<option value="move:Wait a fortnight">' in plan.text
    assert 'value="move:Text an offer"' in plan.text
    assert browser.get(f"{HERE}/publish/plan").place == f"{HERE}/publish?count=yes"
    assert "16 people are in it" in browser.get(f"{HERE}/publish?count=yes").words
    assert not publisher.asked


def test_publishing_leaves_people_where_they_are_unless_it_is_said(signed_in: SignedIn, publisher: Publisher):
    revision = a_draft(THIRD)
    browser = signed_in("approver")

    said = browser.post(f"{HERE}/publish", revision=revision, step=["Wait two days"], fate=["stay"])
    assert said.place == HERE
    number = live()["welcome"].version
    assert f"Version {number} is live." in browser.get(HERE).words
    assert migration_of("welcome", number) is None

    revision = a_draft(SECOND)
    steps, chosen = ["Remind", "Clicked the guide?", "Wait two days"], ["exit", "stay", "move:Wait a week"]
    said = browser.post(f"{HERE}/publish", revision=revision, step=steps, fate=chosen)
    assert said.place == f"{HERE}/move"
    migration = migration_of("welcome", live()["welcome"].version)
    assert migration
    assert migration.clauses == {
        "Remind": Clause(Fate.EXIT),
        "Wait two days": Clause(Fate.MOVE, "Wait a week"),
    }
    page = browser.get(f"{HERE}/move")
    assert "Bringing people over" in page.words
    assert "0 / 8" in page.words


def test_a_move_that_cannot_be_is_told_and_the_version_is_live_all_the_same(
    signed_in: SignedIn, publisher: Publisher
):
    revision, before = a_draft(THIRD), live()["welcome"].version
    browser = signed_in("approver")

    said = browser.post(f"{HERE}/publish", revision=revision, step="Remind", fate="move:Nowhere")

    assert said.place == f"{HERE}/move"
    assert live()["welcome"].version == before + 1
    assert (
        "Nobody was moved: 'Remind': the new version has no step 'Nowhere'"
        in browser.get(f"{HERE}/move").words
    )


def test_who_comes_with_an_older_revision_looks_again(signed_in: SignedIn, publisher: Publisher):
    read = a_draft(THIRD)
    a_draft(SECOND)

    said = signed_in("approver").post(f"{HERE}/publish", revision=read, step="Remind", fate="exit")

    assert said.status == 412
    assert "saved meanwhile. This is what would be published now" in said.words
    assert '<option value="exit" selected>' in said.text  # what was chosen stays chosen
    assert not publisher.asked


def test_errors_of_the_draft_are_told_and_nothing_goes_live(signed_in: SignedIn, publisher: Publisher):
    revision = a_draft(
        THIRD.replace("journey: welcome", "journey: welcome\napprovals: 1").replace("feedback", "nowhere")
    )

    plan = signed_in("approver").part(f"{HERE}/publish/plan")
    said = signed_in("approver").post(f"{HERE}/publish", revision=revision)

    assert "1 error keeps it from going live" in plan.words
    assert said.status == 422
    assert "There is no template 'nowhere'" in said.words
    assert not publisher.asked


def test_a_second_person_agrees_before_it_goes_live(
    signed_in: SignedIn, publisher: Publisher, people: FakePool
):
    ada, bob, eve = (
        signed_in("approver", "ada@example.org"),
        signed_in("approver", "bob@example.org"),
        signed_in("editor"),
    )
    revision = a_draft(
        THIRD.replace("journey: welcome", "journey: welcome\napprovals: 1"),
        by=people.people["ada@example.org"].name,
    )

    own = ada.get(f"{HERE}/publish")
    assert f"Revision {revision} saved by you" in own.words
    assert "another approver must agree" in own.words
    assert 'id="publish"' not in own.text
    assert ada.post(f"{HERE}/agree", revision=revision).status == 403
    refused = ada.post(f"{HERE}/publish", revision=revision)
    assert (refused.status, publisher.asked) == (409, [])
    assert "others must agree first" in refused.words

    assert "To agree takes the role approver" in eve.get(f"{HERE}/publish").words
    assert eve.post(f"{HERE}/agree", revision=revision).status == 403

    assert f"Agree to revision {revision}" in bob.get(f"{HERE}/publish").words
    agreed = bob.post(f"{HERE}/agree", revision=revision)
    assert agreed.place == f"{HERE}/publish"
    assert "Nothing stands in its way now." in bob.get(f"{HERE}/publish").words
    assert "Agreed: " in ada.get(f"{HERE}/publish").words

    assert ada.post(f"{HERE}/publish", revision=revision).place == HERE
    assert publisher.asked == ["welcome"]


def test_a_word_on_an_older_revision_does_not_count(signed_in: SignedIn, publisher: Publisher):
    two = THIRD.replace("journey: welcome", "journey: welcome\napprovals: 1")
    read = a_draft(two)
    a_draft(f"{two}# more\n")

    said = signed_in("approver").post(f"{HERE}/agree", revision=read)

    assert said.status == 409
    assert "look at it again" in said.words


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_who_may_not_publish_reads_the_plan_and_is_told_whom_to_ask(
    signed_in: SignedIn, publisher: Publisher, role: str
):
    revision = a_draft(THIRD)
    browser = signed_in(role)

    page = browser.get(f"{HERE}/publish?count=yes")

    assert f"yours is {role}" in page.words
    assert 'id="publish"' not in page.text
    assert browser.post(f"{HERE}/publish", revision=revision).status == 403
    assert browser.get(f"{HERE}/move").status == 403
    assert browser.post(f"{HERE}/move", step="Remind", fate="exit").status == 403
    assert browser.post(f"{HERE}/continue", to="Remind").status == 403
    assert not publisher.asked


def test_those_who_have_finished_go_on_at_a_step(signed_in: SignedIn, publisher: Publisher):
    a_draft(THIRD)
    publisher.publish("welcome")
    browser = signed_in("approver")

    assert browser.post(f"{HERE}/continue", to="Nowhere").status == 422
    assert browser.post(f"{HERE}/continue", to="Ask for feedback").place == f"{HERE}/move"

    word = continuation_of("welcome", live()["welcome"].version)
    assert word
    assert word.to == "Ask for feedback"
    assert "0 people go on at “Ask for feedback”" in browser.get(f"{HERE}/move").words
    assert "go on" in browser.part(f"{HERE}/move/{word.number}").words


def test_nobody_is_named_nobody_moves(signed_in: SignedIn, publisher: Publisher):
    browser = signed_in("approver")

    assert browser.post(f"{HERE}/move", step="Remind", fate="stay").place == f"{HERE}/move"
    assert "Everybody stays." in browser.get(f"{HERE}/move").words


def test_a_first_version_says_so(signed_in: SignedIn, publisher: Publisher):
    revision = a_draft(FIRST.replace("journey: welcome", "journey: newcomers"))
    browser = signed_in("approver")

    assert "This is its first version." in browser.get("/console/journeys/newcomers/publish").words
    assert (
        browser.post("/console/journeys/newcomers/publish", revision=revision).place
        == "/console/journeys/newcomers"
    )
    assert live()["newcomers"].version == 1


def test_whoever_is_in_its_segment_comes_in_only_after_their_number_was_seen(
    signed_in: SignedIn, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    entry = "entry: {segment: payers, include: existing}"
    revision = a_draft(
        FIRST.replace("journey: welcome", "journey: payers").replace("entry: {event: Signed Up}", entry)
    )
    browser = signed_in("approver")

    asked = browser.post("/console/journeys/payers/publish", revision=revision)

    assert asked.status == 409
    assert "0 people are in payers and would enter now." in asked.words
    assert asked.inputs()["existing"] == "0"
    assert "Publish and let them in" in asked.words
    assert not publisher.asked


def test_hostile_words_stay_words(signed_in: SignedIn, publisher: Publisher):
    a_draft(
        THIRD.replace("Wait a fortnight", f'"{HOSTILE}"').replace(f'wait: "{HOSTILE}"', f"wait: '{HOSTILE}'")
    )

    page = signed_in("approver").get(f"{HERE}/publish?count=yes")

    assert HOSTILE not in page.text
    assert HOSTILE in page.words or "alert(1)" in page.words


def test_one_person_is_let_in_by_request_alone(signed_in: SignedIn, publisher: Publisher):
    browser = signed_in("editor")

    assert browser.get(f"{HERE}/enrol").status == 200
    unknown = browser.post(f"{HERE}/enrol", contact="nobody@example.org")
    assert (unknown.status, "Nobody is known by this" in unknown.words) == (422, True)
    closed = browser.post(f"{HERE}/enrol", contact="a" * 20)
    assert closed.status == 422
    assert "not entered by request" in closed.words
    assert signed_in("viewer").get(f"{HERE}/enrol").status == 403
