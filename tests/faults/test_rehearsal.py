"""A rehearsal tells the truth: a contact's diary is the one that the real handlers write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from sojourn.consent.model import Consent
from sojourn.contacts.store import get_profile
from sojourn.contacts.workspace import Workspace
from sojourn.journeys.load import load_journey
from sojourn.planning.figures import Figures
from sojourn.planning.habits import Behaviour, behaviour_of
from sojourn.planning.people import Person, person_of
from sojourn.planning.rehearse import Plan, play
from sojourn.planning.runs import Journal
from sojourn.planning.stage import Stage
from tests.faults.people import EMAIL, PHONE, does, introduces
from tests.faults.world import JOURNEYS, START, World, a_world, publish

DAYS = timedelta(days=60)
READS = {"open": {"rate": 1.0, "after": [2, 3]}, "click": {"rate": 1.0, "after": [1, 2]}}
CAREFUL = {"bounce": 0, "unsubscribe": {"rate": 0}, "purchase": {"rate": 0}}
SILENT = {"email": {**CAREFUL, "open": {"rate": 0}}, "sms": {"click": {"rate": 0}, "stop": {"rate": 0}}}
KEEN = {"email": {**CAREFUL, **READS}, "sms": {"click": {"rate": 0}, "stop": {"rate": 0}}}

WINDING = """
journey: winding
purpose: marketing
entry: {event: Started}
steps:
  - send: Say hello
    template: feedback
  - branch: Where are they?
    paths:
      - if: {attribute: city, is: Berlin}
        then:
          - wait: Wait a day
            for: 1 day
      - if: {attribute: city, is: Boston}
        then:
          - wait: Wait until nine
            until: "09:00"
    otherwise:
      - wait: Wait three weeks
        for: 3 weeks
  - split: Which half?
    paths:
      - share: 50%
        then:
          - wait: Wait two hours
            for: 2 hours
      - share: 50%
        then:
          - wait: Wait five hours
            for: 5 hours
  - repeat: Remind
    times: 3
    steps:
      - wait: Wait a while
        for: 3 days
      - send: Send the reminder
        template: reminder
  - send: Text an offer
    channel: sms
    template: offer
    hours: 09:00-17:00
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.mark.parametrize("behaviour", [SILENT, KEEN], ids=["silent", "keen"])
def test_the_welcome_is_rehearsed_as_it_runs(world: World, behaviour: dict[str, Any]):
    text = (JOURNEYS / "welcome.journey.yaml").read_text()

    assert_alike(world, text, "Signed Up", behaviour)


@pytest.mark.parametrize("city", ["Berlin", "Boston", "Rome"])
def test_branches_splits_rounds_and_hours_are_rehearsed_as_they_run(world: World, city: str):
    assert_alike(world, WINDING, "Started", SILENT, city=city)


def assert_alike(world: World, text: str, event: str, behaviour: dict[str, Any], **traits: str) -> None:
    """Both ways, and state by state the same."""
    journey = load_journey(text)
    world.reset()
    publish(world, journey.name, text)
    introduces(world, **traits)
    world.pump()
    contact = _contact()
    stage = _rehearsed(text, contact, behaviour_of(behaviour), traits)
    does(world, event, message_id="begin")
    for at, step in _clicks(stage):
        world.run_until(at)
        _click(world, step)
    world.run_until(START + DAYS)

    assert stage.runs[0].stands == "completed"
    assert _played(stage) == _walked(world, journey.name)
    assert _sent(stage) == _received(world)


def _rehearsed(text: str, contact: str, behaviour: Behaviour, traits: dict[str, str]) -> Stage:
    told = {"email": EMAIL, "firstName": "Ann", "phone": PHONE, "timezone": "America/New_York", **traits}
    person: Person = person_of({"contact": contact, "user_id": "ann", "consent": ["email", "sms"], **told})
    assert isinstance(person.consent, Consent)
    plan = Plan(
        load_journey(text).to_definition(), behaviour.said, _One(person), START, START + DAYS, 1, Workspace()
    )
    return play(plan, person, Figures(), Journal())


class _One:
    """One person."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def __len__(self) -> int:
        return 1

    def between(self, first: int, last: int) -> Iterator[Person]:
        yield self.person


def _contact() -> str:
    from sojourn.contacts.identities.store import find_contact

    found = find_contact("u#ann")
    assert found is not None
    return get_profile(found).contact


def _clicks(stage: Stage) -> list[tuple[datetime, str]]:
    return sorted((sent.clicked_at, sent.step) for sent in stage.sent.values() if sent.clicked_at)


def _click(world: World, step: str) -> None:
    mails = {mail.tags["message_id"]: mail for mail in world.services.mails}
    for message in _messages():
        if message.step == step and message.id in mails and mails[message.id].links:
            world.get(mails[message.id].links[0])


def _messages() -> Any:
    from sojourn.messages.store import messages_of

    return messages_of(_contact())


def _played(stage: Stage) -> list[tuple[str, str]]:
    assert stage.journal is not None
    return [(_minute(at), state) for at, _, state in stage.journal.visits]


def _walked(world: World, journey: str) -> list[tuple[str, str]]:
    runs = [run for run in world.walker.executions.values() if run.name.startswith(f"{journey}-")]
    visits = [visit for run in sorted(runs, key=lambda run: run.started_at) for visit in run.trace]
    return [(_minute(visit.at), visit.state) for visit in visits]


def _sent(stage: Stage) -> list[tuple[str, str]]:
    return sorted((_minute(sent.at), sent.channel) for sent in stage.sent.values() if sent.state == "sent")


def _received(world: World) -> list[tuple[str, str]]:
    mails = [(mail.at[:16], "email") for mail in world.services.mails]
    return sorted([*mails, *((text.at[:16], "sms") for text in world.services.texts)])


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")
