"""What the views work with, made once per container."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sojourn import bootstrap
from sojourn.clock import Clock
from sojourn.events import store as events
from sojourn.http.keys import Keys
from sojourn.settings import ApiSettings


class Publisher(Protocol):
    """Whoever turns a draft into a version: the function publish_journey, which alone may make state machines."""

    def publish(self, name: str) -> dict[str, Any]:
        """What it answered; `error` when it raised."""
        ...


@dataclass(frozen=True, slots=True)
class LambdaPublisher:
    """Asks the function and waits for its answer."""

    function: str
    client: Callable[[], Any]

    def publish(self, name: str) -> dict[str, Any]:
        """The function's answer; a raised exception is `{"error": <its class>}`."""
        payload = json.dumps({"journey": name})
        answer = self.client().invoke(FunctionName=self.function, Payload=payload)
        told: dict[str, Any] = json.loads(answer["Payload"].read() or "{}") or {}
        return {"error": str(told.get("errorType", ""))} if "FunctionError" in answer else told


@dataclass(slots=True, kw_only=True)
class World:
    """The collaborators; tests put others in their place."""

    clock: Clock
    keys: Keys
    publisher: Publisher


@functools.cache
def world() -> World:
    """Read the environment and name the tables."""
    clock = bootstrap.clock()
    events.bind(bootstrap.settings(), region=bootstrap.region(), clock=clock)
    function = ApiSettings.from_env().publish_journey_function
    publisher = LambdaPublisher(function, lambda: bootstrap.client("lambda"))
    return World(clock=clock, keys=Keys(clock), publisher=publisher)
