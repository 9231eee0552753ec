"""How much is too much, and whom it holds back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import ManualClock
from sojourn.consent.model import Consent
from sojourn.contacts.model import Profile
from sojourn.delivery.decide import decide
from sojourn.delivery.model import Facts, HoldReason, SendRequest, Verdict
from sojourn.delivery.reputation import WELL, Cause, Standing, Tally
from sojourn.messages.model import Message
from tests.sending import ADA, AGREED, NOON, Provider, Sender

SINCE = "2026-01-05T11:00:00.000Z"
PAUSED = Standing(cause=Cause.BOUNCES, since=SINCE, tally=Tally(mails=200, bounces=10))
FACTS = Facts(profile=Profile("ada", traits=dict(ADA)), consent=Consent("ada", 0, dict(AGREED)))


@pytest.mark.parametrize(
    ("mails", "bounces", "complaints", "cause"),
    [
        (0, 0, 0, None),
        (3, 1, 0, None),
        (199, 199, 199, None),
        (200, 9, 0, None),
        (200, 10, 0, Cause.BOUNCES),
        (100_000, 4_999, 0, None),
        (100_000, 5_000, 0, Cause.BOUNCES),
        (1_000, 0, 2, None),
        (1_000, 0, 3, Cause.COMPLAINTS),
        (3_001, 0, 3, None),
        (3_001, 1, 3, Cause.COMPLAINTS),
        (100_000, 0, 99, None),
        (100_000, 0, 100, Cause.COMPLAINTS),
        (100_000, 5_000, 100, Cause.BOUNCES),
    ],
)
def test_how_much_is_too_much(mails: int, bounces: int, complaints: int, cause: Cause | None):
    assert Tally(mails=mails, bounces=bounces, complaints=complaints).cause() is cause


def test_a_workspace_may_say_from_how_many_mails_it_is_judged():
    few = Tally(mails=20, bounces=1)

    assert (few.cause(20), few.cause()) == (Cause.BOUNCES, None)


def test_complaints_are_of_what_arrived_and_bounces_of_what_was_sent():
    tally = Tally(mails=200, bounces=100, complaints=10)

    assert (tally.bounce_rate, tally.complaint_rate) == (0.5, 0.1)
    assert Tally(mails=5, bounces=5, complaints=1).complaint_rate == 0


@pytest.mark.parametrize(
    "standing", [WELL, PAUSED, PAUSED.resumed(at=SINCE)], ids=["well", "paused", "resumed"]
)
def test_what_a_row_keeps_is_what_was_said(standing: Standing):
    assert Standing.from_json(standing.to_json()) == standing


def wanted(**about: str) -> Message:
    return Sender(clock=ManualClock(NOON), provider=Provider()).message("a", **about)


def said(purpose: str = "marketing", channel: str = "email", **more: Any) -> Verdict:
    message = wanted(purpose=purpose, channel=channel, template="offer")
    return decide(SendRequest(message=message, standing=PAUSED, **more), FACTS, suppressed=None, now=NOON)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_marketing_waits_until_it_expires_by_whatever_channel(channel: str):
    held = said(channel=channel)

    assert (held.hold, held.until) == (HoldReason.REPUTATION, NOON + timedelta(hours=24))
    assert held.facts["of_them"] == 10


@pytest.mark.parametrize("purpose", ["transactional", "service"])
def test_what_is_no_marketing_goes(purpose: str):
    assert said(purpose) == Verdict()


def test_what_expired_while_it_waited_is_skipped():
    assert said(expires=timedelta(0)).skip == "expired"


def test_those_held_out_wait_as_well_so_that_they_can_be_compared():
    assert said(ghost=True).hold is HoldReason.REPUTATION


def test_a_draft_waits_for_its_release_first():
    assert said(mode="draft").hold is HoldReason.DRAFT


def test_who_would_get_nothing_anyway_is_told_that():
    facts = replace(FACTS, consent=Consent("ada", 0, {}))
    request = SendRequest(message=wanted(), standing=PAUSED)

    assert decide(request, facts, suppressed=None, now=NOON).skip == "no_consent"
