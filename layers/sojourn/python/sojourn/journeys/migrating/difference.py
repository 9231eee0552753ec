"""What is different between two texts, for the eye. Pure."""

import difflib
from collections.abc import Iterator

LONGEST = 1_000  # lines: more nobody reads, and an answer has its limit


def difference(old: str, new: str, *, names: tuple[str, str]) -> Iterator[str]:
    """The two as a unified diff, the old one first."""
    one, other = old.splitlines(), new.splitlines()
    for number, line in enumerate(difflib.unified_diff(one, other, *names, lineterm="")):
        if number == LONGEST:
            yield "…"
            return
        yield line
