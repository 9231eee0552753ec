"""README.md: what it shows is sound, and each command of it that needs no cloud is executed where there is none."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli.main import main
from sojourn.journeys.load import examine
from tests.agreements.code import ROOT

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line
]
COMMANDS = [shlex.split(line, comments=True) for line in LINES]
ELSEWHERE = {
    "make": "tests/agreements holds its targets; what they do is the other tests' matter",
    "explain": "asks a stack that runs: tests/stories/test_first_journey.py",
}


def is_alone(words: list[str]) -> bool:
    """Whether it needs nothing but the disk."""
    return words[0] not in ELSEWHERE and words[1] not in ELSEWHERE


def test_the_example_is_sound():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert not examine(text).findings


def test_each_command_without_a_cloud_works_in_the_order_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "statemachines").symlink_to(ROOT / "statemachines")
    monkeypatch.chdir(tmp_path)
    for name in (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "SOJOURN_API_URL",
        "SOJOURN_API_KEY",
    ):
        monkeypatch.delenv(name, raising=False)

    told = {" ".join(words[1:]): CliRunner().invoke(main, words[1:]) for words in COMMANDS if is_alone(words)}

    assert {words: result.output for words, result in told.items() if result.exit_code} == {}
    assert [words.split()[0] for words in told] == [
        "init", "journey", "journey", "check", "rehearse", "compile", "check",
    ]  # fmt: skip
    assert all(result.output for result in told.values())


def test_what_is_not_executed_has_a_reason():
    left = [words for words in COMMANDS if not is_alone(words)]

    assert {name for words in left for name in words[:2] if name in ELSEWHERE} == set(ELSEWHERE)
    assert {words[0] for words in COMMANDS} == {"make", ".venv/bin/sojourn"}
