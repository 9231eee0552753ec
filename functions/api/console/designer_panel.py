"""The panel of what is chosen: a form for a step, or for the journey itself, and what typing into it does."""

from collections.abc import Iterator
from typing import Any

from functions.api.console import texts
from functions.api.console.designer_desk import Desk, Reading, reading_of
from functions.api.console.designer_fields import REMOVED, Field, Removed
from functions.api.console.designer_forms import Known, Section
from functions.api.console.designer_heads import head_sections
from functions.api.console.designer_kinds import step_sections
from functions.api.console.designer_rules import ruled
from functions.api.console.designer_steps import CALL, references, sends
from functions.api.console.designer_tree import KINDS, Path, Shown, value_at
from functions.api.console.forms import Form
from sojourn.journeys.language.acting import slug_of


def panel_of(desk: Desk, reading: Reading, names: dict[str, list[str]]) -> list[Section]:
    """The sections of what is chosen; none while a step is being added, or while the text cannot be read."""
    if reading.fault or desk.at.startswith("+") or not isinstance(reading.journey, dict):
        return []
    step = reading.step(desk.at)
    if step is None:
        return head_sections(reading.journey, Known(names, _all_sends(reading)), is_saved=bool(desk.name))
    known = Known(names, before(reading, step.path))
    return step_sections(step, value_at(reading.journey, step.path), known)


def applied(desk: Desk, said: Form, names: dict[str, list[str]]) -> Desk:
    """The desk with what was typed into the panel: only what differs from what it showed is written, and a panel that
    was made for another text is passed over, since the text is the authority."""
    if said.get("seen") != desk.seen:
        return desk
    text, reading = desk.text, reading_of(desk.text)
    forked: list[Path] = []
    sections = panel_of(desk, reading, names)
    for field in _fields(sections):
        typed = _typed(field, said)
        if (
            typed is None
            or typed == tuple(map(_plain, field.shown))
            or any(field.path[: len(path)] == path for path in forked)
        ):
            continue
        if field.is_fork:
            forked.append(field.path)
        text = _written(text, reading, field, typed)
    return ruled(desk.to(text, desk.at), said, sections)


def before(reading: Reading, path: Path) -> tuple[str, ...]:
    """The messages on the way to a place."""
    return sends(step for step in reading.every if _is_before(step, path))


def _is_before(step: Shown, path: Path) -> bool:
    depth = len(step.path) - 1
    if len(path) <= depth or step.path[:depth] != path[:depth]:
        return False
    one, other = step.path[depth], path[depth]
    return isinstance(one, int) and isinstance(other, int) and one < other


def _all_sends(reading: Reading) -> tuple[str, ...]:
    return sends(reading.every)


def _fields(sections: list[Section]) -> Iterator[Field]:
    for section in sections:
        yield from (*section.fields, *section.more)


def _typed(field: Field, said: Form) -> tuple[str, ...] | None:
    """What its controls say; nothing if they were not sent."""
    told = dict(
        said.pairs
    )  # the last of each: a box that is ticked comes behind what stands for one that is not
    if not all(each.name in told for each in field.inputs):
        return None
    return tuple(_plain(told[each.name]) for each in field.inputs)


def _plain(said: str) -> str:
    """As a person means it: browsers end lines in their own way."""
    return said.replace("\r\n", "\n").strip()


def _written(text: str, reading: Reading, field: Field, typed: tuple[str, ...]) -> str:
    value = field.write(typed)
    if isinstance(value, Removed):
        there = value_at(reading_of(text).journey, field.path)
        return texts.delete(text, field.path) if there is not None else text
    is_name = (
        len(field.path) > 1 and field.path[0] == "steps" and str(field.path[-1]).replace("_", " ") in KINDS
    )
    text = texts.put(text, field.path, value)
    is_own = is_name and isinstance(field.path[-2], int) and reading.step(_place(field.path[:-1])) is not None
    return _renamed(text, reading, field.path[:-1], value) if is_own else text


def _renamed(text: str, reading: Reading, path: Path, new: Any) -> str:
    """Whoever asks about the step by its old name, or for its answer, asks by the new one."""
    step = reading.step(_place(path))
    if step is None or not isinstance(new, str) or [each.name for each in reading.every].count(step.name) > 1:
        return text
    journey = reading_of(text).journey
    for place, said in references(journey, {step.name: new}, _slugs(reading, step, new)):
        text = texts.put(text, place, said)
    return text


def _slugs(reading: Reading, step: Shown, new: str) -> dict[str, str]:
    """What a call's answer was called, and is from now on; nothing where another call's is called so, too."""
    old = slug_of(step.name)
    alike = [each for each in reading.every if each.kind == CALL and slug_of(each.name) == old]
    return {old: slug_of(new)} if alike == [step] and slug_of(new) else {}


def _place(path: Path) -> str:
    from functions.api.console.designer_tree import written

    return written(path)


__all__ = ["REMOVED", "applied", "before", "panel_of"]
