"""What an operator does to a journey that runs, through the real API: asked again until it answers."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from functions.api import world as api_world
from functions.api.app import handler
from sojourn import config
from sojourn.http.keys import key_row_id
from sojourn.tables import ConfigRow
from tests.faults.invariants import left_over, people, providers
from tests.faults.world import HANDLERS, World, a_world, forget, publish

KEY = "sj_api_0123456789abcdef"
MORE = {
    "PUBLISH_JOURNEY_FUNCTION": "publish",
    "SEND_MESSAGE_FUNCTION": "send",
    "IMPORT_MACHINE_ARN": "import",
    "BACKFILL_MACHINE_ARN": "backfill",
}
OF_THE_API = (api_world.world, api_world.segments, api_world.imports)


@contextmanager
def an_operated_world(**journeys: str) -> Iterator[World]:
    """A world with the API, and these journeys live."""
    HANDLERS["api"] = handler
    with a_world() as world, pytest.MonkeyPatch.context() as patch:
        for name, value in MORE.items():
            patch.setenv(name, value)
        for each in OF_THE_API:
            each.cache_clear()
        config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})
        for name, text in journeys.items():
            publish(world, name, text)
        yield world
    for each in OF_THE_API:
        each.cache_clear()
    del HANDLERS["api"]
    forget()


def anew(world: World) -> World:
    """As it was before anything happened; the journeys that were stopped or published anew are live as they were."""
    world.reset()
    for row in [row for kind in ("STOP", "MIGRATION") for row in config.query(kind)]:
        ConfigRow(row.kind, row.id).delete()
    return world


def asks(
    world: World, path: str, sent: Mapping[str, Any] | None = None, *, method: str = "POST"
) -> dict[str, Any]:
    """By somebody who tries again when there is no answer."""
    event = {
        "path": path,
        "httpMethod": method,
        "headers": {"authorization": f"Bearer {KEY}"},
        "multiValueQueryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": json.dumps(sent) if sent is not None else None,
        "isBase64Encoded": False,
    }
    for _ in range(3):
        answer = world.invoke("api", event)
        if answer is not None and answer["statusCode"] < 500:
            told: dict[str, Any] = json.loads(answer["body"])
            assert answer["statusCode"] < 300, told
            return told
    raise AssertionError(f"{path} does not answer")


def resting(world: World, *, but: Collection[str] = ()) -> list[str]:
    """What is wrong with a world in which nothing is to happen any more."""
    return [*providers(world), *(each for each in left_over(world) if each not in but), *_unsettled()]


def _unsettled() -> Iterator[str]:
    """Every message ends in a state with a name: nobody asks for those that are still planned."""
    for row in people("MSG#"):
        if row["state"] in {"planned", "sending"}:
            yield f"{row['step']} of {row['enrolment']} is still {row['state']}"


def ends() -> dict[str, tuple[str, str]]:
    """How each run ended: by the user's name."""
    found = {row["identity"].partition("#")[2]: row for row in people("ENROL#")}
    return {name: (row["status"], row.get("reason", "")) for name, row in found.items()}
