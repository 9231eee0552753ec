"""Each kind of step becomes the state that the functions expect; see journeys/compile.py for what they are told."""

from typing import Any

import pytest

from sojourn.asl.expressions import closure
from sojourn.journeys.compile import compile_journey
from tests.compiled import EVERY_KIND, FREE, NAMED, a_branch, a_send, machine_of, states_of

WAIT = {"wait": "Rest", "for": "1 day"}
HALF = {"share": "50%"}
STATES = compile_journey(EVERY_KIND, version=1, target=NAMED)["States"]


def caught(state: str) -> dict[str, str]:
    """Error name → where it leads."""
    return {name: catch["Next"] for catch in STATES[state]["Catch"] for name in catch["ErrorEquals"]}


def told(state: str) -> dict[str, Any]:
    """What the function is told beside what every function is."""
    return {
        key: value
        for key, value in STATES[state]["Arguments"]["Payload"].items()
        if key not in {"enrolment", "leg", "step", "attempt", "entered", "token"}
    }


def test_a_send_that_could_not_be_goes_its_own_way():
    assert caught("Greet") == {
        "HeldError": "Hold",
        "SkippedError": "Text instead",
        "FailedError": "Out of reach",
        "EnrolmentEndedError": "Left",
    }
    assert set(caught("Weekly")) == {"HeldError", "EnrolmentEndedError"}


def test_a_wait_until_a_moment_waits_for_whoever_computes_it():
    assert told("Until Monday") == {"next": "Before the renewal", "timer": True}
    assert STATES["Until Monday"]["TimeoutSeconds"] == 14 * 86_400 + 3_600
    assert caught("Before the renewal") == {
        "States.Timeout": "What do they do?",
        "PathPast": "Sorry, too late",
        "PathMissing": "When is it?",
        "Parked": "Left",
        "EnrolmentEndedError": "Left",
    }


def test_each_answer_has_its_path_and_the_best_of_them_an_hour_more():
    state = STATES["What do they do?"]

    assert state["Next"] == "After the click?"
    assert caught("What do they do?") == {
        "States.Timeout": "Into the other",
        "WaitEndedError": "Into the other",
        "Path2": "Leave the other",
        "Path3": "Which half?",
        "EnrolmentEndedError": "Left",
    }
    assert state["TimeoutSeconds"] == 5 * 86_400 + 3_600
    assert told("What do they do?") == {
        "seconds": 432_000,
        "any": [{"clicked": "Greet"}, {"event": "Bought"}, {"event": "Asked"}],
    }


def test_a_persons_outcomes_are_answers():
    assert STATES["Call them"]["Next"] == "Every week"
    assert told("Call them") == {"seconds": 172_800, "task": True}
    assert caught("Call them")["Path2"] == "Lost"
    assert caught("Call them")["WaitEndedError"] == "We missed you"


def test_a_carried_branch_is_a_choice_on_what_the_task_before_answered():
    assert STATES["Greet"]["Output"] == {"path": "{% $states.result.Payload.path %}"}
    assert STATES["Greet"]["Arguments"]["Payload"]["next"] == "On the free plan?"
    assert STATES["On the free plan?"] == {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input.path.b3 = 'if 1' %}", "Next": "Mark as free"}],
        "Default": "Until Monday",
    }


def test_another_branch_is_a_task_whose_other_paths_are_errors_by_name():
    assert STATES["After the click?"]["Arguments"]["FunctionName"] == "take"
    assert STATES["After the click?"]["Next"] == "Thanks"
    assert caught("After the click?") == {"Path2": "Which half?", "EnrolmentEndedError": "Left"}


def test_a_split_is_a_choice_on_what_was_drawn_at_entry():
    drawn = "$states.context.Execution.Input.splits.s14"

    assert STATES["Which half?"] == {
        "Type": "Choice",
        "Choices": [
            {"Condition": f"{{% {drawn} = 'arm 1' %}}", "Next": "Ask the shop"},
            {"Condition": f"{{% {drawn} = 'arm 2' %}}", "Next": "Call them"},
        ],
        "Default": "Not to be sent",
    }


@pytest.mark.parametrize("state", ["Mark as free", "Into the other", "Leave the other"])
def test_what_acts_is_a_task_and_the_run_goes_on(state: str):
    assert STATES[state]["Arguments"]["FunctionName"] == "take"
    assert STATES[state]["Next"] == told(state)["next"]


def test_a_visit_is_told_from_another_and_a_send_needs_no_telling():
    entered = {
        name: state["Arguments"]["Payload"].get("entered")
        for name, state in STATES.items()
        if state.get("Resource") == "arn:aws:states:::lambda:invoke"
    }

    assert entered["Every week"] == entered["Ask the shop"] == "{% $states.context.State.EnteredTime %}"
    assert entered["Greet"] is None


def test_a_call_has_longer_than_its_function():
    assert STATES["Ask the shop"]["Arguments"]["FunctionName"] == "call"
    assert STATES["Ask the shop"]["TimeoutSeconds"] == 90


def test_an_exit_is_the_end_wherever_it_stands():
    assert STATES["Out of reach"]["End"] is True
    assert told("Out of reach") == {"next": "(end)"}


def test_a_repeat_counts_and_tells_its_round_to_all_that_stands_in_it():
    weekly = STATES["Every week"]

    assert (weekly["Next"], caught("Every week")["Path2"]) == ("Weekly", "Still free?")
    assert caught("Every week")["Parked"] == "Left"
    assert weekly["Assign"] == dict.fromkeys(("round1", "round2"), "{% $states.result.Payload.round %}")
    assert told("Every week")["park_after"] > 10
    assert (told("Weekly")["round"], told("Daily")["round"]) == ("{% $round1 %}", "{% $round2 %}")
    assert "round" not in told("Greet")


def test_what_comes_after_a_repeat_may_be_judged_by_it():
    over = STATES["Every week"]["Catch"][0]

    assert over["ErrorEquals"] == ["Path2"]
    assert over["Output"] == {"path": "{% $parse($parse($states.errorOutput.Cause).errorMessage).path %}"}


def test_a_run_that_a_task_has_ended_leaves_and_another_is_completed():
    found = states_of(WAIT, a_branch("Free?", [a_send("Hi")]))
    judged = states_of(a_send("Hi"), a_branch("Free?", [WAIT]))
    drawn = states_of(a_send("Hi"), {"split": "S", "paths": [{"share": "50%", "then": [a_send("A")]}, HALF]})

    assert [catch["Next"] for catch in found["Free?"]["Catch"]] == ["Left", "Left"]
    assert judged["Free?"]["Default"] == "Left"
    assert judged["Rest"]["Next"] == "Done"
    assert drawn["S"]["Default"] == "Done"


def test_machines_without_repeats_know_no_rounds():
    assert "Assign" not in str(machine_of(a_send("Hi"), WAIT, a_send("Ho")))


def test_a_text_that_reads_like_an_expression_is_said_and_not_evaluated():
    asked = {"event": "E", "where": [{"property": "x", "is": "{% $states.input %}"}]}
    found = states_of({"wait for": "W", "any": [asked], "up to": "1 day"})

    text = found["W"]["Arguments"]["Payload"]["any"][0]["where"][0]["is"]

    assert closure(text)({}) == "{% $states.input %}"


def test_a_rule_travels_as_a_definition():
    found = states_of({"wait for": "W", "any": [{"rule": FREE}], "up to": "1 day"})

    assert found["W"]["Arguments"]["Payload"]["any"] == [{"rule": FREE}]
