"""Entries by date and by schedule: the local day, the exact moment, across every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sojourn.clock import iso
from sojourn.due.store import due_in
from sojourn.events import store as events
from sojourn.journeys.dates import occasion, rule_of
from sojourn.journeys.language.entering import OnDate, OnSchedule
from sojourn.journeys.language.times import Date
from sojourn.journeys.live import State, change_state
from sojourn.journeys.schedules import next_moment, schedule_all
from sojourn.rules.compile import compile_rule
from sojourn.rules.view import View
from tests.cloud import REGION, SETTINGS
from tests.entering import DAY, HOUR, World, a_journey, ended, said
from tests.journeys import NOW
from tests.partiql import empty
from tests.segments import VIP, put_in_force

BERLIN = ZoneInfo("Europe/Berlin")
BIRTHDAY = {"date": "birthday", "at": "09:00", "yearly": True}
RENEWAL = {"date": "renewal"}
BEFORE_3, HOURS_2 = {**RENEWAL, "before": "3 days"}, {**RENEWAL, "before": "2 hours"}
MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)  # of 29 March in Berlin, when its clocks change


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def world(tables: None) -> World:
    empty("People", "Identity", "Due", "Config", "Events")
    made = World()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


# The moment


@pytest.mark.parametrize(
    ("entry", "value", "now", "name", "moment"),
    [
        (BIRTHDAY, "1990-03-29", "2026-03-29T00:00+01:00", "2026-03-29", "2026-03-29T07:00Z"),
        (BIRTHDAY, "1990-10-25", "2026-10-25T00:00+02:00", "2026-10-25", "2026-10-25T08:00Z"),
        ({**BIRTHDAY, "at": "02:30"}, "1990-03-29", "2026-03-29T00:00+01:00", "2026-03-29", "2026-03-29T01:30Z"),
        ({**BIRTHDAY, "at": "02:30"}, "1990-10-25", "2026-10-25T00:00+02:00", "2026-10-25", "2026-10-25T00:30Z"),
        (BIRTHDAY, "1992-02-29", "2026-02-28T12:00+01:00", "2026-02-28", "2026-02-28T08:00Z"),
        (BIRTHDAY, "1992-02-29", "2028-02-29T12:00+01:00", "2028-02-29", "2028-02-29T08:00Z"),
        ({**BIRTHDAY, "before": "3 days"}, "1990-01-02", "2026-12-30T12:00+01:00", "2027-01-02", "2026-12-30T08:00Z"),
        ({**BIRTHDAY, "after": "1 week"}, "1990-12-28", "2027-01-04T12:00+01:00", "2026-12-28", "2027-01-04T08:00Z"),
        (BEFORE_3, "2026-06-10", "2026-06-07T12:00+02:00", "2026-06-10", "2026-06-06T22:00Z"),
        (HOURS_2, "2026-06-10T01:00", "2026-06-09T12:00+02:00", "2026-06-10", "2026-06-09T21:00Z"),
        (RENEWAL, "2026-06-10T15:00:00+02:00", "2026-06-10T00:00+02:00", "2026-06-10", "2026-06-10T13:00Z"),
    ],
)  # fmt: skip
def test_a_date_lets_in_at_its_moment(entry: dict[str, Any], value: str, now: str, name: str, moment: str):
    date = Date.from_definition(entry)

    found = occasion(date, {"birthday": value, "renewal": value}, at(now), BERLIN)

    assert found is not None
    assert (found.name, found.at) == (name, at(moment))


@pytest.mark.parametrize("value", [None, "soon", 7, "2026-13-01", "1990-03-30"])
def test_what_is_no_date_or_another_day_lets_nobody_in(value: Any):
    assert occasion(Date.from_definition(BIRTHDAY), {"birthday": value}, MIDNIGHT, BERLIN) is None


@pytest.mark.parametrize("offset", [{}, {"before": "3 days"}, {"after": "2 weeks"}, {"before": "30 hours"}])
@pytest.mark.parametrize("yearly", [True, False])
def test_the_hidden_segment_holds_on_the_day_of_the_moment_and_says_when_it_comes(
    offset: dict[str, str], yearly: bool
):
    """The due index wakes whoever's day begins; no scan ever does."""
    date = Date.from_definition({"date": "day", **offset, **({"yearly": True} if yearly else {})})
    rule, attributes = compile_rule(rule_of(date)), {"day": "2026-07-01"}

    def view(now: datetime) -> View:
        return View(contact="a", now=now, zone=BERLIN, attributes=attributes)

    begins = rule.judge(view(at("2026-01-01T00:00Z"))).flips_at
    assert begins is not None
    assert rule.holds(view(begins))
    assert not rule.holds(view(begins - timedelta(seconds=1)))
    assert rule.judge(view(begins)).flips_at == begins + DAY
    found = occasion(date, attributes, begins, BERLIN)
    assert found is not None
    assert begins <= found.at <= begins + DAY


