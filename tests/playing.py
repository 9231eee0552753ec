"""Journeys written for a test, published into the world and walked with the real handlers."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sojourn.asl.execution import Execution
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.versions import published
from tests.faults.invariants import people
from tests.faults.people import does, introduces
from tests.faults.world import World, publish

HEAD = "journey: play\npurpose: marketing\nentry: {event: Go}\n"
ENTRY = "Go"


def play(
    world: World, steps: str, *, head: str = HEAD, properties: Mapping[str, Any] | None = None, **traits: Any
) -> None:
    """Publish the journey anew, and let Ann in."""
    published.cache_clear()
    publish(world, "play", f"{head}steps:\n{steps}")
    introduces(world, **traits)
    if properties is None:
        does(world, ENTRY)
    else:
        goes(world, properties)
    world.pump()


def goes(world: World, properties: Mapping[str, Any], event: str = ENTRY, user: str = "ann") -> None:
    """Something that Ann does, with what belongs to it."""
    from sojourn.clock import iso

    now = iso(world.clock.calendar())
    told = {
        "type": "track",
        "event": event,
        "userId": user,
        "messageId": f"{event}-{now}-{json.dumps(properties)}",
    }
    world.collect({**told, "timestamp": now, "properties": dict(properties)})


def run_of(world: World) -> Enrolment:
    """Ann's run, as its row says."""
    row = next(row for row in people("ENROL#play#"))
    found = store.get_enrolment(f"{row['pk'].removeprefix('C#')}.play.1")
    assert found is not None
    return found


def legs(world: World) -> list[Execution]:
    """The executions of the journey, in the order in which they began."""
    return [each for each in world.walker.executions.values() if each.name.startswith("play-")]


def trace(world: World) -> list[str]:
    """The steps that were come to, without the machine's own states."""
    own = {"Resume", "Hold", "Left", "Done"}
    return [state for leg in legs(world) for state in leg.states if state not in own]


@contextmanager
def everything_twice(world: World) -> Iterator[list[str]]:
    """Lambda calls each function again with the same event: what differs is listed."""
    functions, odd = dict(world.walker.functions), list[str]()
    world.walker.functions = {name: _twice(name, each, odd) for name, each in functions.items()}
    try:
        yield odd
    finally:
        world.walker.functions = functions


def _twice(name: str, function: Callable[[Any, Any], Any], odd: list[str]) -> Callable[[Any, Any], Any]:
    def called(event: Any, context: Any) -> Any:
        first, again = _outcome(function, event, context), _outcome(function, event, context)
        ended = ("EnrolmentEndedError", "")  # who asks when the run is over hears that
        if again[:2] not in (first[:2], ended):
            odd.append(f"{name} {event.get('step')}: {first[:2]}, then {again[:2]}")
        if first[2] is not None:
            raise first[2]
        return first[1]

    return called


def _outcome(
    function: Callable[[Any, Any], Any], event: Any, context: Any
) -> tuple[str, Any, Exception | None]:
    try:
        return "", function(event, context), None
    except Exception as error:  # noqa: BLE001  # whatever it is, the machine hears of it
        return type(error).__name__, "", error
