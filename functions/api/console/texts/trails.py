"""The way of a path through a text, as far as it leads."""

from typing import Any

from functions.api.console.texts.places import Path, Spot, UneditableError, line_of, spotted


def trail_of(text: str, path: Path) -> tuple[list[tuple[Spot, int]], Spot | None]:
    """The values on the way that are there, each with the number of the next in it."""
    root = spot = spotted(text)
    found: list[tuple[Spot, int]] = []
    for key in path:
        number = spot.find(key) if spot else None
        if spot is None or number is None:
            break
        found.append((spot, number))
        spot = spot.items[number]
    return found, root


def value_at(text: str, path: Path) -> Any:
    """What stands at the path; refused where nothing does."""
    trail, _ = trail_of(text, path)
    if not path or len(trail) < len(path):
        raise UneditableError(
            line_of(text, path), f"nothing stands at {said_path(path)}", "load the page anew"
        )
    return trail[-1][0].items[trail[-1][1]].value


def place_within(text: str, to: Path) -> Path:
    """No further than behind the last."""
    trail, root = trail_of(text, to[:-1])
    if not to or not isinstance(to[-1], int) or to[-1] < 0:
        raise UneditableError(1, f"{said_path(to)} is no place in a list", "name one by its number")
    refuse_unreachable(text, root, to)
    if len(trail) < len(to) - 1:
        return (*to[:-1], 0)
    spot = trail[-1][0].items[trail[-1][1]] if trail else root
    return (*to[:-1], min(to[-1], len(spot.items) if spot else 0))


def refuse_unreachable(text: str, root: Spot | None, path: Path) -> None:
    """A list is asked for by numbers, a mapping by names, and nothing stands in a single value."""
    spot = root
    for key in path:
        if spot is None or spot.value is None:
            return
        wanted = list if isinstance(key, int) else dict
        if not isinstance(spot.value, wanted) or (isinstance(key, int) and key < 0):
            problem = f"{said_path(path)} leads through a value that is no {'list' if wanted is list else 'mapping'}"
            raise UneditableError(line_of(text, path), problem, "change it in the text itself")
        number = spot.find(key)
        spot = None if number is None else spot.items[number]


def after_insert(path: Path, to: Path) -> Path:
    """Where that stands once an item has come before `to`."""
    depth = len(to) - 1
    key = path[depth] if depth < len(path) else None
    if not alike(path[:depth], to[:depth]) or not isinstance(key, int) or key < int(to[-1]):
        return path
    return (*path[:depth], key + 1, *path[depth + 1 :])


def alike(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same, spaces or underscores."""
    return [str(key).replace("_", " ") for key in one] == [str(key).replace("_", " ") for key in other]


def said_path(path: Path) -> str:
    """A path for a message: `steps/2/then/0`."""
    return "/".join(map(str, path)) or "the document"
