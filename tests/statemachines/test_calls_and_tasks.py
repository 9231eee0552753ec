"""docs/journeys.md, "How it runs: calls and tasks": every example is walked, the calls against a real server."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from sojourn import bootstrap
from sojourn.clock import iso
from sojourn.journeys.calls import TRIES
from sojourn.journeys.language.times import Duration
from sojourn.journeys.tasks import store
from sojourn.journeys.tasks.model import Task, TaskSettledError
from sojourn.journeys.tasks.settle import settle, still_open
from tests.calling import a_server, answer
from tests.faults.world import START, World, a_world
from tests.playing import play, run_of, trace

PAGE = (Path(__file__).parents[2] / "docs/journeys.md").read_text()
BLOCK = re.compile(r"^```(yaml|call|task)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
SHOP, LOCAL = "https://shop.example.com", "http://127.0.0.1:4566"
FAR = timedelta(days=20)


def examples(kind: str) -> list[object]:
    """The steps above each example, and what it says."""
    steps, found = "", list[object]()
    for each, text in BLOCK.findall(PAGE):
        if each == "yaml":
            steps = text
        elif each == kind:
            said = {
                key: value.strip('"')
                for key, _, value in (line.partition(": ") for line in text.splitlines())
            }
            found.append(pytest.param(steps, said, id=" ".join(text.split())[:60]))
    return found


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """On loopback, as the local cloud is: there alone may calls go to this machine."""
    with a_world() as world, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", LOCAL)
        patch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")  # the world stands in for AWS
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


@pytest.mark.parametrize(("steps", "example"), examples("call"))
def test_a_call_goes_as_the_page_says(world: World, steps: str, example: dict[str, str]):
    with a_server(_answer(example["answer"])) as server:
        here = server.url().partition("/hook")[0]
        traits = yaml.safe_load(example.get("contact", "{}"))
        play(world, _indented(steps.replace(SHOP, here)), **traits)
        world.run_until(START + FAR)

    run = run_of(world)
    if "way" in example:
        assert ", ".join(trace(world)) == example["way"]
    if "keeps" in example:
        assert dict(run.replies) == json.loads(example["keeps"])
    if "asked" in example:
        said = json.loads(server.asked[0].body)
        assert server.asked[0].headers["idempotency-key"] == said.pop("id")
        known = {name: said.pop(name) for name in ("contact", "version", "at")}
        assert known == {"contact": run.contact, "version": run.version, "at": iso(START)}
        assert said == json.loads(example["asked"])
    assert len(server.asked) == int(example.get("times", 1))
    assert "ends" not in example or run.reason == example["ends"]
    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1


@pytest.mark.parametrize(("steps", "example"), examples("task"))
def test_a_task_goes_as_the_page_says(world: World, steps: str, example: dict[str, str]):
    outcome, _, after = example["settled"].partition(" after ")
    play(world, _indented(steps))
    world.run_until(START + timedelta(minutes=1))
    task = the_task()

    world.run_until(START + timedelta(seconds=Duration.from_text(after).seconds))
    with suppress(TaskSettledError):
        settle(task.id, outcome, by="ops", engine=bootstrap.engine())
    world.run_until(START + FAR)

    there = store.get_task(task.id)
    assert there is not None
    assert ", ".join(trace(world)) == example["way"]
    assert there.state == example["task"]


def test_the_page_tells_how_often_a_call_is_tried():
    assert TRIES == 3
    assert "tried three times in all" in PAGE


def the_task() -> Task:
    found, _ = store.listed("sales", 10, None)
    (task,) = still_open(found, engine=bootstrap.engine())
    return task


def _answer(said: str) -> bytes:
    status, _, rest = said.partition(" ")
    header, _, address = rest.partition(": ") if rest.startswith("Location") else ("", "", "")
    return answer("" if header else rest, f"{status} Said", *([f"{header}: {address}"] if header else []))


def _indented(steps: str) -> str:
    return "\n".join(f"  {line}" for line in steps.splitlines())
