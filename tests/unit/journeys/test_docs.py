"""docs/journeys.md keeps its word: each example loads, or gives exactly the message that stands below it."""

import re
from pathlib import Path

import pytest

from sojourn.journeys.check import LONGEST_NAME, MOST_STEPS
from sojourn.journeys.load import examine
from sojourn.rules.parse import DEEPEST, LARGEST

PAGE = (Path(__file__).parents[3] / "docs/journeys.md").read_text()
HEAD = "journey: example\npurpose: marketing\nentry: {event: E}\nsteps:\n"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```\n(?:\n```refused\n(.*?)^```\n)?", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("text", "refusal"), BLOCKS)
def test_an_example_gives_what_the_page_says(text: str, refusal: str):
    whole = text if text.startswith("journey:") else HEAD + text

    found = examine(whole, file="welcome.journey.yaml").findings

    assert [str(finding) for finding in found] == refusal.splitlines()


def test_the_page_has_examples_of_both_kinds():
    assert sorted(bool(refusal) for _, refusal in BLOCKS) == [False] * 4 + [True] * 2


def test_the_limits_on_the_page_are_the_limits_of_the_code():
    assert f"1 to {MOST_STEPS} steps" in PAGE
    assert f"up to {LONGEST_NAME} characters" in PAGE
    assert f"{LARGEST // 1024} KB" in PAGE
    assert f"deeper than {DEEPEST} levels" in PAGE
