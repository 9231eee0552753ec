"""What there is in a world at one moment, as a digest: of two worlds with the same one the same becomes.

Left out is what only tells of the past (logs, texts of errors, how many requests there were), and what a container
remembers: it is what the tables say, read once more by a new one.
"""

import hashlib
from collections.abc import Iterator
from mmap import mmap
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import s3_backends

from sojourn.asl.execution import Execution, Stay
from tests.cloud import REGION, TABLES
from tests.faults.world import World

LENGTH = 16
PLACES = 1 << 16


class Seen:
    """Digests that processes share which fork from one another. Where two want one place, the older is forgotten."""

    def __init__(self) -> None:
        self._memory = mmap(-1, LENGTH * PLACES)

    def add(self, digest: bytes) -> bool:
        """Note it; whether it was there."""
        place = int.from_bytes(digest[:8]) % PLACES * LENGTH
        if self._memory[place : place + LENGTH] == digest:
            return True
        self._memory[place : place + LENGTH] = digest
        return False

    def __contains__(self, digest: bytes) -> bool:
        place = int.from_bytes(digest[:8]) % PLACES * LENGTH
        return self._memory[place : place + LENGTH] == digest


def digest_of(world: World) -> bytes:
    """A number for the world as it stands, between two things that happen."""
    return hashed(*_of_the_world(world), *_of_the_walker(world), *_of_files(), *_of_tables())


def hashed(*told: object) -> bytes:
    """A number for whatever can be told."""
    return hashlib.blake2b(repr(told).encode(), digest_size=LENGTH).digest()


def _of_the_world(world: World) -> Iterator[object]:
    services = world.services
    yield world.clock.now
    yield [services.streams[table][read:] for table, read in world.read.items()], list(world.read.items())
    yield services.mails, services.texts, len(services.says), world.deliveries
    yield [(each.queue, each.body, each.visible_at, each.receives) for each in world.letters]
    yield len(world.dead), world.stuck, world.ticked, len(world.failures), world.heard, world.told


def _of_the_walker(world: World) -> Iterator[object]:
    walker = world.walker
    yield [_of_execution(each) for each in walker.executions.values()]
    yield [
        (
            at,
            [_known(cell.cell_contents) for cell in action.__closure__ or ()],
            action.__code__.co_firstlineno,
        )
        for at, _, action, _ in sorted(walker.agenda._entries, key=lambda entry: entry[:2])
    ]


def _of_execution(run: Execution) -> object:
    visits = [(visit.state, visit.at) for visit in run.trace]
    return run.arn, run.machine.arn, run.input, run.variables, run.status, run.stopped_at, visits


def _known(thing: Any) -> object:
    """What an action will act on."""
    if isinstance(thing, Execution):
        return thing.arn
    if isinstance(thing, Stay):
        return (
            thing.execution.arn,
            thing.state.name,
            thing.input,
            thing.order,
            thing.tries,
            thing.token,
            thing.over,
        )
    return None if callable(thing) or hasattr(thing, "executions") else thing


def _of_files() -> Iterator[object]:
    for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
        yield bucket.name, [(name, each.value) for name, each in bucket.keys.items()]


def _of_tables() -> Iterator[object]:
    for name in TABLES:
        for found in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name].items.values():
            for row in [found] if hasattr(found, "attrs") else found.values():
                yield name, hash(_frozen(row.attrs))


def _frozen(thing: Any) -> Any:
    """Of a row, or a value in it: what can be hashed. A text knows its hash, however long it is."""
    if isinstance(thing, dict):
        return tuple((name, _frozen(thing[name])) for name in sorted(thing))
    if isinstance(thing, list):
        return tuple(map(_frozen, thing))
    return (thing.type, _frozen(thing.value)) if isinstance(thing, DynamoType) else thing
