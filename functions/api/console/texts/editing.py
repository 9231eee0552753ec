"""The four edits, and that each of them says what it should."""

from collections.abc import Callable
from typing import Any

from functions.api.console.texts import plain
from functions.api.console.texts.changing import delete_in, insert_in, put_in
from functions.api.console.texts.moving import moved
from functions.api.console.texts.places import Path, UneditableError, line_of, refuse_odd_breaks, spotted
from functions.api.console.texts.trails import (
    after_insert,
    alike,
    place_within,
    refuse_unreachable,
    value_at,
)


def put(text: str, path: Path, value: Any) -> str:
    """Replace a value, or add a key or append an item; parents that are missing are made. Of a mapping or a list only
    what differs is touched."""
    return _checked(text, path, lambda: put_in(text, path, value), lambda said: plain.put(said, path, value))


def insert(text: str, path: Path, value: Any) -> str:
    """Put an item before the one that has this place in its list, or behind the last; the list is made if missing."""
    return _checked(
        text, path, lambda: insert_in(text, path, value), lambda said: plain.insert(said, path, value)
    )


def delete(text: str, path: Path) -> str:
    """Take out what is there, with the comment right above it; the key of a list that is empty then goes too."""
    value_at(text, path)
    return _checked(text, path, lambda: delete_in(text, path), lambda said: plain.delete(said, path))


def move(text: str, path: Path, to: Path) -> str:
    """Put an item, with its comments, before the one that has the place `to` as the lists are now (their length: behind
    the last): in [a, b, c] `move(("steps", 0), ("steps", 2))` makes [b, a, c]."""
    value = value_at(text, path)
    to = place_within(text, to)
    if not isinstance(path[-1], int):
        raise UneditableError(line_of(text, path), "no item of a list", "move whole items")
    if alike(to[: len(path)], path) and len(to) > len(path):
        raise UneditableError(line_of(text, path), "an item cannot go into itself", "choose another place")
    if alike(to, path) or alike(to, (*path[:-1], path[-1] + 1)):
        return text
    old = after_insert(path, to)

    def said(now: Any) -> Any:
        return plain.delete(plain.insert(now, to, value), old)

    return _checked(text, path, lambda: moved(text, path, to, old), said)


def _checked(text: str, path: Path, edit: Callable[[], str], meant: Callable[[Any], Any]) -> str:
    refuse_odd_breaks(text)
    root = spotted(text)
    refuse_unreachable(text, root, path)
    result = edit()
    if not plain.same(_reads(result), meant(root.value if root else None)):
        problem = "this place is written in a way that no form can change"
        raise UneditableError(line_of(text, path), problem, "change it in the text itself")
    return result


def _reads(text: str) -> Any:
    try:
        root = spotted(text)
    except UneditableError:
        return UneditableError  # which equals nothing that was meant
    return root.value if root else None
