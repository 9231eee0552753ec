"""docs/rehearse.md: each command in it that says so is executed, with the files that the page shows."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli.main import main
from tests.agreements.code import ROOT

PAGE = (ROOT / "docs" / "rehearse.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"<!-- executed -->\n```sh\n(.+?)\n```", PAGE)
JOURNEY = """
journey: thanks
purpose: marketing
entry: {{event: Order Completed}}
re-entry: after exit
steps:
  - wait: Wait a while
    for: {days} days
  - send: Say thanks
    template: feedback
"""


def shown(language: str) -> str:
    """The first block of this language."""
    found = re.search(rf"```{language}\n(.+?)\n```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "people.jsonl").write_text(shown("json"))
    (tmp_path / "behaviour.yaml").write_text(shown("yaml"))
    for name, days in (("two", 2), ("three", 3)):
        (tmp_path / f"{name}-days.journey.yaml").write_text(JOURNEY.format(days=days))
    calls = [
        {
            "type": "track",
            "event": "Order Completed",
            "userId": f"u{n}",
            "timestamp": f"2026-03-{day:02d}T10:00:00Z",
        }
        for n in range(5)
        for day in (1, 3 + n, 20)
    ]
    (tmp_path / "orders.jsonl").write_text("".join(f"{json.dumps(call)}\n" for call in calls))
    (tmp_path / "statemachines").symlink_to(ROOT / "statemachines")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_works(command: str):
    words = shlex.split(command)
    assert words.pop(0) == "sojourn"

    told = CliRunner().invoke(main, words)

    assert told.exit_code == 0, told.output
    if "--json" in words:
        assert json.loads(told.stdout)
    elif words[0] == "backtest":
        assert "moved" in told.output
    else:
        assert "Send the welcome" in told.output.replace("\n", " ") or "Send the" in told.output


def test_the_page_has_commands():
    assert len(COMMANDS) == 5
