"""House laws 4 and 5, case by case: what the provider says decides, and nothing is ever sent twice."""

from collections.abc import Callable

import pytest

from sojourn.clock import iso
from sojourn.consent.addresses.store import suppress
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import record
from sojourn.consent.suppression import Reason
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status as RunStatus
from sojourn.messages.check import save
from sojourn.messages.library import save_template
from tests.faults.invariants import people
from tests.faults.network import Call, Fault, Kind
from tests.faults.people import EMAIL, does, introduces, sign_up
from tests.faults.services import Answer, refusal
from tests.faults.stories import DAY
from tests.faults.world import HOUR, JOURNEYS, MINUTE, START, World, delivery_of, publish

GREETING = """
journey: greeting
purpose: marketing
entry: {event: Gave A Nickname}
steps:
  - send: Greet
    channel: sms
    template: greeting
"""


def message(step: str = "Send the welcome") -> dict[str, str]:
    (found,) = [row for row in people("MSG#") if row["step"] == step]
    return found


def enrolment() -> dict[str, str]:
    (row,) = people("ENROL#")
    return row


def contact() -> str:
    return enrolment()["pk"].removeprefix("C#")


def at_the(
    world: World, operation: str, what: Callable[[Call], object], *, after: str = "", times: int = 1
) -> None:
    """When send_message makes this call (after that one), do something first, so many times."""
    left = [times]

    def notice(call: Call) -> None:
        called = [each.operation for each in world.network.calls if each.function == "send_message"]
        if call.function == "send_message" and call.operation == operation and (not after or after in called):
            if left[0]:
                left[0] -= 1
                with world.network.on_behalf_of(""):
                    what(call)

    world.network.noticed = notice


def fail(world: World, kind: Kind) -> Callable[[Call], object]:
    return lambda call: setattr(world.network, "fault", Fault(kind, call.number))


@pytest.fixture(autouse=True)
def unwatched(world: World) -> None:
    world.network.noticed = lambda call: None


# What the provider says


@pytest.mark.parametrize(
    "code", ["TooManyRequestsException", "LimitExceededException", "SendingPausedException"]
)
def test_not_now_means_later(world: World, code: str):
    """F2, T62: planned and held, then sent; one mail."""
    world.services.says.append(refusal("sesv2", code, 429 if code.startswith("Too") else 400))

    sign_up(world)
    world.run_until(START)
    assert (message()["state"], message()["held"], enrolment()["wait_kind"]) == ("planned", "1", "hold")
    assert "owner" not in message()
    world.run_until(START + 2 * HOUR)

    assert (message()["state"], message()["held"]) == ("sent", "1")
    assert len(world.services.mails) == 1


def test_a_connection_that_was_never_made_means_later(world: World):
    at_the(world, "SendEmail", fail(world, Kind.ERROR_BEFORE))

    sign_up(world)
    world.run_until(START)
    assert (message()["state"], message()["reason"]) == ("planned", "provider")
    world.run_until(START + 2 * MINUTE)

    assert message()["state"] == "sent"


def test_a_refusal_is_final_and_the_journey_goes_on(world: World):
    """T22: the rejected mail has failed and is not tried again."""
    world.services.says.append(refusal("sesv2", "MessageRejected"))

    sign_up(world)
    world.run_until(START + 20 * DAY)

    assert (message()["state"], message()["reason"]) == ("failed", "provider_rejected")
    assert [mail.subject for mail in world.services.mails] == ["The guide is still here", "One question, Ann"]
    assert enrolment()["status"] == "completed"


@pytest.mark.parametrize(
    ("code", "status"), [("InternalFailure", 500), ("ServiceUnavailable", 503), ("", 502)]
)
def test_a_failure_of_the_provider_proves_nothing(world: World, code: str, status: int):
    world.services.says.append(refusal("sesv2", code, status))

    sign_up(world)
    world.run_until(START + DAY)

    assert (message()["state"], message()["reason"]) == ("unknown", "provider_silent")
    assert world.services.mails == []
    assert enrolment()["at"] == "Wait two days"


def test_an_answer_that_nobody_can_read_proves_nothing(world: World):
    world.services.says.append(Answer(200, "<html>"))

    sign_up(world)
    world.run_until(START + DAY)

    assert message()["state"] == "unknown"


