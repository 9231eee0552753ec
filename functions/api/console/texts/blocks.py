"""Items of lists and mappings that stand in lines of their own: taken out and put in as whole lines."""

from functions.api.console.texts import lines as at
from functions.api.console.texts.places import Spot
from functions.api.console.texts.writing import Shape


def without(text: str, spot: Spot, number: int) -> str:
    """The text without one of several items."""
    first, last = at.top(text, spot, number), at.bottom(text, spot, number)
    is_last = number == len(spot.items) - 1
    if not at.begins_line(text, first):
        return _without_first(text, spot, first, last)
    if is_last:
        first = max(at.above(text, first), at.bottom(text, spot, number - 1))
    elif number == 0 or at.above(text, first) < first:
        last = at.below(text, last)
    return text[:first] + text[last:]


def emptied(text: str, spot: Spot, head: int | None, hollow: str) -> str:
    """The text with a block's only item taken out and `[]` or `{}` put where its key or dash ends, if it has one."""
    start = at.start_of(text, spot, 0)
    if head is None or not at.begins_line(text, start):
        return text[:start] + hollow + text[at.end_of(text, spot, 0) :]
    first, last = at.top(text, spot, 0), at.bottom(text, spot, 0)
    return text[:head] + " " + hollow + text[head:first] + text[last:]


def added(text: str, spot: Spot, number: int, said: list[str], *, is_spaced: bool = False) -> str:
    """The text with an item's lines before the one with this number, or behind the last."""
    margin, line = at.column(text, at.start_of(text, spot, 0)), at.newline(text)
    whole, gap = line.join(shifted(said, margin)) + line, line if is_spaced else ""
    if number >= len(spot.items) or (number and spot.keys):
        position = at.bottom(text, spot, min(number, len(spot.items)) - 1)
        before = "" if text[position - 1 : position] == "\n" else line
        return text[:position] + before + gap + whole + text[position:]
    position = at.top(text, spot, number)
    if at.begins_line(text, position):
        return text[:position] + whole + gap + text[position:]
    return text[:position] + whole.lstrip(" ") + gap + " " * margin + text[position:]


def chunk(text: str, spot: Spot, number: int) -> tuple[list[str], int]:
    """An item's lines as they are, with its comments, and how far from the margin they stand."""
    first, last = at.top(text, spot, number), at.bottom(text, spot, number)
    margin = at.column(text, at.start_of(text, spot, number))
    lead = "" if at.begins_line(text, first) else " " * margin
    return (lead + text[first:last]).removesuffix("\n").split("\n"), margin


def shifted(lines: list[str], by: int) -> list[str]:
    """Lines moved to the right, or to the left as far as they have blanks."""
    if by >= 0:
        return [" " * by + line if line.strip("\r") else line for line in lines]
    return [line[min(-by, len(line) - len(line.lstrip(" "))) :] for line in lines]


def is_apart(text: str, spot: Spot, shape: Shape) -> bool:
    """Whether a new item of this list is to be set apart by a blank line."""
    return at.is_spaced(text, spot) if len(spot.items) > 1 else shape.is_spaced


def _without_first(text: str, spot: Spot, first: int, last: int) -> str:
    """The first item shares its line with a dash: what follows takes its place there."""
    follower = at.start_of(text, spot, 1)
    if not text[last:follower].strip():
        return text[:first] + text[follower:]
    return text[:first].rstrip(" ") + at.newline(text) + text[last:]
