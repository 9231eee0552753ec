"""Two people's changes of one text, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple


class Conflict(NamedTuple):
    """Lines that both changed, each in their way; `line` is where they stand in the merged text."""

    line: int
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What both changed; where they contradict each other it has mine."""

    text: str
    conflicts: tuple[Conflict, ...]


def merged(base: str, mine: str, theirs: str) -> Merged:
    """Both changes of `base` in one text."""
    one, my, their = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    lines: list[str] = []
    conflicts: list[Conflict] = []
    for was, ours, others in _regions(one, my, their):
        if ours != others and ours != was and others != was:
            conflicts.append(Conflict(len(lines) + 1, "".join(ours), "".join(others)))
        lines += _ended(lines, others if ours == was else ours)
    return Merged("".join(lines), tuple(conflicts))


Region = tuple[list[str], list[str], list[str]]


def _regions(base: list[str], mine: list[str], theirs: list[str]) -> list[Region]:
    """Stretches of the three in turn: where all agree, and where somebody changed something."""
    found: list[Region] = []
    at, my, their = 0, 0, 0
    for start, mine_start, theirs_start, size in [
        *_common(base, mine, theirs),
        (len(base), len(mine), len(theirs), 0),
    ]:
        if start > at or mine_start > my or theirs_start > their:
            found.append((base[at:start], mine[my:mine_start], theirs[their:theirs_start]))
        at, my, their = start + size, mine_start + size, theirs_start + size
        found.append((base[start:at],) * 3)
    return found


def _common(base: list[str], mine: list[str], theirs: list[str]) -> list[tuple[int, int, int, int]]:
    """Stretches that stand in all three."""
    one = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    other = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    found = []
    for a in one:
        for b in other:
            start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
            if start < end:
                found.append((start, a.b + start - a.a, b.b + start - b.a, end - start))
    return found


def _ended(before: list[str], added: list[str]) -> list[str]:
    """A line without an end that others now follow gets one."""
    if added and before and not before[-1].endswith(("\n", "\r")):
        before[-1] += "\n"
    return added
