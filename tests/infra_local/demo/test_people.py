"""The customers' addresses, phones, zones and consents."""

import re
from zoneinfo import ZoneInfo

from infra.local.demo.people import ZONES_WITH_PHONES, everyone

CUSTOMERS = range(4, 4 + 16 * 319, 16)


def test_everyone_is_the_same_in_every_run():
    assert everyone(CUSTOMERS) == everyone(CUSTOMERS)


def test_half_of_them_have_a_phone_of_their_own_in_their_own_zone():
    phones = {person.phone: person for person in everyone(CUSTOMERS).values() if person.phone}

    assert len(phones) == 319 // 2
    for phone, person in phones.items():
        match = re.fullmatch(r"\+1(\d{3})55501\d\d", phone)
        assert match
        assert int(match[1]) in ZONES_WITH_PHONES[person.timezone][1]


def test_every_zone_exists():
    assert all(ZoneInfo(person.timezone) for person in everyone(CUSTOMERS).values())


def test_most_consent_to_what_they_can_receive():
    people = everyone(CUSTOMERS).values()

    assert all(person.phone for person in people if "sms" in person.consents)
    assert 0.88 < sum("email" in person.consents for person in people) / 319 < 0.99
    assert sum(not person.consents for person in people) > 5


def test_consent_travels_in_the_context():
    person = next(person for person in everyone(CUSTOMERS).values() if person.consents == ("email", "sms"))

    given = person.context()["consent"]

    assert [(each["channel"], each["purpose"]) for each in given] == [
        ("email", "marketing"),
        ("sms", "marketing"),
        ("email", "tracking"),
    ]
    assert person.traits()["email"].endswith("@example.org")
