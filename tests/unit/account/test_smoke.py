"""A letter that stays away is followed to the first link that does not hold."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sojourn.account.smoke import JOURNEY, NAME, TEMPLATE, Chain, Letter, broken_link, has_come, letters
from sojourn.journeys.load import load_journey
from sojourn.messages.check import save

BOUNCE = Letter("bounce", "bounce+1@simulator.amazonses.com", "bounced")
SENT = {"id": "m", "state": "sent", "reason": None, "outcome": None}
WHOLE = Chain(user="u", contact=True, message=SENT, reports=True, subscribed=True, waiting=0, dead=0)


@pytest.mark.parametrize(
    ("changes", "link", "says"),
    [
        ({"contact": False, "message": None}, "events → react", "never came"),
        ({"message": None}, "react → journey", "no message"),
        (
            {"message": {**SENT, "state": "skipped", "reason": "sandbox"}},
            "journey → SES",
            "skipped (sandbox)",
        ),
        (
            {"message": {**SENT, "state": "failed", "reason": "rejected"}},
            "journey → SES",
            "failed (rejected)",
        ),
        ({"message": {**SENT, "state": "unknown"}}, "journey → SES", "unknown"),
        ({"reports": False}, "configuration set → topic", "never asked"),
        ({"subscribed": False}, "topic → queue", "not feed"),
        ({"dead": 3}, "queue → record_feedback", "3 reports could not"),
        ({"waiting": 2}, "queue → record_feedback", "2 reports wait"),
        ({}, "SES", "nothing yet"),
        ({"message": {**SENT, "outcome": "delivered"}}, "SES", "says delivered, not bounced"),
    ],
    ids=[
        "event",
        "journey",
        "sandbox",
        "failed",
        "unknown",
        "set",
        "topic",
        "dead",
        "waiting",
        "SES",
        "other",
    ],
)
def test_the_broken_link_is_named(changes: dict[str, Any], link: str, says: str):
    found = broken_link(BOUNCE, replace(WHOLE, **changes))

    assert found.name == link
    assert says in found.says
    assert found.remedy


def test_without_aws_only_what_the_api_tells_is_judged():
    found = broken_link(BOUNCE, Chain(user="u", contact=True, message=SENT))

    assert found.name == "SES"


def test_a_letter_is_home_when_ses_said_what_it_must():
    assert has_come(BOUNCE, {**SENT, "outcome": "bounced"})
    assert not has_come(BOUNCE, {**SENT, "outcome": "delivered"})
    assert not has_come(BOUNCE, None)


def test_each_run_writes_to_addresses_nobody_knows_yet():
    first, second = (letters(run, "you@example.org") for run in ("a1", "b2"))

    assert [each.name for each in first] == ["success", "bounce", "complaint", "you"]
    assert not {each.address for each in first[:3]} & {each.address for each in second[:3]}
    assert len(letters("a1", None)) == 3


def test_what_it_publishes_is_what_authors_may_write():
    journey = load_journey(json.dumps(JOURNEY))
    template = save(TEMPLATE, version=1)

    assert journey.name == template.name == NAME
