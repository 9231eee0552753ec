"""docs/journeys.md tells stories: each is played by the real handlers, and what comes of each line is what it says.

The segment `vip` is whoever's plan is vip. `Order Completed {} of 1 hour` was done then, and is told now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import yaml

from sojourn.asl.execution import Status
from sojourn.clock import iso
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.language.times import Duration
from sojourn.journeys.store import enrolments_of
from sojourn.messages.store import messages_of
from tests.agreements.code import ROOT
from tests.faults.invariants import people
from tests.faults.people import AGREED, introduces
from tests.faults.world import START, publish
from tests.functions.reasons.coming import told
from tests.functions.reasons.stage import MINUTE, Stage
from tests.playing import legs
from tests.segments import VIP, put_in_force

PAGE = (ROOT / "docs" / "journeys.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(yaml|story)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"(\d+ \w+) {2,}(.+?) {2,}(\w.*)")
EVENT = re.compile(r"([^{}]+?) (\{.*?\})(?: of (\d+ \w+))?")
HEAD = "journey: play\npurpose: marketing\n"
WORDS = {"paused": "pause", "stopped": "stop"}


def stories() -> Iterator[object]:
    """The example above each story; where there are two, the second is the version that is published in it."""
    files: list[str] = []
    before = ""
    for kind, text in BLOCK.findall(PAGE.split("\n## How it runs: stories\n")[1].split("\n## ")[0]):
        if kind == "story":
            yield pytest.param(files, text, id=" ".join(text.split())[:60])
        files = [*files, text] if kind == before == "yaml" else [text] if kind == "yaml" else files
        before = kind


@pytest.mark.parametrize(("files", "story"), list(stories()))
def test_a_story_goes_as_the_page_says(stage: Stage, files: list[str], story: str):
    put_in_force(vip=VIP)
    publish(stage.world, "play", f"{HEAD}{files[0]}")
    introduces(stage.world)
    stage.world.pump()

    before: set[str] = set()
    for line in story.splitlines():
        found = LINE.fullmatch(line)
        assert found, line
        when, deed, wanted = found.groups()
        at = timedelta(seconds=Duration.from_text(when).seconds)
        stage.after(at)
        does(stage, deed, files)
        stage.after(at + MINUTE)
        now = seen(stage)
        came = sorted(now - before) or ["nothing"]
        assert (line, came) == (line, sorted(wanted.split(", ")))
        before = {each for each in now if not each.startswith("refused")}


def does(stage: Stage, deed: str, files: list[str]) -> None:
    """Something of Ann's, or of whoever keeps the journey."""
    if found := EVENT.fullmatch(deed):
        name, properties, of = found.groups()
        said: dict[str, Any] = yaml.safe_load(properties)
        late = (
            stage.world.clock.now - START - timedelta(seconds=Duration.from_text(of).seconds)
            if of
            else timedelta()
        )
        told(
            stage,
            "web",
            "" if name == "identify" else name,
            late,
            **{("traits" if name == "identify" else "properties"): said},
        )
        return
    word, _, rest = deed.strip("()").partition(", ")
    match word:
        case "unsubscribes":
            no = {**AGREED[0], "status": "withdrawn"}
            call = {
                "type": "identify",
                "userId": "ann",
                "messageId": deed,
                "traits": {},
                "context": {"consent": [no]},
            }
            stage.world.collect(call)
        case "paused" | "stopped":
            stage.asks("POST", f"/api/journeys/play/{WORDS[word]}")
        case "resumed":
            stage.asks("POST", "/api/journeys/play/resume", {"late": rest})
        case "its execution fails":
            legs(stage.world)[-1].status = Status.FAILED
        case "published":
            publish(stage.world, "play", f"{HEAD}{files[1]}")
        case "migrated":
            step, _, to = rest.partition(" to ")
            clause: Any = to if to in {"exit", "finish", "stay"} else {"move": to}
            stage.asks("POST", "/api/journeys/play/migrations", {"clauses": {step: clause}}, 202)
            stage.world.pump()
        case _:
            assert word == "later", deed
    stage.world.pump()


def seen(stage: Stage) -> set[str]:
    """All that is known of Ann's runs and messages, in the page's words."""
    found = set[str]()
    for contact in sorted({row["pk"].removeprefix("C#") for row in people("PROFILE")}):
        runs = list(enrolments_of(contact, "play"))
        found |= {word for run in runs for word in _of_a_run(run, len(runs))}
        found |= {_of_a_message(each.step, each.state.value, each.reason) for each in messages_of(contact)}
    now = iso(stage.world.clock.calendar() - MINUTE)
    return found | {f"refused: {row['reason']}" for row in people("REFUSED#play") if row["at"] == now}


def _of_a_run(run: Enrolment, runs: int) -> Iterator[str]:
    number = f" {run.entry}" if runs > 1 else ""
    yield "in" + number if run.entry > 1 else "in"
    if run.ended_at:
        yield f"out: {run.reason}{number}" if run.reason else f"through{number}"
    if run.converted_at:
        yield f"converts{number}"


def _of_a_message(step: str, state: str, reason: str) -> str:
    return f"{step} is {state}{f' ({reason})' if reason else ''}"