# Somebody's day


def a_birthday(world: World, **said_more: Any) -> None:
    entry = {**BIRTHDAY, **said_more.pop("entry", {})}
    journey = a_journey("party", entry=entry, **said_more)
    world.publish(journey)
    (date,) = (each.date for each in journey.entries if isinstance(each, OnDate))
    rules: dict[str, Any] = {"party--d1": rule_of(date)}
    put_in_force(**rules)


def test_a_birthday_begins_at_nine_where_the_contact_is(world: World):
    a_birthday(world)
    world.clock.now = MIDNIGHT - 12 * HOUR
    world.hear(said({"birthday": "1990-03-29", "timezone": "Europe/Berlin"}, at=world.clock.now))

    world.sweeps(MIDNIGHT)
    assert world.runs("party") == []
    world.sweeps(MIDNIGHT + timedelta(hours=7, minutes=59))
    assert world.runs("party") == []
    world.sweeps(MIDNIGHT + 8 * HOUR)  # an hour of that night is missing
    world.sweeps(MIDNIGHT + 8 * HOUR)

    (run,) = world.runs("party")
    assert (run.entered_by, run.entered_at) == ("date 1 2026-03-29", iso(at("2026-03-29T07:00Z")))
    assert world.machines.started == [run.execution]


def test_who_has_another_date_by_then_does_not_come(world: World):
    a_birthday(world)
    world.clock.now = MIDNIGHT - 12 * HOUR
    world.hear(said({"birthday": "1990-03-29", "timezone": "Europe/Berlin"}, at=world.clock.now))
    world.sweeps(MIDNIGHT)

    world.hear(said({"birthday": "1990-04-29"}, 2, at=MIDNIGHT + HOUR))
    world.sweeps(MIDNIGHT + 9 * HOUR)

    assert world.runs("party") == []


def test_every_year_is_an_occurrence_of_its_own(world: World):
    a_birthday(world, entry={"at": "00:00"})
    world.clock.now = MIDNIGHT - 12 * HOUR
    world.hear(said({"birthday": "1990-03-29", "timezone": "Europe/Berlin"}, at=world.clock.now))
    world.sweeps(MIDNIGHT)
    (first,) = world.runs("party")
    world.sweeps(MIDNIGHT + DAY)
    ended(first, MIDNIGHT + DAY)
    for day in (364, 365, 366):  # in March 2027 the clocks change a day before
        for hours in (-1, 0, 12):
            world.sweeps(MIDNIGHT + day * DAY + hours * HOUR)

    assert [run.entered_by for run in world.runs("party")] == ["date 1 2026-03-29", "date 1 2027-03-29"]


def test_a_filter_is_asked_when_the_moment_has_come(world: World):
    a_birthday(world, filter={"attribute": "plan", "is": "vip"})
    world.clock.now = MIDNIGHT - 12 * HOUR
    known = {"birthday": "1990-03-29", "timezone": "Europe/Berlin", "plan": "vip"}
    world.hear(said(known, at=world.clock.now))
    world.sweeps(MIDNIGHT)

    world.hear(said({"plan": "free"}, 2, at=MIDNIGHT + HOUR))
    world.sweeps(MIDNIGHT + 9 * HOUR)

    assert (world.runs("party"), world.reason("party")) == ([], "filter")


