"""What an event asks of DynamoDB once it is in the stream, and whether that grows with the number of contacts.

`.venv/bin/python -m bench.react` prints it. The real handler; DynamoDB is answered before the socket, from a table in
which every contact of the crowd has an identity and a profile.
"""

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from bench.measures import Measure, judged
from bench.stub import Item, Table, answer
from tests.cloud import ENVIRONMENT

CROWD, LARGE_CROWD = 1_000, 100_000
EVENTS = 100
BATCH = 100
REQUESTS_GOAL = 5
SLOPE_GOAL = 1.1
KINDS = (("track", "Product Viewed"), ("page", ""), ("identify", ""), ("track", "Order Completed"))
LIVE = {"welcome": {"version": 1, "version_arn": "arn", "entry": "Signed Up", "listens": ["Order Completed"]}}


def measure() -> list[Measure]:
    """Requests of an event that comes alone, in a full batch, and the slope between two crowds."""
    few, many = (requests_per_event(crowd, batch=1) for crowd in (CROWD, LARGE_CROWD))
    batched = requests_per_event(LARGE_CROWD, batch=BATCH)
    return [
        judged("react_requests_per_event", max(few, many), "requests, a batch of one", REQUESTS_GOAL),
        judged("react_requests_slope", round(many / few, 3), "× at 100,000 contacts", SLOPE_GOAL),
        judged("react_requests_in_a_batch", round(batched, 2), "requests an event of 100", None),
    ]


def requests_per_event(crowd: int, *, batch: int) -> float:
    """The most that one kind of event of a known contact asks for: visits, statements, and what a run may wait for."""
    return max(_asked(kind, name, crowd, batch) for kind, name in KINDS)


class Crowd(Mapping[tuple[str, str, str], Item]):
    """The rows of so many contacts, made when they are asked for."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __getitem__(self, key: tuple[str, str, str]) -> Item:
        table, pk, sk = key
        if table == "Config" and (pk, sk) == ("LIVE", "journeys"):
            return {"pk": {"S": pk}, "sk": {"S": sk}, "data": {"S": json.dumps(LIVE)}}
        number = "".join(filter(str.isdigit, pk))
        if not number or int(number) >= self._size or table not in {"Identity", "People"}:
            raise KeyError(key)
        if table == "Identity":
            return {"pk": {"S": pk}, "contact": {"S": _contact(number)}, "trust": {"S": "server"}}
        if sk != "PROFILE":
            raise KeyError(key)
        return _profile(number)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return (("People", f"C#{_contact(str(number))}", "PROFILE") for number in range(self._size))

    def __len__(self) -> int:
        return self._size


class Watched(Table):
    """The crowd's table, in which nobody is in a journey."""

    def answers(self, operation: str, body: bytes) -> bytes:
        """A query finds what is live, and else nothing."""
        answered = super().answers(operation, body)
        if operation != "Query":
            return answered
        asked = json.loads(body)
        keys = [("LIVE", name) for name in ("journeys", "segments")] if asked["TableName"] == "Config" else []
        found = [self._find("Config", {"pk": {"S": pk}, "sk": {"S": sk}}) for pk, sk in keys]
        items = [item for item in found if item]
        return json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items)}).encode()


_tables: list[Watched] = []


def watch(table: Watched) -> None:
    """Let this be the table that is asked."""
    _tables[:] = [table]


def _asked(kind: str, name: str, crowd: int, batch: int) -> float:
    os.environ.update({**ENVIRONMENT, "MAX_EVENT_AGE_HOURS": "24"})
    from functions.react.app import handler
    from sojourn.bootstrap import reader

    table = Watched(Crowd(crowd))
    watch(table)
    with contextlib.redirect_stdout(io.StringIO()):
        reader()
        plug_in()
        records = [record(number, kind, name, crowd) for number in range(EVENTS)]
        for first in range(0, EVENTS, batch):
            handler({"Records": records[first : first + batch]}, None)
    return len(table.requests) / EVENTS


def plug_in() -> None:
    """A client of one's own and that of the rows, whoever answered it before, ask whichever table is the latest."""
    from sojourn.bootstrap import clock, region, settings
    from sojourn.events import wire
    from sojourn.tables import bind, connection

    def of_the_latest(operation: str, body: bytes) -> bytes:
        return _tables[0].answers(operation, body)

    bind(settings(), region=region())
    # Anew: an earlier measurement answers the client of before.
    wire.bind(settings(), region=region(), clock=clock())
    answer(connection().client, of_the_latest)
    answer(wire.wire().client, of_the_latest)


def record(number: int, kind: str, name: str, crowd: int) -> dict[str, Any]:
    """Something that one of the crowd does; all over it, so that no container remembers them."""
    who, at = number * (crowd // EVENTS), "2026-11-21T10:00:00.000Z"
    traits = {"traits": {"email": f"c{who}@example.org"}} if kind == "identify" else {}
    row = {
        "pk": f"u#{who}",
        "sk": f"{at}#bench#{number}",
        "type": kind,
        "event": name,
        "at": at,
        "received_at": at,
        "source": "bench",
        "message_id": str(number),
        "payload": json.dumps(traits),
    }
    image = {field: {"S": value} for field, value in row.items()}
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number + 1), "NewImage": image}}


def _contact(number: str) -> str:
    return number.rjust(20, "a")


def _profile(number: str) -> Item:
    from sojourn.contacts.model import Profile
    from sojourn.contacts.store import item_of

    email = f"c{number}@example.org"
    return item_of(
        Profile(
            contact=_contact(number),
            traits={"email": email},
            identities=(f"e#{email}", f"u#{number}"),
            created_at="2026-01-01T00:00:00.000Z",
            is_known=True,
        )
    )


if __name__ == "__main__":
    for figure in measure():
        print(json.dumps(figure))
