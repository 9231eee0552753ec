"""Nobody learns at the door who is known (T125): text, status, cookies and what is asked of the user pool are the same.

The time of an answer is what the calls of the pool take, and the pool answers for the unknown as for the known
(`PreventUserExistenceErrors`); so the calls are compared, not the clock.
"""

import re
from pathlib import Path

import pytest

from functions.api.world import world
from sojourn.clock import ManualClock
from sojourn.limits.limiter import Limiter
from tests.console import Browser, FakePool, Page, counted

KNOWN, UNKNOWN = "ada@example.org", "eve@example.org"
FORMS = {
    "/console/login": {"password": "Wrong-Horse-1"},
    "/console/login/forgot": {},
    "/console/login/reset": {"code": "000000", "password": "Better-Horse-2", "again": "Better-Horse-2"},
}


def sent(path: str, email: str, people: FakePool) -> tuple[Page, list[str], list[str]]:
    """The answer, what the pool was asked for it, and what else was called."""
    browser = Browser()
    browser.get("/console/login")
    before = len(people.asked)
    with counted() as made:
        page = browser.post(path, email=email, **FORMS[path])
    return page, people.asked[before:], made


def told(page: Page, email: str) -> str:
    """What the page says, but for the address that was typed and what is every form's own."""
    return re.sub(r'value="[0-9a-f]{64}"', "", page.text).replace(email, "…")


@pytest.mark.parametrize("state", ["CONFIRMED", "FORCE_CHANGE_PASSWORD"])
@pytest.mark.parametrize("path", FORMS)
def test_the_known_and_the_unknown_are_answered_alike(
    path: str, state: str, people: FakePool, clock: ManualClock
):
    people.add(KNOWN, state=state)
    known, asked_known, made_known = sent(path, KNOWN, people)
    clock.advance(1)
    unknown, asked_unknown, made_unknown = sent(path, UNKNOWN, people)

    assert (known.status, told(known, KNOWN)) == (unknown.status, told(unknown, UNKNOWN))
    assert set(known.headers) == set(unknown.headers)
    assert [line.partition("=")[0] for line in known.cookies] == [
        line.partition("=")[0] for line in unknown.cookies
    ]
    assert asked_known == asked_unknown != []
    assert made_known == made_unknown


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
@pytest.mark.parametrize("path", FORMS)
def test_who_guesses_is_slowed_down_whoever_they_ask_for(
    path: str, email: str, people: FakePool, clock: ManualClock
):
    world().limiter = Limiter(clock)
    people.add(KNOWN)

    told_of = [sent(path, email, people)[0].status for _ in range(8)]

    assert told_of[:4].count(429) == 0
    assert told_of[-1] == 429


def test_the_pool_itself_is_told_to_say_nothing_of_who_is_known():
    assert "PreventUserExistenceErrors: ENABLED" in "".join(
        path.read_text(encoding="utf-8")
        for path in [Path("template.yaml"), *sorted(Path("infra").glob("*.yaml"))]
    )
