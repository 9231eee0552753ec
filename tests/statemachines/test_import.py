"""The machine `import` agrees with its function: steps, placeholders, patience, and what is retried."""

import json
import re
from collections.abc import Iterator
from typing import Any

from functions.import_file.app import STEPS
from infra.lint.stacks import ROOT, source_of

TEXT = (ROOT / "statemachines" / "import.asl.json").read_text(encoding="utf-8")
MACHINE = json.loads(TEXT)
RESOURCES = source_of(ROOT / "template.yaml")["Resources"]


def tasks(states: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every task, those inside the map too."""
    for state in states.values():
        if state["Type"] == "Task":
            yield state
        elif state["Type"] == "Map":
            yield from tasks(state["ItemProcessor"]["States"])


def test_each_placeholder_is_substituted_and_none_is_idle():
    placeholders = set(re.findall(r"\$\{(\w+)\}", TEXT))

    assert placeholders == set(RESOURCES["ImportMachine"]["Properties"]["DefinitionSubstitutions"])


def test_its_steps_are_the_functions():
    assert {task["Parameters"]["Payload"]["step"] for task in tasks(MACHINE["States"])} == set(STEPS)


def test_every_task_outlasts_its_function():
    timeout = RESOURCES["ImportFileFunction"]["Properties"]["Timeout"]

    assert all(task["TimeoutSeconds"] > timeout for task in tasks(MACHINE["States"]))


def test_what_passes_is_retried_and_what_stays_is_written_down():
    for task in tasks(MACHINE["States"]):
        retried = {error for rule in task["Retry"] for error in rule["ErrorEquals"]}
        assert retried & {"StoreBusyError", "States.ALL"}
        assert "ImportRefusedError" not in retried
    caught = {name for name, state in MACHINE["States"].items() if "Catch" in state}
    assert caught == {"Plan", "Import"}


def test_few_pieces_run_at_once_and_one_that_fails_leaves_the_others():
    pieces = MACHINE["States"]["Import"]

    assert pieces["MaxConcurrency"] == 4
    assert pieces["ToleratedFailurePercentage"] == 100
    assert pieces["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
