"""Rehearsals: the same for the same seed, sums of their parts, exact about caps, hours and ways, and silent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn.contacts.workspace import Workspace
from sojourn.journeys.files import load_file
from sojourn.journeys.load import load_journey
from sojourn.planning.answer import answer_of
from sojourn.planning.figures import Figures, Total
from sojourn.planning.habits import Behaviour, behaviour_of, shipped
from sojourn.planning.people import Listed, MadeUp, People
from sojourn.planning.rehearse import Plan, diary, lives_in, play_part, rehearse

WELCOME = Path(__file__).parents[3] / "statemachines" / "journeys" / "welcome.journey.yaml"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SILENT = behaviour_of(
    {"email": {"bounce": 0, "open": {"rate": 0}}, "sms": {"click": {"rate": 0}, "stop": {"rate": 0}}}
)
ANN = {"user_id": "ann", "email": "ann@example.org", "timezone": "Europe/Berlin", "consent": ["email"]}
TWO_MAILS = """
journey: two-mails
purpose: marketing
entry: {event: Signed Up}
caps: [{at most: 1, per: 1 day}]
steps:
  - send: Send the first
    template: welcome
  - send: Send the second
    template: chapter
"""
TRIES = """
journey: tries
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Text an offer
    channel: sms
    template: offer
    on skip:
      - send: Mail it instead
        template: reminder
  - task: Call them
    assign: sales
    due: 2 days
    outcomes:
      won:
        - exit: Leave won
          reason: won
      lost: []
"""
HALVES = """
journey: halves
purpose: marketing
entry: {event: Signed Up}
holdout: 50%
goal: {event: Order Completed}
steps:
  - send: Send the welcome
    template: welcome
"""


def test_the_same_seed_tells_the_same_and_another_seed_another():
    one, again, other = (
        json.dumps(answer_of(each, rehearse(each)[0])) for each in (welcome(), welcome(), welcome(seed=1))
    )

    assert one == again
    assert one != other


def test_parts_add_up_to_the_whole():
    plan = welcome(contacts=60)
    whole, parts = Total(), Total()
    whole.add(play_part(plan, 0, 60))
    for first, last in ((0, 7), (7, 40), (40, 60)):
        parts.add(play_part(plan, first, last))

    assert answer_of(plan, whole) == answer_of(plan, parts)


def test_sums_of_the_welcome_agree_with_each_other():
    plan = welcome(contacts=120)
    answer = answer_of(plan, rehearse(plan)[0])

    assert answer["entered"] == sum(answer["ended"].values()) + sum(answer["standing"].values())
    by_step = {each["step"]: each["sent"] for each in answer["messages"]["by_step"]}
    assert sum(by_step.values()) == answer["messages"]["total"]
    assert sum(each["messages"] for each in answer["messages"]["by_day"]) == answer["messages"]["total"]
    assert answer["pressure"]["most_in_a_second"] == {"at": "2026-03-02T09:00:00.000Z", "messages": 120}


def test_a_diary_shows_both_times_and_what_the_gates_said():
    there = {"timezone": "America/Los_Angeles", "phone": "+13102345678", "consent": ["email", "sms"]}
    plan = plan_of(load_file(WELCOME), Listed(({**ANN, **there},)))

    lines = diary(plan, "ann")

    assert lines is not None
    held = next(line for line in lines if line["what"].startswith("held"))
    assert held["step"] == "Text an offer"
    assert held["why"] == "hours"
    assert held["gates"]["hours"].startswith("closed: hours")
    texted = next(line for line in lines if line["what"] == "sent sms offer")
    assert texted["local"] == "2026-03-06T09:00:00-08:00"
    assert texted["at"] == "2026-03-06T17:00:00.000Z"


def test_who_is_not_there_has_no_diary():
    assert diary(welcome(contacts=3), "nobody") is None


def test_a_cap_holds_the_second_mail_for_a_day_to_the_second():
    plan = plan_of(load_journey(TWO_MAILS), Listed((ANN,)))
    answer = answer_of(plan, rehearse(plan)[0])

    assert answer["pressure"]["held_by_cap"] == 1
    lines = diary(plan, "ann") or []
    sent = [line["at"] for line in lines if line["what"].startswith("sent")]
    assert sent == ["2026-03-02T09:00:00.000Z", "2026-03-03T09:00:00.000Z"]


def test_a_skipped_message_takes_its_way_and_a_task_its_outcome():
    settled = behaviour_of({**SILENT.said, "tasks": {"settled": 1, "outcomes": {"won": 1}}})
    plan = plan_of(load_journey(TRIES), Listed((ANN,)), settled)
    answer = answer_of(plan, rehearse(plan)[0])

    assert answer["paths"] == {"Text an offer": {"on skip": 1}}
    assert answer["ended"] == {"exited: won": 1}


def test_to_who_is_held_out_nothing_is_sent():
    plan = plan_of(load_journey(HALVES), MadeUp(100, shipped()), SILENT)
    answer = answer_of(plan, rehearse(plan)[0])

    (step,) = answer["messages"]["by_step"]
    assert step["sent"] + step["not_sent_as_holdout"] == 100
    assert 30 < step["sent"] < 70


def test_who_orders_after_the_mail_has_reached_the_goal():
    keen = behaviour_of(
        {
            "email": {
                "bounce": 0,
                "open": {"rate": 1, "after": [1, 1]},
                "click": {"rate": 1, "after": [1, 1]},
                "purchase": {"rate": 1, "after": [1, 1]},
            }
        }
    )
    plan = plan_of(load_file(WELCOME), Listed((ANN,)), keen)
    answer = answer_of(plan, rehearse(plan)[0])

    assert answer["converted"] == 1
    assert answer["ended"] == {"exited: goal": 1}
    assert answer["messages"]["total"] == 1


def test_whoever_interrupts_sees_what_was_played():
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    total, interrupted = rehearse(welcome(contacts=600), progress=stop)

    assert interrupted
    assert total.figures.contacts == 250


def test_two_processes_tell_what_one_tells():
    plan = welcome(contacts=300)

    assert answer_of(plan, rehearse(plan, workers=2)[0]) == answer_of(plan, rehearse(plan)[0])


def test_rehearsing_counts_nothing_twice():
    figures = Figures()
    figures += Figures(contacts=2, steps=3)
    figures += Figures(contacts=1, steps=1)

    assert (figures.contacts, figures.steps) == (3, 4)


@pytest.fixture(autouse=True)
def _no_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads or writes a table here fails: there are none, and no way to any."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    lives_in(Workspace())


def welcome(contacts: int = 40, seed: int = 0) -> Plan:
    return plan_of(load_file(WELCOME), MadeUp(contacts, shipped(), seed), shipped(), seed=seed)


def plan_of(journey: Any, people: People, behaviour: Behaviour = SILENT, *, seed: int = 0) -> Plan:
    until = START + timedelta(days=40)
    return Plan(journey.to_definition(), behaviour.said, people, START, until, seed, Workspace())
