"""When a message may go, by the hours of wherever its reader may be."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
from sojourn.contacts.zones import zones_of_phone
from sojourn.delivery.hours import middle_hour, next_open, next_open_in_all
from sojourn.delivery.model import Window
from sojourn.delivery.release import release

DAY = Window("08:00", "21:00")
OFFICE = Window("09:00", "17:00")
UNITED_STATES, NOBODY = Workspace(country="US"), Workspace()
TOLL_FREE, SATELLITE = "+18005550123", "+870773111632"
WEST = [ZoneInfo(name) for name in ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu")]


def goes(
    at: str,
    channel: str = "sms",
    window: Window = DAY,
    workspace: Workspace = NOBODY,
    **traits: Any,
) -> tuple[str | None, str]:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = release(window, channel, Profile("c", traits=traits), workspace, now=now)
    when = found.at.isoformat(timespec="minutes").removesuffix("+00:00") if found.at else None
    return when, found.zones.rpartition(" ")[2]


@pytest.mark.parametrize(
    ("at", "traits", "expected"),
    [
        # 20:59 in New York goes, 21:00 waits for the morning there.
        ("2026-01-09T01:59", {"phone": "+12025550123"}, ("2026-01-09T01:59", "(phone)")),
        ("2026-01-09T02:00", {"phone": "+12025550123"}, ("2026-01-09T13:00", "(phone)")),
        # The night of the gap and of the fold.
        ("2026-03-08T06:00", {"phone": "+12025550123"}, ("2026-03-08T12:00", "(phone)")),
        ("2026-11-01T05:00", {"phone": "+12025550123"}, ("2026-11-01T13:00", "(phone)")),
        # What the person said comes before what the number says.
        (
            "2026-01-09T02:00",
            {"phone": "+12025550123", "timezone": "Asia/Tokyo"},
            ("2026-01-09T02:00", "(contact)"),
        ),
        (
            "2026-01-09T02:00",
            {"phone": "+12025550123", "timezone": "Mars/Phobos"},
            ("2026-01-09T13:00", "(phone)"),
        ),
    ],
)
def test_a_text_goes_by_the_day_of_its_phone(at: str, traits: dict[str, Any], expected: tuple[str, str]):
    assert goes(at, **traits) == expected


def test_a_number_of_several_zones_waits_for_all_of_them():
    kazakh = "+77"  # of two countries and many zones
    zones = zones_of_phone(kazakh)
    when, source = goes("2026-01-09T00:00", phone=kazakh)

    assert len(zones) > 1
    assert when is not None
    moment = datetime.fromisoformat(when).replace(tzinfo=UTC)
    assert all(next_open(DAY, ZoneInfo(zone), moment) == moment for zone in zones)
    assert source == "(phone)"


def test_where_no_moment_suits_all_zones_no_text_goes():
    # From St John's to Guam there are 13 hours and a half.
    assert goes("2026-01-09T15:00", window=OFFICE, phone=TOLL_FREE)[0] is None
    assert goes("2026-01-09T15:00", phone=TOLL_FREE)[0] == "2026-01-09T22:00"


@pytest.mark.parametrize(
    ("window", "workspace", "expected"),
    [
        # Open everywhere from New York to Honolulu and beyond: 8 in Adak is 18 UTC, 21 in New York is 2 UTC.
        (DAY, UNITED_STATES, ("2026-01-09T18:00", "(country)")),
        (DAY, Workspace(country="FR"), ("2026-01-09T07:00", "(country)")),
        (DAY, Workspace(country="FR", timezone="Asia/Tokyo"), ("2026-01-09T03:00", "(project)")),
        # Never open in all of Russia: the middle hour, 12:30 to 13:30.
        (OFFICE, Workspace(country="RU"), ("2026-01-09T12:30", "(nobody)")),
        (DAY, NOBODY, ("2026-01-09T14:00", "(nobody)")),
        (DAY, Workspace(country="XX", timezone="Mars/Phobos"), ("2026-01-09T14:00", "(nobody)")),
    ],
)
def test_where_nobody_knows_the_strictest_holds_and_it_goes_at_some_hour(
    window: Window, workspace: Workspace, expected: tuple[str, str]
):
    assert goes("2026-01-09T03:00", window=window, workspace=workspace, phone=SATELLITE) == expected


@pytest.mark.parametrize(
    ("traits", "workspace", "expected"),
    [
        ({}, NOBODY, ("2026-01-09T09:00", "(nobody)")),
        ({}, UNITED_STATES, ("2026-01-09T09:00", "(nobody)")),
        ({}, Workspace(timezone="Europe/Paris"), ("2026-01-09T08:00", "(project)")),
        ({"phone": "+12025550123"}, Workspace(timezone="Europe/Paris"), ("2026-01-09T14:00", "(phone)")),
        ({"phone": TOLL_FREE}, Workspace(timezone="Europe/Paris"), ("2026-01-09T08:00", "(project)")),
        ({"phone": TOLL_FREE}, NOBODY, ("2026-01-09T09:00", "(nobody)")),
    ],
)
def test_mail_is_milder(traits: dict[str, str], workspace: Workspace, expected: tuple[str, str]):
    assert goes("2026-01-09T03:00", "email", OFFICE, workspace, **traits) == expected


@pytest.mark.parametrize(
    ("window", "hour"),
    [
        (DAY, Window("14:00", "15:00")),
        (OFFICE, Window("12:30", "13:30")),
        (Window("20:00", "06:00"), Window("00:30", "01:30")),
        (Window("12:00", "12:45"), Window("12:00", "12:45")),
        (Window("22:00", "04:00", (4,)), Window("00:30", "01:30", (5,))),  # Friday's night: Saturday's hour
    ],
)
def test_the_middle_of_a_window(window: Window, hour: Window):
    assert middle_hour(window) == hour


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_first_moment_in_all_is_in_each_and_none_before_it_is(at: datetime):
    moment = next_open_in_all(DAY, WEST, at)

    assert moment is not None
    assert at <= moment <= at + timedelta(days=2)
    assert all(next_open(DAY, zone, moment) == moment for zone in WEST)
    before = [at + (moment - at) * part / 7 for part in range(7)] if moment > at else []
    assert all(any(next_open(DAY, zone, each) != each for zone in WEST) for each in before)
