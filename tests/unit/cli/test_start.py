"""A command begins with what it needs. Facts, not seconds: modules that are loaded, as for functions' cold starts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete

from sojourn.cli.commands import COMMANDS, OF_CONTACT, OF_JOURNEY, OF_WORKSPACE
from sojourn.cli.lazy import Lazy
from sojourn.cli.main import main

HEAVY = {
    "asyncio", "aws_lambda_powertools", "boto3", "botocore", "jinja2", "jsonschema", "pynamodb", "requests", "rich",
    "urllib3",
}  # fmt: skip
LAZY = [("", COMMANDS), ("journey", OF_JOURNEY), ("contact", OF_CONTACT), ("workspace", OF_WORKSPACE)]
TOLD = [(group, name, lazy) for group, table in LAZY for name, lazy in table.items()]
LONGEST = 300  # longer than any sentence
RUN = """
import json, sys
from sojourn.cli.main import main
try:
    main(sys.argv[1:], prog_name="sojourn")
finally:
    print("LOADED", json.dumps(list(sys.modules)))
"""
FILE = """\
journey: hello
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Say hello
    template: hello
"""


def run(*arguments: str, folder: Path, **environment: str) -> tuple[str, set[str]]:
    """What a fresh process says, and the modules that it has loaded by then."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said, _, loaded = done.stdout.partition("LOADED ")
    assert loaded, done.stderr
    return said, set(json.loads(loaded))


def of_ours(loaded: set[str]) -> set[str]:
    return {name for name in loaded if name.startswith("sojourn.") and not name.startswith("sojourn.cli")}


def test_help_loads_no_command(tmp_path: Path):
    said, loaded = run("--help", folder=tmp_path)

    assert not loaded & HEAVY
    assert not of_ours(loaded)
    assert {name for name in loaded if name.startswith("sojourn.cli.")} == {
        "sojourn.cli.commands", "sojourn.cli.examples", "sojourn.cli.lazy", "sojourn.cli.main",
    }  # fmt: skip
    assert all(f"\n  {name} " in said for name in COMMANDS)


def test_a_file_is_checked_by_the_language_alone(tmp_path: Path):
    (tmp_path / "hello.journey.yaml").write_text(FILE)

    said, loaded = run("check", "hello.journey.yaml", folder=tmp_path)

    assert "Sound." in said
    assert not loaded & HEAVY
    assert len(loaded) < 320  # 270 today; 751 when each command loaded all


def test_a_shell_completes_without_loading(tmp_path: Path):
    asked = {"_SOJOURN_COMPLETE": "bash_complete", "COMP_WORDS": "sojourn re", "COMP_CWORD": "1"}

    said, loaded = run(folder=tmp_path, **asked)

    assert said.split() == ["plain,rehearse", "plain,report"]
    assert not of_ours(loaded)


@pytest.mark.parametrize(
    ("words", "begun", "found"),
    [
        (["journey"], "re", ["release", "resume"]),
        (["segment"], "ve", ["verify"]),
        (["journey", "pause"], "--api-u", ["--api-url"]),
        ([], "--he", ["--help"]),
    ],
    ids=["a group of the table", "a group of its own", "an option", "an option of all"],
)
def test_a_shell_completes_commands_and_options_inside(words: list[str], begun: str, found: list[str]):
    shell = BashComplete(main, {}, "sojourn", "_SOJOURN_COMPLETE")

    assert [each.value for each in shell.get_completions(words, begun)] == found


@pytest.mark.parametrize(("group", "name", "lazy"), TOLD, ids=[f"{g} {n}".strip() for g, n, _ in TOLD])
def test_the_table_says_what_the_command_says(group: str, name: str, lazy: Lazy):
    command = lazy.load()

    assert (
        click.Command(name, help=lazy.says).get_short_help_str(LONGEST)
        == command.get_short_help_str(LONGEST)
        != ""
    )
    assert command.name == name
    assert not command.hidden


def test_a_word_that_is_none_names_the_one_that_was_meant():
    with pytest.raises(click.UsageError) as refused:
        main.main(["journy"], standalone_mode=False)

    assert "Did you mean 'journey'" in refused.value.format_message()
