"""Items between brackets and braces, JSON among them: taken out and put in with their commas."""

from functions.api.console.texts import lines as at
from functions.api.console.texts.places import Spot, UneditableError, next_token


def without(text: str, spot: Spot, number: int) -> str:
    """The text without this item and one comma."""
    _bracketed(text, spot)
    first, last = start_of(spot, number), end_of(text, spot, number)
    comma = next_token(text, last)
    if text[comma : comma + 1] == ",":
        return _cut(text, spot, number, first, comma + 1)
    if number == 0:
        return _cut(text, spot, number, first, last)
    before = next_token(text, end_of(text, spot, number - 1))
    if "\n" not in text[before:first] and not text[before + 1 : first].strip():
        return text[:before] + text[last:]
    shorter = _cut(text, spot, number, first, last)
    return shorter[:before] + shorter[before + 1 :]


def added(text: str, spot: Spot, number: int, said: str) -> str:
    """The text with an item before the one with this number, or behind the last."""
    _bracketed(text, spot)
    if not spot.items:
        inner = text[spot.start + 1 : spot.end - 1]
        kept = inner if inner.strip() else ""
        return text[: spot.start + 1] + kept + said + text[spot.end - 1 :]
    if number >= len(spot.items):
        return _appended(text, spot, said)
    start = start_of(spot, number)
    if not at.begins_line(text, start):
        return text[:start] + f"{said}, " + text[start:]
    position, indent = _top(text, spot, number), text[at.start_of_line(text, start) : start]
    return text[:position] + f"{indent}{said},{at.newline(text)}" + text[position:]


def start_of(spot: Spot, number: int) -> int:
    """Where the item begins, with its key."""
    return spot.keys[number].start if spot.keys else spot.items[number].start


def end_of(text: str, spot: Spot, number: int) -> int:
    """Behind the item; behind its colon, or its key, if it has no value."""
    value = spot.items[number]
    if not spot.keys or value.end > value.start:
        return value.end
    colon = next_token(text, spot.keys[number].end)
    return colon + 1 if text[colon : colon + 1] == ":" else spot.keys[number].end


def _appended(text: str, spot: Spot, said: str) -> str:
    last = len(spot.items) - 1
    end, start = end_of(text, spot, last), start_of(spot, last)
    comma = next_token(text, end)
    has_comma = text[comma : comma + 1] == ","
    behind = comma + 1 if has_comma else end
    after = at.end_of_line(text, behind)
    if not at.begins_line(text, start) or not _is_rest(text, behind):
        return text[:end] + ("," if not has_comma else text[end:behind]) + f" {said}" + text[behind:]
    indent = text[at.start_of_line(text, start) : start]
    here = text[:end] + ("," if not has_comma else text[end:behind]) + text[behind:after]
    return here + f"{indent}{said}{at.newline(text)}" + text[after:]


def _cut(text: str, spot: Spot, number: int, first: int, last: int) -> str:
    """Without this stretch, and without its lines where nothing else stands on them."""
    after = at.end_of_line(text, last)
    if at.begins_line(text, first) and _is_rest(text, last):
        return text[: _top(text, spot, number)] + text[after:]
    while last < len(text) and text[last] in " \t":
        last += 1
    return text[:first] + text[last:]


def _top(text: str, spot: Spot, number: int) -> int:
    """Where the line of an item begins, or of the comments right above it."""
    here = at.start_of_line(text, start_of(spot, number))
    floor = at.end_of_line(text, end_of(text, spot, number - 1) if number else spot.start)
    while here > floor and at.COMMENT.match(text, above := at.start_of_line(text, here - 1)):
        here = above
    return here


def _is_rest(text: str, position: int) -> bool:
    """Whether nothing but a comment follows on the line, which does not end the text."""
    after = at.end_of_line(text, position)
    rest = text[position:after]
    return rest.endswith("\n") and (not rest.strip() or rest.lstrip(" \t").startswith("#"))


def _bracketed(text: str, spot: Spot) -> None:
    if text[spot.start : spot.start + 1] not in ("{", "["):
        line = text.count("\n", 0, spot.start) + 1
        raise UneditableError(line, "a pair without braces in a list", "put it into braces: {name: value}")


def top(text: str, spot: Spot, number: int) -> int:
    """Where the item begins, with the comments right above it if it begins its line."""
    start = start_of(spot, number)
    return _top(text, spot, number) if at.begins_line(text, start) else start


def is_alone(text: str, spot: Spot, number: int) -> bool:
    """Whether the item has its lines for itself."""
    end = end_of(text, spot, number)
    comma = next_token(text, end)
    behind = comma + 1 if text[comma : comma + 1] == "," else end
    return at.begins_line(text, start_of(spot, number)) and _is_rest(text, behind)
