"""The journeys that ship: they compile to what was tried, pass Step Functions' schema, and walk every path."""

import functools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonata
import pytest
from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped, unused-ignore]
from cfnlint.decode.decode import decode_str  # type: ignore[import-untyped, unused-ignore]
from cfnlint.runner import Runner  # type: ignore[import-untyped, unused-ignore]

from sojourn.asl.execution import Execution, Status
from sojourn.asl.expressions import closure, is_expression
from sojourn.asl.walk import Crash, Walker
from sojourn.clock import ManualClock
from sojourn.errors import EnrolmentEndedError, HeldError, StoreBusyError
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.files import load_file
from sojourn.journeys.load import load_journey
from sojourn.journeys.model import Journey
from tests.compiled import EVERY_KIND, PLACEHOLDERS

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "statemachines/journeys").glob("*.journey.yaml"))
TARGET = Path(__file__).parent / "welcome.asl.json"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-j-welcome:1"
START = datetime(2030, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

# Every kind of state that the compiler writes, with names that need care.
ODD = """\
journey: odd
purpose: service
entry: {event: E}
steps:
  - {wait: "Don't hurry", for: 400 days}
  - wait for: The "first" answer
    any: [{event: A}]
    up to: 14 days
    then: [{send: Größe 😀, template: t}]
"""


def compiled(journey: Journey, pace: float = 1) -> dict[str, Any]:
    arn = "arn:aws:lambda:us-east-1:123456789012:function"
    target = Target(
        send_function_arn=f"{arn}:send",
        park_function_arn=f"{arn}:park",
        step_function_arn=f"{arn}:take",
        call_function_arn=f"{arn}:call",
        pace=pace,
    )
    return compile_journey(journey, version=1, target=target)


def shipped() -> list[Any]:
    journeys = [*(load_file(path) for path in FILES), load_journey(ODD), EVERY_KIND]
    return [pytest.param(journey, id=journey.name) for journey in journeys]


def test_the_welcome_journey_compiles_to_the_machine_that_was_tried():
    welcome = load_file(ROOT / "statemachines/journeys/welcome.journey.yaml")
    asl = compile_journey(welcome, version=1, target=PLACEHOLDERS)

    target = json.loads(TARGET.read_text())
    assert asl == target
    assert list(asl["States"]) == list(target["States"])


@pytest.mark.parametrize("journey", shipped())
def test_a_compiled_machine_passes_the_schema_of_step_functions(journey: Journey):
    assert lint(compiled(journey)) == []


def test_the_schema_would_catch_a_broken_machine():
    broken = compiled(load_journey(ODD))
    del broken["States"]["Resume"]["Choices"]

    assert "E3601" in lint(broken)


@pytest.mark.parametrize("journey", shipped())
def test_every_expression_means_to_jsonata_what_it_means_to_the_walker(journey: Journey):
    machine = compiled(journey)
    held = json.dumps(
        {"errorMessage": json.dumps({"until": "x", "reason": "hours", "path": {}}), "errorType": "HeldError"}
    )
    context = {
        "Execution": {"Input": {"enrolment": "c.j.1", "leg": 1, "splits": {"s14": "arm 2"}}},
        "State": {"RetryCount": 2, "EnteredTime": "2030-01-01T00:00:00Z"},
        "Task": {"Token": "token-1"},
    }
    for at in ("", *machine["States"]):
        data = {"at": at, "hold": {"until": "x", "reason": "hours"}, "round": "3.1", "path": {"b3": "if 1"}}
        result = {"Payload": {"path": {"b3": "if 1"}, "round": "3"}}
        states = {"input": data, "context": context, "errorOutput": {"Cause": held}, "result": result}
        scope = {"states": states, "round1": "3", "round2": "3.1"}

        for expression in expressions(machine):
            program = jsonata.Jsonata(expression[2:-2].strip())
            for name, value in scope.items():
                program.assign(name, value)
            program.register_lambda("parse", json.loads)

            assert closure(expression)(scope) == program.evaluate(None)


def expressions(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set().union(*map(expressions, part.values()))
    if isinstance(part, list):
        return set().union(*map(expressions, part))
    return {part} if is_expression(part) else set()


def lint(asl: dict[str, Any]) -> list[str]:
    role = "arn:aws:iam::123456789012:role/journey"
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": role, "Definition": asl}}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": machine}}
    read, errors = decode_str(json.dumps(template, ensure_ascii=False))
    return [match.rule.id for match in (*errors, *cfn_lint().validate_template(read))]


