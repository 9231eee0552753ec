"""The machine `backfill` agrees with its function: steps, patience, and the wait until everybody knows."""

import json
from collections.abc import Iterator
from typing import Any

from functions.judge_segments.app import STEPS
from infra.lint.stacks import ROOT, source_of
from sojourn.segments.runs.steps import MOST_PAGES

MACHINE = json.loads((ROOT / "statemachines" / "backfill.asl.json").read_text(encoding="utf-8"))
STATES = MACHINE["States"]
PAGES = STATES["Contacts"]["ItemProcessor"]["States"]
RESOURCES = source_of(ROOT / "template.yaml")["Resources"]
MOST_STATE = 256 * 1024  # bytes of a state's input


def tasks() -> Iterator[dict[str, Any]]:
    """Every task, those inside the map too."""
    yield from (state for state in (*STATES.values(), *PAGES.values()) if state["Type"] == "Task")


def test_its_steps_are_the_functions():
    assert {task["Parameters"]["Payload"]["step"] for task in tasks()} == set(STEPS)


def test_every_task_outlasts_its_function():
    timeout = RESOURCES["JudgeSegmentsFunction"]["Properties"]["Timeout"]

    assert all(task["TimeoutSeconds"] > timeout for task in tasks())


def test_what_passes_is_retried_and_what_stays_is_written_down():
    for task in tasks():
        retried = {error for rule in task["Retry"] for error in rule["ErrorEquals"]}
        assert retried & {"StoreBusyError", "States.ALL"}
    caught = {name for name, state in STATES.items() if "Catch" in state}
    assert caught == {"Plan", "Contacts", "Commit"}
    assert STATES["Fail"]["Next"] == "Failed"


def test_it_waits_until_whoever_read_the_rules_before_has_written_or_died():
    readers = ("ReactFunction", "SweepDueFunction")

    longest = max(RESOURCES[name]["Properties"]["Timeout"] for name in readers)

    assert STATES["UntilAllKnow"]["Seconds"] > longest


def test_the_pages_of_a_run_fit_in_a_state():
    page = {"run": f"publish-{'n' * 40}-00001", "stage": "measure", "page": MOST_PAGES}

    assert len(json.dumps([page] * MOST_PAGES)) < MOST_STATE / 4


def test_a_page_goes_on_from_call_to_call_in_a_run_of_its_own():
    assert STATES["Contacts"]["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert PAGES["IsThereMore"]["Choices"][0]["Next"] == "Page"


def test_a_backfill_takes_a_few_places_of_its_own_function_and_none_of_a_send():
    """Sends go on while it runs: what is shared is the account's concurrency, of which eight pages are little."""
    asked = {task["Parameters"]["FunctionName"] for task in tasks()}
    reserved = {
        name
        for name, body in RESOURCES.items()
        if "ReservedConcurrentExecutions" in body.get("Properties", {})
    }

    assert asked == {"${JudgeSegmentsFunctionArn}"}
    assert STATES["Contacts"]["MaxConcurrency"] <= 8
    assert not reserved & {"SendMessageFunction", "JudgeSegmentsFunction"}
