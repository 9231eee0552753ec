"""docs/files.md: every command of it is one, with the options that it names."""

import re
import shlex
from pathlib import Path

import click
import pytest

from sojourn.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
COMMANDS = [
    shlex.split(line.partition("#")[0])
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_is_one(words: list[str]):
    name, *arguments = words[1:]
    command = main.commands[name]
    if isinstance(command, click.Group):
        name, *arguments = arguments
        command = command.commands[name]

    context = command.make_context(name, ["--api-url", "http://localhost", "--api-key", "k", *arguments])

    assert words[0] == "sojourn"
    assert isinstance(context, click.Context)


def test_the_page_has_commands():
    assert len(COMMANDS) == 12
