"""docs/journeys.md, "How it runs: waiting and answering": every walk is walked, with the real handlers."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from sojourn.clock import parse_iso
from sojourn.journeys.language.times import Duration
from tests.faults.world import START, World, a_world
from tests.playing import goes, play, run_of, trace

PAGE = (Path(__file__).parents[2] / "docs/journeys.md").read_text()
BLOCK = re.compile(r"^```(yaml|walk)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
DEED = re.compile(r"(\d+ \w+): ([^{}]+?(?: \{[^{}]*\})?)(?:, |$)")
HOME, FAR = ZoneInfo("America/New_York"), timedelta(days=120)


def walks() -> Iterator[object]:
    """The steps above each walk, and the walk."""
    steps = ""
    for kind, text in BLOCK.findall(PAGE):
        if kind == "yaml":
            steps = text
        else:
            first = steps.splitlines()[0].partition(": ")[2]
            yield pytest.param(steps, dict(_lines(text)), id=f"{first}: {' '.join(text.split())[:60]}")


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, _, said = line.partition(": ")
        yield key, said.strip('"')


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


@pytest.mark.parametrize(("steps", "walk"), list(walks()))
def test_a_walk_goes_as_the_page_says(world: World, steps: str, walk: dict[str, str]):
    traits = yaml.load(walk.get("contact", "{}"), Loader=yaml.BaseLoader)  # noqa: S506  # texts alone
    known: dict[str, Any] = {name: _said(value) for name, value in traits.items()}
    play(
        world,
        _indented(steps),
        properties={"cart_id": 7},
        **known,
    )
    for when, deed in DEED.findall(walk.get("does", "").removeprefix("{").removesuffix("}")):
        world.run_until(START + timedelta(seconds=Duration.from_text(when).seconds))
        _do(world, deed)
    world.run_until(START + FAR)

    run = run_of(world)
    if "way" in walk:
        assert ", ".join(trace(world)) == walk["way"]
    if "mails" in walk:
        assert ", ".join(_local(mail.at) for mail in world.services.mails) == walk["mails"]
    reason, _, after = walk.get("ends", "").partition(" after ")
    assert run.reason == reason or "ends" not in walk
    if after:
        expected = START + timedelta(seconds=Duration.from_text(after).seconds)
        assert timedelta() <= parse_iso(run.ended_at) - expected < timedelta(minutes=2)


def test_the_page_has_walks():
    assert len(list(walks())) > 12


def _indented(steps: str) -> str:
    return "\n".join(f"  {line}" for line in steps.splitlines())


def _said(value: str) -> object:
    """null is not told; digits are a number."""
    return None if value == "null" else int(value) if value.isdigit() else value


def _do(world: World, deed: str) -> None:
    """`Order Completed {cart_id: 7}`, or `plan is pro`."""
    if "{" in deed:
        name, _, properties = deed.partition(" {")
        goes(world, yaml.safe_load("{" + properties), name)
    else:
        name, _, value = deed.partition(" is ")
        world.collect({"type": "identify", "userId": "ann", "messageId": deed, "traits": {name: value}})


def _local(at: str) -> str:
    moment: datetime = parse_iso(at)
    return f"{moment.astimezone(HOME):%Y-%m-%d %H:%M}"
