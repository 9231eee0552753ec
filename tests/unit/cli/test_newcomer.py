"""What a newcomer meets: each command shows an example, data come as JSON, a folder begins with one command."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sojourn.cli.examples import EXAMPLES, leaves
from sojourn.cli.main import main

COMMANDS = sorted(leaves(main))
IDS = [" ".join(path) for path, _ in COMMANDS]
API = ["--api-url", "http://localhost", "--api-key", "k"]
WITHOUT_JSON = {
    "archive verify": "it prints names of objects, one a line",
    "asl": "it writes files",
    "compile": "what it prints is JSON",
    "completion": "what it prints is a shell's",
    "hooks new": "a secret, once",
    "hooks revoke": "it does, and shows nothing",
    "init": "it writes files",
    "journey new": "it writes files",
    "keys new": "a secret, once",
    "keys revoke": "it does, and shows nothing",
    "keys rotate-calls": "it does, and shows nothing",
    "keys rotate-identify": "it does, and shows nothing",
    "keys rotate-link": "it does, and shows nothing",
    "keys user-hash": "one word, for a page",
    "privacy replay": "it does, and counts",
    "user invite": "it does, and shows nothing",
    "user remove": "it does, and shows nothing",
    "user role": "it does, and shows nothing",
}


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_each_command_shows_an_example_that_it_would_take(
    path: tuple[str, ...], command: click.Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("my.csv", "orders.csv"):
        (tmp_path / name).touch()
    said = re.search(
        r"Example.*?\bsojourn (.+?)(?:  |[·;&)#`]|$)", command.epilog or command.help or "", re.MULTILINE
    )

    assert said, "give it one in cli/examples.py"
    words = shlex.split(said[1])
    assert tuple(words[: len(path)]) == path
    is_asking = any(each.name == "api_url" for each in command.params)
    asked = words[len(path) :] + (API if is_asking else [])
    assert isinstance(command.make_context(path[-1], asked), click.Context)


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_each_command_that_shows_data_does_it_as_json_too(path: tuple[str, ...], command: click.Command):
    has_json = any("--json" in option.opts for option in command.params)

    assert has_json is not (" ".join(path) in WITHOUT_JSON)


def test_no_example_is_of_a_command_that_is_gone():
    there = tuple(" ".join(path) for path, _ in COMMANDS)

    assert [
        line for line in EXAMPLES.splitlines() if not f"{line} ".startswith(tuple(f"{w} " for w in there))
    ] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str):
    told = CliRunner().invoke(main, ["completion", shell])

    assert told.exit_code == 0
    assert "_SOJOURN_COMPLETE" in told.output


def test_a_folder_is_begun_once_and_can_be_checked(tmp_path: Path):
    folder = tmp_path / "my-shop"
    begin = ["init", str(folder), "--from-name", 'The "best": shop # of all']

    first, again = (CliRunner().invoke(main, begin) for _ in range(2))

    assert first.exit_code == 0, first.output
    assert "sojourn journey new" in first.output
    assert (folder / "journeys" / "templates").is_dir()
    assert again.exit_code == 1
    assert "sojourn plan" in again.output


def test_the_doors_of_the_local_cloud_are_told_for_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert "make up" in CliRunner().invoke(main, ["local"]).output

    names = ("collect_url", "write_key", "api_url", "api_key", "post_office_url")
    (tmp_path / ".sojourn").mkdir()
    (tmp_path / ".sojourn" / "local.json").write_text(json.dumps(dict.fromkeys(names, "it's")))

    assert "export WRITE_KEY='it'\"'\"'s'" in CliRunner().invoke(main, ["local"]).output
    assert json.loads(CliRunner().invoke(main, ["local", "--json"]).output)["WRITE_KEY"] == "it's"


def test_the_letters_of_a_new_journey_bear_the_brand(tmp_path: Path):
    CliRunner().invoke(main, ["init", str(tmp_path), "--from-name", "Corner Records"])
    project = tmp_path / "project.yaml"
    project.write_text(project.read_text().replace("#8f3a1e", "#114477"))
    begin = ["journey", "new", "hello", "--from", "welcome", "--folder", str(tmp_path / "journeys")]

    told = CliRunner().invoke(main, begin)

    assert told.exit_code == 0, told.output
    letter = (tmp_path / "journeys" / "templates" / "hello.template.yaml").read_text()
    assert "Ines and Tom at Corner Records" in letter
    assert "#114477" in letter
    assert "https://shop.example/guide" in letter
    assert CliRunner().invoke(main, ["check", str(tmp_path)]).exit_code == 0
