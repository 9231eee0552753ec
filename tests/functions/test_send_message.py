"""The Task that sends: what it answers, raises and counts. The laws behind it: tests/faults/test_at_most_once.py."""

import json
from typing import Any

import pytest

from sojourn.errors import EnrolmentEndedError, HeldError
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status
from tests.faults.invariants import people
from tests.faults.people import EMAIL, PHONE, sign_up
from tests.faults.stories import DAY
from tests.faults.world import START, World


@pytest.fixture
def world(made: World) -> World:
    """Ann has signed up; her execution is for the tests to play."""
    made.reset()
    sign_up(made)
    made.call("react", {"Records": made.services.streams["Events"]})
    made.walker.executions.clear()
    return made


def a_task(step: str = "Send the welcome", **facts: Any) -> dict[str, Any]:
    (row,) = people("ENROL#")
    enrolment = f"{row['pk'].removeprefix('C#')}.welcome.1"
    return {"enrolment": enrolment, "leg": 1, "step": step, "next": "Wait two days", "attempt": 0, **facts}


def test_a_mail_goes_out_and_the_run_moves_on(world: World):
    answer = world.call("send_message", a_task())

    (mail,) = world.services.mails
    (row,) = people("ENROL#")
    assert answer == {"message": mail.tags["message_id"], "state": "sent", "reason": "", "path": {}}
    assert (row["at"], row["until"]) == ("Wait two days", "2026-01-07T20:00:00.000Z")


def test_the_mail_says_what_mailboxes_ask_for(world: World):
    """T81."""
    world.call("send_message", a_task())

    (mail,) = world.services.mails
    assert mail.to == EMAIL
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].startswith("<https://mail.example.org/u/v1.k1.")
    assert set(mail.tags) >= {"message_id", "journey"}
    assert "/o/v1.k1." in mail.html
    assert mail.links


def test_the_same_task_again_answers_the_same_and_sends_nothing(world: World):
    first = world.call("send_message", a_task())
    again = world.call("send_message", a_task(attempt=1))

    assert first == again
    assert len(world.services.mails) == 1


def test_a_text_outside_its_hours_is_held(world: World):
    world.clock.advance(8 * 3600)  # eleven at night

    with pytest.raises(HeldError) as held:
        world.call("send_message", a_task("Text an offer", next="Wait a week"))

    assert json.loads(str(held.value)) == {"until": "2026-01-06T14:00:00.000Z", "reason": "hours"}
    (row,) = people("MSG#")
    assert (row["state"], row["reason"], row["held"]) == ("planned", "hours", "1")
    assert world.services.texts == []


def test_a_text_inside_its_hours_goes_out(world: World):
    world.call("send_message", a_task("Text an offer", next="Wait a week"))

    (text,) = world.services.texts
    assert (text.to, people("MSG#")[0]["parts"]) == (PHONE, "1")


@pytest.mark.parametrize("facts", [{"leg": 2}, {"enrolment": "x.welcome.1"}])
def test_another_leg_or_nobodys_run_is_over(world: World, facts: dict[str, Any]):
    with pytest.raises(EnrolmentEndedError):
        world.call("send_message", a_task(**facts))

    assert people("MSG#") == []


def test_a_run_that_ended_sends_nothing(world: World):
    task = a_task()
    store.end(task["enrolment"], Status.EXITED, reason="goal", now="2026-01-05T20:00:00.000Z")

    with pytest.raises(EnrolmentEndedError):
        world.call("send_message", task)

    assert world.services.mails == []


def test_the_last_step_completes_the_run(world: World):
    world.call("send_message", a_task("Ask for feedback", next="(end)"))

    (row,) = people("ENROL#")
    assert (row["status"], row["at"]) == ("completed", "(end)")
    assert "open" not in row


def test_a_warm_function_asks_dynamodb_four_times(world: World):
    """Issue 2, part 6: `dynamodb_requests_per_message` ≤ 4."""
    world.call("send_message", a_task())
    world.run_until(START + DAY)
    world.network.forget()

    world.call("send_message", a_task("Ask for feedback", next="(end)"))

    asked = [call.operation for call in world.network.calls if call.table != "Config"]
    assert asked == ["BatchGetItem", "GetItem", "TransactWriteItems", "SendEmail", "TransactWriteItems"]


def test_the_log_names_ids_and_never_an_address(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    world.call("send_message", a_task())

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["message"] == "message settled"
    logged = line + " ".join(str(vars(record)) for record in caplog.records)
    assert EMAIL not in logged
    assert PHONE not in logged
