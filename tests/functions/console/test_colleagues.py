"""Whoever saved, agreed or asked is named by their address where a page says so; who is not known keeps their id."""

from functions.api.console.asking import ask, at
from functions.api.console.colleagues import colleagues
from functions.api.console.session import Session
from sojourn.http.keys import Key
from tests.console import counted
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import MAIL
from tests.functions.console.journeys_there import FIRST

PARTING = FIRST.replace("journey: welcome", "journey: parting")
PROGRAM = Session(id="x", key=Key("deploys", role="admin"))


def test_a_version_names_who_saved_it(signed_in: SignedIn):
    editor, admin = signed_in("editor"), signed_in("admin")
    ask(PROGRAM, "PUT", at("/api/templates/{name}", name="letter"), body=MAIL)
    saved = {**MAIL, "subject": "Other words"}
    editor.post("/console/templates/letter/edit", saved | {"version": 1})

    page = admin.get("/console/templates/letter/versions")

    assert "editor@example.org" in page.words
    assert "deploys" in page.words


def test_the_log_names_who_did_it_and_to_whom(signed_in: SignedIn):
    editor, admin = signed_in("editor", email="grace@example.org"), signed_in("admin")
    ask(PROGRAM, "PUT", at("/api/templates/{name}", name="logged"), body=MAIL)
    editor.post("/console/templates/logged/edit", MAIL | {"version": "1", "subject": "More words"})

    with counted() as made:
        page = admin.get("/console/settings/changes")

    assert "grace@example.org" in page.words
    assert "deploys" in page.words
    assert made.count("BatchGetItem") == 1


def test_who_agreed_is_named_and_oneself_is_you(signed_in: SignedIn):
    first, second = signed_in("approver", email="first@example.org"), signed_in("approver")
    path = at("/api/journeys/{name}", name="greeting")
    text = FIRST.replace("journey: welcome", "journey: greeting\napprovals: 2")
    ask(PROGRAM, "PUT", path, body={"source": text, "revision": 0})
    first.post("/console/journeys/greeting/agree", revision="1")

    assert "Agreed: you" in first.get("/console/journeys/greeting/publish").words
    assert "Agreed: first@example.org" in second.get("/console/journeys/greeting/publish").words
    assert "saved by deploys" in second.get("/console/journeys/greeting/publish").words


def test_who_was_slower_is_told_who_was_faster(signed_in: SignedIn):
    first, second = signed_in("editor", email="first@example.org"), signed_in("editor")
    ask(PROGRAM, "PUT", at("/api/templates/{name}", name="note"), body=MAIL)
    path = at("/api/journeys/{name}", name="parting")
    ask(PROGRAM, "PUT", path, body={"source": PARTING, "revision": 0})
    journey, letter = "/console/journeys/parting/edit", "/console/templates/note/edit"
    read = {each: second.get(each).inputs() for each in (journey, letter)}
    theirs = {"source": PARTING.replace("2 days", "3 days"), "do": "save"}
    assert first.post(journey, first.get(journey).inputs() | theirs).status == 303
    assert first.post(letter, MAIL | {"version": "1", "subject": "Theirs"}).status == 303

    mine = {"source": PARTING.replace("2 days", "4 days"), "do": "save"}
    assert "first@example.org saved meanwhile" in second.post(journey, read[journey] | mine).words
    mine = MAIL | {"version": "1", "subject": "Mine"}
    assert "first@example.org saved meanwhile" in second.post(letter, mine).words
    assert "You saved meanwhile, in another window" in first.post(letter, mine).words


def test_nothing_is_read_for_who_looks_at_their_own():
    session = Session(id="x", key=Key("ada", role="editor"), email="ada@example.org")

    with counted() as made:
        named = colleagues(session, ["ada", None, "", "ada"])

    assert (named, list(made)) == ({"ada": "ada@example.org"}, [])
