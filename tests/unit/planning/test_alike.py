"""However fast a rehearsal is, it tells what the detailed one tells: of what ships, and of a winding journey."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn.asl.expressions import EvaluationError, closure, template
from sojourn.contacts.workspace import Workspace, use_workspace
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.files import load_file
from sojourn.journeys.load import load_journey
from sojourn.journeys.model import Journey
from sojourn.planning.answer import answer_of
from sojourn.planning.figures import Figures, Total
from sojourn.planning.habits import Behaviour, behaviour_of
from sojourn.planning.people import Listed
from sojourn.planning.quick import ERROR, RESULT, quick, scope_of, table_of
from sojourn.planning.rehearse import Plan, lives_in, play, rehearse
from sojourn.planning.runs import Journal, Run
from sojourn.planning.script import TARGET

SHIPPED = sorted((Path(__file__).parents[3] / "statemachines" / "journeys").glob("*.journey.yaml"))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CAPPED = Workspace("US", "", '{"caps": [{"most": 3, "seconds": 604800}]}')
SAID = {"cart_id": "c", "total": 80, "value": 55, "refill_sku": "k", "refill_at": "2026-06-01"}
LIVELY = behaviour_of(
    {
        "arrivals": {"over": "40 days", "again": "60 days", "properties": SAID},
        "email": {"open": {"rate": 0.7}, "click": {"rate": 0.5}, "unsubscribe": {"rate": 0.1}, "bounce": 0.1},
        "sms": {"stop": {"rate": 0.1}},
        "events": [
            {"event": "Order Completed", "every": "80 days", "properties": {"total": 40}},
            {"event": "Product Viewed", "every": "30 days"},
        ],
    }
)
WINDING = """
journey: winding
purpose: marketing
topic: offers
entry: {event: Started}
re-entry: {pause: 20 days}
holdout: 10%
goal: {event: Order Completed, window: 10 days}
hours: {email: 08:00-12:00}
caps: [{at most: 2, per: 10 days, channel: email}]
steps:
  - send: Say hello
    template: feedback
    on skip:
      - wait: Wait an hour
        for: 1 hour
  - split: Which half?
    paths:
      - share: 50%
        then:
          - wait: Wait thirty hours
            for: 30 hours
      - share: 50%
        then:
          - wait: Wait until the evening
            until: "19:30"
  - send: Text an offer
    channel: sms
    template: offer
    hours: 09:00-11:00
    outside: skip
  - wait for: Anything?
    any: [{clicked: Say hello}, {event: Product Viewed}]
    up to: 3 days
    otherwise:
      - repeat: Remind
        times: 2
        steps:
          - send: Send the reminder
            template: reminder
          - wait: Wait sixteen days
            for: 16 days
  - branch: Where are they?
    if: {attribute: city, is: Berlin}
    then:
      - send: Ask for feedback
        template: feedback
    otherwise:
      - exit: Elsewhere
        reason: elsewhere
