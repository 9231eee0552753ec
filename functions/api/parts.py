"""Lists whose index has parts: asked one after the other, for none tells what another holds.

A page that is full may be one request; one that is not asks every part that is left. Who wants an answer sooner says
`?parts=3`: so many are asked, and more only while nobody was found.
"""

from collections.abc import Callable
from typing import Any

from chalice.app import Request

from functions.api.paging import Position, invalid_cursor, parameter
from sojourn.errors import Problem

PARTS, MOST = "parts", 16
Row = tuple[Any, Position]  # what was found, and where in its part
Fetch = Callable[[int, Position, int], list[Row]]  # part, behind which place, how many


def parts_asked(request: Request) -> int | None:
    """How many parts a request wants to be asked; None, all of them, where it says nothing."""
    said = parameter(request, PARTS)
    if said is None:
        return None
    if not said.isascii() or not said.isdigit() or not 1 <= int(said[:9]) <= MOST:
        problem = f"parts is a whole number from 1 to {MOST}"
        raise Problem(400, "invalid_parameter", problem, field=PARTS, limit=MOST)
    return int(said)


def walked(
    fetch: Fetch, *, of: int, parts: int | None, limit: int, after: Position | None
) -> tuple[list[Row], Position | None]:
    """A page of them, and where the next begins: in the part where this one ended, or at the next part."""
    begin, *place = after or ["0"]
    if not begin.isdecimal():
        raise invalid_cursor()
    first = int(begin)
    found: list[tuple[int, Row]] = []
    for part in range(first, of):
        if found and parts and part >= first + parts:
            return [row for _, row in found], [str(part)]
        rows = fetch(part, place if part == first else [], limit + 1 - len(found))
        found += [(part, row) for row in rows]
        if len(found) > limit:  # one more was asked for: there is a next page
            last, (_, there) = found[limit - 1]
            return [row for _, row in found[:limit]], [str(last), *there]
    return [row for _, row in found], None
