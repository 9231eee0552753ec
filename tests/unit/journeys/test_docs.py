"""docs/journeys.md keeps its word: each example loads, or gives exactly the message that stands with it."""

import re
from pathlib import Path

import pytest

from sojourn.journeys.checking.shape import MOST_IN_A_RUN, MOST_STEPS
from sojourn.journeys.checking.words import LONGEST_NAME
from sojourn.journeys.language.conditions import ConditionKind
from sojourn.journeys.load import MOST_LEVELS, examine
from sojourn.journeys.steps import READERS
from sojourn.rules.parse import LARGEST

PAGE = (Path(__file__).parents[3] / "docs/journeys.md").read_text()
BLOCKS = re.findall(r"^```yaml\n(.*?)^```\n(?:\n```refused\n(.*?)^```\n)?", PAGE, re.MULTILINE | re.DOTALL)
HEAD = "journey: example\npurpose: marketing\n"
ENTRY = "entry: {event: E}\n"
STEPS = "steps:\n"
SEND = "  - {send: Hello, template: hello}\n"


def whole(text: str) -> str:
    """An example as a file: it may be one already, or some of its steps, or some of what stands round them."""
    if text.startswith("journey:"):
        return text
    if text.startswith("- "):
        return HEAD + ENTRY + STEPS + text
    entry = "" if re.search("^entry:", text, re.MULTILINE) else ENTRY
    return f"{HEAD}{entry}{text}" + ("" if STEPS in text else STEPS + SEND)


def rows(title: str) -> list[tuple[str, str]]:
    """The cells of the table under a heading, the first without its quotes."""
    part = PAGE.split(f"\n### {title}\n")[1].split("\n#")[0]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return [(written.strip("`"), said) for written, said in cells]


def written(text: str) -> str:
    """A row as a file: a step stands behind a message, and before one."""
    if re.match(rf"\{{({'|'.join(READERS)}): ", text):
        return f"{HEAD}{ENTRY}{STEPS}{SEND}  - {text}\n{SEND.replace('Hello', 'Later')}"
    return whole(f"{text}\n")


@pytest.mark.parametrize(("text", "refusal"), BLOCKS)
def test_an_example_gives_what_the_page_says(text: str, refusal: str):
    found = examine(whole(text), file="welcome.journey.yaml").findings

    assert [str(finding) for finding in found] == refusal.splitlines()


@pytest.mark.parametrize(("text", "said"), rows("Refused"))
def test_what_is_refused_is_refused_so(text: str, said: str):
    found = examine(written(text)).findings

    assert said in [f"{finding.problem} — {finding.remedy}" for finding in found]


@pytest.mark.parametrize(("text", "said"), rows("Warned of"))
def test_what_is_warned_of_is_warned_of_so(text: str, said: str):
    examined = examine(written(text))

    assert examined.findings == ()
    assert said in [f"{finding.problem} — {finding.remedy}" for finding in examined.warnings]


def test_the_page_shows_every_kind_of_step_and_condition():
    examples = "\n".join(text for text, refusal in BLOCKS if not refusal)

    assert not [kind for kind in [*READERS, *ConditionKind] if not re.search(rf"\b{kind}: ", examples)]
    assert len(rows("Refused")) >= 20
    assert len(rows("Warned of")) >= 4


def test_the_limits_on_the_page_are_the_limits_of_the_code():
    assert f"1 to {MOST_STEPS} steps" in PAGE
    assert f"more than {MOST_IN_A_RUN:,}" in PAGE
    assert f"up to {LONGEST_NAME} characters" in PAGE
    assert f"{LARGEST // 1024} KB" in PAGE
    assert f"deeper than {MOST_LEVELS} levels" in PAGE
