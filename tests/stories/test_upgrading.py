"""An upgrade with people waiting, on a local cloud of its own: what was before is deployed (see older.py), people come
to stand in waits and holds, and then today's template is deployed over it, as docs/operations.md says.

It proves that CloudFormation's update keeps every table, machine and address, that code and layers change under whoever
waits, and that whoever knocks meanwhile is let in or told to come again. With SOJOURN_UPGRADE_FROM=<revision> the
older side is that revision's own code, and the way back to it is walked, too: each reads the rows of the other.
"""

from __future__ import annotations

import json
import os
import textwrap
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from infra.local import state
from infra.local.state import ROOT, STACK
from sojourn.clock import iso
from tests.stories import older, stage
from tests.stories.cloud import PATIENCE, Cloud, Person, eventually

FOLDER = ROOT / ".sojourn" / "upgrading"
PACE = "3600"  # half a day in twelve seconds: the update falls into it, or it falls into the update
COME_AGAIN = {429, 500, 502, 503, 504}  # what Segment's clients send again by themselves
JOURNEYS = {
    "through": """\
        journey: through
        purpose: marketing
        entry: {event: Through Began}
        steps:
          - send: Send the first
            template: welcome
          - wait: Wait half a day
            for: 12 hours
          - wait for: Answered?
            any: [{event: Answered}]
            up to: 14 days
            then: [{send: Send the second, template: chapter}]
            otherwise: [{send: Send what nobody wants, template: reminder}]
        """,
    "held": """\
        journey: held
        purpose: marketing
        entry: {event: Held Began}
        steps:
          - send: Send the only
            template: welcome
        """,
}


@pytest.fixture(scope="module")
def builds() -> tuple[Path, Path]:
    """What was before, and what the stories' cloud was built from today."""
    stage.find(owner=os.environ["SOJOURN_OWNER"])
    today = stage.FOLDER / "build"
    return older.before(today, FOLDER / "before"), today


@pytest.fixture(scope="module")
def cloud(builds: tuple[Path, Path]) -> Iterator[Cloud]:
    """A running stack of before."""
    owner = os.environ["SOJOURN_OWNER"]
    stage.runner("down", owner, FOLDER)
    try:
        stage.runner("up", owner, FOLDER, PACE=PACE, SOJOURN_BUILT=str(builds[0]))
        local = state.read(FOLDER / "local.json")
        assert local
        yield Cloud(local)
    finally:
        stage.runner("down", owner, FOLDER)


def test_nobody_who_waits_is_lost_by_an_upgrade_and_nobody_is_written_to_twice(
    cloud: Cloud, builds: tuple[Path, Path]
):
    for name, source in JOURNEYS.items():
        cloud.ensure_journey(name, textwrap.dedent(source))
    assert cloud.api("POST", "/journeys/held/pause").status == 200
    waiting = [cloud.enter("Through Began", "email") for _ in range(2)]
    held = [cloud.enter("Held Began", "email")]
    for person in held:
        assert cloud.message(person, "Send the only", "planned")["reason"] == "paused"
    for person in waiting:
        cloud.mail_number(person, 1)
    tables = _tables(cloud)

    late, knocked = _knocking_while(cloud, partial(_deploy, builds[1]))

    assert _is_new(cloud)
    assert _tables(cloud) == tables
    assert set(knocked) <= {200} | COME_AGAIN, knocked
    if "SOJOURN_UPGRADE_FROM" in os.environ:
        _deploy(builds[0])
    everybody = [*waiting, *late]
    for person in everybody:
        _answers(cloud, person)
    assert cloud.api("POST", "/journeys/held/resume").status == 200
    for person in everybody:
        assert cloud.ended(person, "through")["status"] == "completed"
        assert _wrote(cloud, person) == {"Send the first": "sent", "Send the second": "sent"}
    for person in held:
        assert cloud.ended(person, "held")["status"] == "completed"
        assert _wrote(cloud, person) == {"Send the only": "sent"}
    assert {len(cloud.mails(person)) for person in everybody} == {2}
    assert {len(cloud.mails(person)) for person in held} == {1}


def _answers(cloud: Cloud, person: Person) -> None:
    """As soon as they are asked."""
    eventually(lambda: cloud.enrolment(person, "through").get("step") == "Answered?")
    cloud.track(person, "Answered")


def _wrote(cloud: Cloud, person: Person) -> dict[str, str]:
    return {step: each["state"] for step, each in cloud.settled(person).items()}


def _deploy(built: Path) -> None:
    stage.runner("upgrade", os.environ["SOJOURN_OWNER"], FOLDER, SOJOURN_BUILT=str(built))


def _knocking_while(cloud: Cloud, deploy: Callable[[], None]) -> tuple[list[Person], Counter[int]]:
    """Who came in while it was deployed, one after another, and what their knocking was answered."""
    answers: Counter[int] = Counter()
    came: list[Person] = []
    with ThreadPoolExecutor(1) as pool:
        deploying = pool.submit(deploy)
        while not deploying.done() or not came:
            came.append(_enter(cloud, answers))
            threading.Event().wait(2 * len(came))  # a few on a quiet machine, not many on a busy one
        deploying.result()
    return came, answers


def _enter(cloud: Cloud, answers: Counter[int]) -> Person:
    """As Segment's clients do: again, until somebody takes it."""
    person = Person()
    known = {"userId": person.user_id, "timestamp": iso(cloud.now())}
    who = {**known, "type": "identify", "traits": person.traits(), "context": person.consents("email")}
    what = {**known, "type": "track", "event": "Through Began", "messageId": f"{person.user_id}-began"}

    def taken() -> bool:
        answer = cloud.collect("batch", {"batch": [who, what]})
        answers[answer.status] += 1
        assert answer.status == 200 or answer.status in COME_AGAIN, answer.body
        return answer.status == 200

    eventually(taken, within=PATIENCE, every=0.5)
    return person


def _is_new(cloud: Cloud) -> bool:
    """The update was one: it ended well, and what was not there before is."""
    [found] = cloud.aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    outputs = {each["OutputKey"] for each in found["Outputs"]}
    return found["StackStatus"] == "UPDATE_COMPLETE" and f"{older.NEW_FUNCTION}Function" in outputs


def _tables(cloud: Cloud) -> set[str]:
    """The identities of all tables: what was made anew would be empty."""
    dynamodb = cloud.aws("dynamodb")
    names = dynamodb.list_tables()["TableNames"]
    return {json.dumps([name, dynamodb.describe_table(TableName=name)["Table"]["TableId"]]) for name in names}
