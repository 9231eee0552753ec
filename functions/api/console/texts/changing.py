"""What an edit does to the text: by whole lines in a block, between the commas in brackets. Nothing is checked here."""

from typing import Any

from functions.api.console.texts import blocks, flows, plain
from functions.api.console.texts import lines as at
from functions.api.console.texts.places import Path, Spot
from functions.api.console.texts.replacing import replaced
from functions.api.console.texts.trails import trail_of
from functions.api.console.texts.writing import entry, flow, is_inline, item, key_text


def put_in(text: str, path: Path, value: Any) -> str:
    """Replace or add; of a mapping or a list only what differs."""
    trail, root = trail_of(text, path)
    if len(trail) == len(path):
        old = trail[-1][0].items[trail[-1][1]] if trail else root
        if old is not None and plain.same(old.value, value):
            return text
        if old is not None and isinstance(value, dict) and any(old.find(name) is not None for name in value):
            return _put_mapping(text, path, old, value)
        if (
            old is not None
            and value
            and old.value
            and isinstance(value, list)
            and isinstance(old.value, list)
        ):
            return _put_list(text, path, old.value, value)
        return _replace(text, trail, root, value)
    return _add(text, path, trail, root, value)


def insert_in(text: str, path: Path, value: Any) -> str:
    """One more item in a list."""
    trail, root = trail_of(text, path[:-1])
    spot = trail[-1][0].items[trail[-1][1]] if trail else root
    if len(trail) < len(path) - 1 or spot is None or not spot.items:
        return put_in(text, path[:-1], [value])
    shape, number = at.shape_of(text, root), int(path[-1])
    if spot.is_flow:
        return flows.added(text, spot, number, flow(value, is_json=shape.is_json))
    said = item(value, shape)
    is_apart = isinstance(value, dict) and not is_inline(value) and blocks.is_apart(text, spot, shape)
    return blocks.added(text, spot, number, said, is_spaced=is_apart)


def delete_in(text: str, path: Path) -> str:
    """One item or key less."""
    trail, _ = trail_of(text, path)
    spot, number = trail[-1]
    if len(spot.items) > 1:
        return flows.without(text, spot, number) if spot.is_flow else blocks.without(text, spot, number)
    if isinstance(spot.value, list) and len(path) > 1 and isinstance(path[-2], str):
        return delete_in(text, path[:-1])
    if spot.is_flow:
        return flows.without(text, spot, number)
    head = at.head_end(text, *trail[-2]) if len(trail) > 1 else None
    return blocks.emptied(text, spot, head, "[]" if isinstance(spot.value, list) else "{}")


def _put_mapping(text: str, path: Path, old: Spot, value: dict[str, Any]) -> str:
    before: str | None = None
    for name, each in value.items():
        number = old.find(name)
        if number is None:
            text = _add_key(text, path, name, each, after=before)
        elif not plain.same(old.items[number].value, each):
            text = put_in(text, (*path, name), each)
        before = name
    kept = {old.find(name) for name in value}
    for number, key in enumerate(old.keys):
        if number not in kept:
            text = delete_in(text, (*path, key.name))
    return text


def _put_list(text: str, path: Path, old: list[Any], value: list[Any]) -> str:
    """Items alike at both ends stay; between them each takes the place of one."""
    first, last = 0, 0
    most = min(len(old), len(value))
    while first < most and plain.same(old[first], value[first]):
        first += 1
    while last < most - first and plain.same(old[-1 - last], value[-1 - last]):
        last += 1
    end_old, end_new = len(old) - last, len(value) - last
    for number in range(end_old - 1, end_new - 1, -1):
        text = delete_in(text, (*path, number))
    for number in range(first, end_new):
        place = (*path, number)
        text = (
            put_in(text, place, value[number]) if number < end_old else insert_in(text, place, value[number])
        )
    return text


def _replace(text: str, trail: list[tuple[Spot, int]], root: Spot | None, value: Any) -> str:
    shape = at.shape_of(text, root)
    if not trail:
        said = replaced(text, None, 0, value, shape)
        if root is None:
            return text + ("" if not text or text.endswith("\n") else at.newline(text)) + said
        return text[: root.start] + said.rstrip("\r\n") + text[root.end :]
    return replaced(text, *trail[-1], value, shape)


def _add(text: str, path: Path, trail: list[tuple[Spot, int]], root: Spot | None, value: Any) -> str:
    """A key or an item that is not there, with the parents that it lacks."""
    depth = len(trail)
    for key in reversed(path[depth + 1 :]):
        value = [value] if isinstance(key, int) else {key: value}
    parent = trail[-1][0].items[trail[-1][1]] if trail else root
    key = path[depth]
    if parent is None or not isinstance(parent.value, list | dict) or not parent.items:
        return _replace(text, trail, root, [value] if isinstance(key, int) else {key: value})
    if isinstance(key, int):
        return insert_in(text, (*path[:depth], len(parent.items)), value)
    return _add_key(text, path[:depth], key, value)


def _add_key(text: str, path: Path, name: str, value: Any, after: str | None = "") -> str:
    """`after` is the key that it follows, None for the first place, "" for where it is usual."""
    trail, root = trail_of(text, path)
    spot = trail[-1][0].items[trail[-1][1]] if trail else root
    if spot is None:
        return text
    shape = at.shape_of(text, root)
    found = spot.find(after) if after else None
    number = 0 if found is None else found + 1
    if after == "":
        number = _usual(text, spot, value)
    if spot.is_flow:
        said = f"{key_text(name, is_json=shape.is_json)}: {flow(value, is_json=shape.is_json)}"
        return flows.added(text, spot, number, said)
    return blocks.added(text, spot, number, entry(name, value, shape))


def _usual(text: str, spot: Spot, value: Any) -> int:
    """Behind the last key; what fits into a line stands before the steps, that follow."""
    number = len(spot.items)
    if spot.is_flow or not is_inline(value):
        return number
    while number > 1 and spot.items[number - 1].is_block and isinstance(spot.items[number - 1].value, list):
        number -= 1
    return number
