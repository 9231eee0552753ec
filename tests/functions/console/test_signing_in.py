"""Signing in and out: passwords, challenges, and what is left of a session after its end."""

from datetime import timedelta

import pytest

from functions.api.console.addresses import own
from functions.api.world import world
from sojourn.clock import ManualClock
from sojourn.http import sessions
from sojourn.limits.limiter import Limiter
from tests.console import PASSWORD, Browser, FakePool, Page

EMAIL, NEW = "ada@example.org", "Better-Horse-2"


def sign_in(browser: Browser, email: str = EMAIL, password: str = PASSWORD, place: str = "") -> Page:
    browser.get(f"/console/login?next={place}")
    return browser.post("/console/login", email=email, password=password, next=place)


def test_with_the_right_password_one_comes_to_the_page_that_one_wanted(people: FakePool, stranger: Browser):
    people.add(EMAIL)

    page = sign_in(stranger, place="/console/account?x=1")

    assert (page.status, page.place) == (303, "/console/account?x=1")
    assert EMAIL in stranger.get("/console/account").words
    assert stranger.get("/console/login").status == 303


def test_no_script_reads_a_cookie_and_no_other_site_sends_one(people: FakePool, stranger: Browser):
    people.add(EMAIL)

    lines = sign_in(stranger).cookies

    assert {line.partition("=")[0] for line in lines} >= {"session", "access", "refresh"}
    assert all("; HttpOnly; SameSite=Lax" in line and "; Path=/console;" in line for line in lines)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + "x", "x" * 10_000])
def test_wrong_and_unknown_are_told_alike(password: str, people: FakePool, clock: ManualClock):
    people.add(EMAIL)
    known = sign_in(Browser(), EMAIL, password)
    clock.advance(1)
    unknown = sign_in(Browser(), "eve@example.org", password)

    assert known.status == unknown.status == 401
    assert known.words == unknown.words
    assert "session" not in "".join(known.cookies)
    assert "it names" not in known.text


def test_who_guesses_fast_is_told_to_wait(people: FakePool, clock: ManualClock):
    world().limiter = Limiter(clock)
    people.add(EMAIL)
    browser = Browser()
    browser.get("/console/login")

    told = [browser.post("/console/login", email=EMAIL, password=f"guess {n}").status for n in range(30)]

    assert told[:5] == [401] * 5
    assert set(told[5:]) == {429}


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "/console//evil.example", "/console\\evil",
        "javascript:alert(1)", "/other", "/consolefake", "/console/../x", "/console/\r\nSet-Cookie: x", "",
        "/console/é",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_by_a_link_that_begins_here(place: str):
    assert own(place) == "/console"


def test_a_signed_out_session_is_dead_though_somebody_kept_its_cookies(people: FakePool, stranger: Browser):
    people.add(EMAIL)
    sign_in(stranger)
    copied = Browser(cookies=dict(stranger.cookies))

    page = stranger.post("/console/logout")

    assert page.place == "/console/login?notice=out"
    assert "session" not in stranger.cookies
    assert copied.get("/console/account").status == 303
    assert people.refreshing == {}


def test_one_sign_out_leaves_the_other_browser_alone(people: FakePool, clock: ManualClock):
    people.add(EMAIL)
    here, there = Browser(), Browser()
    for browser in (here, there):
        sign_in(browser)
        clock.advance(1)

    here.post("/console/logout")

    assert there.get("/console/account").status == 200


def test_signing_out_everywhere_ends_the_others(people: FakePool, clock: ManualClock):
    people.add(EMAIL)
    here, there = Browser(), Browser()
    for browser in (here, there):
        sign_in(browser)
        clock.advance(1)

    here.post("/console/account/sessions")

    assert there.get("/console/account").status == 303
    assert people.refreshing == {}


def test_a_new_password_ends_every_session_but_the_one_that_set_it(people: FakePool, clock: ManualClock):
    people.add(EMAIL)
    here, there = Browser(), Browser()
    for browser in (here, there):
        sign_in(browser)
        clock.advance(1)
    here.get("/console/account")

    page = here.post("/console/account", old=PASSWORD, password=NEW, again=NEW)

    assert (page.status, page.place) == (303, "/console/account")
    assert here.get("/console/account").status == 200
    assert there.get("/console/account").status == 303
    assert people.people[EMAIL].password == NEW


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "not your password"),
        (PASSWORD, NEW, NEW + "x", "twice"),
        (PASSWORD, "short", "short", "12 characters"),
    ],
)
def test_a_new_password_that_is_refused_changes_nothing(
    old: str, new: str, again: str, said: str, people: FakePool, stranger: Browser
):
    people.add(EMAIL)
    sign_in(stranger)
    stranger.get("/console/account")

    page = stranger.post("/console/account", old=old, password=new, again=again)

    assert page.status == 422
    assert said in page.words
    assert people.people[EMAIL].password == PASSWORD


