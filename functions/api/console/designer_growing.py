"""Ways, conditions, entries and outcomes: one more, or one less."""

from typing import Any

from functions.api.console import texts
from functions.api.console.designer_tree import Path, found, has, kind_of, value_at
from functions.api.console.texts import UneditableError

HELD = {"holdout": "10%"}


def grown(text: str, journey: Any, path: Path, *, held: bool = False) -> str:
    """With one more of what this path lists; one that stands alone becomes the first of a list."""
    key, there = str(path[-1]), value_at(journey, path)
    owner = value_at(journey, path[:-1])
    fresh = HELD if held else _fresh(key, owner)
    if isinstance(there, list):
        return texts.insert(text, (*path, len(there)), fresh)
    if key == "entry" and there is not None:
        return texts.put(text, path, [there, fresh])
    if key in ("paths", "answers") and kind_of(owner) in ("branch", "wait for"):
        return _parted(text, owner, path, fresh)
    return texts.put(text, path, [fresh])


def shrunk(text: str, journey: Any, path: Path) -> str:
    """Without it, its steps and all."""
    if value_at(journey, path[:-1]) is None:
        raise UneditableError(1, "that is gone already", "look at the page again")
    return texts.delete(text, path)


def _parted(text: str, owner: Any, path: Path, fresh: Any) -> str:
    """The one way becomes the first of several; its steps move there with their comments."""
    own = path[:-1]
    asks = "any" if path[-1] == "answers" else "if"
    text = texts.put(text, path, [{asks: found(owner, asks)}, fresh])
    steps = found(owner, "then")
    for number in range(len(steps) if isinstance(steps, list) else 0):
        text = texts.move(text, (*own, "then", 0), (*path, 0, "then", number))
    for key in (asks, "then"):
        if has(texts_value(text, own), key):
            text = texts.delete(text, (*own, key))
    return text


def texts_value(text: str, path: Path) -> Any:
    """What stands at a place of a text."""
    return value_at(texts.read(text), path)


def _fresh(key: str, owner: Any) -> Any:
    if key == "paths":
        return {"share": "10%"} if kind_of(owner) == "split" else {"if": {"tag": "vip"}}
    if key == "answers":
        return {"any": [{"event": "Order Completed"}]}
    return {"event": "Order Completed"}
