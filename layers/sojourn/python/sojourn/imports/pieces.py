"""Cuts a file into pieces that can be imported apart: each begins and ends with a row, whatever its cells hold.

The file is read through once: what a quote opens may go over many lines, so only who reads them all knows where a row
ends. The same reading takes the digest of its content.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from sojourn.imports.dialect import Dialect
from sojourn.imports.model import Chunk
from sojourn.imports.reading import open_lines, read_headers, read_records

ROWS = 5_000  # of a piece: some seconds of a function, so that little is lost when one is killed
BYTES = 8 * 1024 * 1024


@dataclass(slots=True)
class Pieces:
    """What was found when the file was read through; complete once `chunks` was."""

    headers: tuple[str, ...] = ()
    rows: int = 0
    content: str = ""
    chunks: list[Chunk] = field(default_factory=list)


def cut(raw: BinaryIO, dialect: Dialect, *, rows: int = ROWS, size: int = BYTES) -> Pieces:
    """The pieces of a file, which is given from its first byte."""
    reading = Digesting(raw)
    reading.take(dialect.start)
    lines = open_lines(io.BufferedReader(reading, 256 * 1024), dialect, offset=dialect.start)
    pieces = Pieces(read_headers(lines, dialect))
    start = end = lines.offset
    first, line = 1, lines.number + 1
    for record in read_records(lines, dialect):
        pieces.rows, end = record.row, lines.offset
        if record.row - first + 1 >= rows or end - start >= size:
            pieces.chunks.append(
                Chunk(number=len(pieces.chunks) + 1, start=start, end=end, row=first, line=line)
            )
            start, first, line = end, record.row + 1, lines.number + 1
    if pieces.rows >= first:
        pieces.chunks.append(Chunk(number=len(pieces.chunks) + 1, start=start, end=end, row=first, line=line))
    pieces.content = reading.digest()
    return pieces


class Digesting(io.RawIOBase):
    """A stream that remembers the digest of what was read."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._sha = hashlib.sha256()

    def readable(self) -> bool:
        """As Python's readers ask."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As Python's readers ask."""
        data = self._raw.read(len(buffer))
        self._sha.update(data)
        buffer[: len(data)] = data
        return len(data)

    def take(self, count: int) -> None:
        """Pass over the first bytes."""
        self._sha.update(self._raw.read(count))

    def digest(self) -> str:
        """Of all that was read, in hexadecimal."""
        return self._sha.hexdigest()


def blocks(raw: BinaryIO, size: int) -> Iterator[bytes]:
    """A stream, a block at a time."""
    while block := raw.read(size):
        yield block