def test_who_was_invited_chooses_a_password_first(people: FakePool, stranger: Browser):
    people.add(EMAIL, state="FORCE_CHANGE_PASSWORD")

    assert sign_in(stranger, place="/console/account").place == "/console/login/password"
    stranger.get("/console/login/password")
    assert stranger.post("/console/login/password", password="short", again="short").status == 422
    page = stranger.post("/console/login/password", password=NEW, again=NEW)

    assert page.place == "/console/account"
    assert stranger.get("/console/account").status == 200
    assert "challenge" not in stranger.cookies


def test_who_has_an_authenticator_is_asked_for_its_code(people: FakePool, stranger: Browser):
    people.add(EMAIL, code="123456")

    assert sign_in(stranger).place == "/console/login/code"
    stranger.get("/console/login/code")
    wrong = stranger.post("/console/login/code", code="000000")
    right = stranger.post("/console/login/code", code="123 456")

    assert wrong.status == 401
    assert right.place == "/console"


def test_a_question_that_nobody_asked_is_not_answered(people: FakePool, stranger: Browser):
    people.add(EMAIL)
    for page in ("password", "code"):
        assert stranger.get(f"/console/login/{page}").place == "/console/login"
        late = stranger.post(f"/console/login/{page}", password=NEW, again=NEW, code="1")
        assert late.place == "/console/login?notice=late"


def test_a_forgotten_password_is_told_of_alike_for_all(people: FakePool, clock: ManualClock):
    people.add(EMAIL)
    told = []
    for email in (EMAIL, "eve@example.org"):
        browser = Browser()
        browser.get("/console/login/forgot")
        page = browser.post("/console/login/forgot", email=email)
        wrong = browser.post("/console/login/reset", email=email, code="000000", password=NEW, again=NEW)
        words = [each.text.replace(email, "").replace(browser.mark, "") for each in (page, wrong)]
        told.append([page.status, wrong.status, *words])
        clock.advance(1)

    assert told[0] == told[1]
    assert told[0][:2] == [200, 422]


def test_the_code_sets_a_new_password_and_ends_every_session(people: FakePool, clock: ManualClock):
    people.add(EMAIL)
    thief, owner = Browser(), Browser()
    sign_in(thief)
    clock.advance(1)
    owner.get("/console/login/forgot")
    owner.post("/console/login/forgot", email=EMAIL)

    page = owner.post("/console/login/reset", email=EMAIL, code="123456", password=NEW, again=NEW)

    assert page.place == "/console"
    assert owner.get("/console/account").status == 200
    assert thief.get("/console/account").status == 303


def test_an_access_token_that_expired_is_renewed_without_a_word(people: FakePool, stranger: Browser):
    people.add(EMAIL)
    sign_in(stranger)
    del stranger.cookies["access"]

    assert stranger.get("/console/account").status == 200
    assert stranger.cookies["access"]


def test_who_was_put_out_of_the_pool_is_out_at_the_next_renewal(people: FakePool, stranger: Browser):
    people.add(EMAIL)
    sign_in(stranger)
    people.refreshing.clear()
    del stranger.cookies["access"]

    assert stranger.get("/console/account").status == 303


def test_a_session_ends_by_itself(people: FakePool, stranger: Browser, clock: ManualClock):
    people.add(EMAIL)
    sign_in(stranger)
    clock.advance(sessions.LIFE.total_seconds() + 1)

    assert stranger.get("/console/account").status == 303


def test_of_one_person_the_latest_sessions_live(people: FakePool, clock: ManualClock):
    name = people.add(EMAIL).name
    for number in range(sessions.MOST + 2):
        sessions.begin(name, f"secret {number}", email=EMAIL, now=clock.wall() + timedelta(seconds=number))

    alive = [n for n in range(sessions.MOST + 2) if sessions.find(name, f"secret {n}", now=clock.wall())]
    assert alive == list(range(2, sessions.MOST + 2))


def test_who_has_no_role_is_told_whom_to_ask(people: FakePool, stranger: Browser):
    people.add(EMAIL, role="nobody")

    page = sign_in(stranger)

    assert page.status == 403
    assert "ask an admin" in page.words
    assert stranger.get("/console/account").status == 303


def test_the_first_admin_is_no_page_of_a_stack_on_aws(people: FakePool, stranger: Browser):
    assert stranger.get("/console/first-run").place == "/console/login"
    stranger.get("/console/login")
    assert stranger.post("/console/first-run", email=EMAIL, password=PASSWORD).place == "/console/login"
    assert people.people == {}
