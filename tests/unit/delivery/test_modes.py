"""Sending modes: the workspace's and the journey's both hold, so the stricter wins."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from sojourn.consent.model import Consent, Purpose
from sojourn.delivery.decide import decide
from sojourn.delivery.model import Facts, HoldReason, SendRequest, Verdict
from sojourn.delivery.modes import Mode, Sending, as_compared, strictest, waits_for_release
from tests.feedback import a_message
from tests.unit.delivery.test_decide import FACTS, NOON

PURPOSES = (Purpose.MARKETING, Purpose.TRANSACTIONAL, Purpose.SERVICE)
MAY = ("Ada@Example.org ", "+12125550123")
PAGE = (Path(__file__).parents[3] / "docs/sending-modes.md").read_text(encoding="utf-8")
EXAMPLES = [
    tuple(part.strip() for part in line.split("|"))
    for block in re.findall(r"^```modes\n(.*?)^```\n", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def verdict(
    workspace: Mode,
    journey: Mode = Mode.LIVE,
    *,
    allow: tuple[str, ...] = (),
    facts: Facts = FACTS,
    purpose: str = "marketing",
    **message: str,
) -> Verdict:
    request = SendRequest(
        message=a_message(purpose=purpose, due="2026-01-05T12:00:00.000Z", **message),
        sending=Sending(mode=workspace, allow=allow),
        mode=journey,
    )
    return decide(request, facts, suppressed=None, now=NOON)


def expected(said: set[Mode], *, is_named: bool, is_released: bool) -> tuple[str, HoldReason | None]:
    if Mode.OFF in said or (Mode.ALLOW_LIST in said and not is_named):
        return "mode", None
    return ("", HoldReason.DRAFT) if Mode.DRAFT in said and not is_released else ("", None)


@pytest.mark.parametrize(("workspace", "journey"), list(product(Mode, Mode)))
def test_whether_it_goes_by_both_words_by_purpose_by_name_and_by_release(workspace: Mode, journey: Mode):
    for purpose, is_named, is_released in product(PURPOSES, (True, False), (True, False)):
        found = verdict(
            workspace,
            journey,
            allow=MAY if is_named else ("bob@example.org",),
            purpose=purpose,
            released="2026-01-05T11:00:00.000Z" if is_released else "",
        )

        said = expected({workspace, journey}, is_named=is_named, is_released=is_released)
        assert (found.skip, found.hold) == said, (purpose, is_named, is_released)


def test_a_draft_waits_until_it_expires_and_not_a_moment_longer():
    held = verdict(Mode.DRAFT)
    assert held.until == NOON + timedelta(hours=24)

    request = SendRequest(
        message=a_message(due="2026-01-05T12:00:00.000Z"), mode=Mode.DRAFT, expires=timedelta(hours=1)
    )
    then = decide(request, FACTS, suppressed=None, now=NOON + timedelta(hours=1))
    assert then.skip == "expired"


def test_what_goes_to_nobody_needs_no_ones_word():
    request = SendRequest(message=a_message(), mode=Mode.DRAFT, ghost=True)

    assert decide(request, FACTS, suppressed=None, now=NOON) == Verdict()


def test_who_never_agreed_is_told_so_in_any_mode():
    nobody = replace(FACTS, consent=Consent("c"))

    assert {verdict(mode, facts=nobody).skip for mode in Mode} == {"no_consent"}


def test_addresses_are_compared_however_they_are_written():
    assert as_compared(" Ada@Example.ORG") == "ada@example.org"
    assert as_compared("+1 (212) 555-0123") == "+12125550123"


def test_the_strictest_is_named_and_a_row_keeps_all_of_it():
    said = Sending(mode=Mode.ALLOW_LIST, allow=("ada@example.org",), since="2026-01-05T12:00:00.000Z")

    assert strictest((Mode.LIVE, Mode.ALLOW_LIST, Mode.DRAFT)) is Mode.DRAFT
    assert Sending.from_json(said.to_json()) == said


@pytest.mark.parametrize(("workspace", "journey", "name", "word", "becomes"), EXAMPLES)
def test_the_pages_examples_are_what_happens(
    workspace: str, journey: str, name: str, word: str, becomes: str
):
    found = verdict(
        Mode(workspace),
        Mode(journey),
        allow=MAY if name == "named" else (),
        released="2026-01-05T11:00:00.000Z" if word == "released" else "",
    )

    told = f"skipped: {found.skip}" if found.skip else f"held: {found.hold}" if found.hold else "goes"
    assert told == becomes


def test_a_mode_holds_for_the_tables_over_which_it_was_said():
    said = Sending(tables="restored")

    assert not said.over("restored").restored
    assert said.over("").restored
    assert Sending.from_json(Sending().to_json()).over("restored").restored
    assert waits_for_release(said.over("again"), Mode.LIVE)
    assert Sending.from_json(said.to_json()) == said
