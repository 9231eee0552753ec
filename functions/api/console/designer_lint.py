"""What is wrong with a text, each at its step and at its field."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from functions.api.console.asking import ask, at
from functions.api.console.designer_desk import Reading
from functions.api.console.designer_tree import Path, Shown, found
from functions.api.console.session import Session
from functions.api.console.texts.places import Spot, UneditableError, spotted
from sojourn.errors import Problem
from sojourn.journeys.checking.words import SLUG

UNNAMED = "new"


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them; `place` is the step's, empty for the journey itself; `path` is as far as it can be told."""

    line: int
    step: str
    place: str
    path: Path
    problem: str
    remedy: str
    is_error: bool


def findings_of(session: Session, name: str, text: str, reading: Reading) -> tuple[Finding, ...]:
    """Errors first, as publishing would find them."""
    called = name or found(reading.journey, "journey")
    named = called if isinstance(called, str) and SLUG.fullmatch(called) else UNNAMED
    try:
        told = ask(session, "POST", at("/api/journeys/{name}/check", name=named), body={"source": text}).body
    except Problem as problem:
        if problem.status not in (400, 413, 422):
            raise
        told = {"errors": [{"line": 1, "step": "", "problem": problem.message, "remedy": ""}], "warnings": []}
    places = list(_places(text))
    return tuple(
        _located(each, reading, places, is_error=which == "errors")
        for which in ("errors", "warnings")
        for each in told[which]
    )


def counted(findings: tuple[Finding, ...]) -> dict[str, int]:
    """How many errors each place has."""
    counts: dict[str, int] = {}
    for each in findings:
        if each.is_error:
            counts[each.place] = counts.get(each.place, 0) + 1
    return counts


def _located(
    told: dict[str, Any], reading: Reading, places: list[tuple[int, Path]], *, is_error: bool
) -> Finding:
    line, problem = int(told["line"]), str(told["problem"])
    step = _step(str(told["step"]), line, reading, places)
    path = _field(step.path if step else (), line, problem, places) if step or line > 1 else ()
    place = step.place if step else ""
    name = step.name if step else ""
    return Finding(line, name, place, path, problem, str(told["remedy"]), is_error)


def _step(name: str, line: int, reading: Reading, places: list[tuple[int, Path]]) -> Shown | None:
    called = [step for step in reading.every if name and step.name == name]
    if len(called) == 1:
        return called[0]
    starts = {path: number for number, path in places}
    before = [step for step in called or reading.every if starts.get(step.path, 0) <= line]
    return before[-1] if before and _reaches(before[-1].path, line, places) else None


def _reaches(path: Path, line: int, places: list[tuple[int, Path]]) -> bool:
    """Whether the line is within the step: nothing outside of it begins between the two."""
    own = [number for number, each in places if each == path]
    after = [number for number, each in places if each[: len(path)] != path and number > (own or [0])[0]]
    return line < min(after, default=line + 1)


def _field(path: Path, line: int, problem: str, places: list[tuple[int, Path]]) -> Path:
    """The value that the line is about: the innermost that begins there, or the key that the problem names."""
    here = [
        each
        for number, each in places
        if number == line and each[: len(path)] == path and len(each) > len(path)
    ]
    keys = [each for each in here if isinstance(each[-1], str)]
    named = [
        each
        for each in keys
        if f"`{each[-1]}`" in problem or f"`{str(each[-1]).replace('_', ' ')}`" in problem
    ]
    if named:
        return named[0]
    own = [each for each in keys if len(each) == len(path) + 1]
    return own[0] if len(own) == 1 else path


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """The line of every value."""
    try:
        root = spotted(text)
    except UneditableError:
        return
    if root:
        yield from _within(root, (), [place for place, letter in enumerate(text) if letter == "\n"])


def _within(spot: Spot, path: Path, ends: list[int]) -> Iterator[tuple[int, Path]]:
    for number, each in enumerate(spot.items):
        key: str | int = spot.keys[number].name if spot.keys else number
        start = spot.keys[number].start if spot.keys else each.start
        yield bisect_left(ends, start) + 1, (*path, key)
        yield from _within(each, (*path, key), ends)
