"""The published schema and the reader agree."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from sojourn.rules.definition import to_definition
from sojourn.rules.load import examine
from sojourn.rules.nodes import Rule
from sojourn.rules.parse import parse
from sojourn.rules.schema import schema_text, segment_schema
from sojourn.rules.tree import Mapping, Node, Scalar
from tests.rules_made import rules
from tests.unit.rules.test_docs import EXAMPLES, whole
from tests.unit.rules.test_fuzz import conditions
from tests.unit.rules.test_refusals import BAD, HEAD

ROOT = Path(__file__).parents[3]
SCHEMA = Draft202012Validator(segment_schema())
THOROUGH = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What no schema can know: the types of facts, other segments, the calendar, one thing beside another.
BEYOND = {
    "{not: [{event: A}]}", "{event: A, event: B}", "{attribute: visits, over: 1e999}",
    "{attribute: visits, between: [2, 1]}", "{attribute: seen, before: 2026-02-30}",
    "{attribute: seen, before: 0001-01-01}", "{attribute: seen, in the last: 999999 weeks}",
    "{attribute: a..b, is: 1}", "{fact: orders, contains: 1}", "{fact: stage, is: custmer}",
    "{fact: identified, is: maybe}", '{event: "a\\nb"}', f"{{event: {'x' * 201}}}",
    "{event: A, in the last: 1 day, since: 2026-01-01}", "{event: A, since: 2026-01-02, until: 2026-01-02}",
    "{event: A, times: at least 401, in the last: 1 day}", "{event: A, times: at most 401, where: {a: 1}}",
    "{event: A, where: {a..b: 1}}", "{event: A, where: {a: 1, a: 2}}", "{interested in: a, times: never}",
    "{segment: good}",
    "{near: {attribute: location, point: [1, 2], within: 0 km}}", "{anniversary: birthday, in the next: 3 hours}",
    "{anniversary: birthday, in the next: 400 days}", "{quantile: recency, of: 5, is: 6}", "{share: 101 percent}",
}  # fmt: skip


def plain(node: Node) -> Any:
    """The tree as JSON has it."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {str(key.written): plain(value) for key, value in node.entries}
    return [plain(each) for each in node.items]


def errors(text: str) -> list[str]:
    return [error.message for error in SCHEMA.iter_errors(plain(parse(text)))]


def test_the_schema_is_a_schema_and_stands_in_the_docs():
    Draft202012Validator.check_schema(segment_schema())
    assert (ROOT / "docs/segment.schema.json").read_text() == schema_text(), "run `make docs`"


@THOROUGH
@given(rules)
def test_every_definition_is_valid(rule: Rule):
    assert not errors(json.dumps({"segment": "a", "rule": to_definition(rule)}))


SHIPPED = [path.read_text() for path in sorted(ROOT.glob("statemachines/segments/*.yaml"))]


@pytest.mark.parametrize("text", [*map(whole, EXAMPLES), *SHIPPED])
def test_what_the_page_shows_and_what_ships_is_valid(text: str):
    assert not errors(text)


@THOROUGH
@given(st.lists(conditions, min_size=1, max_size=2))
def test_what_the_reader_accepts_is_valid(tree: list[Any]):
    text = json.dumps({"segment": "a", "rule": tree})

    assert examine(text).findings or not errors(text)


@pytest.mark.parametrize("condition", [each[0] for each in BAD], ids=lambda each: each[:60])
def test_what_a_schema_can_know_to_be_bad_is_not_valid(condition: str):
    text = f"{HEAD}  - {condition}\n"

    assert bool(errors(text)) is (bool(examine(text).findings) and condition not in BEYOND)
