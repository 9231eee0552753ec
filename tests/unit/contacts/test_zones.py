"""Whose hours hold: the chain, and the table of phone prefixes."""

from zoneinfo import available_timezones

import pytest

from infra.phone_zones import TABLE, source, text_of
from sojourn.contacts.workspace import Workspace
from sojourn.contacts.zones import places, whole_country, zones_of_phone

PARIS = Workspace(country="FR", timezone="Europe/Paris")
NOBODY = Workspace()


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12025550123", ("America/New_York",)),
        ("+13125550123", ("America/Chicago",)),
        ("+18085550123", ("Pacific/Honolulu",)),
        ("+14165550123", ("America/Toronto",)),
        ("+33612345678", ("Europe/Paris",)),
        ("+4915123456789", ("Europe/Berlin",)),
        ("+819012345678", ("Asia/Tokyo",)),
        ("+919876543210", ("Asia/Calcutta",)),
        ("+27821234567", ("Africa/Johannesburg",)),
        ("+97798123456", ("Asia/Katmandu",)),
        ("+61812345678", ("Australia/Adelaide", "Australia/Eucla", "Australia/Perth")),
        ("+870773111632", ()),
        ("", ()),
        ("+", ()),
        ("x", ()),
    ],
)
def test_a_number_s_prefix_says_where_it_may_ring(number: str, zones: tuple[str, ...]):
    found = zones_of_phone(number)

    assert found == zones or (len(zones) > 1 and len(found) > 1)


def test_a_prefix_of_a_whole_country_has_all_its_zones():
    assert {"America/New_York", "Pacific/Honolulu"} <= set(zones_of_phone("+18005550123"))
    assert len(zones_of_phone("+79")) == 1  # as phonenumbers has it: mobiles of Russia live in Moscow


@pytest.mark.parametrize(
    ("timezone", "phone", "workspace", "said"),
    [
        ("Asia/Tokyo", "+12025550123", PARIS, "Asia/Tokyo (contact)"),
        (None, "+12025550123", PARIS, "America/New_York (phone)"),
        (None, None, PARIS, "Europe/Paris (project)"),
        (None, "+870773111632", PARIS, "Europe/Paris (project)"),
        ("Mars/Phobos", "+12025550123", PARIS, "America/New_York (phone)"),
        ("../../etc/passwd", None, PARIS, "Europe/Paris (project)"),
        (None, None, Workspace(timezone="Mars/Phobos"), None),
        (None, None, NOBODY, None),
    ],
)
def test_the_surest_comes_first(
    timezone: str | None, phone: str | None, workspace: Workspace, said: str | None
):
    assert next((str(place) for place in places(timezone, phone, workspace)), None) == said


def test_many_zones_are_told_in_few_words():
    (place,) = places(None, "+18005550123", NOBODY)

    assert str(place).startswith("America/Adak, America/Anchorage, America/Anguilla and ")
    assert str(place).endswith(" more (phone)")


def test_a_country_is_all_its_zones():
    place = whole_country(Workspace(country="US"))

    assert place
    assert {"America/New_York", "Pacific/Honolulu"} <= {str(zone) for zone in place.zones}
    assert whole_country(Workspace(country="XX")) is whole_country(NOBODY) is None


def test_the_table_is_what_the_tool_makes():
    """After phonenumbers was renewed: `make zones`."""
    assert TABLE.read_text(encoding="utf-8") == text_of(source())


def test_the_shorter_table_says_what_the_long_one_says():
    differing = {prefix: zones for prefix, zones in source().items() if zones_of_phone(f"+{prefix}") != zones}

    assert set(differing.values()) <= {("Etc/Unknown",)}
    assert {zone for zones in source().values() for zone in zones} - {"Etc/Unknown"} <= available_timezones()
