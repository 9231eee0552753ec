"""What every kind of step does, state by state: walks that the walker and the local cloud must both take.

Each file of tests/stories/journeys/conformance has the walks of one kind: the steps of a journey, what the person is
and does, and the states that are entered, those of all legs. Where chance decides, a list stands for one of its states.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "stories" / "journeys" / "conformance"
Trace = list[str | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One of them. `do` has what happens, each as soon as they stand `at` a step: an `event` of theirs, or that
    somebody `settle`s their task with an outcome."""

    name: str
    says: str
    steps: list[dict[str, Any]]
    trace: Trace
    do: Sequence[Mapping[str, str]] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)
    consents: Sequence[str] = ("email", "sms")
    beside: Mapping[str, Any] | None = None

    @property
    def event(self) -> str:
        """What lets somebody in."""
        return f"Began {self.name}"

    @property
    def sources(self) -> dict[str, str]:
        """The journeys to publish, as files have them: one that stands beside it, and its own."""
        beside = {self.beside["journey"]: json.dumps(self.beside)} if self.beside else {}
        return {**beside, self.name: self.source}

    @property
    def source(self) -> str:
        """The journey, as a file has it."""
        head = {"journey": self.name, "purpose": "marketing", "entry": {"event": self.event}}
        return json.dumps({**head, "steps": self.steps}, ensure_ascii=False)

    def differs_from(self, states: Sequence[str]) -> str:
        """Where these states leave the way, in words; empty when nowhere."""
        pairs = zip(self.trace, states, strict=False)
        same = all(state == said or (isinstance(said, list) and state in said) for said, state in pairs)
        return "" if same and len(states) == len(self.trace) else f"{list(states)} instead of {self.trace}"


def walks() -> list[Walk]:
    """All, in the order of the files."""
    return [walk for path in sorted(FOLDER.glob("*.yaml")) for walk in _walks(path)]


def kinds() -> set[str]:
    """The kinds of step in them."""
    return {kind for walk in walks() for kind in _kinds(walk.steps)}


def _walks(path: Path) -> Iterator[Walk]:
    for number, walk in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
        yield Walk(name=f"conform-{path.stem}-{number}", **walk)


def _kinds(part: Any) -> Iterator[str]:
    """Every key of a mapping that begins it, which is its kind where it is a step."""
    if isinstance(part, dict):
        yield next(iter(part), "")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _kinds(inner)
