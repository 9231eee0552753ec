"""One bare DynamoDB client a container, for the rows that are made by hand. Everything else goes through PynamoDB."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sojourn.clients import named
from sojourn.clock import Clock, SystemClock
from sojourn.contacts.attributes import use_registry
from sojourn.contacts.registry import KnownAttributes
from sojourn.contacts.workspace import WorkspaceReader, use_workspace
from sojourn.errors import StoreBusyError
from sojourn.settings import Settings

T = TypeVar("T")

ROUNDS = 5  # tries of what was throttled inside an accepted call
FIRST_PAUSE = 0.05  # wall seconds; doubled each round, and shortened by chance so that callers spread


@dataclass(slots=True)
class Wire:
    """The client, the tables' names, the wall clock, and how to wait."""

    settings: Settings
    clock: Clock
    region: str | None = None  # None: as the SDK finds it
    sleep: Callable[[float], None] = time.sleep
    _client: Any = None

    @property
    def client(self) -> Any:
        """Made on first use."""
        if self._client is None:
            self._client = _new_client(self.region)
        return self._client

    def call(self, operation: str, **parameters: Any) -> Any:
        """One call; StoreBusyError for whatever kept it from being answered."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client, operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise StoreBusyError(f"{operation}: {type(error).__name__}") from error

    def pause(self, round_number: int) -> None:
        """Wait before the next round."""
        self.sleep(FIRST_PAUSE * 2**round_number * (0.5 + random.SystemRandom().random() / 2))


_wires: list[Wire] = []


def bind(
    settings: Settings,
    *,
    clock: Clock,
    region: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Say which tables, where, and what time it is; a repeated call replaces the first, and what it had learned."""
    _wires[:] = [Wire(settings, clock, region, sleep)]
    use_registry(KnownAttributes(clock))
    use_workspace(WorkspaceReader(clock))


def wire() -> Wire:
    """What was bound; a function that bound nothing gets what its environment says."""
    if not _wires:
        bind(Settings.from_env(), clock=SystemClock.from_env())
    return _wires[0]


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows, at most `size` at a time."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk


def _new_client(region: str | None) -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    # What is sent is made by hand and tested: botocore's own check of it would cost as much as writing it.
    config = Config(
        parameter_validation=False,
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 3},
        tcp_keepalive=True,
    )
    return named(get_session()).create_client("dynamodb", region_name=region, config=config)
