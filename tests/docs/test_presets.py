"""docs/presets.md tells of every journey that ships; its commands are commands, what it puts into files is sound."""

import re
import shlex
from pathlib import Path

import click
import pytest

from infra.local.seed import AT_WORK
from sojourn.cli.main import main
from sojourn.journeys.files import load_file
from sojourn.journeys.load import examine
from tests.agreements.code import ROOT

PAGE = (ROOT / "docs" / "presets.md").read_text(encoding="utf-8")
FILES = sorted((ROOT / "statemachines" / "journeys").glob("*.journey.yaml"))
COMMANDS = [
    shlex.split(line.partition(" # ")[0])
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
ALONE = {"check", "presets", "new"}  # they ask no cloud
CHANGES = re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_each_journey_is_told_by_its_own_words(path: Path):
    journey = load_file(path)
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{journey.name}` |"))

    _, _, told, _, kpi, _ = (cell.strip() for cell in row.split("|"))
    assert (told, kpi) == (journey.description, journey.kpi)
    assert journey.owner


def test_what_is_at_work_from_the_beginning_ships():
    assert {path.name.partition(".")[0] for path in FILES} >= AT_WORK


def test_no_other_is_told():
    assert len(re.findall(r"^\| `", PAGE, re.MULTILINE)) == len(FILES)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_is_one(words: list[str]):
    command: click.Command = main
    while isinstance(command, click.Group):
        words = words[1:]
        command = command.commands[words[0]]

    options = ["--api-url", "http://localhost", "--api-key", "k"] if words[0] not in ALONE else []
    context = command.make_context(words[0], [*options, *words[1:]])

    assert isinstance(context, click.Context)


@pytest.mark.parametrize(
    ("name", "change"), CHANGES, ids=[f"{name} {said.split(':')[0]}" for name, said in CHANGES]
)
def test_each_change_makes_a_sound_journey(name: str, change: str):
    text = (ROOT / "statemachines" / "journeys" / f"{name}.journey.yaml").read_text(encoding="utf-8")
    key = change.partition(":")[0]
    rest = re.sub(rf"^{key}:.*\n(?:[ ].*\n)*", "", text, flags=re.MULTILINE)

    changed = examine(f"{change}{rest}")

    assert not changed.findings
    assert changed.journey != examine(text).journey
