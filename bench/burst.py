"""A burst of events from the official client at the running local cloud: none lost, none doubled.

`.venv/bin/python -m bench.burst [events]` after `make up` (SOJOURN_FOLDER names another cloud's folder).
"""

import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from segment.analytics.client import Client

from infra.local import stack, state
from infra.local.state import Local, StartError

EVENTS = 10_000
CLIENTS = 4  # each with its own thread and connection, as processes of a server would have
PEOPLE = 500
BATCH = 100


@dataclass(frozen=True, slots=True)
class Burst:
    """What was sent, what stands in the table, and how long it took."""

    sent: Counter[str]
    stored: Counter[str]
    seconds: float

    @property
    def lost(self) -> int:
        """Events that the client believes delivered, and that are not there."""
        return (self.sent - self.stored).total()

    @property
    def doubled(self) -> int:
        """Rows beyond the one that an event should have."""
        return (self.stored - self.sent).total()

    def __str__(self) -> str:
        rate = self.sent.total() / self.seconds
        return (
            f"{self.sent.total()} events sent in {self.seconds:.1f} s ({rate:.0f} a second): "
            f"{self.stored.total()} stored, {self.lost} lost, {self.doubled} doubled"
        )


def main(arguments: list[str]) -> int:
    """1 when an event was lost or doubled."""
    local = state.read()
    if local is None:
        raise StartError("no local cloud runs: make up")
    burst = measure(local, int(arguments[0]) if arguments else EVENTS)
    print(burst)
    return int(bool(burst.lost or burst.doubled))


def measure(local: Local, events: int) -> Burst:
    """Send so many, wait until the client says that all are delivered, and look."""
    run = f"burst-{uuid.uuid4().hex[:8]}"
    failed: list[Exception] = []
    clients = [_client(local, failed) for _ in range(CLIENTS)]
    began = time.perf_counter()
    sent = Counter(_track(clients[number % CLIENTS], run, number) for number in range(events))
    for client in clients:
        client.flush()
    seconds = time.perf_counter() - began
    for client in clients:
        client.join()
    if failed:
        print(f"the client gave up {len(failed)} times, first on {failed[0]!r}")
    return Burst(sent, Counter(_stored(local, run)), seconds)


def _client(local: Local, failed: list[Exception]) -> Client:
    return Client(
        local.write_key,
        host=local.collect_url,
        upload_size=BATCH,
        max_queue_size=EVENTS * 10,
        on_error=lambda error, batch: failed.append(error),
    )


def _track(client: Client, run: str, number: int) -> str:
    properties = {"number": number, "sku": f"CD-{number % 1_000:05d}", "price": 14.99, "quantity": 1}
    is_taken, message = client.track(f"{run}-{number % PEOPLE}", "Product Viewed", properties)
    assert is_taken
    return str(message["messageId"])


def _stored(local: Local, run: str) -> Iterator[str]:
    """The messageId of each row of this burst."""
    scan: dict[str, Any] = {
        "TableName": local.outputs["EventsTable"],
        "ConsistentRead": True,
        "FilterExpression": "begins_with(pk, :run) AND #event = :event",
        "ExpressionAttributeNames": {"#event": "event"},
        "ExpressionAttributeValues": {":run": {"S": f"u#{run}-"}, ":event": {"S": "Product Viewed"}},
    }
    for page in stack.client("dynamodb", local.endpoint_url).get_paginator("scan").paginate(**scan):
        yield from (row["message_id"]["S"] for row in page["Items"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