"""


@pytest.fixture(autouse=True)
def _no_cloud() -> Iterator[None]:
    yield
    use_workspace(None)


@pytest.mark.parametrize("seed", [0, 5])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.partition(".")[0])
def test_a_journey_that_ships_is_played_fast_as_it_is_in_detail(path: Path, seed: int):
    assert_alike(plan_of(load_file(path), seed=seed))


@pytest.mark.parametrize("workspace", [Workspace(), CAPPED], ids=["anywhere", "capped"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_winding_journey_is_played_fast_as_it_is_in_detail(seed: int, workspace: Workspace):
    assert_alike(plan_of(load_journey(WINDING), seed=seed, workspace=workspace))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.partition(".")[0])
def test_what_states_hand_on_is_what_their_expressions_say(path: Path):
    machine = compile_journey(load_file(path), version=1, target=TARGET)

    for name, state in machine["States"].items():
        for part in (state.get("Arguments"), state.get("Output"), state.get("Assign")):
            assert_said(part, name, RESULT)
        for catch in state.get("Catch", ()):
            assert_said(catch.get("Output"), name, ERROR)
        for at in ["", *machine["States"]]:
            assert_chosen(state.get("Choices", ()), name, at)


def test_nothing_of_a_played_contact_is_left_for_the_collector():
    plan = plan_of(load_journey(WINDING))
    lives_in(plan.workspace)
    people = list(plan.people.between(0, len(plan.people)))
    figures = Figures()
    for person in people:  # what is made once is made
        play(plan, person, figures)
    gc.collect()
    gc.disable()

    for person in people:
        play(plan, person, figures)

    try:
        assert gc.collect() < len(people)
    finally:
        gc.enable()


def assert_alike(plan: Plan) -> None:
    """The answers are equal; a diary asks every gate, and remembers no verdict."""
    lives_in(plan.workspace)
    fast, _ = rehearse(plan)
    figures = Figures()
    for person in plan.people.between(0, len(plan.people)):
        play(plan, person, figures, Journal())
    detailed = Total()
    detailed.add(figures)

    assert answer_of(plan, fast) == answer_of(plan, detailed)


def assert_said(part: Any, state: str, came: str) -> None:
    """A part made fast is the part."""
    run, data, what = a_run(), {"at": state, "hold": {"until": "x"}, "path": {}}, a_result(came)
    if part is None:
        return
    scope = scope_of(run, state, data, came, what)
    try:
        said = template(part)(scope)
    except EvaluationError:
        with pytest.raises(EvaluationError):
            quick(part, state, came).of(run, data, what)
    else:
        assert quick(part, state, came).of(run, data, what) == said


def assert_chosen(choices: Any, state: str, at: str) -> None:
    """A table finds the first rule whose condition holds."""
    found = table_of([each["Condition"] for each in choices]) if choices else None
    if found is None:
        return
    run, data = a_run(), {"at": at, "path": {"b1": "if 1", "b2": "otherwise"}}
    scope = scope_of(run, state, data, "", None)
    places = [place for place, each in enumerate(choices) if closure(each["Condition"])(scope) is True]
    read, table = found
    assert table.get(str(read(run, data, None))) == (places[0] if places else None)


def a_result(came: str) -> dict[str, Any]:
    """What came of a state."""
    if came == RESULT:
        return {"StatusCode": 200, "Payload": {"path": {"b1": "if 1"}, "round": "2"}}
    message = '{\\"errorMessage\\": \\"{}\\"}'
    return {"Error": "HeldError", "Cause": message.replace("\\", "")}


def a_run() -> Run:
    """One that plays its second leg."""
    times: dict[str, Any] = {"entered_at": "2026-03-02", "until": "2026-03-02", "started_at": "2026-03-02"}
    names: dict[str, Any] = {
        "contact": "c",
        "journey": "j",
        "version_arn": "arn",
        "entered_by": "e",
        "identity": "u#c",
        "at": "A",
    }
    run = Run(Enrolment(entry=1, version=1, **names, **times))
    run.leg, run.stay = 2, 7
    run.input = {"enrolment": run.id, "leg": 2, "at": "A", "splits": {"s1": "arm 1"}, "round": "1"}
    run.variables = {"round": "1", "round1": "1"}
    return run


def plan_of(
    journey: Journey, *, seed: int = 0, behaviour: Behaviour = LIVELY, workspace: Workspace = CAPPED
) -> Plan:
    """Some people of all kinds, and half a year."""
    people = Listed(tuple(row(number) for number in range(18)))
    until = START + timedelta(days=180)
    return Plan(journey.to_definition(), behaviour.said, people, START, until, seed, workspace)


def row(number: int) -> dict[str, Any]:
    """With an address or without, in this zone or that, allowing this or that."""
    every = {"email": "given", "sms": "given", "email|tracking|clicks": "given"}
    kept: dict[str, Any] = {
        "user_id": f"u{number}",
        "email": f"u{number}@example.org" if number % 7 != 2 else "",
        "phone": f"+1310234{5000 + number}" if number % 2 else "",
        "timezone": ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", ""][number % 4],
        "consent": [every, ["email"], ["sms"], []][number % 4] if number % 5 else every,
        "suppressed": ["email"] if number % 11 == 3 else [],
        "segments": ["silent"] if number % 13 == 5 else [],
        "city": ["Berlin", "Boston", "Rome"][number % 3],
        "birthday": f"19{60 + number}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "renewal_date": "2026-05-20",
    }
    return kept
