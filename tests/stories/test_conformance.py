"""Every kind of step on the local cloud enters the states that the walker enters (tests/faults/test_conformance.py)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance import Walk, walks
from tests.stories.cloud import Cloud, Person, eventually


@pytest.mark.parametrize("walk", [pytest.param(walk, id=f"{walk.name}: {walk.says}") for walk in walks()])
def test_a_walk_enters_these_states(cloud: Cloud, walk: Walk):
    for name, source in walk.sources.items():
        cloud.ensure_journey(name, source)
    person = _enters(cloud, walk)

    for act in walk.do:
        _until_they_stand(cloud, person, walk, act["at"])
        if outcome := act.get("settle"):
            _settle(cloud, person, outcome)
        else:
            cloud.track(person, act["event"])
    ended = cloud.ended(person, walk.name)

    eventually(lambda: _is_over(cloud, walk, ended))

    assert not walk.differs_from(_states(cloud, walk, ended))


def _enters(cloud: Cloud, walk: Walk) -> Person:
    person = Person()
    body = {"userId": person.user_id, "traits": {**person.traits(), **walk.traits}}
    assert cloud.collect("identify", {**body, "context": person.consents(*walk.consents)}).json["success"]
    cloud.track(person, walk.event)
    return person


def _until_they_stand(cloud: Cloud, person: Person, walk: Walk, step: str) -> None:
    def stand_there() -> bool:
        standing = cloud.enrolment(person, walk.name)
        return bool(standing.get("step") == step and standing.get("waits"))

    eventually(stand_there)


def _settle(cloud: Cloud, person: Person, outcome: str) -> None:
    def theirs() -> list[str]:
        open_ = cloud.api("GET", "/tasks?assign=sales&limit=100").json["items"]
        return [task["id"] for task in open_ if task["user_id"] == person.user_id]

    (task,) = eventually(theirs)
    assert cloud.api("POST", f"/tasks/{task}", {"outcome": outcome}).status == 200


def _states(cloud: Cloud, walk: Walk, ended: dict[str, Any]) -> list[str]:
    """The states of all legs, in order."""
    return [
        event["stateEnteredEventDetails"]["name"]
        for execution in _legs(cloud, walk, ended)
        for event in _history(cloud, execution["executionArn"])
        if "stateEnteredEventDetails" in event
    ]


def _is_over(cloud: Cloud, walk: Walk, ended: dict[str, Any]) -> bool:
    return all(execution["status"] != "RUNNING" for execution in _legs(cloud, walk, ended))


def _legs(cloud: Cloud, walk: Walk, ended: dict[str, Any]) -> list[dict[str, Any]]:
    run = ended["execution"].rpartition("-")[0]
    client = cloud.aws("stepfunctions")
    machine = next(
        each["stateMachineArn"]
        for page in client.get_paginator("list_state_machines").paginate()
        for each in page["stateMachines"]
        if each["name"].endswith(f"-j-{walk.name}")
    )
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=machine)
    legs = [each for page in pages for each in page["executions"] if each["name"].rpartition("-")[0] == run]
    return sorted(legs, key=lambda each: int(each["name"].rpartition("-")[2]))


def _history(cloud: Cloud, execution: str) -> list[dict[str, Any]]:
    pages = cloud.aws("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
    return [event for page in pages for event in page["events"]]
