"""The decision: the first gate that closes is the reason."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sojourn.consent.model import Consent, Standing, Status
from sojourn.contacts.model import Profile
from sojourn.delivery.decide import decide
from sojourn.delivery.model import Facts, HoldReason, SendRequest, Verdict, Window
from tests.feedback import a_message

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
GIVEN, WITHDRAWN = (
    Standing(status, "2026-01-01T00:00:00.000Z", "form") for status in (Status.GIVEN, Status.WITHDRAWN)
)
AGREED = Consent("c", 1, {"email|marketing|*": GIVEN})
KNOWN = Profile("c", traits={"email": "ada@example.org", "timezone": "America/New_York"})
FACTS = Facts(profile=KNOWN, consent=AGREED)
REQUEST = SendRequest(message=a_message())


def verdict(request: SendRequest = REQUEST, facts: Facts = FACTS, suppressed: str | None = None) -> Verdict:
    return decide(request, facts, suppressed=suppressed, now=NOON)


def test_nothing_is_against_it():
    assert verdict() == Verdict()


@pytest.mark.parametrize(
    ("facts", "suppressed", "reason"),
    [
        (replace(FACTS, profile=Profile("c")), "bounce", "no_address"),
        (replace(FACTS, consent=Consent("c")), "bounce", "suppressed"),
        (replace(FACTS, consent=Consent("c")), None, "no_consent"),
        (replace(FACTS, consent=Consent("c", 2, {"email|marketing|*": WITHDRAWN})), None, "unsubscribed"),
        (
            replace(
                FACTS, consent=Consent("c", 2, {**AGREED.state, "email|marketing|onboarding": WITHDRAWN})
            ),
            None,
            "unsubscribed",
        ),
    ],
)
def test_gates_close_in_order(facts: Facts, suppressed: str | None, reason: str):
    closed = replace(REQUEST, window=Window("20:00", "21:00"))

    assert verdict(closed, facts, suppressed) == Verdict(skip=reason)


def test_what_the_person_asked_for_needs_no_consent():
    request = SendRequest(message=a_message(purpose="transactional"))

    assert verdict(request, replace(FACTS, consent=Consent("c"))) == Verdict()


def test_outside_the_hours_of_the_persons_own_day_it_waits():
    request = replace(REQUEST, window=Window("09:00", "21:00"))  # it is 07:00 there

    assert verdict(request) == Verdict(hold=HoldReason.HOURS, until=datetime(2026, 1, 5, 14, tzinfo=UTC))


def test_a_text_goes_to_the_phone():
    """T68's smaller brother: one channel's address is no other's."""
    request = SendRequest(message=a_message(channel="sms"))

    assert verdict(request) == Verdict(skip="no_address")
