"""The designer's forms: what they show of a journey and write back is the same, for every journey that ships."""

from pathlib import Path
from typing import Any

import pytest

from functions.api.console.designer_desk import Desk, reading_of
from functions.api.console.designer_fields import Field, Removed
from functions.api.console.designer_forms import keys_of, schema, step_keys
from functions.api.console.designer_panel import applied, panel_of
from functions.api.console.designer_tree import KINDS, value_at
from functions.api.console.designer_words import labels
from functions.api.console.forms import Form
from functions.api.console.texts import plain

JOURNEYS = sorted(Path("statemachines/journeys").glob("*.journey.yaml"))
HIDDEN = {"steps", "then", "otherwise", "answers", "paths"}  # the outline's


def fields(desk: Desk) -> list[Field]:
    sections = panel_of(desk, reading_of(desk.text), {})
    return [field for section in sections for field in (*section.fields, *section.more)]


def desks(path: Path) -> list[Desk]:
    """One for the journey itself, and one for each of its steps."""
    text = path.read_text(encoding="utf-8")
    return [
        Desk("x", text, text, 1, place) for place in ("", *(step.place for step in reading_of(text).every))
    ]


def says_the_same(value: Any, written: Any) -> bool:
    if isinstance(written, Removed):
        return value is None or isinstance(value, bool) or value == "continue"
    return plain.same(value, written)


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name.split(".")[0])
def test_what_a_form_shows_is_what_it_writes(path: Path):
    for desk in desks(path):
        journey = reading_of(desk.text).journey
        shown = [field for field in fields(desk) if not field.is_fork and field.path[-1] != "outcomes"]
        wrong = [
            (field.path, value_at(journey, field.path), field.write(field.shown))
            for field in shown
            if not says_the_same(value_at(journey, field.path), field.write(field.shown))
        ]
        assert wrong == []


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name.split(".")[0])
def test_a_form_that_nobody_typed_into_leaves_the_text_as_it_is(path: Path):
    for desk in desks(path):
        pairs = [(each.name, each.value) for field in fields(desk) for each in field.inputs]
        said = Form((("seen", desk.seen), *pairs))
        assert applied(desk, said, {}).text == desk.text


@pytest.mark.parametrize("kind", ["head", *KINDS])
def test_every_key_of_the_schema_has_a_label(kind: str):
    keys = dict(keys_of(schema())) if kind == "head" else step_keys(kind)
    known = labels()
    assert [
        key
        for key in keys
        if key not in known and f"{kind}.{key}" not in known and key not in {*HIDDEN, kind}
    ] == []
