"""Whatever text comes, the answer is a rule or findings, never an exception."""

import json
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.rules.check import Known
from sojourn.rules.definition import from_definition, to_definition
from sojourn.rules.load import examine
from sojourn.rules.nodes import Measure, Op
from sojourn.rules.read import NAMES

KNOWN = Known(attributes={"plan": "text", "n": "number", "at": "geo"}, segments={})
OPTIONS = (
    "times", "in the last", "since", "until", "where", "within", "without", "channel", "journey", "template",
    "machines", "but not", "by", "is", "season", "of", "seed", "currency", "property", "point", "purpose", "topic",
)  # fmt: skip
OPS = [op.value for op in Op]
KEYS = [*NAMES, *OPS, *(measure.value for measure in Measure), *OPTIONS, "in_the_last", "<<", ""]
VALUES = [
    "a", "plan", "Order Completed", "Segment Entered", "at least 2", "never", "30 days", "0 days", "999999 months",
    "2026-11-21", "2026-02-30", "2026-11-21T10:00:00+23:59", "0001-01-01T00:00:00+14:00", "email", "opened", "sent",
    "given", "marketing", "10 km", "10%", "today", "orders", "monetary", "x" * 300, "a.b", "..", "", None, True, 0,
    5, -1, 1.5, 10**40, "1e999",
]  # fmt: skip
scalars = st.sampled_from(VALUES) | st.text(max_size=8)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)
kinds = st.tuples(
    st.sampled_from(list(NAMES)), trees, st.dictionaries(st.sampled_from([*OPTIONS, *OPS]), trees, max_size=3)
)
conditions = kinds.map(lambda it: {it[0]: it[1], **it[2]})
THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judged(text: str) -> None:
    examined = examine(text, file="fuzz", known=KNOWN)

    assert all(
        each.line >= 1 and each.problem and each.remedy for each in examined.findings + examined.warnings
    )
    if not examined.findings:
        definition = to_definition(examined.rule)
        assert from_definition(json.loads(json.dumps(definition, allow_nan=False))) == examined.rule


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_text_is_judged(text: str):
    judged(text)


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="{}[]&*!|>'\"%@`:-?,# \n\tab1~<"))
def test_any_text_of_yaml_signs_is_judged(text: str):
    judged(f"segment: a\nrule: {text}")


@THOROUGH
@given(st.lists(conditions | trees, min_size=1, max_size=3))
def test_any_tree_is_judged(tree: list[Any]):
    judged(json.dumps({"segment": "a", "rule": tree}))


@settings(max_examples=30, deadline=None)
@given(trees)
def test_any_file_is_judged(tree: Any):
    judged(yaml.safe_dump(tree, allow_unicode=True))
