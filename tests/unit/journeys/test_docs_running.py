"""docs/journeys.md keeps its word on who comes in, who goes and what counts: each `run` block is played."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from sojourn.clock import iso
from sojourn.events import store as events
from sojourn.events.model import Event, internal_event
from sojourn.journeys.dates import rule_of
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.language.entering import REQUESTED, OnDate
from sojourn.journeys.language.times import Duration
from sojourn.journeys.live import END_REQUESTED, LIVE, State, change_state, live
from sojourn.journeys.load import load_journey
from sojourn.journeys.model import Journey
from sojourn.journeys.reentry import A_DAY, Refused
from tests.cloud import REGION, SETTINGS
from tests.entering import World, did, ended, said
from tests.journeys import IDENTITY, NOW
from tests.partiql import empty
from tests.segments import put_in_force
from tests.unit.journeys.test_docs import PAGE, whole

LINES = r"((?:(?!```).*\n)+)```\n"  # of one block
BLOCKS = re.findall(rf"^```yaml\n{LINES}\n```run\n{LINES}", PAGE, re.MULTILINE)
LINE = re.compile(r"(\d+ \w+) {2,}(.+?) {2,}(\w.*)")
STATES = {"(paused)": State.PAUSED, "(resumed)": State.LIVE, "(stopped)": State.STOPPED}
OURS = {REQUESTED, END_REQUESTED}


@pytest.fixture
def world(tables: None) -> World:
    empty("People", "Identity", "Due", "Config", "Events")
    made = World()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


def begin(world: World, text: str) -> Journey:
    """Let the example go live, with the hidden segments of its dates."""
    journey = load_journey(whole(text))
    world.publish(journey)
    for place, entry in enumerate(journey.entries, 1):
        if isinstance(entry, OnDate):
            rules: dict[str, Any] = {f"{journey.name}--d{place}": rule_of(entry.date)}
            put_in_force(**rules)
    return journey


def event(what: str, number: int, world: World) -> Event:
    """`Order Completed {cart: a}`; a name in brackets moves the clock alone."""
    name, _, properties = what.partition(" {")
    sent = yaml.safe_load("{" + properties)
    told = {key: str(value) if isinstance(value, date) else value for key, value in sent.items()}
    if name == "identify":
        return said(told, number, at=world.clock.now)
    if name in OURS:
        return internal_event(IDENTITY, name, at=world.clock.now, message_id=str(number), properties=told)
    return did(name, number, at=world.clock.now, **told)


def play(world: World, what: str, number: int) -> None:
    if what in STATES:
        change_state("example", STATES[what], now=world.clock.now)
        world.live = live()
    elif what == "(the run ends)":
        ended(next(run for run in runs(world) if run.status is Status.ACTIVE), world.clock.now)
    elif what.startswith("("):
        world.sweeps()
    else:
        world.happens(event(what, number, world))


def runs(world: World) -> list[Enrolment]:
    """None, as long as nobody is there."""
    try:
        return world.runs("example")
    except LookupError:
        return []


def outcome(before: list[Enrolment], world: World, at: Any) -> str:
    """What came of it, in the words of the page."""
    now, known = runs(world), {run.id: run for run in before}
    if len(now) > len(before):
        return "in"
    for run in now:
        was = known[run.id]
        if was.status is Status.ACTIVE and run.status is Status.EXITED:
            return f"out: {run.reason}"
        if run.converted_at != was.converted_at:
            return "converts"
    refused = world.refused("example")
    return f"refused: {refused.reason}" if refused and refused.at == at else "nothing"


@pytest.mark.parametrize(("text", "diary"), BLOCKS, ids=lambda text: text.splitlines()[0][:40])
def test_what_the_page_says_happens(world: World, text: str, diary: str):
    begin(world, text)
    start = NOW
    for number, line in enumerate(diary.splitlines(), 1):
        found = LINE.fullmatch(line)
        assert found, line
        offset, what, wanted = found.groups()
        world.clock.now = start + timedelta(seconds=Duration.from_text(offset).seconds)
        before = runs(world)

        play(world, what, number)

        assert (line, outcome(before, world, iso(world.clock.now))) == (line, wanted.strip())


def test_the_page_names_every_reason_of_a_refusal_and_its_numbers():
    named = set(re.findall(r"`(\w+)`", PAGE.split("### At the door")[1].split("The same event")[0]))

    assert {reason.value for reason in Refused} <= named
    assert f"{A_DAY} entries" in PAGE
    assert len(BLOCKS) >= 6
    assert LIVE == ("LIVE", "journeys")