@functools.cache
def cfn_lint() -> Any:
    """Its rules take longer to load than all machines to look at."""
    return Runner(ConfigMixIn(regions=["us-east-1"]))


@dataclass
class Stub:
    """Handlers that keep what they are asked; `plan` says which step raises what, in turn."""

    plan: dict[str, list[BaseException]] = field(default_factory=dict)
    sent: list[tuple[str, float]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    parked: list[dict[str, Any]] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    def send(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        if errors := self.plan.get(event["step"]):
            raise errors.pop(0)
        self.sent.append((event["step"], (self.clock.now - START) / DAY))
        return {}

    def park(self, event: dict[str, Any], context: Any) -> None:
        self.parked.append(event)
        if "token" in event:
            self.tokens[event["step"]] = event["token"]


@dataclass
class Walk:
    """The welcome journey of one contact."""

    stub: Stub = field(default_factory=Stub)
    journey: Journey = field(
        default_factory=lambda: load_file(ROOT / "statemachines/journeys/welcome.journey.yaml")
    )

    def __post_init__(self) -> None:
        arn = "arn:aws:lambda:us-east-1:123456789012:function"
        self.walker = Walker(
            clock=self.stub.clock,
            functions={f"{arn}:send": self.stub.send, f"{arn}:park": self.stub.park},
        )
        self.walker.publish(ARN, compiled(self.journey))

    def start(self, at: str = "", leg: int = 1) -> Execution:
        data = {"enrolment": "c.welcome.1", "leg": leg, "at": at}
        return self.walker.executions[self.walker.start(ARN, name=f"run-{leg}", input=data)]

    def on(self, days: float, action: Callable[[], object]) -> None:
        self.walker.at(START + days * DAY, action)

    def answer(self, step: str, output: Any = None) -> None:
        self.walker.complete(self.stub.tokens[step], output)


def test_who_clicks_is_sent_the_next_chapter_at_once():
    walk = Walk()
    run = walk.start()
    walk.on(2.5, lambda: walk.answer("Clicked the guide?"))

    walk.walker.run()

    assert walk.stub.sent == [
        ("Send the welcome", 0),
        ("Send the next chapter", 2.5),
        ("Text an offer", 2.5),
        ("Ask for feedback", 9.5),
    ]
    assert (run.status, run.transitions) == (Status.SUCCEEDED, 8)


def test_who_does_not_click_is_reminded_after_two_more_days():
    walk = Walk()
    run = walk.start()

    walk.walker.run()

    assert walk.stub.sent == [
        ("Send the welcome", 0),
        ("Send the reminder", 4),
        ("Text an offer", 4),
        ("Ask for feedback", 11),
    ]
    assert run.transitions == 8


def test_a_deadline_of_an_earlier_leg_is_ended_by_the_sweep():
    walk = Walk()
    run = walk.start(at="Clicked the guide?", leg=2)
    token = walk.stub.tokens
    walk.on(0.5, lambda: walk.walker.fail(token["Clicked the guide?"], error="WaitEndedError"))

    walk.walker.run()

    assert run.states[:3] == ["Resume", "Clicked the guide?", "Send the reminder"]
    assert walk.stub.sent[0] == ("Send the reminder", 0.5)


def test_a_held_send_waits_for_its_release_and_is_tried_again():
    walk = Walk(Stub({"Text an offer": [HeldError("2030-01-05T09:00:00.000Z", "hours")]}))
    run = walk.start()
    walk.on(4.25, lambda: walk.answer("Text an offer"))

    walk.walker.run()

    hold = next(event for event in walk.stub.parked if "hold" in event)
    assert hold["hold"] == {"until": "2030-01-05T09:00:00.000Z", "reason": "hours"}
    assert ("Text an offer", 4.25) in walk.stub.sent
    assert run.transitions == 8 + 3
    assert walk.stub.sent[-1] == ("Ask for feedback", 11.25)


def test_a_hold_that_nobody_releases_comes_back_after_fourteen_days():
    walk = Walk(Stub({"Send the welcome": [HeldError("", "paused")]}))
    run = walk.start()

    walk.walker.run_until(START + 14 * DAY)

    assert run.states == ["Resume", "Send the welcome", "Hold", "Resume", "Send the welcome", "Wait two days"]


@pytest.mark.parametrize("step", ["Send the welcome", "Text an offer", "Ask for feedback"])
def test_an_enrolment_that_has_ended_leaves(step: str):
    walk = Walk(Stub({step: [EnrolmentEndedError("goal")]}))
    run = walk.start()

    walk.walker.run()

    assert run.states[-2:] == [step, "Left"]
    assert run.status is Status.SUCCEEDED


@pytest.mark.parametrize("error", [StoreBusyError("busy"), Crash(), Crash("Sandbox.Timedout")])
def test_what_may_pass_is_tried_again(error: BaseException):
    walk = Walk(Stub({"Send the welcome": [error]}))
    run = walk.start()

    walk.walker.run()

    assert [step for step, _ in walk.stub.sent].count("Send the welcome") == 1
    assert (run.status, run.transitions) == (Status.SUCCEEDED, 9)


@pytest.mark.parametrize("at", ["Wait two days", "Text an offer", "Ask for feedback"])
def test_a_later_leg_resumes_at_the_step_where_the_contact_stands(at: str):
    walk = Walk()
    run = walk.start(at=at, leg=2)

    walk.walker.run()

    assert run.states[:2] == ["Resume", at]


def test_an_exit_while_waiting_ends_the_run():
    walk = Walk()
    run = walk.start()
    walk.on(1, lambda: walk.walker.stop(run.arn, cause="goal"))

    walk.walker.run()

    assert (run.status, run.states[-1]) == (Status.ABORTED, "Wait two days")


def test_a_long_wait_parks_and_a_path_without_a_task_is_finished():
    walk = Walk(journey=load_journey(ODD))
    parked, woken = walk.start(), walk.start(at='The "first" answer', leg=2)

    walk.walker.run()

    assert parked.states == ["Resume", "Don't hurry"]
    assert walk.stub.parked[0] == {
        "enrolment": "c.welcome.1",
        "leg": 1,
        "step": "Don't hurry",
        "next": 'The "first" answer',
        "seconds": 34_560_000,
        "park": True,
    }
    assert woken.states == ["Resume", 'The "first" answer', "Done"]
    assert walk.stub.parked[-1] == {"enrolment": "c.welcome.1", "leg": 2, "finish": True}


def test_every_state_of_the_welcome_journey_is_visited():
    clicked, silent, held, gone = Walk(), Walk(), Walk(), Walk()
    held.stub.plan["Text an offer"] = [HeldError("", "hours")]
    gone.stub.plan["Send the welcome"] = [EnrolmentEndedError()]
    clicked.on(2.5, lambda: clicked.answer("Clicked the guide?"))
    seen: set[str] = set()

    for walk in (clicked, silent, held, gone):
        run = walk.start()
        walk.walker.run()
        seen |= set(run.states)

    assert seen == set(compiled(clicked.journey)["States"])


def test_the_walker_plays_thousands_of_steps_a_second():
    walk = Walk()
    began = time.process_time()
    for number in range(200):
        walk.start(leg=number)

    walk.walker.run()

    steps = sum(run.transitions for run in walk.walker.executions.values())
    assert steps == 200 * 8
    assert steps / (time.process_time() - began) > 1_000
