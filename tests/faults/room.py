"""One function or two in a cloud in memory, and every fault at every call of what they do, in this one process.

    with a_room(…) as room:
        assert_no_harm(walk(room, [step, …], outcome), at_least=…)

Each step is told undisturbed; then, in the room as it was before, once for each fault at each call. Whoever calls the
function in a step calls again as AWS or the sender would. Each time the outcome must be the undisturbed one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from os import environ
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from sojourn import bootstrap
from sojourn.asl.api import StepFunctions
from sojourn.asl.walk import Crash, Walker
from sojourn.clock import ManualClock, use_clock
from sojourn.contacts.attributes import use_registry
from sojourn.contacts.registry import KnownAttributes
from sojourn.contacts.workspace import WorkspaceReader, use_workspace
from sojourn.errors import StoreBusyError
from tests.cloud import REGION, TABLES, moto_cloud
from tests.faults.network import Call, Fault, Kind, Network
from tests.faults.services import Services
from tests.faults.tally import note
from tests.faults.world import rows
from tests.insight_rows import NOW
from tests.partiql import empty, teach_moto

KINDS = (Kind.ERROR_BEFORE, Kind.ERROR_AFTER, Kind.ANSWER_LOST, Kind.DEATH_AFTER)
OF_READS = (Kind.ERROR_BEFORE, Kind.DEATH_AFTER)  # who reads twice reads the same
READS = {"BatchGetItem", "Decrypt", "DescribeExecution", "GetItem", "GetObject", "HeadObject", "Query"}
PAUSE = 2.0  # seconds between one call of a function and the next
MOST_CALLS = 6  # of one function by whoever calls again
WIRED = (
    bootstrap.settings, bootstrap.clock, bootstrap.client, bootstrap.archivist, bootstrap.key_ring,
    bootstrap.import_files, bootstrap._session,
)  # fmt: skip

Outcome = Mapping[str, Any]
Cached = Sequence[Any]
Step = Callable[[], object]


class Machines(StepFunctions):
    """Step Functions that only remember what they were told to start."""

    def __init__(self, walker: Walker) -> None:
        super().__init__(walker)
        self.started: list[str] = []

    def answer(self, operation: str, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Each name once; whatever was started runs."""
        if operation == "DescribeExecution":
            if request["executionArn"].rpartition(":")[2] in self.started:
                return 200, {"status": "RUNNING"}
            return 400, {"__type": "ExecutionDoesNotExist", "message": "no"}
        assert operation == "StartExecution", operation
        if request["name"] in self.started:
            return 400, {"__type": "ExecutionAlreadyExists", "message": "no"}
        self.started.append(request["name"])
        return 200, {"executionArn": request["name"], "startDate": 0}


@dataclass(slots=True)
class Room:
    """What is in it. `cached` is what a container remembers, `ready` puts in what a story finds there."""

    clock: ManualClock
    network: Network
    services: Services
    machines: Machines
    cached: Cached
    ready: Callable[[], None]
    failures: list[str] = field(default_factory=list)

    def call(self, function: str, do: Callable[[], Any]) -> Any:
        """Once. Whoever dies leaves a cold container behind; nobody calls again in the same second."""
        with self.network.on_behalf_of(function):
            try:
                return do()
            except Crash:
                self.grow_cold()
                raise
            finally:
                self.clock.advance(PAUSE)

    def until_it_answers(self, function: str, do: Callable[[], Any]) -> Any:
        """A stream, a queue, or a sender that comes again after each failure."""
        for _ in range(MOST_CALLS):
            try:
                said = self.call(function, do)
            except (Crash, StoreBusyError) as error:
                self.failures.append(type(error).__name__)
                continue
            if not isinstance(said, dict) or said.get("statusCode", 200) < 500:
                return said
            self.failures.append(str(said["statusCode"]))
        raise AssertionError(f"{function} does not come through: {self.failures}")

    def grow_cold(self) -> None:
        """A new container remembers nothing; its clients are as good as new."""
        use_registry(KnownAttributes(self.clock))
        use_workspace(WorkspaceReader(self.clock))
        for each in self.cached:
            each.cache_clear()

    def empty(self) -> None:
        """As before anything happened."""
        empty(*TABLES)
        for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
            bucket.keys.clear()
        self.start_anew()
        self.ready()

    def start_anew(self) -> None:
        """What lies in tables and buckets stays; all else is as before anything happened."""
        self.clock.now = NOW
        self.machines.started.clear()
        self.services.forget()
        self.network.forget()
        self.failures.clear()
        self.grow_cold()


