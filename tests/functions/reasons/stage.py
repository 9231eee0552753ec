"""Where each reason is made to happen: the whole product in one process, and `sojourn explain` asked of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from rich.console import Console

from functions.api.app import handler
from functions.api.openapi import specification
from functions.api.world import world as api
from sojourn import config
from sojourn.cli.explaining import explained
from sojourn.contacts.workspace import WorkspaceReader, use_workspace
from sojourn.delivery.modes import EVERYBODY
from sojourn.http.keys import key_row_id
from sojourn.journeys.modes import set_sending
from tests.cloud import REGION
from tests.faults.people import AGREED, introduction
from tests.faults.services import refusal
from tests.faults.world import START, World, a_world, forget_data, publish
from tests.openapi import assert_described
from tests.playing import goes, play

KEY = "sj_api_0123456789abcdef"
KEPT = {"KEY", "TEMPLATE"}  # rows of Config that no story writes
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SEND = "  - {send: Say it, template: reminder}\n"
WAIT = "  - {wait: Rest, for: 30 days}\n  - {exit: The end, reason: done}\n"
MAIL = SEND + WAIT
TEXT = "  - {send: Say it, template: offer, channel: sms}\n" + WAIT


@dataclass(slots=True)
class Stage:
    """Ann, the journey `play`, and a clock."""

    world: World

    def play(
        self,
        steps: str = MAIL,
        *lines: str,
        entry: str = "{event: Go}",
        purpose: str = "marketing",
        **more: Any,
    ) -> None:
        """The journey goes live, and Ann comes in."""
        play(self.world, steps, head=head(*lines, entry=entry, purpose=purpose), **more)
        self.after(timedelta())

    def publish(
        self, steps: str = MAIL, *lines: str, entry: str = "{event: Go}", purpose: str = "marketing"
    ) -> None:
        """The journey alone."""
        publish(self.world, "play", f"{head(*lines, entry=entry, purpose=purpose)}steps:\n{steps}")

    def meets(self, *consents: Mapping[str, Any], **traits: Any) -> None:
        """Ann, who allows no more than this."""
        self.world.collect(
            {**introduction(self.world, "ann", **traits), "context": {"consent": list(consents)}}
        )
        self.world.pump()

    def does(self, name: str, **properties: Any) -> None:
        """An event of Ann's."""
        goes(self.world, properties, name)
        self.world.pump()

    def after(self, time: timedelta) -> None:
        """So long after the beginning."""
        self.world.run_until(START + time)

    def says(
        self, code: str, status: int = 400, service: str = "sesv2", times: int = 1, words: str = "no"
    ) -> None:
        """What the provider answers next."""
        self.world.services.says.extend(refusal(service, code, status, words) for _ in range(times))

    def settles(self, **delivery: Any) -> None:
        """What the workspace says of its messages."""
        config.put("SETTING", "workspace", {"delivery": delivery} if delivery else {})
        use_workspace(WorkspaceReader(self.world.clock))

    def asks(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """The API, and what it answered: as the specification says."""
        path, _, query = path.partition("?")
        pairs = [pair.split("=", 1) for pair in query.split("&") if pair]
        event = {
            "path": path,
            "httpMethod": method,
            "headers": {"authorization": f"Bearer {KEY}"},
            "multiValueQueryStringParameters": {name: [value] for name, value in pairs} or None,
            "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
            "body": json.dumps(body) if body is not None else None,
            "isBase64Encoded": False,
        }
        raw = handler(event, None)
        answer = json.loads(raw["body"])
        assert raw["statusCode"] == status, answer
        assert_described(specification(), method, path, status, raw["headers"], answer)
        return answer

    def explain(self) -> dict[str, Any]:
        """The answer about Ann."""
        answer: dict[str, Any] = self.asks("GET", "/api/explain?contact=ann&journey=play")
        return answer


Maker = Callable[[Stage], object]


@dataclass(frozen=True, slots=True)
class Made:
    """How a reason comes about, and what `sojourn explain` must say of it."""

    make: Maker
    words: tuple[str, ...]


class Makers(dict[str, Made]):
    """Of the reasons of one table."""

    def by(self, reason: str, *words: str) -> Callable[[Maker], Maker]:
        """This function makes it happen."""

        def noted(make: Maker) -> Maker:
            assert reason not in self
            self[reason] = Made(make, words)
            return make

        return noted


def head(*lines: str, entry: str = "{event: Go}", purpose: str = "marketing") -> str:
    """The journey's first lines."""
    return "\n".join(["journey: play", f"purpose: {purpose}", f"entry: {entry}", *lines, ""])


def shown(answer: Mapping[str, Any]) -> str:
    """What a person reads, as one line."""
    console = Console(file=io.StringIO(), width=2_000, highlight=False)
    for part in explained(dict(answer)):
        console.print(part)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def agreed(**more: str) -> list[dict[str, str]]:
    """The usual consents, each with this."""
    return [{**each, **more} for each in AGREED]


@contextmanager
def a_stage() -> Iterator[Stage]:
    """A stack with a key for the API."""
    with a_world() as world, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUBLISH_JOURNEY_FUNCTION", "publish")
        api.cache_clear()
        config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})
        yield Stage(world)
    api.cache_clear()


def cleared(stage: Stage) -> Stage:
    """As it was before anything happened: no journey, no segment, nothing said of the workspace."""
    stage.world.reset()
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["Config"].items
    for kind in [kind for kind in rows if kind.value not in KEPT]:
        del rows[kind]
    forget_data()
    set_sending(EVERYBODY)
    use_workspace(WorkspaceReader(stage.world.clock))
    return stage
