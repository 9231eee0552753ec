"""The room of journeys: the list, the live view, what is done to one, its versions, and the people in a step."""

import pytest

from functions.api.console.journeys import machine
from functions.api.console.journeys_versions import differences
from sojourn.journeys.live import State, change_state, live
from tests.console import counted
from tests.functions.console.journeys_there import ARN, HOSTILE, a_draft, a_running_journey
from tests.insight_rows import NOW

WELCOME = "/console/journeys/welcome"


@pytest.fixture
def running(clock: object) -> None:
    a_running_journey()
    change_state("welcome", State.LIVE, now=NOW)


def test_an_empty_list_teaches(signed_in):
    page = signed_in("viewer").get("/console/journeys")

    assert page.status == 200
    assert "No journeys yet" in page.words


def test_the_list_names_each_and_asks_for_figures_row_by_row(signed_in, running):
    browser = signed_in("viewer")
    with counted() as made:
        page = browser.get("/console/journeys")
    assert "welcome" in page.words
    assert 'hx-get="/console/journeys/welcome/row"' in page.text
    assert len(made) <= 5
    assert "Scan" not in made

    with counted() as made:
        row = browser.part(f"{WELCOME}/row")
    assert "1,204" in row.words
    assert "1,010" in row.words
    assert "Version 2" in row.words
    assert len(made) <= 5


def test_a_row_typed_as_an_address_leads_to_the_journey(signed_in, running):
    assert signed_in("viewer").get(f"{WELCOME}/row").place == WELCOME


def test_the_live_view_shows_steps_ways_and_messages(signed_in, running):
    browser = signed_in("viewer")
    with counted() as made:
        page = browser.get(WELCOME)

    assert page.status == 200
    assert "1,180 sent" in page.words
    assert "20 skipped" in page.words
    assert "10 waiting to go" in page.words
    assert page.words.index("Clicked the guide?") < page.words.index("Send the next chapter")
    assert page.words.index("no answer") < page.words.index("Send the reminder")
    assert "14.8 % of entries" in page.words
    assert "<b>pro</b>" not in page.text
    assert len(made) <= 5
    assert "Scan" not in made


def test_who_stands_where_is_counted_when_it_is_asked_for(signed_in, running):
    browser = signed_in("viewer")
    assert "people here" not in browser.get(WELCOME).words

    with counted() as made:
        page = browser.part(f"{WELCOME}/outline")
    assert "12 people here" in page.words
    assert "3 people here" in page.words
    assert "next moves on 21 Nov 2026, 10:00" in page.words
    assert "Remind : 1 person" in page.words.replace("Remind: ", "Remind : ")  # of version 1 alone
    assert "Scan" not in made
    assert len(made) == made.count("Query") + made.count("GetItem")
    assert browser.get(f"{WELCOME}?count=yes").words.count("12 people here") == 1
    assert browser.get(f"{WELCOME}/outline").place == f"{WELCOME}?count=yes"


def test_the_people_of_a_step_come_in_pages(signed_in, running):
    browser = signed_in("viewer")

    page = browser.whole(f"{WELCOME}/people?step=Wait two days")
    assert page.status == 200
    assert page.text.count('href="/console/contacts/') == 12
    assert "person-1@example.org" in page.words
    assert "l" * 20 in page.words  # who has no address that we know
    assert "Nobody stands here now" in browser.get(f"{WELCOME}/people?step=Ask for feedback").words
    assert browser.get(f"{WELCOME}/people").status == 400
    assert browser.get("/console/journeys/none/people?step=x").status == 404


def test_hostile_text_stays_text(signed_in, running):
    a_draft("hostile", step=HOSTILE)
    browser = signed_in("viewer")

    for path in ("hostile", "hostile/versions", "hostile/explain?contact=%3Cscript%3Ealert(1)%3C/script%3E"):
        assert HOSTILE not in browser.get(f"/console/journeys/{path}").text
    assert HOSTILE in browser.get("/console/journeys/hostile").words
    assert HOSTILE not in browser.get(f"{WELCOME}/people?step=<script>alert(1)</script>").text