@contextmanager
def a_room(
    *,
    ready: Callable[[], None],
    cached: Cached = (),
    wired: Cached = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Room]:
    """A stack with only what `ready` puts there. A cold container forgets `cached`, a new room `wired` too."""
    clock = ManualClock(NOW)
    use_clock(clock)
    walker = Walker(clock=clock, functions={})
    machines = Machines(walker)
    services = Services(clock, machines)
    room = Room(clock, Network(services), services, machines, cached, ready)
    teach_moto()
    _unwire((*cached, *wired))
    try:
        with moto_cloud(), room.network.plugged_in(), _patient(room.network):
            environ.update(environment or {})
            bootstrap.settings()
            yield room
    finally:
        use_clock(None)
        _unwire((*cached, *wired))


def walk(
    room: Room, steps: Iterable[Step], outcome: Callable[[], Outcome], kinds: Collection[Kind] = KINDS
) -> list[str]:
    """What came out otherwise than undisturbed, a line for each fault; the first line counts the points.

    A step is told undisturbed, then with each fault from where the step before had left the room.
    """
    room.empty()
    harmed, points = [], 0
    for step in steps:
        room.machines.started.clear()
        before = _kept()
        room.network.forget()
        step()
        expected, after, calls = outcome(), _kept(), list(room.network.calls)
        for call, kind in ((each, kind) for each in calls for kind in _kinds(each) if kind in kinds):
            points += 1
            _put_back(before)
            if wrong := _with_fault(room, step, outcome, Fault(kind, call.number), expected):
                harmed.append(f"{kind} at {call}: {wrong}")
        _put_back(after)
        room.start_anew()
    note(points, len(harmed))
    return [f"{points} points", *harmed]


def assert_no_harm(lines: list[str], *, at_least: int) -> None:
    """Every point ended as undisturbed, and there were as many as the story must have."""
    count, *harmed = lines
    assert not harmed, f"{len(harmed)} of {count}:\n" + "\n".join(harmed)
    assert int(count.split()[0]) >= at_least, count


def table(name: str) -> list[dict[str, Any]]:
    """The rows of a table, in the order of their keys."""
    found = [{key: value.value for key, value in row.attrs.items()} for row in rows(name)]
    return sorted(found, key=lambda row: (row["pk"], row.get("sk", "")))


def objects(bucket: str) -> dict[str, bytes]:
    """What lies in a bucket."""
    kept = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys
    return {key: stored.value for key, stored in kept.items()}


def differences(expected: Outcome, found: Outcome) -> str:
    """The parts that are not the same, shortly."""
    parts = [name for name in expected if expected[name] != found[name]]
    return "; ".join(f"{name}: {found[name]!r:.300} and not {expected[name]!r:.300}" for name in parts)


def _kinds(call: Call) -> Sequence[Kind]:
    return OF_READS if call.operation in READS else KINDS


def _with_fault(
    room: Room, step: Step, outcome: Callable[[], Outcome], fault: Fault, expected: Outcome
) -> str:
    room.start_anew()
    room.network.fault = fault
    try:
        step()
    except AssertionError as error:
        return str(error)
    return differences(expected, outcome())


def _kept() -> dict[str, Any]:
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    return {
        "tables": {name: deepcopy(tables[name].items) for name in TABLES},
        "buckets": {name: dict(bucket.keys.items()) for name, bucket in buckets.items()},
    }


def _put_back(kept: dict[str, Any]) -> None:
    for name, items in kept["tables"].items():
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name].items = deepcopy(items)
    for name, keys in kept["buckets"].items():
        there = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[name].keys
        there.clear()
        for key, stored in keys.items():
            there[key] = stored


@contextmanager
def _patient(network: Network) -> Iterator[None]:
    """No pause between the tries of Firehose's client either."""
    handler = ("needs-retry.firehose", network._retry, REGISTER_FIRST)
    BUILTIN_HANDLERS.append(handler)
    try:
        yield
    finally:
        BUILTIN_HANDLERS.remove(handler)


def _unwire(cached: Cached) -> None:
    for each in (*WIRED, *cached):
        each.cache_clear()
