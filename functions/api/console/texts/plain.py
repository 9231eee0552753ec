"""The same edits on plain values: what the edited text must say."""

from collections.abc import Callable
from typing import Any

from functions.api.console.texts.places import Path, plainly


def put(value: Any, path: Path, new: Any) -> Any:
    """With the value at the path replaced, added or appended; missing parents are made."""
    return _changed(value, path, lambda parent, key: _placed(parent, key, new, is_new=False), new)


def insert(value: Any, path: Path, new: Any) -> Any:
    """With a new item at this place of a list."""
    return _changed(value, path, lambda parent, key: _placed(parent, key, new, is_new=True), new)


def delete(value: Any, path: Path) -> Any:
    """Without what is there; a list of a mapping that is empty then goes too."""
    *parents, last = path
    parent = _at(value, tuple(parents))
    rest: Any
    if isinstance(parent, dict):
        rest = {key: each for key, each in parent.items() if key != spelled(parent, str(last))}
    else:
        rest = [each for number, each in enumerate(parent) if number != last]
    if rest == [] and parents and isinstance(parents[-1], str):
        return delete(value, tuple(parents))
    return put(value, tuple(parents), rest)


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same, spaces or underscores in their keys."""
    return bool(_folded(one) == _folded(other))


def spelled(mapping: dict[str, Any], key: str) -> str:
    """The key as the mapping writes it."""
    if key in mapping:
        return key
    return next((name for name in reversed(mapping) if plainly(name) == plainly(key)), key)


def _changed(value: Any, path: Path, placed: Callable[[Any, str | int], Any], new: Any) -> Any:
    if not path:
        return new
    key, rest = path[0], path[1:]
    if value is None:
        value = [] if isinstance(key, int) else {}
    if not rest:
        return placed(value, key)
    inner = _changed(_within(value, key), rest, placed, new)
    return _placed(value, key, inner, is_new=False)


def _within(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(spelled(value, str(key)))
    return value[key] if isinstance(key, int) and key < len(value) else None


def _placed(parent: Any, key: str | int, new: Any, *, is_new: bool) -> Any:
    if isinstance(parent, dict):
        return parent | {spelled(parent, str(key)): new}
    number = min(int(key), len(parent))
    return [*parent[:number], new, *parent[number if is_new else number + 1 :]]


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = _within(value, key)
    return value


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {plainly(name): _folded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_folded(each) for each in value]
    return (isinstance(value, bool), value)
