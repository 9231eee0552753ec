"""The lines of a stream, as they come; each knows how many bytes it took. Memory holds one line at a time."""

import io
from collections import deque
from typing import BinaryIO

from sojourn.imports.dialect import Dialect

LONGEST = 1_000_000  # characters of a line; the rest of a longer one is passed over


class Lines:
    """An iterator of lines with their ends. What was taken last can be given back, to be read otherwise."""

    def __init__(self, raw: BinaryIO, dialect: Dialect, *, offset: int = 0, line: int = 1) -> None:
        self._text = io.TextIOWrapper(raw, dialect.encoding, dialect.errors, newline="")
        self._size_of = dialect.size_of
        self._again: deque[tuple[str, int]] = deque()
        self._taken: list[tuple[str, int]] = []
        self.number = line - 1  # of the line that was read last
        self.offset = offset  # of the byte after it
        self.is_cut = False  # whether one of the lines of this record was too long

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line, size = self._again.popleft() if self._again else self._read()
        self._taken.append((line, size))
        self.number += 1
        self.offset += size
        return line

    def begin(self) -> int:
        """Forget what was taken: another record begins; the number of its first line."""
        self._taken.clear()
        self.is_cut = False
        return self.number + 1

    def give_back_all_but_first(self) -> None:
        """The record went wrong: begin the next one with the line after its first."""
        self._again.extendleft(reversed(self._taken[1:]))
        self.number -= len(self._taken) - 1
        self.offset -= sum(size for _, size in self._taken[1:])
        del self._taken[1:]

    def _read(self) -> tuple[str, int]:
        line = self._text.readline(LONGEST)
        if not line:
            raise StopIteration
        size = self._size_of(line)
        if len(line) < LONGEST or line[-1] in "\r\n":
            return line, size
        self.is_cut = True
        while rest := self._text.readline(LONGEST):
            size += self._size_of(rest)
            if rest[-1] in "\r\n":
                break
        return line[:1_000] + "\n", size
