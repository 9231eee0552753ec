"""Events of the past, contact by contact: from a copy of the archive, or from a file of calls.

Reading takes memory for a part of the contacts at a time; what is read is sorted by contact into files meanwhile.

    for contact, events in histories(Calls(Path("events.jsonl"))): …
"""

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sojourn.clock import parse_iso
from sojourn.contacts.store import new_contact_id
from sojourn.errors import Hopeless
from sojourn.events.archive import Archive, read
from sojourn.events.archive_line import EVENT, Line
from sojourn.events.envelope import Envelope
from sojourn.events.model import INTERNAL_SOURCE, Event, Trust
from sojourn.events.normalise import normalise
from sojourn.events.rejections import EventRejectedError
from sojourn.events.times import client_time

PARTS = 32
OF_MESSAGES = "Message "  # what became of history's messages, which are not those of a rehearsal


class EventsRefusedError(Hopeless):
    """Events that cannot be read; the text names the place, the problem and the remedy."""


class Source(Protocol):
    """Where events come from."""

    def texts(self) -> Iterator[tuple[str, str]]:
        """Whose each is, and the text of it."""
        ...

    def event(self, text: str) -> Event:
        """The event of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Calls:
    """A file with one call a line, as clients send them: with `type`, `event`, `userId`, `timestamp` …"""

    path: Path

    def texts(self) -> Iterator[tuple[str, str]]:
        """By user id, or anonymous id."""
        try:
            lines = self.path.open(encoding="utf-8-sig")
        except OSError as error:
            raise EventsRefusedError(f"{self.path}: {error.strerror} — check the path") from None
        with lines:
            try:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield self._contact(line, number), f"{number}\t{line.strip()}"
            except UnicodeDecodeError:
                raise EventsRefusedError(f"{self.path}: it is not UTF-8 text — save it as UTF-8") from None

    def event(self, text: str) -> Event:
        """As the door would take it, at the time that it names."""
        number, _, line = text.partition("\t")
        call = json.loads(line)
        at = client_time(call.get("timestamp"))
        if at is None:
            raise self._refused(
                int(number), "it has no `timestamp`", "a moment of RFC 3339, as 2026-03-02T09:00:00Z"
            )
        try:
            return normalise(call, Envelope("archive", at, at)).event
        except EventRejectedError as error:
            raise self._refused(
                int(number), str(error), "one call of Segment's specification a line"
            ) from None

    def _contact(self, line: str, number: int) -> str:
        try:
            call = json.loads(line)
        except (ValueError, RecursionError):
            raise self._refused(number, "it is no JSON", "one call a line") from None
        known = isinstance(call, dict) and (call.get("userId") or call.get("anonymousId"))
        if not known:
            raise self._refused(number, "nobody knows whose it is", "give it a `userId` or an `anonymousId`")
        return new_contact_id(f"u#{call['userId']}" if call.get("userId") else f"a#{call['anonymousId']}")

    def _refused(self, number: int, problem: str, remedy: str) -> EventsRefusedError:
        return EventsRefusedError(f"{self.path}:{number}: {problem} — {remedy}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy of the archive bucket. What is sealed stays so: names, times and safe properties are enough."""

    folder: Path

    def texts(self) -> Iterator[tuple[str, str]]:
        """By contact, where it was known; each line once."""
        root = self.folder if (self.folder / "archive").is_dir() else self.folder.parent
        if not (root / "archive").is_dir():
            raise EventsRefusedError(
                f"{self.folder}: no folder `archive` in it — copy the archive bucket there"
            )
        for line in read(Archive(_Folder(root), ""), kinds=(EVENT,)):
            yield line.contact or line.identity, line.text()

    def event(self, text: str) -> Event:
        """What stands in clear."""
        said = Line.parse(text).said
        at = parse_iso(str(said["at"]))
        return Event(
            pk=f"u#{said['contact'] or said['identity']}",
            sk=f"{said['at']}#{said.get('source', '')}#{said['id']}",
            type=str(said["type"]),
            event=str(said.get("event", "")),
            at=at,
            received_at=at,
            source=str(said.get("source", "")),
            message_id=str(said.get("message_id") or said["id"]),
            payload={"properties": said.get("properties", {})},
            trust=Trust(said["trust"]),
        )


def histories(source: Source) -> Iterator[tuple[str, list[Event]]]:
    """Each contact with their events in the order of time; the contacts always in the same order."""
    with tempfile.TemporaryDirectory(prefix="sojourn-backtest-") as folder:
        parts = [Path(folder) / f"{number:02d}" for number in range(PARTS)]
        _sort_out(source, parts)
        for part in parts:
            yield from sorted(_of_part(source, part).items())


def _sort_out(source: Source, parts: list[Path]) -> None:
    with ExitStack() as stack:
        files = [stack.enter_context(part.open("w", encoding="utf-8")) for part in parts]
        for contact, text in source.texts():
            number = hashlib.sha256(contact.encode()).digest()[0] % PARTS
            files[number].write(f"{contact}\t{text}\n")


def _of_part(source: Source, part: Path) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    with part.open(encoding="utf-8") as lines:
        for line in lines:
            contact, _, text = line.rstrip("\n").partition("\t")
            event = source.event(text)
            if not (event.source == INTERNAL_SOURCE and event.event.startswith(OF_MESSAGES)):
                found.setdefault(contact, []).append(event)
    for events in found.values():
        events.sort(key=lambda event: (event.at, event.key))
    return found


def last_moment(source: Source) -> datetime | None:
    """When the newest event was."""
    return max((source.event(text).at for _, text in source.texts()), default=None)


class _Folder:
    """A folder as the archive's reader asks a bucket: it lists names, and opens them."""

    class exceptions:  # noqa: N801  boto3's word
        """What may go wrong."""

        NoSuchKey = FileNotFoundError

    def __init__(self, root: Path) -> None:
        self.root = root

    def get_paginator(self, _: str) -> "_Folder":
        """Itself."""
        return self

    def paginate(self, *, Bucket: str, Prefix: str, StartAfter: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        """All names behind the prefix, in order."""
        begin = (self.root / Prefix).parent
        names = sorted(path.relative_to(self.root).as_posix() for path in begin.rglob("*") if path.is_file())
        yield {"Contents": [{"Key": name} for name in names if name.startswith(Prefix) and name > StartAfter]}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """The file."""
        return {"Body": io.BytesIO((self.root / Key).read_bytes())}
