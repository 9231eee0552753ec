"""A journey in which somebody is asked to call a contact, and a run that has come to it."""

from typing import Any

from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.load import examine
from sojourn.journeys.model import Journey
from sojourn.journeys.wait import Engine, ParkTask, park
from tests.journeys import CONTACT, an_enrolment, keep, publish_as_first

ASKING = """\
journey: welcome
purpose: service
entry: {event: Signed Up}
steps:
  - task: Call them
    assign: Sales
    due: 2 days
    note: Ask how they like it
    outcomes:
      reached: [{exit: Talked, reason: talked}]
      Not reached: [{exit: Silent, reason: silent}]
      Wrong number: []
    otherwise: [{exit: Forgotten, reason: forgotten}]
  - exit: Over
"""
TOKEN = "token"
DUE = "2026-01-07T20:00:00.000Z"


def asking() -> Journey:
    """The journey."""
    examined = examine(ASKING, file="welcome.journey.yaml")
    assert not examined.findings
    assert examined.journey is not None
    return examined.journey


def come_to_the_task(engine: Engine, contact: str = CONTACT, **facts: Any) -> Enrolment:
    """A run that stands at the task, and what park_token did about it."""
    publish_as_first(asking())
    run = keep(an_enrolment(contact=contact, at="Call them", **facts))
    park(a_park_task(run), engine=engine)
    return run


def a_park_task(run: Enrolment, token: str = TOKEN, **facts: Any) -> ParkTask:
    """What the state hands to park_token."""
    known: dict[str, Any] = {"enrolment": run.id, "leg": run.leg, "step": "Call them", "seconds": 172_800}
    return ParkTask(token=token, task=True, **{**known, **facts})
