"""Platform machines: placeholders are substituted, tasks outlast their functions, every file is used."""

import json
import re
from typing import Any

import pytest

from infra.lint.stacks import ROOT, source_of
from sojourn.asl.machine import prepare

RESOURCES: dict[str, Any] = source_of(ROOT / "template.yaml")["Resources"]
MACHINES = {
    name: body["Properties"]
    for name, body in RESOURCES.items()
    if body["Type"] == "AWS::Serverless::StateMachine"
}
WALKED = ("EraseContactMachine", "ExportContactMachine")


def text_of(machine: str) -> str:
    return (ROOT / str(MACHINES[machine]["DefinitionUri"])).read_text()


@pytest.mark.parametrize("name", MACHINES)
def test_each_placeholder_is_substituted_and_none_is_idle(name: str):
    placeholders = set(re.findall(r"\$\{(\w+)\}", text_of(name)))

    assert placeholders == set(MACHINES[name]["DefinitionSubstitutions"])


def test_each_machine_has_its_file_and_each_file_its_machine():
    files = {f"statemachines/{path.name}" for path in (ROOT / "statemachines").glob("*.asl.*")}

    assert {machine["DefinitionUri"] for machine in MACHINES.values()} == files


@pytest.mark.parametrize("name", WALKED)
def test_a_task_outlasts_its_function_and_is_tried_again(name: str):
    machine = json.loads(text_of(name))
    function = RESOURCES[name.replace("Machine", "Function")]["Properties"]
    tasks = [state for state in machine["States"].values() if state["Type"] == "Task"]

    assert tasks
    for task in tasks:
        assert task["TimeoutSeconds"] > function["Timeout"]
        assert "StoreBusyError" in task["Retry"][0]["ErrorEquals"]


@pytest.mark.parametrize("name", WALKED)
def test_the_walker_plays_it(name: str):
    assert prepare("arn", json.loads(text_of(name))).states
