"""The Task that keeps tokens. What waits do: tests/unit/journeys/test_wait.py."""

from typing import Any

import pytest

from sojourn.errors import EnrolmentEndedError
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status
from sojourn.messages.model import message_digest
from tests.faults.invariants import people
from tests.faults.people import sign_up
from tests.faults.world import World
from tests.feedback import a_message, keep


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    sign_up(made)
    made.call("react", {"Records": made.services.streams["Events"]})
    return made


def a_task(**facts: Any) -> dict[str, Any]:
    (row,) = people("ENROL#")
    return {
        "enrolment": f"{row['pk'].removeprefix('C#')}.welcome.1",
        "leg": 1,
        "step": "Clicked the guide?",
        **facts,
    }


def test_a_wait_is_noted_and_nothing_is_answered(world: World):
    waiting = a_task(token="t", seconds=172_800, any=[{"clicked": "Send the welcome"}])
    contact = waiting["enrolment"].partition(".")[0]
    digest = message_digest(waiting["enrolment"], "Send the welcome")
    keep(a_message(contact=contact, digest=digest, enrolment=waiting["enrolment"]))

    assert world.call("park_token", waiting) == {}

    (row,) = people("ENROL#")
    assert (row["wait_kind"], row["wait_state"], row["until"]) == (
        "event",
        "waiting",
        "2026-01-07T20:00:00.000Z",
    )
    assert not [call for call in world.network.calls if call.operation.startswith("SendTask")]


def test_the_token_of_a_run_that_ended_is_failed_and_the_function_does_not_raise(world: World):
    task = a_task(token="token-1", hold={"until": "2026-01-06T14:00:00.000Z", "reason": "hours"})
    store.end(task["enrolment"], Status.EXITED, reason="goal", now="2026-01-05T20:00:00.000Z")

    assert world.call("park_token", task) == {}

    assert world.network.calls[-1].operation == "SendTaskFailure"


def test_without_a_token_the_machine_hears_it_as_an_error(world: World):
    task = a_task(finish=True)
    world.call("park_token", task)

    with pytest.raises(EnrolmentEndedError):
        world.call("park_token", task)


def test_the_token_is_never_logged(world: World, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG", logger="sojourn")

    world.call("park_token", a_task(token="a-credential", seconds=60, any=[{"event": "X"}]))

    assert "wait registered" in caplog.text
    assert "a-credential" not in " ".join(str(vars(record)) for record in caplog.records)