@pytest.mark.parametrize("kind", [Kind.ERROR_AFTER, Kind.DEATH_AFTER])
def test_a_mail_that_was_taken_without_word_is_unknown_until_the_provider_speaks(world: World, kind: Kind):
    """T17."""
    world.deliveries = False
    at_the(world, "SendEmail", fail(world, kind))

    sign_up(world)
    world.run_until(START + HOUR)
    assert message()["state"] == "unknown"
    assert enrolment()["at"] == "Wait two days"
    (mail,) = world.services.mails
    world.queue("record_feedback", delivery_of(mail, "Send"))
    world.run_until(START + 2 * HOUR)

    assert (message()["state"], message()["provider_id"]) == ("sent", mail.id)
    assert len(world.services.mails) == 1


def test_a_crash_before_the_provider_is_asked_leaves_no_second_try(world: World):
    """Between claim and provider nobody can tell: law 4 rather loses a mail than sends two."""
    at_the(world, "SendEmail", fail(world, Kind.DEATH_BEFORE))

    sign_up(world)
    world.run_until(START + DAY)

    assert (message()["state"], message()["reason"]) == ("unknown", "attempt_vanished")
    assert world.services.mails == []


def test_a_crash_before_the_claim_sends_once(world: World):
    """T16."""
    at_the(world, "TransactWriteItems", fail(world, Kind.DEATH_BEFORE))

    sign_up(world)
    world.run_until(START + DAY)

    assert message()["state"] == "sent"
    assert len(world.services.mails) == 1


def test_a_busy_table_cannot_make_a_second_mail(world: World):
    """T23: five times the result cannot be written."""
    at_the(world, "TransactWriteItems", fail(world, Kind.THROTTLE), after="SendEmail", times=5)

    sign_up(world)
    world.run_until(START + DAY)

    assert len(world.services.mails) == 1
    assert message()["state"] == "sent"  # the provider's word settled it
    assert enrolment()["at"] == "Wait two days"


# Who comes between


def test_two_workers_make_one_mail(world: World):
    """T19, T20: the second finds the claim; what the first one writes later is the truth."""
    task = {
        "enrolment": "",
        "leg": 1,
        "step": "Send the welcome",
        "next": "Wait two days",
        "attempt": 1,
    }
    answers: list[str] = []

    def second_worker(call: Call) -> None:
        task["enrolment"] = f"{contact()}.welcome.1"
        answers.append(world.call("send_message", task)["state"])

    at_the(world, "SendEmail", second_worker)
    world.deliveries = False

    sign_up(world)
    world.run_until(START + HOUR)

    assert answers == ["unknown"]
    assert len(world.services.mails) == 1
    assert (message()["state"], message()["provider_id"]) == ("sent", "ses-1")


def test_the_providers_word_may_come_before_our_own(world: World):
    """T97: a mail is delivered before its sender has written that it is sent."""

    def delivered_already(call: Call) -> None:
        for letter in list(world.letters):
            world._deliver(letter, world.clock.calendar())

    at_the(world, "TransactWriteItems", delivered_already, after="SendEmail")

    sign_up(world)
    world.run_until(START + HOUR)

    assert (message()["state"], message()["outcome"]) == ("sent", "delivered")
    assert enrolment()["at"] == "Wait two days"


def test_who_unsubscribes_before_the_claim_gets_nothing(world: World):
    """T71: consent is read again when it changed."""

    def unsubscribe(call: Call) -> None:
        withdrawn = ConsentChange(
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            topic=None,
            status=Status.WITHDRAWN,
            at=world.clock.calendar(),
            source="page",
            event_key="e",
        )
        assert record(contact(), withdrawn)

    at_the(world, "TransactWriteItems", unsubscribe)

    sign_up(world)
    world.run_until(START + HOUR)

    assert (message()["state"], message()["reason"]) == ("skipped", "unsubscribed")
    assert world.services.mails == []


def test_a_goal_before_the_claim_stops_the_mail(world: World):
    """T40."""

    def reached(call: Call) -> None:
        assert store.end(f"{contact()}.welcome.1", RunStatus.EXITED, reason="goal", now=iso(START))

    at_the(world, "TransactWriteItems", reached)

    sign_up(world)
    world.run_until(START + DAY)

    assert world.services.mails == []
    assert people("MSG#") == []
    (run,) = world.walker.executions.values()
    assert run.states[-1] == "Left"


