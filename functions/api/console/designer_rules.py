"""Rules within a journey, built as those of segments are: who passes and who leaves early, ways, ends of repetitions.

The builder's fields and buttons change the journey's text in place, as far as the rule reaches and no further.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from functions.api.console import rules_words
from functions.api.console.designer_desk import Desk, Reading, reading_of
from functions.api.console.designer_fields import Field
from functions.api.console.designer_forms import Section
from functions.api.console.designer_lint import Finding
from functions.api.console.designer_tree import value_at
from functions.api.console.forms import Form
from functions.api.console.rules_builder import EVENTS
from functions.api.console.rules_controls import controls
from functions.api.console.rules_deeds import at_path, changed
from functions.api.console.rules_tree import Shown, path_of, shown_rule, walked
from functions.api.console.texts import Path, delete, read
from sojourn.rules.facts import STAGES

OPTIONAL = ("filter", "until")  # without a condition the key goes
NO_TYPES: dict[str, str] = {}  # what a value says of its type is enough here: nothing more is read
Names = dict[str, list[str]]


def facts_of(
    reading: Reading, sections: list[Section], findings: tuple[Finding, ...], names: Names
) -> dict[str, Any]:
    """What the builder's template asks for."""
    return {
        "built_at": partial(_built, reading, findings),
        "rule_controls": partial(controls, types=NO_TYPES),
        "rule_words": rules_words,
        "rule_hx": "",
        "focus": "",
        "has_rules": any(_is_rule(field) for field in _fields(sections)),
        "suggested": {"attributes": [], "events": EVENTS, "stages": STAGES, **names},
    }


def ruled(desk: Desk, said: Form, sections: list[Section]) -> Desk:
    """The desk after what the builders of its panel say; a rule whose text was typed over is as it was typed."""
    text = desk.text
    for field in _fields(sections):
        if not _is_rule(field) or _is_typed(field, said):
            continue
        if _is_here(reading_of(text), field.path):
            text = _after(text, said, field.path)
    return replace(desk, text=text)


def _after(text: str, said: Form, at: Path) -> str:
    place = said.get("do").partition(":")[2]
    is_ours = path_of(place)[: len(at)] == at if place else False
    own = said if is_ours else Form(tuple(pair for pair in said.pairs if pair[0] != "do"))
    after = changed(own, text, text, at, NO_TYPES)
    is_empty = at_path(read(after), at) == []
    return delete(after, at) if is_empty and at[-1] in OPTIONAL else after


def _built(reading: Reading, findings: tuple[Finding, ...], text: str, at: Path) -> Shown | None:
    """The rule at a place of the text, each finding at its condition; None where only its text can be edited."""
    if not _is_here(reading, at):
        return None
    root = shown_rule(text, at, NO_TYPES)
    nodes = sorted(walked(root), key=lambda node: len(node.path), reverse=True)
    for each in findings:
        if _is_in(each.path, at):
            node = next((node for node in nodes if not node.is_group and _is_in(each.path, node.path)), root)
            (node.errors if each.is_error else node.warnings).append(each)
    return root


def _is_here(reading: Reading, at: Path) -> bool:
    """Whether the builder's words for the place mean it: keys may be written in ways that it does not know."""
    if reading.fault or path_of("/".join(map(str, at))) != at:
        return False
    there = at_path(reading.journey, at)
    around = at_path(reading.journey, at[:-1])
    return (
        isinstance(around, dict)
        and there == value_at(reading.journey, at)
        and isinstance(there, list | dict | None)
    )


def _is_in(path: Path, rule: Path) -> bool:
    return path[: len(rule)] == rule


def _is_rule(field: Field) -> bool:
    return field.inputs[0].kind == "rule"


def _is_typed(field: Field, said: Form) -> bool:
    name = field.inputs[0].name
    typed = said.raw(name).replace("\r\n", "\n").strip()
    return any(key == name for key, _value in said.pairs) and typed != field.shown[0].strip()


def _fields(sections: list[Section]) -> Iterator[Field]:
    for section in sections:
        yield from (*section.fields, *section.more)
