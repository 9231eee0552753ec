"""Rules within a journey: the builder changes the text as far as the rule reaches, and no further."""

from pathlib import Path
from typing import Any

import pytest

from functions.api.console.designer_desk import Desk, reading_of
from functions.api.console.designer_panel import applied, panel_of
from functions.api.console.designer_rules import facts_of
from functions.api.console.designer_tree import value_at
from functions.api.console.forms import Form
from functions.api.console.rules_controls import controls
from functions.api.console.rules_tree import walked

JOURNEYS = sorted(Path("statemachines/journeys").glob("*.journey.yaml"))
SOURCE = """\
journey: again
purpose: marketing
entry: {event: Signed Up}
filter: {attribute: plan, is: pro}   # those who pay
exits:
  - rule:
      - {tag: gone}
steps:
  - branch: Which way?
    paths:
      - if: {tag: vip}  # ours
        then:
          - exit: Enough
      - if: {any: [{tag: a}, {tag: b}]}
        then:
          - exit: More
    otherwise:
      - exit: Other
"""


def shown(desk: Desk) -> dict[str, str]:
    """Every field of a panel, as a browser would send it."""
    reading = reading_of(desk.text)
    sections = panel_of(desk, reading, {})
    every = [field for section in sections for field in (*section.fields, *section.more)]
    said = {each.name: each.value for field in every for each in field.inputs}
    built_at = facts_of(reading, sections, (), {})["built_at"]
    for field in every:
        root = built_at(desk.text, field.path) if field.inputs[0].kind == "rule" else None
        for node in walked(root) if root else ():
            if node.is_text:
                said[f"{node.place}:text"] = node.text
            elif not node.is_group:
                said |= {
                    f"{node.place}:{each.name}": each.value for each in controls(node.kind, node.said, {})
                }
    return said


def after(at: str, do: str = "apply", text: str = SOURCE, **typed: str) -> str:
    """The text after a form was sent in which this was typed."""
    desk = Desk("again", text, text, 1, at)
    said = {**shown(desk), **{name.replace("__", ":"): each for name, each in typed.items()}, "do": do}
    return applied(desk, Form((("seen", desk.seen), *said.items())), {}).text


def said_of(text: str, *path: str | int) -> Any:
    return value_at(reading_of(text).journey, path)


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name.split(".")[0])
def test_a_builder_that_nobody_touched_leaves_the_text_as_it_is(path: Path):
    text = path.read_text(encoding="utf-8")
    for place in ("", *(step.place for step in reading_of(text).every)):
        assert after(place, text=text) == text


def test_a_field_writes_its_own_value_and_nothing_else():
    text = after("", filter__value="team")

    assert text == SOURCE.replace("is: pro", "is: team")


def test_the_ways_of_a_branch_are_built_each_by_itself():
    text = after("steps/0", "add:steps/0/paths/1/if", **{"steps/0/paths/1/if__kind": "stage"})

    assert said_of(text, "steps", 0, "paths", 1, "if", "any")[2] == {"stage": ["customer"]}
    assert "- if: {tag: vip}  # ours\n" in text


def test_a_second_condition_makes_a_list_of_the_first():
    text = after("steps/0", "add:steps/0/paths/0/if", **{"steps/0/paths/0/if__kind": "tag"})

    assert said_of(text, "steps", 0, "paths", 0, "if") == [{"tag": "vip"}, {"tag": "vip"}]


@pytest.mark.parametrize(
    ("at", "place"),
    [("", "exits/0/rule/0"), ("steps/0", "steps/0/paths/0/if")],
)
def test_the_last_condition_goes_alone(at: str, place: str):
    """Never the step or the way that it stood in."""
    text = after(at, f"remove:{place}")

    rule = place.removesuffix("/0")
    assert f"{rule}: []" in text or ": []" in text
    assert len(reading_of(text).every) == len(reading_of(SOURCE).every)
    assert len(said_of(text, "exits")) == 1


def test_a_filter_without_conditions_is_none():
    assert "filter" not in after("", "remove:filter")


def test_a_condition_at_the_edge_of_its_rule_stays_in_it():
    for deed in ("up", "down"):
        assert after("", f"{deed}:exits/0/rule/0") == SOURCE


def test_a_text_that_was_typed_over_is_as_it_was_typed():
    text = after("", f__filter="tag: vip")

    assert said_of(text, "filter") == {"tag": "vip"}


@pytest.mark.parametrize("at", ["", "steps/0"])
def test_a_place_outside_of_the_panels_rules_is_not_touched(at: str):
    for deed in ("remove:steps/0", "remove:journey", "wrap:entry", "add:nowhere", "negate:"):
        assert after(at, deed) == SOURCE