def test_an_end_after_the_claim_is_too_late_and_the_mail_is_recorded(world: World):
    def reached(call: Call) -> None:
        assert store.end(f"{contact()}.welcome.1", RunStatus.EXITED, reason="goal", now=iso(START))

    at_the(world, "SendEmail", reached)

    sign_up(world)
    world.run_until(START + DAY)

    assert message()["state"] == "sent"
    assert enrolment()["status"] == "exited"
    (run,) = world.walker.executions.values()
    assert run.states[-1] == "Left"


def test_a_closed_address_is_skipped_at_each_step_once(world: World):
    """T73."""
    suppress(Channel.EMAIL, EMAIL, reason=Reason.BOUNCE, at=START, source="ses")

    sign_up(world, phone=None)
    world.run_until(START + 20 * DAY)

    assert {row["reason"] for row in people("MSG#")} == {"suppressed", "no_address"}
    assert len(people("MSG#")) == 4
    assert enrolment()["status"] == "completed"
    assert [call.operation for call in world.network.calls].count("SendEmail") == 0


def test_a_text_that_cannot_be_written_fails_alone(world: World):
    """T26, M3."""
    greeting = {"template": "greeting", "channel": "sms", "text": "Hi {{ nickname }}! Reply STOP to opt out"}
    save_template(save(greeting, version=0), source=dict(greeting))
    publish(world, "greeting", GREETING)

    introduces(world, "ann")
    introduces(world, "bob", phone="+12125550124", nickname="Bobby")
    for user in ("ann", "bob"):
        does(world, "Gave A Nickname", user)
    world.run_until(START + DAY)

    assert {(row["state"], row.get("reason", "")) for row in people("MSG#")} == {
        ("failed", "render:nickname"),
        ("sent", ""),
    }
    assert {row["status"] for row in people("ENROL#")} == {"completed"}


# What else may fail


def test_an_enrolment_whose_execution_was_never_started_is_started(world: World):
    """T5, T32: the row is there, the function died, and nobody calls again."""

    def die(call: Call) -> None:
        if call.operation == "StartExecution" and call.function == "react":
            world.network.fault = Fault(Kind.DEATH_BEFORE, call.number)

    world.network.noticed = die
    sign_up(world)
    world.invoke("react", {"Records": world.services.streams["Events"]})
    world.read["Events"] = 2
    assert not world.walker.executions

    world.run_until(START + 2 * HOUR)

    assert len(world.walker.executions) == 1
    assert message()["state"] == "sent"


def test_a_run_that_begins_at_once_finds_the_address(world: World):
    """react dies between starting the execution and writing what it folded; the execution does not wait for it."""

    def die(call: Call) -> None:
        if call.operation == "StartExecution" and world.network.fault is None:
            world.network.fault = Fault(Kind.DEATH_AFTER, call.number)

    world.network.noticed = die
    sign_up(world)
    world.run_until(START + HOUR)

    assert world.failures == ["react: Crash"]
    assert message()["state"] == "sent"


def test_who_is_in_a_version_finishes_it_and_who_comes_later_gets_the_new_one(world: World):
    """T8, T9, J6."""
    source = (JOURNEYS / "welcome.journey.yaml").read_text()
    sign_up(world, "ann")
    world.run_until(START + DAY)
    answer = publish(
        world, "welcome", source.replace("Ask for feedback", "Ask at last").replace("1 week", "2 weeks")
    )
    sign_up(world, "bob", email="bob@example.org", phone=None)
    world.run_until(START + 30 * DAY)

    found = {row["version"]: row["status"] for row in people("ENROL#")}
    assert (answer["version"], answer["changed"]) == (2, True)
    assert found == {"1": "completed", "2": "completed"}
    assert {row["version"] for row in people("MSG#") if row["step"] == "Ask for feedback"} == {"1"}
    assert {row["version"] for row in people("MSG#") if row["step"] == "Ask at last"} == {"2"}
    again = publish(
        world, "welcome", source.replace("Ask for feedback", "Ask at last").replace("1 week", "2 weeks")
    )
    assert (again["version"], again["changed"]) == (2, False)
