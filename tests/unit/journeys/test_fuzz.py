"""Whatever text comes, the answer is a journey or findings, never an exception."""

from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.journeys.load import examine
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import READERS

KEYS = [
    "journey", "purpose", "topic", "entry", "goal", "steps", "send", "wait", "wait for", "wait_for", "for",
    "any", "up to", "up_to", "then", "otherwise", "template", "channel", "hours", "at_least_once", "clicked",
    "opened", "event", "<<", "", "filter", "exits", "caps", "re-entry", "starts", "holdout", "branch", "split",
    "repeat", "update", "call", "task", "start", "end", "exit", "paths", "if", "share", "times", "until", "set",
    "add", "unset", "url", "function", "timeout", "assign", "due", "outcomes", "reason", "properties",
    "answers", "rule", "match", "where", "since", "inside", "date", "before", "at", "yearly", "schedule",
    "zone", "segment", "api", "key", "on skip", "on fail", "if past", "if missing", "instead", "outside",
    "expires", "pause", "at most", "per", "keep", "for priority", "window", "attribute", "is", "ranked",
    "look back",
]  # fmt: skip
VALUES = [
    "welcome", "marketing", "Greet", "2 days", "0 days", "999999999 weeks", "09:00-21:00", "21:00-06:00", "sms",
    "", "Resume", "(end)", "{% 1 %}", "x" * 81, None, True, 0, -1, 1.5, 10**40, "50%", "monday 09:00",
    "mon-fri 09:00-17:00", "entry.a", "reply.b.c", "https://example.com/", "https://[::1", "0 9 * * 1",
    "Europe/Paris", "exit", "continue", "2026-12-01", "end of day", "once", "10 seconds", "\u00b2 days",
    "Segment Entered",
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
    {"journey": scalars, "purpose": scalars, "entry": trees, "steps": steps},
    optional=dict.fromkeys(("goal", "exits", "caps", "hours", "filter", "re-entry", "starts"), trees),
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
@given(st.sampled_from(sorted(READERS)), st.dictionaries(st.sampled_from(KEYS[1:]), trees, max_size=6), trees)
def test_any_step_is_judged(kind: str, keys: dict[str, Any], entry: Any):
    step = {kind: "A", **{key: value for key, value in keys.items() if key not in READERS}}
    judged(yaml.safe_dump({"journey": "a", "purpose": "marketing", "entry": entry, "steps": [step]}))


@THOROUGH
@given(journeys | trees)
def test_any_tree_is_judged(tree: Any):
    judged(yaml.safe_dump(tree, allow_unicode=True))
