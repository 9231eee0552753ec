"""The archive's one reader: lines of day objects, streamed, each once.

archive = Archive(s3, bucket)
read(archive, contacts={…})                 their lines, oldest day first
opened(line, ring.of(line.contact))         the event or message of a line
"""

import gzip
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sojourn.events.archive_line import EVENT, KINDS, Line, event_of, message_of
from sojourn.events.model import Event
from sojourn.messages.model import Message

ROOT = "archive/"
GZIP = b"\x1f\x8b"  # how a compressed object begins; the local cloud's are not
BUFFER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Archive:
    """The bucket's objects. A day is the day on which lines arrived: hours after their events, at times."""

    s3: Any
    bucket: str

    def objects(
        self, kind: str, *, since: date | None = None, until: date | None = None, after: str = ""
    ) -> Iterator[str]:
        """Names of the objects of these days, in order; `after` is the last one that was seen."""
        folder = folder_of(kind)
        first = max(after, f"{folder}{since.isoformat()}" if since else "")
        pages = self.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=folder, StartAfter=first or folder):
            for entry in page.get("Contents", ()):
                if until and day_of(entry["Key"]) > until.isoformat():
                    return
                yield entry["Key"]

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an object, unpacked as they come; none of one that is gone meanwhile."""
        try:
            body = self.s3.get_object(Bucket=self.bucket, Key=name)["Body"]
        except self.s3.exceptions.NoSuchKey:
            return
        with body:
            yield from unpacked(body)


def folder_of(kind: str) -> str:
    """What the names of a kind's objects begin with, up to the day."""
    return f"{ROOT}kind={kind}/dt="


def day_of(name: str) -> str:
    """The day in an object's name."""
    return name.partition("/dt=")[2][:10]


def unpacked(body: Any) -> Iterator[bytes]:
    """Lines without their ends, whether the bytes are compressed or not."""
    buffered = io.BufferedReader(body, BUFFER)
    stream: Any = gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == GZIP else buffered
    for line in stream:
        if stripped := line.rstrip(b"\n"):
            yield stripped


def read(
    archive: Archive,
    *,
    contacts: Collection[str] = (),
    identities: Collection[str] = (),
    kinds: Iterable[str] = KINDS,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Line]:
    """Every line once; with contacts or hashes of identities, only theirs. Flat: two days' names are remembered."""
    wanted = marks(contacts, identities)
    for kind in kinds:
        today: set[tuple[str, ...]] = set()
        before: set[tuple[str, ...]] = set()
        day = ""
        for name in archive.objects(kind, since=since, until=until):
            if day_of(name) != day:
                day, before, today = day_of(name), today, set()
            for raw in archive.lines(name):
                if wanted and not is_marked(raw, wanted):
                    continue
                line = Line.parse(raw)
                if line.key not in today and line.key not in before:
                    today.add(line.key)
                    yield line


def is_marked(line: bytes, wanted: tuple[bytes, ...]) -> bool:
    """Whether a line bears one of the marks."""
    return any(mark in line for mark in wanted)


def marks(contacts: Collection[str], identities: Collection[str]) -> tuple[bytes, ...]:
    """What to look for in a line before it is parsed: a search for bytes is a hundred times as fast."""
    of_contacts = (f'"contact":"{each}"' for each in sorted(contacts))
    of_identities = (f'"identity":"{each}"' for each in sorted(identities))
    return tuple(mark.encode() for mark in (*of_contacts, *of_identities))


def opened(line: Line, key: bytes) -> Event | Message:
    """What a line is about."""
    return event_of(line, key) if line.kind == EVENT else message_of(line, key)
