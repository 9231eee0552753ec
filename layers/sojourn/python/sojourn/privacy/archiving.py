"""From batches of two streams to lines of the archive: events as they came in, messages in the states that they end in.

A batch is written whole or comes again; the reader takes each line once. Whose event it is, the Identity table says:
while it does not yet, the batch waits, for `react` may be a moment behind. After PATIENCE the line belongs to nobody,
and is found by the hash of its identity. Whoever was erased is left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn import config, telemetry
from sojourn.clock import Clock, iso
from sojourn.contacts.store import people_key
from sojourn.errors import Retryable
from sojourn.events.archive_line import Line, event_line, message_line
from sojourn.events.ledger import write_rejected
from sojourn.events.model import Event
from sojourn.events.rejections import RejectedRecord, Rejection
from sojourn.events.removal import is_over
from sojourn.events.shown import declared
from sojourn.events.store import from_image
from sojourn.events.stream import UNREADABLE, Sequenced, read_stream
from sojourn.messages.model import SETTLED, Message, MessageState
from sojourn.messages.store import IN_NUMBERS, IN_WORDS
from sojourn.privacy.keys import KeyRing
from sojourn.privacy.posting import Post
from sojourn.privacy.rows import owners_of
from sojourn.telemetry import Metric

PATIENCE = timedelta(minutes=5)
SETTING, ID = "SETTING", "archive"
MESSAGES = "MSG#"

Record = Mapping[str, Any]


class ContactUnknownYetError(Retryable):
    """The event's contact is still being made."""


@dataclass(frozen=True, slots=True)
class Archivist:
    """What archiving needs. `erased_at` tells until when nothing of an identity is kept."""

    ring: KeyRing
    post: Post
    clock: Clock
    erased_at: Callable[[str], datetime | None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that was read, and when it was written to its table (the wall's time)."""

    what: Event | Message
    written_at: datetime


def archive_changes(records: Sequence[Record], *, desk: Archivist) -> int:
    """Archive what a batch tells; the number of lines."""
    arrivals = _readable(records, desk.clock)
    events = [(each.what, each.written_at) for each in arrivals if isinstance(each.what, Event)]
    messages = [
        each.what for each in arrivals if isinstance(each.what, Message) and each.what.state in SETTLED
    ]
    lines = [*_lines_of_events(events, desk), *_lines_of_messages(messages, desk)]
    if lines:
        desk.post.send(lines)
    telemetry.detail("changes archived", records=len(records), lines=len(lines))
    return len(lines)


def events_among(records: Sequence[Record]) -> list[Sequenced]:
    """Those that came in, with their places; messages are none, and what cannot be read is kept by the archive."""
    return read_stream(records)[0]


def _lines_of_events(arrivals: list[tuple[Event, datetime]], desk: Archivist) -> list[Line]:
    if not arrivals:
        return []
    owners = owners_of({event.pk for event, _ in arrivals})
    keys, unsettled = desk.ring.ensured(set(owners.values()), day=_today(desk))
    row = config.get(SETTING, ID)
    safe = declared(row.data.get("safe") if row else ())
    lines = []
    for event, written_at in arrivals:
        owner = owners.get(event.pk, "")
        if owner not in keys and _is_gone(event, desk):
            continue
        if owner not in keys and desk.clock.wall() - written_at < PATIENCE:
            raise ContactUnknownYetError(
                "nobody owns the identity yet" if owner not in unsettled else "no profile yet"
            )
        key, contact = (keys[owner], owner) if owner in keys else (desk.ring.nobodys, "")
        lines.append(event_line(event, contact=contact, key=key, hashed=desk.ring.hashed, safe=safe))
    return lines


def _lines_of_messages(messages: list[Message], desk: Archivist) -> list[Line]:
    """Without a profile there is nobody to write to: those were erased."""
    keys, _ = desk.ring.ensured({each.contact for each in messages}, day=_today(desk))
    theirs = [(each, keys[each.contact]) for each in messages if each.contact in keys]
    return [message_line(each, key=key, hashed=desk.ring.hashed) for each, key in theirs]


def _is_gone(event: Event, desk: Archivist) -> bool:
    erased_at = desk.erased_at(event.pk)
    return erased_at is not None and is_over(event, erased_at)


def _today(desk: Archivist) -> str:
    return iso(desk.clock.wall())[:10]


def _readable(records: Iterable[Record], clock: Clock) -> list[Arrival]:
    """What can be read; the rest is kept for the operator and passed over."""
    found: list[Arrival] = []
    poison: list[RejectedRecord] = []
    for index, record in enumerate(records):
        try:
            found.append(_arrival(record))
        except UNREADABLE as error:
            reason = Rejection("unreadable_record", f"{type(error).__name__}: {error}")
            poison.append(RejectedRecord(dict(record), reason, index, "archive", stored=True))
    if poison:
        telemetry.count(Metric.RECORDS_POISONED, len(poison))
        write_rejected(poison, received_at=iso(clock.calendar()))
    return found


def _arrival(record: Record) -> Arrival:
    change = record["dynamodb"]
    image = change["NewImage"]
    what = _message(image) if image["sk"]["S"].startswith(MESSAGES) else from_image(image)
    return Arrival(what, datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC))


def _message(image: Mapping[str, Mapping[str, str]]) -> Message:
    """The message of a row in DynamoDB's own JSON."""
    known: dict[str, Any] = {name: image[name]["S"] for name in IN_WORDS if name in image}
    known |= {name: int(image[name]["N"]) for name in IN_NUMBERS if name in image}
    known |= {"values": json.loads(image["values"]["S"])} if "values" in image else {}
    contact, digest = image["pk"]["S"].removeprefix(people_key("")), image["sk"]["S"].removeprefix(MESSAGES)
    return Message(**{**known, "contact": contact, "digest": digest, "state": MessageState(known["state"])})
