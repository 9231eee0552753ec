"""Fields of a form, each over one value of a journey's text: what it shows, and what typing into it writes. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from functions.api.console.designer_tree import Path, written
from functions.api.console.texts import UneditableError, read
from functions.api.console.texts.writing import Shape, block, flow
from functions.api.console.words import _
from sojourn.rules.parse import NUMBER

DURATION = re.compile(r"\s*([0-9]{1,9}) *(minute|hour|day|week)s?\s*")
UNITS = ("minute", "hour", "day", "week")


class Removed:
    """What a field writes that was emptied: the key goes."""


REMOVED = Removed()
Value = Any


class UnreadableFieldError(ValueError):
    """What was typed cannot be taken over; the message names the field, the problem and the way out."""


@dataclass(frozen=True, slots=True)
class Input:
    """One control of a field: text, number, area, select, check, yaml or rule."""

    name: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    label: str = ""

    @property
    def id(self) -> str:
        """For labels: without what selectors trip over."""
        return "in-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)


@dataclass(frozen=True, slots=True)
class Field:
    """A value with its label; `write` makes the new value of what its controls say; of an `is_fork` others follow."""

    path: Path
    label: str
    help: str
    inputs: tuple[Input, ...]
    write: Callable[[tuple[str, ...]], Value]
    is_needed: bool = False
    is_fork: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """What its controls show."""
        return tuple(each.value for each in self.inputs)

    @property
    def is_set(self) -> bool:
        """Whether anything stands there."""
        return any(each.value for each in self.inputs if each.kind != "unit")


@dataclass(frozen=True, slots=True)
class About:
    """Which value a field is of."""

    path: Path
    label: str
    help: str = ""
    is_needed: bool = False

    def name(self, number: int = 0) -> str:
        """Of its control in the form."""
        return f"f:{written(self.path)}" + (f"#{number}" if number else "")

    def field(
        self, inputs: tuple[Input, ...], write: Callable[[tuple[str, ...]], Value], *, is_fork: bool = False
    ) -> Field:
        """The field, with these controls."""
        return Field(self.path, self.label, self.help, inputs, write, self.is_needed, is_fork)

    def emptied(self) -> Value:
        """What an empty control writes: a key that must be there stays, without a value."""
        return "" if self.is_needed else REMOVED


def text_field(about: About, value: Value, *, area: bool = False) -> Field:
    """Words."""
    shown = "" if value is None else flow(value) if isinstance(value, dict | list) else _plain(value)

    def write(said: tuple[str, ...]) -> Value:
        return said[0] or about.emptied()

    return about.field((Input(about.name(), "area" if area else "text", shown),), write)


def number_field(about: About, value: Value) -> Field:
    """A number; what is none is written as it was typed, and marked."""

    def write(said: tuple[str, ...]) -> Value:
        return number_of(said[0]) if said[0] else about.emptied()

    return about.field((Input(about.name(), "number", "" if value is None else _plain(value)),), write)


def select_field(about: About, value: Value, options: list[tuple[str, str]], *, usual: str = "") -> Field:
    """One of several; what stands there and is none of them is offered too."""
    now = "" if value is None else _plain(value)
    first = (
        [] if about.is_needed and now else [("", usual or _("Choose…") if about.is_needed else usual or "–")]
    )
    other = [(now, now)] if now and now not in {each for each, _text in options} else []
    shown = (*first, *options, *other)

    def write(said: tuple[str, ...]) -> Value:
        return said[0] or about.emptied()

    return about.field((Input(about.name(), "select", now, tuple(shown)),), write)


def flag_field(about: About, value: Value, *, usual: bool = False) -> Field:
    """Yes or no; what is usual is not written."""
    now = usual if value is None else value is True

    def write(said: tuple[str, ...]) -> Value:
        return REMOVED if bool(said[0]) is usual else bool(said[0])

    return about.field((Input(about.name(), "check", "yes" if now else ""),), write)


def duration_field(about: About, value: Value) -> Field:
    """A while: how many of what. One that is written in another way is words."""
    found = DURATION.fullmatch(value) if isinstance(value, str) else None
    if value not in (None, "") and found is None:
        return text_field(about, value)
    count, unit = (found[1], found[2]) if found else ("", "day")
    units = tuple(zip(UNITS, (_("minutes"), _("hours"), _("days"), _("weeks")), strict=True))

    def write(said: tuple[str, ...]) -> Value:
        return f"{said[0]} {said[1]}{'' if said[0] == '1' else 's'}" if said[0] else about.emptied()

    inputs = (
        Input(about.name(), "number", count),
        Input(about.name(1), "unit", unit, units, _("Unit of %(label)s") % {"label": about.label}),
    )
    return about.field(inputs, write)


def yaml_field(about: About, value: Value) -> Field:
    """What has no simple form: a piece of the text."""
    shown = (
        ""
        if value is None
        else _plain(value)
        if not isinstance(value, dict | list)
        else "\n".join(block(value, Shape()))
    )

    def write(said: tuple[str, ...]) -> Value:
        return _read(about, said[0]) if said[0] else about.emptied()

    return about.field((Input(about.name(), "yaml", shown),), write)


def rule_field(about: About, value: Value) -> Field:
    """A rule, built as segments build theirs (designer_rules); its text is the way out."""
    plain = yaml_field(about, value)
    return about.field((replace(plain.inputs[0], kind="rule"),), plain.write)


def loose_field(about: About, value: Value) -> Field:
    """Words, or where they do not suffice a mapping in braces."""

    def write(said: tuple[str, ...]) -> Value:
        if said[0].startswith(("{", "[")):
            return _read(about, said[0])
        return said[0] or about.emptied()

    shown = text_field(about, value)
    return about.field(shown.inputs, write)


def way_field(about: About, value: Value, fresh: Callable[[], Value]) -> Field:
    """Where somebody goes whom a step could not serve."""
    now = (
        "steps"
        if isinstance(value, list)
        else _plain(value)
        if value is not None and value != "continue"
        else ""
    )
    options = (
        ("", _("Goes on")),
        ("exit", _("Leaves the journey")),
        ("steps", _("Takes steps of their own")),
    )

    def write(said: tuple[str, ...]) -> Value:
        return fresh() if said[0] == "steps" else said[0] or REMOVED

    return about.field((Input(about.name(), "select", now, options),), write, is_fork=True)


def number_of(said: str) -> Value:
    """A number where it is one."""
    if not NUMBER.fullmatch(said):
        return said
    number = float(said)
    return int(number) if abs(number) < 1e15 and number == int(number) else number


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _read(about: About, said: str) -> Value:
    try:
        return read(said)
    except UneditableError as error:
        told = _("%(label)s: line %(line)s: %(problem)s; %(remedy)s")
        raise UnreadableFieldError(
            told
            % {"label": about.label, "line": error.line, "problem": error.problem, "remedy": error.remedy}
        ) from error
