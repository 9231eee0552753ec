"""An item's own lines in another place."""

import re
from collections.abc import Iterator

from functions.api.console.texts import blocks, flows
from functions.api.console.texts import lines as at
from functions.api.console.texts.changing import delete_in, insert_in
from functions.api.console.texts.places import Path, Spot, spotted
from functions.api.console.texts.trails import trail_of
from functions.api.console.texts.writing import flow, item

HOLDER = {"send": "sojourn holds this place for what moves here"}
COMMENTS = re.compile(r"(?:(?<=[\s,\[{}\]])|\A)#[^\n]*")


def moved(text: str, path: Path, to: Path, old: Path) -> str:
    """The text with that item's place taken first, then the item out, and its lines where the place was held."""
    trail = trail_of(text, path)[0]
    spot, number = trail[-1]
    value = spot.items[number].value
    comments, left = [*_comments(text, spot, number)], _left(text, trail, path)
    lines, margin = _lines(text, spot, number, comments)
    lines = [*(" " * margin + each for each in left), *lines]
    text = delete_in(insert_in(text, to, HOLDER), old)
    root = spotted(text)
    holder = _holder(root) if root else None
    if root is None or holder is None:
        return text
    into, place = holder
    if into.is_flow:
        is_json = at.shape_of(text, root).is_json
        taken = text[: into.items[place].start] + flow(value, is_json=is_json) + text[into.items[place].end :]
        return _above(taken, root, into.items[place].start, [*left, *comments])
    return _taken(text, into, place, lines, margin)


def _left(text: str, trail: list[tuple[Spot, int]], path: Path) -> list[str]:
    """The comments of a list that is empty now, so that its key goes: they come along."""
    if len(trail) < 2 or len(trail[-1][0].items) > 1 or not isinstance(path[-2], str):
        return []
    comments = [*_comments(text, *trail[-2])]
    for each in _comments(text, *trail[-1]):
        if each in comments:
            comments.remove(each)
    return comments


def _lines(text: str, spot: Spot, number: int, comments: list[str]) -> tuple[list[str], int]:
    if not spot.is_flow:
        return blocks.chunk(text, spot, number)
    old = spot.items[number]
    written = text[old.start : old.end]
    said = item(old.value, at.shape_of(text, spotted(text)))
    if old.is_flow and "\n" not in written and len(said) == 1:
        said = [f"- {written}"]
    return [*comments, *said], 0


def _taken(text: str, into: Spot, place: int, lines: list[str], margin: int) -> str:
    start, end = at.start_of(text, into, place), at.end_of_line(text, into.items[place].end)
    line = at.newline(text)
    said = [each.removesuffix("\r") for each in blocks.shifted(lines, at.column(text, start) - margin)]
    whole = line.join(said) + line
    if at.begins_line(text, start):
        return text[: at.start_of_line(text, start)] + whole + text[end:]
    return text[:start] + whole.lstrip(" ") + text[end:]


def _above(text: str, root: Spot, position: int, comments: list[str]) -> str:
    """Comments of what now stands in one line: above the line that it stands in."""
    spot, start = root, root.start
    while not spot.is_flow:
        number = max(n for n in range(len(spot.items)) if at.start_of(text, spot, n) <= position)
        start = at.start_of(text, spot, number)
        spot = spot.items[number]
    place = at.start_of_line(text, start)
    indent = " " * at.column(text, start)
    return text[:place] + "".join(f"{indent}{each}{at.newline(text)}" for each in comments) + text[place:]


def _comments(text: str, spot: Spot, number: int) -> Iterator[str]:
    """All comments of an item, those above it first."""
    if spot.is_flow:
        start, end = flows.top(text, spot, number), at.end_of_line(text, flows.end_of(text, spot, number))
        end = end if flows.is_alone(text, spot, number) else flows.end_of(text, spot, number)
    else:
        start, end = at.top(text, spot, number), at.bottom(text, spot, number)
    for first, last in [*_leaves(spot.items[number]), (end, end)]:
        if first >= start:
            yield from (each.rstrip() for each in COMMENTS.findall(text[start:first]))
        start = max(start, last)


def _leaves(spot: Spot) -> Iterator[tuple[int, int]]:
    if not spot.items and not isinstance(spot.value, list | dict):
        yield spot.start, spot.end
    for number, each in enumerate(spot.items):
        if spot.keys:
            yield spot.keys[number].start, spot.keys[number].end
        yield from _leaves(each)


def _holder(spot: Spot) -> tuple[Spot, int] | None:
    for number, each in enumerate(spot.items):
        if each.value == HOLDER:
            return spot, number
        if found := _holder(each):
            return found
    return None
