"""A person with 100,000 events takes everything along, and is forgotten: requests, CPU time, memory.

`.venv/bin/python -m bench.forget [events]` prints it. The real machines and functions on the world of tests/faults;
only the Events table is played here, in pages of 1 MB as DynamoDB gives them: moto looks at every row for each page.
AWS is not near: seconds there are reckoned from what a function of 1,024 MB computes and one key's partition takes.
"""

import contextlib
import io
import json
import sys
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from bench.measures import Measure, judged
from bench.stub import Raw, bytes_of
from sojourn.bootstrap import exporter
from sojourn.clock import iso
from sojourn.contacts.store import find_contact, get_profile
from sojourn.events.wire import wire
from sojourn.privacy.export import everything
from sojourn.privacy.files import parts_of
from sojourn.privacy.model import Export, Status
from sojourn.privacy.store import get_erasure, get_export
from tests.faults.world import HOUR, START, World, a_world
from tests.forgetting import erase, export, furnish, lives

EVENTS = 100_000
A_MINUTE = 60
PAGE = 1_000_000  # bytes of rows in an answer
VCPU = 1_024 / 1_769  # Lambda's share of a processor
ROUND_TRIP = 0.008  # seconds; what a query or a batch waits for within a Region
WRITES_A_SECOND = 1_000  # of one partition, and one key lies on one until DynamoDB splits it
READS_A_SECOND = 3_000
UNIT = 4_096  # bytes of a strong read
TRAITS = {"email": "ann@example.org", "plan": "pro"}


@dataclass(slots=True)
class Shelf:
    """The Events table of somebody with so many events, a page at a time; counts what is asked of all tables."""

    events: int
    requests: int = 0
    deleted: int = 0
    read: int = 0  # bytes
    _pages: dict[int, bytes] = field(default_factory=dict)

    def respond(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        """The answer for this table; None lets moto answer."""
        self.requests += 1
        operation = event_name.rpartition(".")[2]
        asked = json.loads(bytes_of(request.body))
        if operation == "Query" and asked.get("TableName") == "Events":
            body = self._page(asked)
        elif operation == "BatchWriteItem" and set(asked["RequestItems"]) == {"Events"}:
            self.deleted += len(asked["RequestItems"]["Events"])
            body = b"{}"
        else:
            return None
        return AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.0"}, Raw(body))

    def _page(self, asked: dict[str, Any]) -> bytes:
        if asked["ExpressionAttributeValues"][":pk"]["S"] != "u#ann":
            return b'{"Items": [], "Count": 0, "ScannedCount": 0}'
        last = asked.get("ExclusiveStartKey", {"sk": {"S": "#-1"}})
        first = int(last["sk"]["S"].rpartition("#")[2]) + 1
        if first not in self._pages:
            self._pages[first] = self._made(first)
        self.read += len(self._pages[first])
        return self._pages[first]

    def _made(self, first: int) -> bytes:
        items: list[dict[str, Any]] = []
        size = 0
        for number in range(first, self.events):
            items.append(_image(number))
            size += sum(len(name) + len(value["S"]) for name, value in items[-1].items())
            if size >= PAGE:
                break
        page: dict[str, Any] = {"Items": items, "Count": len(items)}
        if first + len(items) < self.events:
            page["LastEvaluatedKey"] = {name: items[-1][name] for name in ("pk", "sk")}
        return json.dumps(page).encode()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one of the two came to."""

    requests: int
    cpu: float
    read: int  # bytes of the Events table

    def seconds(self, floor: float) -> int:
        """On AWS, as one function does it; not less than the table takes."""
        return round(max(self.cpu / VCPU + self.requests * ROUND_TRIP, floor))


def measure(events: int = EVENTS) -> list[Measure]:
    """The export first: it leaves the person as they are."""
    shelf, said = Shelf(events), f"of {events:,} events"
    with contextlib.redirect_stdout(io.StringIO()), _ann(shelf) as world:
        contact = _contact()
        out = _watched(shelf, lambda: _exported(world, contact))
        out_peak = _peak(lambda: _read_through(contact))
        away = _watched(shelf, lambda: _erased(world))
        shelf.deleted = 0
    with contextlib.redirect_stdout(io.StringIO()), _ann(shelf) as world:
        away_peak = _peak(lambda: _erased(world))
    return [
        judged("export_requests", out.requests, said, None),
        judged("export_cpu_seconds", round(out.cpu, 1), said, None),
        judged("export_peak_megabytes", out_peak, said, None),
        judged(
            "export_seconds", out.seconds(out.read / UNIT / READS_A_SECOND), f"{said}, reckoned", A_MINUTE
        ),
        judged("erase_requests", away.requests, said, None),
        judged("erase_cpu_seconds", round(away.cpu, 1), said, None),
        judged("erase_peak_megabytes", away_peak, said, None),
        judged("erase_tables_seconds", away.seconds(events / WRITES_A_SECOND), f"{said}, reckoned", None),
    ]


@contextlib.contextmanager
def _ann(shelf: Shelf) -> Iterator[World]:
    """Somebody who signed up and had a letter, before the shelf stands in for the table."""
    with a_world() as world:
        furnish(world)
        lives(world)
        world.run_until(START + HOUR)
        wire().client.meta.events.register_first("before-send.dynamodb", shelf.respond)
        yield world


def _contact() -> str:
    contact = find_contact("u#ann")
    assert contact
    return get_profile(contact).contact


def _exported(world: World, contact: str) -> None:
    job = export(world, contact)
    world.run_until(world.clock.calendar() + HOUR)
    done = get_export(job.id)
    assert done, job
    assert done.status is Status.DONE


def _erased(world: World) -> None:
    job = erase(world)
    world.run_until(world.clock.calendar() + HOUR)
    done = get_erasure(job.id)
    assert done, job
    assert done.status is Status.DONE


def _read_through(contact: str) -> None:
    """The parts as they are uploaded; moto would keep them all."""
    job = Export(id="read", contact=contact, asked_at="", by="")
    deque(parts_of(everything(job, exporter=exporter())), maxlen=0)


def _watched(shelf: Shelf, work: Callable[[], object]) -> Cost:
    requests, read, started = shelf.requests, shelf.read, time.process_time()
    work()
    return Cost(shelf.requests - requests, time.process_time() - started, shelf.read - read)


def _peak(work: Callable[[], object]) -> int:
    """Megabytes that Python took beyond what it had."""
    tracemalloc.start()
    try:
        work()
        return round(tracemalloc.get_traced_memory()[1] / 1e6)
    finally:
        tracemalloc.stop()


def _image(number: int) -> dict[str, dict[str, str]]:
    at = iso(START - timedelta(days=30) + timedelta(seconds=number))
    tells = number % 100 == 0
    viewed = {"product": f"p-{number % 97}", "price": 19.5, "tags": ["a", "b"]}
    payload: dict[str, Any] = {"traits": TRAITS} if tells else {"properties": viewed}
    row = {
        "pk": "u#ann",
        "sk": f"{at}#web#{number:08d}",
        "type": "identify" if tells else "track",
        "event": "" if tells else "Product Viewed",
        "at": at,
        "received_at": at,
        "source": "web",
        "message_id": f"{number:08d}",
        "payload": json.dumps(
            payload | {"context": {"page": {"url": f"https://shop.example/p/{number % 97}"}}}
        ),
    }
    return {name: {"S": value} for name, value in row.items()}


if __name__ == "__main__":
    for figure in measure(*map(int, sys.argv[1:])):
        print(json.dumps(figure))