@pytest.mark.parametrize("deed", ["pause", "stop"])
def test_a_viewer_sees_no_buttons_and_may_not_even_be_asked(signed_in, running, deed: str):
    browser = signed_in("editor")

    assert f"{WELCOME}/{deed}" not in browser.get(WELCOME).text
    assert browser.get(f"{WELCOME}/{deed}").status == 403
    assert browser.post(f"{WELCOME}/{deed}").status == 403
    assert live()["welcome"].state is State.LIVE


def test_an_approver_pauses_and_resumes_and_is_told_how_many_it_touches(signed_in, running):
    browser = signed_in("approver")

    assert "16 people are in it now." in browser.get(f"{WELCOME}/pause").words
    assert browser.post(f"{WELCOME}/pause").place == WELCOME
    page = browser.get(WELCOME)
    assert "Paused: nobody leaves" in page.words
    assert f"{WELCOME}/resume" in page.text
    assert browser.get(f"{WELCOME}/pause").status == 409  # again

    assert "10 messages are held." in browser.get(f"{WELCOME}/resume").words
    assert browser.post(f"{WELCOME}/resume", late="whenever").status == 400
    assert browser.post(f"{WELCOME}/resume", late="skip 24 hours").place == WELCOME
    assert live()["welcome"].late == {"how": "skip", "seconds": 86_400}
    assert browser.get(f"{WELCOME}/resume").status == 409


def test_an_approver_stops_it_for_good(signed_in, running):
    browser = signed_in("approver")

    page = browser.get(f"{WELCOME}/stop")
    assert "16 people are in it now." in page.words
    assert "cannot be undone" in page.words
    assert browser.post(f"{WELCOME}/stop").place == WELCOME
    after = browser.get(WELCOME)
    assert "Stopped for good" in after.words
    assert f"{WELCOME}/stop" not in after.text
    assert browser.get(f"{WELCOME}/stop").status == 409


def test_versions_show_their_text_and_what_they_changed(signed_in, running):
    browser = signed_in("viewer")
    with counted() as made:
        page = browser.get(f"{WELCOME}/versions")

    assert "added: - branch: Which plan?" in page.words
    assert "removed: - send: Remind" in page.words
    assert "What Version 2 changes" in page.words
    assert "Scan" not in made
    assert len(made) <= 5
    assert "The two are the same" not in browser.get(f"{WELCOME}/versions?version=1").words
    assert browser.get(f"{WELCOME}/versions?version=1&against=9").status == 404
    assert browser.get(f"{WELCOME}/versions?version=²").status == 404
    assert browser.get(f"{WELCOME}/versions?version={'1' * 5_000}").status == 404


def test_a_draft_has_steps_and_nobody_in_them(signed_in, clock):
    a_draft()
    page = signed_in("approver").get("/console/journeys/birthday")

    assert "Not published yet" in page.words
    assert "Wait two days" in page.words
    assert "/pause" not in page.text
    assert signed_in("approver").get("/console/journeys/birthday/pause").status == 409


def test_what_is_not_there_is_not_found(signed_in):
    assert signed_in("viewer").get("/console/journeys/nothing").status == 404
    assert signed_in("viewer").get("/console/journeys/%3Cscript%3E").status == 404


def test_why_somebody_is_in_it_is_asked_by_a_form(signed_in, running):
    browser = signed_in("viewer")

    assert browser.get(f"{WELCOME}/explain").status == 200
    known = browser.get(f"{WELCOME}/explain?contact={'a' * 20}")
    assert known.status == 200
    assert "Stands in Wait two days" in known.words
    assert "What each gate would say" in known.words
    unknown = browser.get(f"{WELCOME}/explain?contact=<script>x")
    assert (unknown.status, "<script>x" in unknown.text) == (422, False)
    assert "Nobody is known by this" in unknown.words


def test_the_state_machine_is_named_by_its_arn_without_the_version(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    found = machine(f"{ARN}:2")

    assert found.startswith("https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#")
    assert found.endswith("sojourn-test-j-welcome")
    assert machine(None) == machine("odd") == ""


def test_differences_skip_what_stays_the_same():
    old = [f"line {n}" for n in range(40)]
    new = [*old[:5], "new", *old[5:35], *old[36:]]

    lines = list(differences("\n".join(old), "\n".join(new)))

    assert [line for line in lines if line[0] != "same"] == [
        ("add", "new"),
        ("skip", "…"),
        ("del", "line 35"),
    ]
    assert list(differences("same", "same")) == []
