"""The decision: the first gate that closes is the reason."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sojourn.consent.model import Consent, Standing, Status
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
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


SMS = SendRequest(message=a_message(channel="sms"), window=Window("09:00", "21:00"))
TEXTED = Consent("c", 1, {"sms|marketing|*": GIVEN})


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("+19005551234", "premium_number"),
        ("+18003569377", "not_mobile"),
        ("+442079460958", "not_mobile"),
        ("+447700900123", "invalid_number"),
        ("+1911", "invalid_number"),
    ],
)
def test_some_numbers_get_no_text(phone: str, reason: str):
    facts = Facts(profile=Profile("c", traits={"phone": phone}), consent=TEXTED)

    assert verdict(SMS, facts) == Verdict(skip=reason)


@pytest.mark.parametrize(
    ("traits", "workspace", "until", "zones"),
    [
        ({"phone": "+12125550123"}, Workspace(), 14, "America/New_York (phone)"),
        (
            {"phone": "+12125550123", "timezone": "America/Chicago"},
            Workspace(),
            15,
            "America/Chicago (contact)",
        ),
        ({"phone": "+33612345678"}, Workspace(timezone="Asia/Tokyo"), None, "Europe/Paris (phone)"),
        ({"phone": "+33612345678", "timezone": "Mars/Phobos"}, Workspace(), None, "Europe/Paris (phone)"),
    ],
)
def test_a_decision_says_whose_hours_were_asked(
    traits: dict[str, str], workspace: Workspace, until: int | None, zones: str
):
    facts = Facts(profile=Profile("c", traits=traits), consent=TEXTED)

    made = decide(SMS, facts, suppressed=None, now=NOON, workspace=workspace)

    assert (made.until.hour if made.until else None, made.zones) == (until, zones)


@pytest.mark.parametrize(
    ("phone", "window", "until"),
    [
        ("+351912345678", Window("09:00", "21:00"), None),  # Lisbon, and the Azores an hour behind
        ("+351912345678", Window("12:30", "14:00"), 13),
        ("+68672001234", Window("09:00", "12:00"), 21),  # Kiribati: UTC+12 to UTC+14
    ],
)
def test_a_text_waits_until_every_zone_of_its_number_is_open(phone: str, window: Window, until: int | None):
    facts = Facts(profile=Profile("c", traits={"phone": phone}), consent=TEXTED)

    made = decide(replace(SMS, window=window), facts, suppressed=None, now=NOON)

    assert (made.until.hour if made.until else None) == until


def test_a_number_whose_zones_are_never_open_together_gets_no_text():
    facts = Facts(profile=Profile("c", traits={"phone": "+68672001234"}), consent=TEXTED)

    made = decide(replace(SMS, window=Window("09:00", "10:00")), facts, suppressed=None, now=NOON)

    assert made == Verdict(skip="no_common_hours")
    assert made.zones == "Pacific/Enderbury, Pacific/Kiritimati, Pacific/Tarawa (phone)"


def test_who_moves_while_a_message_is_held_is_judged_by_the_new_zone():
    """T60: everything is decided again when it is released."""
    moved = replace(FACTS, profile=Profile("c", traits={**KNOWN.traits, "timezone": "Europe/Berlin"}))
    request = replace(REQUEST, window=Window("09:00", "21:00"))

    assert verdict(request).hold is HoldReason.HOURS
    assert verdict(request, moved) == Verdict()
