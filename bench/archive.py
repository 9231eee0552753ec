"""The archive's part of the cost: what archive_changes asks for, over the records that the story left in two streams.

Its batches are a minute's worth, as the template's window gathers them: in one minute a mail is sent and delivered.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn import bootstrap
from sojourn.contacts.memory import erased_at
from sojourn.journeys.figures import count_events
from sojourn.messages.model import SETTLED
from sojourn.privacy.archiving import Archivist, archive_changes, events_among
from sojourn.privacy.keys import KeyRing
from sojourn.privacy.posting import Post
from tests.faults import world as played
from tests.faults.world import World

NAME = "archive_changes"
CHARGED_BY = 5 * 1024  # bytes; Firehose rounds each record up to a multiple


@dataclass(slots=True)
class Hose:
    """A Firehose that weighs what it is given."""

    charged: int = 0
    stored: int = 0

    def put_record_batch(self, *, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> Any:  # noqa: N803
        for record in Records:
            self.stored += len(record["Data"])
            self.charged += -(-len(record["Data"]) // CHARGED_BY) * CHARGED_BY
        return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r"} for _ in Records]}


def install(hose: Hose) -> None:
    """The function, with a Firehose that weighs and a ring that KMS has opened, as it does once."""
    ring = KeyRing(lambda: b"s" * 32)

    def handler(event: Any, context: Any) -> None:
        desk = Archivist(
            ring=ring,
            post=Post(hose, {"event": "events", "message": "messages"}),
            clock=bootstrap.clock(),
            erased_at=erased_at,
        )
        archive_changes(event["Records"], desk=desk)
        count_events(events_among(event["Records"]), wall=bootstrap.clock().wall())

    played.HANDLERS[NAME] = handler


def archive(world: World, begun: Mapping[str, int]) -> None:
    """Everything that the streams hold from these places on, minute by minute."""
    for table, place in begun.items():
        for batch in _minutes(world.services.streams[table][place:]):
            world.call(NAME, {"Records": batch})


def _minutes(records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    by_minute: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        change = {**record["dynamodb"], "ApproximateCreationDateTime": 0}
        if minute := _minute(change.get("NewImage", {})):
            by_minute[minute].append({**record, "dynamodb": change})
    yield from by_minute.values()


def _minute(row: dict[str, Any]) -> str:
    """When a row that is archived was written; "" for others. A delivery is a moment after its mail."""
    if "payload" in row:
        return str(row["received_at"]["S"])[:16]
    if row.get("sk", {}).get("S", "").startswith("MSG#") and row["state"]["S"] in SETTLED:
        return str(row.get("sent_at", row["decided_at"])["S"])[:16]
    return ""
