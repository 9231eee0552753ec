"""What a journey's author has before them: the text as they made it, as they read it, and the place they look at.

Nothing half done is stored: all of it travels in the form. `at` is the place of a step, `+` and a place where a step
shall be added, or empty for what the journey says of itself.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from functions.api.console.designer_tree import Shown, tree_of, walked, written
from functions.api.console.forms import Form
from functions.api.console.texts import UneditableError, read
from functions.api.console.texts.places import Path

DIGITS = 9


@dataclass(frozen=True, slots=True)
class Desk:
    """One moment of the work; `name` is empty until a new journey is saved."""

    name: str
    text: str
    base: str
    revision: int
    at: str = ""

    def to(self, text: str, at: Path | str) -> "Desk":
        """With another text, looking at a place of it."""
        return replace(self, text=text, at=at if isinstance(at, str) else written(at))

    @property
    def seen(self) -> str:
        """What a panel is stamped with: its fields hold good for this text alone."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as far as it can be read; `fault` says why it cannot."""

    journey: Any
    steps: tuple[Shown, ...]
    fault: UneditableError | None = None

    @property
    def every(self) -> tuple[Shown, ...]:
        """All steps in the order of the text."""
        return tuple(walked(self.steps))

    def step(self, place: str) -> Shown | None:
        """The step that has this place."""
        return next((each for each in self.every if each.place == place), None)


def reading_of(text: str) -> Reading:
    """The values and the tree of a text; nothing of what is no YAML."""
    try:
        journey = read(text)
    except UneditableError as fault:
        return Reading(None, (), fault)
    return Reading(journey, tree_of(journey))


def sent(said: Form, name: str) -> Desk:
    """The desk that a form carries."""
    ends = "\r\n" if said.get("ends") == "crlf" else "\n"
    text, base = (said.raw(each).replace("\r\n", "\n").replace("\n", ends) for each in ("source", "base"))
    revision = said.get("revision")[:DIGITS]
    number = int(revision) if revision.isascii() and revision.isdigit() else 0
    return Desk(name, text, base, number, said.get("at"))
