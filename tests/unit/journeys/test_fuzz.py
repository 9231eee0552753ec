"""Whatever text comes, the answer is a journey or findings, never an exception."""

from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.journeys.load import examine
from sojourn.journeys.model import Journey

KEYS = [
    "journey", "purpose", "topic", "entry", "goal", "steps", "send", "wait", "wait for", "wait_for", "for", "any",
    "up to", "up_to", "then", "otherwise", "template", "channel", "hours", "at_least_once", "clicked", "opened",
    "event", "<<", "",
]  # fmt: skip
VALUES = [
    "welcome", "marketing", "Greet", "2 days", "0 days", "999999999 weeks", "09:00-21:00", "21:00-06:00", "sms", "",
    "Resume", "(end)", "{% 1 %}", "x" * 81, None, True, 0, -1, 1.5, 10**40,
]  # fmt: skip
scalars = st.sampled_from(VALUES) | st.text(max_size=20)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=15,
)
steps = st.lists(
    st.fixed_dictionaries({}, optional={key: trees for key in KEYS if key != "<<"}) | trees, max_size=4
)
journeys = st.fixed_dictionaries(
    {"journey": scalars, "purpose": scalars, "entry": trees, "steps": steps}, optional={"goal": trees}
)
THOROUGH = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judged(text: str) -> None:
    examined = examine(text, file="fuzz", templates={"welcome": "email"})

    assert all(finding.line >= 1 and finding.problem and finding.remedy for finding in examined.findings)
    if not examined.findings:
        assert examined.journey is not None
        assert Journey.from_definition(examined.journey.to_definition()) == examined.journey


@THOROUGH
@given(st.text())
def test_any_text_is_judged(text: str):
    judged(text)


@THOROUGH
@given(st.text(alphabet="{}[]&*!|>'\"%@`:-?,# \n\tab1~<"))
def test_any_text_of_yaml_signs_is_judged(text: str):
    judged(text)


@THOROUGH
@given(journeys | trees)
def test_any_tree_is_judged(tree: Any):
    judged(yaml.safe_dump(tree, allow_unicode=True))
