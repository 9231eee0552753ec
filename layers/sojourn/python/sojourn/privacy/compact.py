"""Out of the archive: objects that hold lines of somebody are written anew without them, or deleted.

No index says which objects those are, for it would cost each event more than a search costs each erasure: a month of a
million contacts is some two gigabytes, read in a minute of one function for a tenth of a cent, however many are erased
at once. A page is a few objects; the state machine calls again with the cursor that the page names.
"""

import gzip
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

from sojourn.events.archive import Archive, is_marked, marks
from sojourn.events.archive_line import KINDS

# Lines are on their way: gathered by the function for a minute, by Firehose for a quarter of an hour.
IN_FLIGHT = timedelta(minutes=20)
OBJECTS_A_PAGE = 50
IN_MEMORY = 8 * 1024 * 1024
PACKED = ".gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How far it came; `cursor` is empty when nothing is left to look at."""

    cursor: str
    looked_at: int = 0
    rewritten: int = 0
    deleted: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class _Rewritten:
    kept: int
    dropped: int


def compact(
    archive: Archive,
    *,
    contacts: Collection[str],
    identities: Collection[str] = (),
    since: date | None = None,
    cursor: str = "",
    most: int = OBJECTS_A_PAGE,
) -> Page:
    """Take the lines of these contacts, and of these hashed identities, out of the next objects. Repeat at will.

    `since` is a day before which they were not there. Run it no sooner than IN_FLIGHT after their last row was deleted.
    """
    gone = marks(contacts, identities)
    looked_at = rewritten = deleted = lines = 0
    for name in _next(archive, since, cursor) if gone else ():
        if looked_at == most:
            return Page(cursor=cursor, looked_at=looked_at, rewritten=rewritten, deleted=deleted, lines=lines)
        if dropped := _without(archive, name, gone):
            lines += dropped.dropped
            rewritten, deleted = rewritten + bool(dropped.kept), deleted + (not dropped.kept)
        cursor, looked_at = name, looked_at + 1
    return Page(cursor="", looked_at=looked_at, rewritten=rewritten, deleted=deleted, lines=lines)


def holding(archive: Archive, words: Iterable[str]) -> Iterator[str]:
    """Names of objects, anywhere in the bucket, that hold one of the words: the proof that nothing is left."""
    wanted = [word.encode() for word in words]
    pages = archive.s3.get_paginator("list_objects_v2").paginate(Bucket=archive.bucket)
    for name in (entry["Key"] for page in pages for entry in page.get("Contents", ())):
        if any(word in name.encode() or any(word in line for line in archive.lines(name)) for word in wanted):
            yield name


def _next(archive: Archive, since: date | None, cursor: str) -> Iterator[str]:
    """Objects after the cursor, kind after kind."""
    for kind in KINDS:
        yield from archive.objects(kind, since=since, after=cursor)


def _without(archive: Archive, name: str, gone: tuple[bytes, ...]) -> _Rewritten | None:
    """Write the object without the lines that bear a mark; None when it has none, and stays as it is."""
    if not any(is_marked(line, gone) for line in archive.lines(name)):
        return None
    kept = dropped = 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        with _writing(file, name) as stream:
            for line in archive.lines(name):
                if is_marked(line, gone):
                    dropped += 1
                else:
                    kept += 1
                    stream.write(line + b"\n")
        file.seek(0)
        if kept:
            archive.s3.put_object(Bucket=archive.bucket, Key=name, Body=file)
    _forget_versions(archive, name, newest=not kept)
    return _Rewritten(kept, dropped)


def _writing(file: IO[bytes], name: str) -> AbstractContextManager[Any]:
    """Compressed, if the name says so. No time stands in the file: the same lines are the same bytes."""
    return gzip.GzipFile(fileobj=file, mode="wb", mtime=0) if name.endswith(PACKED) else nullcontext(file)


def _forget_versions(archive: Archive, name: str, *, newest: bool) -> None:
    """Delete what a bucket with versions would keep behind; ours keeps none, unless somebody switched them on."""
    pages = archive.s3.get_paginator("list_object_versions").paginate(Bucket=archive.bucket, Prefix=name)
    for page in pages:
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            if each["Key"] == name and (newest or not each["IsLatest"]):
                archive.s3.delete_object(Bucket=archive.bucket, Key=name, VersionId=each["VersionId"])