# Schedules


@pytest.mark.parametrize(
    ("cron", "zone", "after", "moment"),
    [
        ("0 9 * * *", "Europe/Berlin", "2026-03-28T20:00Z", "2026-03-29T07:00Z"),  # T47
        ("0 9 * * *", "Europe/Berlin", "2026-10-24T20:00Z", "2026-10-25T08:00Z"),  # T48
        ("0 18 * * FRI", "America/Los_Angeles", "2026-07-20T00:00Z", "2026-07-25T01:00Z"),  # T52
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T20:00Z",
            "2026-03-29T01:00Z",
        ),  # J5: at the end of the gap
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T20:00Z", "2026-10-25T00:30Z"),  # J5: the first of two
    ],
)
def test_a_schedule_keeps_the_local_hour(cron: str, zone: str, after: str, moment: str):
    assert next_moment(OnSchedule(cron, zone, "vips"), at(after)) == at(moment)


def a_schedule(world: World, **more: Any) -> None:
    put_in_force(vips=VIP)
    entry = {"schedule": "0 9 * * *", "zone": "UTC", "segment": "vips"}
    live = world.publish(a_journey("weekly", entry=entry, **more))
    world.clock.now = NOW
    world.hear(said({"plan": "vip"}))
    schedule_all(live, clock=world.clock, shards=world.engine.due_shards)


def test_a_schedule_lets_its_segment_in_and_once_a_moment(world: World):
    a_schedule(world)
    nine = datetime(2026, 1, 6, 9, tzinfo=UTC)

    world.sweeps(nine - timedelta(minutes=1))
    assert world.runs("weekly") == []
    for seconds in (0, 1, 2, 60):
        world.sweeps(nine + timedelta(seconds=seconds))

    (run,) = world.runs("weekly")
    assert run.entered_by == f"schedule 1 {iso(nine)}"
    ended(run, nine)
    world.sweeps(nine + DAY)
    world.sweeps(nine + DAY + timedelta(seconds=1))
    assert [each.entered_by for each in world.runs("weekly")][1] == f"schedule 1 {iso(nine + DAY)}"


def test_who_is_not_in_the_segment_does_not_come(world: World):
    a_schedule(world)
    world.hear(said({"plan": "free"}, 2, at=NOW + HOUR))

    for seconds in (0, 1):
        world.sweeps(datetime(2026, 1, 6, 9, 0, seconds, tzinfo=UTC))

    assert world.runs("weekly") == []


def test_the_next_moment_stands_before_this_one_is_done(world: World):
    """Who dies in the middle of a moment does not lose the next."""
    a_schedule(world)
    nine = datetime(2026, 1, 6, 9, tzinfo=UTC)
    world.sweeps(nine)

    tomorrow = int((nine + DAY).timestamp() // 60)
    there = [due for shard in range(2) for _, due in due_in(tomorrow, shard)]

    assert [(due.kind, due.at) for due in there] == [("schedule", nine + DAY)]


def test_a_stopped_journey_has_no_next_moment(world: World):
    a_schedule(world)
    change_state("weekly", State.STOPPED, now=NOW)

    for day in (6, 7):
        world.sweeps(datetime(2026, 1, day, 9, tzinfo=UTC))

    assert world.runs("weekly") == []


def test_a_schedule_that_the_live_version_does_not_know_lets_nobody_in(world: World):
    a_schedule(world)
    entry = {"schedule": "0 10 * * *", "zone": "UTC", "segment": "vips"}
    world.publish(a_journey("weekly", entry=entry))

    world.sweeps(datetime(2026, 1, 6, 9, tzinfo=UTC))
    world.sweeps(datetime(2026, 1, 6, 9, 1, tzinfo=UTC))

    assert world.runs("weekly") == []
