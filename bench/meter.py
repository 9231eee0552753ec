"""Counts what the world of the fault walk asks AWS for, function by function, while a story is played in it.

Nothing is estimated here: requests are seen where a socket would be, units are reckoned from the rows themselves, and
log lines are those that the handlers wrote.
"""

import contextlib
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from logging import StreamHandler
from typing import Any, TextIO, cast

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from bench.units import Change, Item, read_units, size_of
from sojourn import telemetry
from tests.cloud import REGION
from tests.faults import world as played

LINE_OVERHEAD = 26  # bytes that CloudWatch adds to a log line

Key = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class Meter:
    """What was asked for since it was made."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)  # function, service:Operation
    writes: Counter[tuple[str, str]] = field(default_factory=Counter)  # function, table
    reads: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    index_writes: Counter[str] = field(default_factory=Counter)  # function
    invocations: Counter[str] = field(default_factory=Counter)
    log_bytes: Counter[str] = field(default_factory=Counter)
    function: str = ""

    @contextlib.contextmanager
    def reading(self, world: "played.World") -> Iterator[None]:
        """Every request and every invocation of this world passes by here."""
        handlers, services = dict(played.HANDLERS), world.network.services
        world.network.services = _Metered(services, self)  # type: ignore[assignment]
        played.HANDLERS.update({name: self._counted(name, run) for name, run in handlers.items()})
        try:
            yield
        finally:
            played.HANDLERS.update(handlers)
            world.network.services = services

    def _counted(self, name: str, handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def run(event: Any, context: Any) -> Any:
            before, self.function = self.function, name
            said = io.StringIO()
            logger = cast("StreamHandler[TextIO]", telemetry.logger().registered_handler)
            shown = logger.setStream(said)  # it keeps the stream that it found when it was made
            try:
                with contextlib.redirect_stdout(said):
                    return handler(event, context)
            finally:
                logger.setStream(shown or sys.stdout)
                self.function = before
                self.invocations[name] += 1
                lines = said.getvalue().splitlines()
                self.log_bytes[name] += sum(len(line.encode()) + LINE_OVERHEAD for line in lines)

        return run

    def ask(self, service: str, operation: str, body: Any, effect: Callable[[], Any]) -> Any:
        """Let a request have its effect, and see what that was."""
        if not self.function:
            return effect()
        self.requests[self.function, f"{service}:{operation}"] += 1
        if service != "dynamodb":
            return effect()
        request = json.loads(body)
        keys = [(key, kind) for key, kind in _written(operation, request)]
        before = [_stored(key) for key, _ in keys]
        answer = effect()
        for (key, transacted), was in zip(keys, before, strict=True):
            change = Change(was, _stored(key), transacted)
            self.writes[self.function, key[0]] += change.units
            self.index_writes[self.function] += change.index_units if key[0] == "People" else 0
        for table, units in _read(operation, request, json.loads(answer.body)):
            self.reads[self.function, table] += units
        return answer


@dataclass(slots=True)
class _Metered:
    """Services that are watched."""

    services: Any
    meter: Meter

    def answer(self, service: str, operation: str, request: Any) -> Any:
        return self.meter.ask(
            service, operation, request.body, lambda: self.services.answer(service, operation, request)
        )


def _written(operation: str, request: dict[str, Any]) -> Iterator[tuple[Key, bool]]:
    """The rows that a request writes or checks, and whether in a transaction."""
    if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield (request["TableName"], request.get("Key") or request["Item"]), False
    for write in request.get("TransactItems", ()):
        for said in write.values():
            yield (said["TableName"], said.get("Key") or said["Item"]), True
    for statement in request.get("Statements", ()):
        pk, sk = statement["Parameters"][:2]
        table = statement["Statement"].split('"')[1]  # INSERT INTO "table" …
        yield (table, {"pk": pk, "sk": sk}), False
    if operation == "BatchWriteItem":
        for table, writes in request["RequestItems"].items():
            for write in writes:
                yield (table, write.get("PutRequest", {}).get("Item") or write["DeleteRequest"]["Key"]), False


def _read(operation: str, request: dict[str, Any], answer: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if operation == "GetItem":
        yield request["TableName"], read_units(size_of(answer.get("Item", {}))) * _part(request)
    if operation == "BatchGetItem":
        for table, wanted in request["RequestItems"].items():
            stored = [_stored((table, key)) for key in wanted["Keys"]]
            yield table, sum(read_units(size_of(item or {})) for item in stored) * _part(wanted)
    if operation == "Query":
        # What a filter drops is paid for as well; in this story a person's rows stay far below one unit's 4 KB a page.
        yield (
            request["TableName"],
            read_units(sum(size_of(item) for item in answer.get("Items", ()))) * _part(request),
        )


def _part(request: dict[str, Any]) -> float:
    """What is not read strongly costs half."""
    return 1 if request.get("ConsistentRead") else 0.5


def _stored(key: Key) -> Item | None:
    """The row as it stands, without asking for it."""
    table, said = key
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].items
    found: Any = rows.get(DynamoType(said["pk"]))
    if found is not None and "sk" in said:
        found = found.get(DynamoType(said["sk"]))
    if found is None:
        return None
    stored: Item = found.to_json()["Attributes"]
    return stored
