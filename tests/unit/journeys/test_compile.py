"""The compiler: one step is one state, and the machine's own states stand round them."""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sojourn.asl.model import to_text
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.load import load_journey
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import every
from tests.compiled import NAMED, a_branch, a_journey, a_send

HEAD = "journey: j\npurpose: marketing\nentry: {event: E}\nsteps:\n"


def journey(steps: str) -> Journey:
    return load_journey(HEAD + steps)


def states(steps: str, **more: Any) -> dict[str, Any]:
    asl = compile_journey(journey(steps), version=1, target=replace(NAMED, **more))
    found: dict[str, Any] = asl["States"]
    return found


def test_a_journey_of_one_step_has_a_choice_that_is_not_empty():
    found = states("  - {send: Greet, template: t}\n")

    assert list(found) == ["Resume", "Greet", "Hold", "Left"]
    assert [rule["Next"] for rule in found["Resume"]["Choices"]] == ["Greet"]
    assert found["Resume"]["Default"] == "Greet"
    assert found["Greet"]["End"] is True
    assert found["Greet"]["Arguments"]["Payload"]["next"] == "(end)"


def test_every_step_but_the_first_can_be_resumed():
    found = states(
        "  - {send: A, template: t}\n"
        "  - {wait for: B, any: [{event: E}], up to: 1 day, then: [{send: C, template: t}]}\n"
        "  - {send: D, template: t}\n"
    )

    assert [rule["Next"] for rule in found["Resume"]["Choices"]] == ["B", "C", "D"]


def test_a_wait_of_up_to_fourteen_days_is_a_wait_state():
    assert states("  - {wait: Rest, for: 2 weeks}\n  - {send: A, template: t}\n")["Rest"] == {
        "Type": "Wait",
        "Seconds": 1_209_600,
        "Next": "A",
    }


def test_a_longer_wait_parks_and_ends_the_execution():
    rest = states("  - {wait: Rest, for: 15 days}\n  - {send: A, template: t}\n")["Rest"]

    payload = rest["Arguments"]["Payload"]
    assert rest["Resource"] == "arn:aws:states:::lambda:invoke"
    assert rest["Arguments"]["FunctionName"] == "park"
    assert (payload["step"], payload["next"], payload["seconds"], payload["park"]) == (
        "Rest",
        "A",
        1_296_000,
        True,
    )
    assert rest["End"] is True
    assert rest["Catch"] == [{"ErrorEquals": ["EnrolmentEndedError"], "Output": {}, "Next": "Left"}]


def test_a_path_that_no_task_ends_is_completed_by_one():
    found = states(
        "  - {send: A, template: t}\n"
        "  - {wait for: B, any: [{event: E}], up to: 1 day, then: [{send: C, template: t}]}\n"
    )

    assert found["B"]["Next"] == "C"
    assert found["B"]["Catch"][0] == {
        "ErrorEquals": ["States.Timeout", "WaitEndedError"],
        "Output": {},
        "Next": "Done",
    }
    assert found["Done"]["Arguments"]["Payload"]["finish"] is True
    assert found["Done"]["End"] is True


def test_only_the_timeouts_of_tokens_are_paced():
    steps = (
        "  - {send: A, template: t}\n  - {wait: R, for: 1 day}\n"
        "  - {wait for: B, any: [{event: E}], up to: 2 days, then: [{send: C, template: t}]}\n"
    )

    found = states(steps, pace=17_280)

    assert found["R"]["Seconds"] == 86_400
    assert found["A"]["TimeoutSeconds"] == 60
    assert found["B"]["TimeoutSeconds"] == 10
    assert found["B"]["Arguments"]["Payload"]["seconds"] == 172_800
    assert found["Hold"]["TimeoutSeconds"] == 70
    assert states(steps, pace=1e9)["B"]["TimeoutSeconds"] == 1


@pytest.mark.parametrize("name", ["Don't", 'The "guide"', "back\\slash", "Größe 😀", "100 % off", "a]b)c"])
def test_a_name_with_signs_in_it_can_be_resumed(name: str):
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'

    found = states(f"  - {{send: A, template: t}}\n  - {{send: {quoted}, template: t}}\n")

    assert found[name]["Arguments"]["Payload"]["step"] == name
    assert found["Resume"]["Choices"][0]["Next"] == name


def many(count: int) -> Journey:
    """A journey of so many steps, every third of them a carried branch with a path."""
    steps = [each for number in range(count // 3) for each in a_third(number)]
    return a_journey(*steps)


def a_third(number: int) -> Iterator[dict[str, Any]]:
    yield a_send(f"S{number}")
    yield a_branch(f"B{number}", [{"update": f"U{number}", "set": {"n": number}}])


def test_two_hundred_steps_compile_in_a_blink():
    long = many(201)
    began = time.process_time()

    asl = compile_journey(long, version=1, target=NAMED)

    assert time.process_time() - began < 0.2
    assert len(asl["States"]) == 201 + 3


def test_twice_the_steps_are_twice_the_work():
    def calls(count: int) -> int:
        journey, made = many(count), [0]
        sys.setprofile(lambda *_: made.__setitem__(0, made[0] + 1))
        try:
            compile_journey(journey, version=1, target=NAMED)
        finally:
            sys.setprofile(None)
        return made[0]

    assert calls(480) < 2.2 * calls(240)


def test_compiling_twice_gives_the_same_bytes():
    welcome = journey("  - {send: A, template: t}\n  - {wait: R, for: 1 day}\n  - {send: B, template: t}\n")
    again = Journey.from_definition(welcome.to_definition())

    texts = {to_text(compile_journey(each, version=1, target=NAMED)) for each in (welcome, again)}

    assert len(texts) == 1
    assert len(list(every(welcome.steps))) == 3
