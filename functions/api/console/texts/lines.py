"""Lines of a text, and which of them belong to an item: its comments above, and those inside it."""

import re

from functions.api.console.texts.places import Spot, next_token
from functions.api.console.texts.writing import Shape

COMMENT = re.compile(r"[ \t]*#")


def start_of_line(text: str, position: int) -> int:
    """Where the line of this place begins."""
    return text.rfind("\n", 0, position) + 1


def end_of_line(text: str, position: int) -> int:
    """Where the next line begins, or the text ends."""
    found = text.find("\n", position)
    return len(text) if found < 0 else found + 1


def column(text: str, position: int) -> int:
    """How far from the margin the place is."""
    start = start_of_line(text, position)
    return position - start - text.count("\ufeff", start, position)


def begins_line(text: str, position: int) -> bool:
    """Whether only blanks stand before it on its line."""
    return not text[start_of_line(text, position) : position].strip(" \ufeff")


def start_of(text: str, spot: Spot, number: int) -> int:
    """Where an item of a block begins: its dash, or its key."""
    if spot.keys:
        return spot.keys[number].start
    return spot.start if number == 0 else next_token(text, end_of(text, spot, number - 1))


def end_of(text: str, spot: Spot, number: int) -> int:
    """Behind the last character of an item; of one without a value, behind its colon or its dash."""
    value = spot.items[number]
    return value.end if value.end > value.start or not spot.keys else head_end(text, spot, number)


def head_end(text: str, spot: Spot, number: int) -> int:
    """Behind the colon of a key, or behind the dash of an item."""
    if spot.keys:
        return next_token(text, spot.keys[number].end) + 1
    return start_of(text, spot, number) + 1


def top(text: str, spot: Spot, number: int) -> int:
    """Where the lines of an item begin, its comments right above included; or its place in a line."""
    start = start_of(text, spot, number)
    if not begins_line(text, start):
        return start
    at = start_of_line(text, start)
    if number == 0 and next_token(text, int(text.startswith("\ufeff"))) == start:
        return at  # what stands above the first line is said of the whole file
    floor = end_of_line(text, end_of(text, spot, number - 1)) if number else 0
    while at > floor:
        above = start_of_line(text, at - 1)
        line = text[above:at]
        if not COMMENT.match(line) or line.index("#") > column(text, start):
            break
        at = above
    return at


def bottom(text: str, spot: Spot, number: int) -> int:
    """Where the lines of an item end, with the comments below that are deeper than its beginning."""
    at = end_of_line(text, end_of(text, spot, number))
    margin, position = column(text, start_of(text, spot, number)), at
    while position < len(text):
        after = end_of_line(text, position)
        line = text[position:after]
        if COMMENT.match(line) and line.index("#") > margin:
            at = after
        elif line.strip():
            break
        position = after
    return at


def above(text: str, position: int) -> int:
    """The place before the blank lines that stand before this one."""
    while position > 0 and not text[(before := start_of_line(text, position - 1)) : position].strip():
        position = before
    return position


def below(text: str, position: int) -> int:
    """The place behind the blank lines that begin here."""
    while position < len(text) and not text[position : (after := end_of_line(text, position))].strip():
        position = after
    return position


def newline(text: str) -> str:
    """How lines end in this text."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def shape_of(text: str, root: Spot | None) -> Shape:
    """How this text is laid out."""
    found: dict[str, int] = {}
    spaced = [False]
    if root is not None:
        _measure(text, root, found, spaced)
    is_json = root is not None and root.is_flow and _is_quoted(text, root)
    return Shape(found.get("map", 2), found.get("list", 2), spaced[0], is_json)


def _measure(text: str, spot: Spot, found: dict[str, int], spaced: list[bool]) -> None:
    for number, each in enumerate(spot.items):
        if each.is_block and each.items:
            if spot.keys and begins_line(text, each.start):
                step = column(text, each.start) - column(text, spot.keys[number].start)
                found.setdefault("map" if each.keys else "list", step)
            spaced[0] = spaced[0] or is_spaced(text, each)
            _measure(text, each, found, spaced)


def is_spaced(text: str, spot: Spot) -> bool:
    """Whether blank lines stand between the items of a list in block."""
    if spot.keys or not spot.is_block:
        return False
    pairs = range(len(spot.items) - 1)
    return any(bottom(text, spot, each) != below(text, bottom(text, spot, each)) for each in pairs)


def _is_quoted(text: str, root: Spot) -> bool:
    return not root.keys or text[root.keys[0].start] == '"'
