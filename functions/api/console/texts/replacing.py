"""One value in the place of another: beside its key, or in lines below it."""

from typing import Any

from functions.api.console.texts import lines as at
from functions.api.console.texts.places import Spot, next_token
from functions.api.console.texts.writing import Shape, block, entry, flow, inline, is_inline, item, scalar


def replaced(text: str, parent: Spot | None, number: int, value: Any, shape: Shape) -> str:
    """The text with another value in this place of its parent; without a parent it is the document's."""
    if parent is None:
        return _document(value, shape, at.newline(text))
    old = parent.items[number]
    if parent.is_flow:
        return _in_flow(text, parent, number, value, shape)
    if is_inline(value) and not old.is_block and old.end > old.start:
        said = scalar(value, style=old.style) if isinstance(value, str) else inline(value)
        return text[: old.start] + said + text[old.end :]
    return _below(text, parent, number, value, shape)


def _document(value: Any, shape: Shape, line: str) -> str:
    said = [flow(value, is_json=True)] if shape.is_json else block(value, shape)
    return line.join(said) + line


def _in_flow(text: str, parent: Spot, number: int, value: Any, shape: Shape) -> str:
    old = parent.items[number]
    said = flow(value, is_json=shape.is_json)
    if isinstance(value, str) and old.style:
        said = scalar(value, in_flow=True, is_json=shape.is_json, style=old.style)
    if old.end > old.start:
        return text[: old.start] + said + text[old.end :]
    end = parent.keys[number].end if parent.keys else old.end
    colon = next_token(text, end)
    if text[colon : colon + 1] == ":":
        return text[: colon + 1] + f" {said}" + text[colon + 1 :]
    return text[:end] + f": {said}" + text[end:]


def _below(text: str, parent: Spot, number: int, value: Any, shape: Shape) -> str:
    """Where one of the two is written in lines of its own. A comment behind the key stays there."""
    old, head = parent.items[number], at.head_end(text, parent, number)
    start, line = at.start_of(text, parent, number), at.newline(text)
    if old.end <= old.start or (old.is_block and at.begins_line(text, old.start)):
        tail = text[head : at.end_of_line(text, head)]
    else:
        tail = text[old.end : at.end_of_line(text, old.end)]
    after = at.end_of_line(text, max(old.end, head))
    first, rest = _said(parent, number, value, shape)
    margin = " " * at.column(text, start)
    lines = [first + tail.rstrip("\r\n"), *(margin + each if each else "" for each in rest)]
    return text[:head] + line.join(lines) + line + text[after:]


def _said(parent: Spot, number: int, value: Any, shape: Shape) -> tuple[str, list[str]]:
    """What comes behind the key or the dash, and the lines below."""
    if parent.keys:
        first, *rest = entry("k", value, shape)
        return first.removeprefix("k:"), rest
    first, *rest = item(value, shape)
    return first.removeprefix("-"), rest
