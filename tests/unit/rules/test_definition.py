"""A rule, its definition, and the file that says it are one."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.rules.definition import from_definition, to_definition, to_text
from sojourn.rules.literals import path_of, path_said
from sojourn.rules.load import examine
from sojourn.rules.nodes import All, Compare, Done, Match, Op, Rule, Subject, Window
from sojourn.rules.spans import Span
from tests.rules_made import paths, rules

THOROUGH = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@THOROUGH
@given(rules)
def test_a_rule_comes_back_from_its_definition_and_from_a_file_of_it(rule: Rule):
    text = json.dumps(to_definition(rule))

    assert from_definition(json.loads(text)) == rule
    examined = examine(json.dumps({"segment": "s", "rule": json.loads(text)}))
    assert [str(finding) for finding in examined.findings] == []
    assert examined.rule == rule
    assert to_text(examined.rule) == to_text(rule)


@given(paths)
def test_a_path_comes_back(path: tuple[str, ...]):
    assert path_of(path_said(path)) == path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("plan",), "plan"),
        (("address", "city"), "address.city"),
        (("a.b",), ["a.b"]),
        ((" a",), [" a"]),
        (("#a",), "#a"),
    ],
)
def test_a_path_is_a_text_where_it_can_be(path: tuple[str, ...], said: Any):
    assert path_said(path) == said


def test_equal_rules_have_one_definition():
    one = Compare(Subject(("score",)), Op.OVER, 5)
    other = Compare(Subject(("score",)), Op.OVER, 5.0)

    assert one == other
    assert to_text(one) == to_text(other) == '{"attribute":"score","over":5}'


def test_a_definition_is_in_the_language():
    rule = All(
        (
            Done(Match("A"), window=Window(Span.from_text("30 days"))),
            Compare(Subject(("p",)), Op.EXISTS, True),
        )
    )

    assert to_definition(rule) == {
        "all": [
            {"event": "A", "times": "at least 1", "in the last": "30 days"},
            {"attribute": "p", "exists": True},
        ]
    }


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_a_definition_is_plain_json(data: st.DataObject):
    definition = to_definition(data.draw(rules))

    assert json.loads(json.dumps(definition, allow_nan=False)) == definition
