"""The steps of a journey's text as a tree: what outline, canvas and panel show. Plain values in, whatever they hold.

A place is a path of the text, written `steps/2/then/0`; a slash within a name is written %2F.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from functions.api.console.designer_says import rule_said, says
from functions.api.console.words import _

Path = tuple[str | int, ...]

KINDS = (
    "call", "send", "wait for", "wait", "branch", "split", "repeat", "update", "task", "start", "end", "exit",
)  # fmt: skip
SIDEWAYS: Mapping[str, tuple[str, ...]] = {
    "send": ("on skip", "on fail"),
    "wait": ("if past", "if missing"),
    "call": ("on fail",),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a step: its steps may be none yet."""

    title: str
    path: Path
    steps: "tuple[Shown, ...]"


@dataclass(frozen=True, slots=True)
class Shown:
    """One step."""

    path: Path
    kind: str
    name: str
    says: str
    ways: tuple[Way, ...]

    @property
    def place(self) -> str:
        """Its path as pages write it."""
        return written(self.path)


def tree_of(journey: Any) -> tuple[Shown, ...]:
    """The steps of a journey's plain values."""
    return _shown(found(journey, "steps"), ("steps",)) if isinstance(journey, dict) else ()


def walked(steps: tuple[Shown, ...]) -> Iterator[Shown]:
    """Every step, in the order of the text."""
    for step in steps:
        yield step
        for way in step.ways:
            yield from walked(way.steps)


def found(mapping: Any, key: str) -> Any:
    """The value of a key that may be written with a space or an underscore; None where there is none."""
    if not isinstance(mapping, dict):
        return None
    return next((value for name, value in mapping.items() if str(name).replace("_", " ") == key), None)


def has(mapping: Any, key: str) -> bool:
    """Whether the key is there, with a value or without."""
    return isinstance(mapping, dict) and any(str(name).replace("_", " ") == key for name in mapping)


def kind_of(step: Any) -> str:
    """The kind of a step; what has none is a step that nobody can read yet."""
    return next((kind for kind in KINDS if has(step, kind)), "")


def value_at(value: Any, path: Path) -> Any:
    """What stands at a path; None where there is nothing."""
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and 0 <= key < len(value) else None
        else:
            value = found(value, key.replace("_", " "))
    return value


def written(path: Path) -> str:
    """A path as pages write it."""
    return "/".join(quote(str(key), safe=" :?!,.()'&+*=@") for key in path)


def path_of(place: str, journey: Any) -> Path:
    """The path that a page wrote: a number counts items unless a mapping stands there."""
    path: Path = ()
    for part in filter(None, place.split("/")):
        is_item = part.isascii() and part.isdigit() and not isinstance(value_at(journey, path), dict)
        path = (*path, int(part[:6]) if is_item else unquote(part))
    return path


def _shown(steps: Any, path: Path) -> tuple[Shown, ...]:
    if not isinstance(steps, list):
        return ()
    return tuple(_step(each, (*path, number)) for number, each in enumerate(steps))


def _step(step: Any, path: Path) -> Shown:
    kind = kind_of(step)
    name = found(step, kind) if kind else step
    ways = tuple(
        Way(title, (*path, *below), _shown(steps, (*path, *below)))
        for title, below, steps in _ways(kind, step)
    )
    return Shown(path, kind, str(name or "")[:200], says(kind, step), ways)


def _ways(kind: str, step: Any) -> Iterator[tuple[str, Path, Any]]:
    titles = {
        "on skip": _("When it is skipped"), "on fail": _("When it fails"),
        "if past": _("When the day has passed"), "if missing": _("When there is no such day"),
    }  # fmt: skip
    for key in SIDEWAYS.get(kind, ()):
        if isinstance(steps := found(step, key), list):
            yield titles[key], (key,), steps
    if kind in ("branch", "split", "wait for"):
        yield from _paths(kind, step)
    if kind == "repeat":
        yield _("Each round"), ("steps",), found(step, "steps")
    if kind == "task":
        yield from _outcomes(step)
    if kind in ("branch", "wait for", "task"):
        title = _("Otherwise") if kind == "branch" else _("When time is up")
        yield title, ("otherwise",), found(step, "otherwise")


def _paths(kind: str, step: Any) -> Iterator[tuple[str, Path, Any]]:
    key = "answers" if kind == "wait for" else "paths"
    several = found(step, key)
    if not isinstance(several, list):
        if kind != "split":
            yield _("If they do") if kind == "wait for" else _("If so"), ("then",), found(step, "then")
        return
    for number, each in enumerate(several):
        yield _title(kind, each, number), (key, number, "then"), found(each, "then")


def _title(kind: str, way: Any, number: int) -> str:
    if kind == "split":
        share, holdout = found(way, "share"), found(way, "holdout")
        said = holdout if share is None else share
        percent = f"{said}%" if isinstance(said, int | float) else str(said or "–")
        return percent if share is not None else _("%(share)s held out") % {"share": percent}
    rule = found(way, "any") if kind == "wait for" else found(way, "if")
    return rule_said(rule) or _("Way %(n)s") % {"n": number + 1}


def _outcomes(step: Any) -> Iterator[tuple[str, Path, Any]]:
    outcomes = found(step, "outcomes")
    if isinstance(outcomes, dict):
        for word, steps in outcomes.items():
            yield str(word), ("outcomes", str(word)), steps
