"""At most so many in a while, exactly: against a count of every window there is."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.delivery.caps import DAY, EPOCH, MS, WEEK, Ledger, Room, Unit, applying, first_room, in_ms
from sojourn.delivery.model import Cap
from sojourn.messages.model import Message
from tests.feedback import a_message

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
ONE_A_DAY, TWO_A_DAY = Cap(most=1, seconds=DAY), Cap(most=2, seconds=DAY)


def room(
    ledger: Ledger,
    *caps: Cap,
    message: Message | None = None,
    now: datetime = NOW,
    priority: int = 0,
    zone: ZoneInfo = UTC_ZONE,
) -> Room:
    message = message or a_message(digest="f" * 16)
    return Room(
        caps=applying(caps, message), ledger=ledger, message=message, priority=priority, zone=zone, now=now
    )


def after(*taken: tuple[str, datetime], cap: Cap = ONE_A_DAY, held: bool = False, **about: str) -> Ledger:
    """A ledger in which messages stand, as `taken` writes them."""
    ledger = Ledger("ada")
    for digest, at in taken:
        ledger = room(ledger, cap, message=a_message(digest=digest, **about), now=at).taken(at, held=held)
    return ledger


def test_a_rolling_day_is_over_to_the_millisecond():
    ledger = after(("a", NOW))

    assert room(ledger, ONE_A_DAY).opens(NOW + 24 * HOUR - MS) == NOW + 24 * HOUR
    assert room(ledger, ONE_A_DAY).opens(NOW + 24 * HOUR) == NOW + 24 * HOUR
    assert room(Ledger("ada"), ONE_A_DAY).opens(NOW) == NOW


def test_what_is_reserved_for_later_leaves_no_room_before_it():
    """No window that contains either may hold more than the cap."""
    ledger = after(("a", NOW + 10 * HOUR), held=True)

    assert room(ledger, ONE_A_DAY).opens(NOW) == NOW + 34 * HOUR
    assert room(ledger, ONE_A_DAY).opens(NOW - 14 * HOUR) == NOW - 14 * HOUR  # a day before: none holds both
    assert room(ledger, TWO_A_DAY).opens(NOW) == NOW


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        (UTC_ZONE, "2026-01-05T23:59:59", "2026-01-06T00:00:00"),
        (BERLIN, "2026-01-05T22:59:59", "2026-01-05T23:00:00"),  # midnight there
        (ZoneInfo("America/Los_Angeles"), "2026-01-05T23:00:00", "2026-01-06T08:00:00"),
    ],
)
def test_a_calendar_day_is_the_contacts(zone: ZoneInfo, at: str, expected: str):
    cap = replace(ONE_A_DAY, is_calendar=True)

    opens = room(after(("a", NOW), cap=cap), cap, zone=zone).opens(
        datetime.fromisoformat(at).replace(tzinfo=UTC)
    )

    assert opens == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_calendar_week_begins_on_monday_and_may_be_an_hour_longer():
    cap = Cap(most=1, seconds=WEEK, is_calendar=True)
    monday = datetime(
        2026, 10, 18, 22, tzinfo=UTC
    )  # midnight in Berlin, and the clocks go back on the Sunday

    ledger = after(("a", monday), cap=cap)
    sunday = monday + timedelta(days=7)
    found = room(ledger, cap, zone=BERLIN, now=sunday).opens(sunday)

    assert found == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_each_cap_counts_what_it_is_about():
    """T68."""
    sms, news = Cap(most=1, seconds=DAY, channel="sms"), Cap(most=1, seconds=DAY, topic="news")
    ours = Cap(most=1, seconds=DAY, journey="welcome")
    for cap in (sms, news, ours):
        assert applying([cap], a_message(channel="email", topic="", journey="winback")) == ()
    mail = after(("a", NOW), cap=ONE_A_DAY, channel="email")
    text = a_message(digest="b", channel="sms")

    assert room(mail, sms, message=text).opens(NOW) == NOW
    assert room(mail, ONE_A_DAY, message=text).opens(NOW) == NOW + 24 * HOUR


def test_what_a_person_asked_for_is_neither_counted_nor_held_unless_it_is_said():
    receipt = a_message(digest="b", purpose="transactional")
    everything = replace(ONE_A_DAY, counts_all=True)

    assert applying([ONE_A_DAY], receipt) == ()
    assert applying([everything], receipt) == (everything,)
    ledger = after(("a", NOW), cap=everything, purpose="transactional")
    assert room(ledger, ONE_A_DAY).opens(NOW) == NOW
    assert room(ledger, everything).opens(NOW) == NOW + 24 * HOUR


def test_the_same_message_moves_its_reservation():
    """T64: no second unit."""
    ledger = after(("a", NOW + HOUR), held=True)
    again = room(ledger, ONE_A_DAY, message=a_message(digest="a"))

    assert again.opens(NOW) == NOW
    assert [(unit.digest, unit.at, unit.held) for unit in again.taken(NOW, held=False).units] == [
        ("a", in_ms(NOW), False)
    ]


def test_some_are_kept_for_those_that_matter_more():
    cap = Cap(most=2, seconds=DAY, keep=1, keep_for=5)
    ledger = after(("a", NOW), cap=cap)

    assert room(ledger, cap, priority=4).opens(NOW) == NOW + 24 * HOUR
    assert room(ledger, cap, priority=5).opens(NOW) == NOW
    assert room(ledger, Cap(most=1, seconds=DAY, keep=1, keep_for=5)).opens(NOW) is None


def test_the_higher_takes_the_place_of_a_lower_that_is_still_held():
    held = after(("a", NOW + HOUR), held=True)
    sent = after(("a", NOW))

    higher = room(held, ONE_A_DAY, priority=5)

    assert higher.opens(NOW) == NOW
    assert [unit.digest for unit in higher.taken(NOW, held=True).units] == ["f" * 16]
    assert room(sent, ONE_A_DAY, priority=5).opens(NOW) == NOW + 24 * HOUR
    assert (
        room(held, TWO_A_DAY, priority=5).taken(NOW, held=True).units[1].digest == "a"
    )  # there is room for both


def test_what_was_reserved_and_never_claimed_counts_an_hour_longer():
    ledger = after(("a", NOW), held=True)

    assert room(ledger, ONE_A_DAY, now=NOW + HOUR).opens(NOW + HOUR) == NOW + 24 * HOUR
    assert room(ledger, ONE_A_DAY, now=NOW + HOUR + MS).opens(NOW + HOUR) == NOW + HOUR


def test_what_no_cap_counts_any_more_is_forgotten():
    ledger = after(*[(str(number), NOW + number * 24 * HOUR) for number in range(30)])

    assert [unit.digest for unit in ledger.units] == ["27", "28", "29"]


def test_a_cap_that_skips_delays_nobody():
    cap = replace(ONE_A_DAY, skips=True)
    found = room(after(("a", NOW)), cap)

    assert found.opens(NOW) == NOW
    assert found.refuses(NOW)
    assert not found.refuses(NOW + 24 * HOUR)


minutes = st.integers(0, 60 * 24 * 4)


@given(st.lists(minutes, max_size=12), minutes, st.integers(1, 4), st.integers(30, 60 * 30))
def test_rolling_room_is_the_first_minute_with_which_no_window_is_too_full(
    standing: list[int], at: int, most: int, width: int
):
    times = _admitted(standing, most, width)
    cap = Cap(most=most, seconds=width * 60)

    found = first_room(cap, [time * 60_000 for time in times], at * 60_000, UTC_ZONE, most)

    assert (
        found
        == next(
            minute for minute in range(at, 60 * 24 * 12) if _is_kept(sorted([*times, minute]), most, width)
        )
        * 60_000
    )


def _admitted(wanted: Iterable[int], most: int, width: int) -> list[int]:
    """Of those that were wanted, in the order in which they came, those for whom there was room."""
    times: list[int] = []
    for minute in wanted:
        times = sorted([*times, minute]) if _is_kept(sorted([*times, minute]), most, width) else times
    return times


def _is_kept(times: list[int], most: int, width: int) -> bool:
    """Every window that begins with a message, half-open: there are no fuller ones."""
    return all(sum(begin <= time < begin + width for time in times) <= most for begin in times)


@given(st.lists(minutes, max_size=12), minutes, st.integers(1, 3), st.sampled_from([DAY, WEEK]))
def test_calendar_room_is_the_first_minute_of_a_day_that_is_not_full(
    wanted: list[int], at: int, most: int, seconds: int
):
    """Across the night of 29 March 2026, when a day in Berlin has 23 hours."""
    start = datetime(2026, 3, 26, tzinfo=UTC)
    cap = Cap(most=most, seconds=seconds, is_calendar=True)
    times = [in_ms(start) + minute * 60_000 for minute in wanted]

    found = first_room(cap, times, in_ms(start) + at * 60_000, BERLIN, most)

    def period(time: int) -> date:
        local = (EPOCH + time * MS).astimezone(BERLIN).date()
        return local - timedelta(days=local.weekday()) if seconds == WEEK else local

    grid = (in_ms(start) + minute * 60_000 for minute in range(at, 60 * 24 * 30))
    full = [period(time) for time in times]
    assert found == next(each for each in grid if full.count(period(each)) < most)


@given(
    st.lists(
        st.tuples(minutes, st.integers(0, 3), st.booleans(), st.sampled_from(["email", "sms"])), max_size=25
    )
)
def test_whatever_comes_and_whenever_it_is_placed_no_window_is_too_full(
    wanted: list[tuple[int, int, bool, str]],
):
    """Each takes the first moment that has room, now or held; the sent of any window are within every cap."""
    caps = (
        Cap(most=2, seconds=DAY),
        Cap(most=1, seconds=6 * 3600, channel="email"),
        Cap(most=5, seconds=WEEK, keep=2, keep_for=2),
    )
    ledger = Ledger("ada")
    for number, (minute, priority, held, channel) in enumerate(wanted):
        at = NOW + timedelta(minutes=minute)
        message = a_message(digest=f"{number:02d}", channel=channel)
        asked = Room(
            caps=applying(caps, message),
            ledger=ledger,
            message=message,
            priority=priority,
            zone=UTC_ZONE,
            now=NOW,
        )
        moment = asked.opens(at)
        assert moment is not None
        ledger = asked.taken(moment, held=held)

        for cap in caps:
            times = sorted(unit.at for unit in ledger.units if cap.channel in ("", unit.channel))
            assert all(b - a >= cap.seconds * 1000 for a, b in zip(times, times[cap.most :], strict=False))


def test_units_are_told_apart_by_their_message():
    units = after(("a", NOW), ("b", NOW + HOUR), cap=TWO_A_DAY).units

    assert [replace(unit, at=0) for unit in units] == [
        Unit(digest=digest, at=0, kept=2 * DAY, channel="email", topic=units[0].topic, journey="welcome")
        for digest in ("a", "b")
    ]
    assert all(one.at < other.at for one, other in pairwise(units))
