"""docs/operations.md: every command in it is one, with options, parameters and names that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import botocore.session
import click
import pytest
from botocore import xform_name

from infra.lint.stacks import ROOT, source_of
from sojourn.cli.main import main

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
OF_THE_AWS_COMMAND = {"query", "output"}  # options that the command line adds to each operation
PARAMETERS = set(source_of(ROOT / "template.yaml")["Parameters"])


def begun_with(name: str) -> list[str]:
    """Commands of one program, each once, in the page's order."""
    return list(dict.fromkeys(line for line in COMMANDS if shlex.split(line)[0] == name))


def test_no_program_is_asked_for_that_is_not_looked_at_here():
    assert {shlex.split(line)[0] for line in COMMANDS} == {"sojourn", "aws", "sam", "make", "git"}


@pytest.mark.parametrize("line", begun_with("sojourn"))
def test_a_command_of_ours_is_one(line: str):
    command: click.Command = main
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    asks_api = any("--api-url" in option.opts for option in command.params)

    context = command.make_context(
        "it", [*(["--api-url", "http://localhost", "--api-key", "k"] if asks_api else []), *words]
    )

    assert isinstance(context, click.Context)


@pytest.mark.parametrize("line", begun_with("aws"))
def test_a_command_of_aws_names_an_operation_and_its_parameters(line: str):
    _, service, operation, *words = shlex.split(line)
    if operation == "wait":
        operation = {"table-exists": "describe-table"}[words.pop(0)]
    model = botocore.session.get_session().get_service_model(service)
    known = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(known[operation]).input_shape
    assert shape is not None
    members = {xform_name(name, "-"): name for name in shape.members}
    options = {word.removeprefix("--") for word in words if word.startswith("--")} - OF_THE_AWS_COMMAND

    assert options <= set(members)
    assert {xform_name(name, "-") for name in shape.required_members} <= options | set(words)


@pytest.mark.parametrize("line", begun_with("sam"))
def test_a_deploy_gives_parameters_that_there_are(line: str):
    words = shlex.split(line)

    assert words[1] == "deploy"
    assert words[2] in {"--parameter-overrides", "--tags"}
    if words[2] == "--parameter-overrides":
        assert {word.partition("=")[0] for word in words[3:]} <= PARAMETERS


@pytest.mark.parametrize("line", begun_with("make"))
def test_a_target_of_make_is_one(line: str):
    assert re.search(rf"^{shlex.split(line)[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)", PAGE))))
def test_a_link_of_the_page_leads_somewhere(target: str):
    assert (Path(ROOT / "docs") / target).exists()


def test_what_is_restored_is_what_the_stack_can_switch_over():
    outputs = source_of(ROOT / "infra" / "data.yaml")["Outputs"]
    switched = {
        name.removesuffix("Table")
        for name, said in outputs.items()
        if name.endswith("Table") and isinstance(said["Value"], dict) and "Fn::If" in said["Value"]
    }
    told = re.search(r"Five of them do: ([\w, ]+) and (\w+)\.|Five of them do: ([\w, ]+)\.", PAGE)

    assert told is not None
    assert (
        switched
        == {"Events", "People", "Identity", "Due", "Counters"}
        == set((told[3] or told[1]).split(", "))
    )
    assert not {"ConfigTable", "SuppressionTable"} & {f"{name}Table" for name in switched}


def test_every_kind_of_what_an_operator_needs_has_a_place():
    headings = set(re.findall(r"^## (.+)$", PAGE, re.MULTILINE))

    assert {
        "Where is contact X, and why has she got no mail",
        "Deploy and upgrade",
        "Roll back",
        "Restore",
        "Uninstall",
        "Turn keys",
        "Dead letters",
        "When an alarm rings",
    } <= headings
