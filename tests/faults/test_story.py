"""The welcome journey from the first event to the last mail, with everything that may come in between, as diaries."""

import pytest

from sojourn.insight.report import report
from sojourn.insight.store import figures_of
from tests.faults.coming_together import coming_together, wrong_after_coming_together
from tests.faults.invariants import people
from tests.faults.people import EMAIL, PHONE, clicks, does, introduction, sign_up, texts, unsubscribes
from tests.faults.stories import DAY, welcome, wrong_after_bought, wrong_after_welcome
from tests.faults.stories import bought as story_of_a_buyer
from tests.faults.world import HOUR, START, World, delivery_of

WELCOMED = "2026-01-05T20:00 mail Welcome, Ann"
ON_TIME = "2026-01-08T03:00 mail Chapter two: how to listen to a shelf"
TEXTED = "2026-01-08T14:00 text Fieldnotes & Co: 15%"
ASKED = "2026-01-15T14:00 mail One question, Ann"


def outcomes() -> dict[str, str]:
    """Each step's message: its state, and why."""
    found = {row["step"]: (row["state"], row.get("reason", "")) for row in people("MSG#")}
    return {step: f"{state} {reason}".strip() for step, (state, reason) in found.items()}


def standing() -> tuple[str, str]:
    (row,) = people("ENROL#")
    return row["status"], row.get("reason", "")


def test_who_clicks_gets_the_next_chapter_and_the_text_waits_for_the_morning(world: World):
    welcome(world)

    assert world.diary == [WELCOMED, ON_TIME, TEXTED, ASKED]
    assert wrong_after_welcome(world) == []
    told = report(figures_of("welcome"))
    assert {key: told["enrolments"][key] for key in ("enrolled", "active", "completed", "exited", "failed")} == {
        "enrolled": 1, "active": 0, "completed": 1, "exited": {}, "failed": 0,
    }  # fmt: skip
    assert (told["messages"]["planned"], told["messages"]["sent"]) == (4, 4)
    assert not world.failures


def test_who_does_not_click_gets_a_reminder_when_the_time_is_up(world: World):
    sign_up(world)
    world.run_until(START + 20 * DAY)

    assert world.diary == [
        WELCOMED,
        "2026-01-09T20:00 mail The guide is still here",
        "2026-01-09T20:00 text Fieldnotes & Co: 15%",
        "2026-01-16T20:00 mail One question, Ann",
    ]
    assert standing() == ("completed", "")


def test_an_order_ends_it_at_once(world: World):
    story_of_a_buyer(world)

    assert world.diary == [WELCOMED]
    assert wrong_after_bought(world) == []
    (run,) = world.walker.executions.values()
    assert (run.status, run.stopped_at, run.cause) == ("ABORTED", START + 2 * DAY + HOUR, "goal")


def test_an_order_during_a_plain_wait_ends_it_at_once(world: World):
    sign_up(world)
    world.run_until(START + DAY)
    does(world, "Order Completed")
    world.run_until(START + 20 * DAY)

    assert world.diary == [WELCOMED]
    assert standing() == ("exited", "goal")


def test_an_order_before_the_entry_that_comes_late_is_no_goal(world: World):
    sign_up(world)
    world.run_until(START + DAY)
    does(world, "Order Completed", at=START - HOUR)
    world.run_until(START + 20 * DAY)

    assert standing() == ("completed", "")


def test_who_unsubscribes_gets_no_more_of_that_channel_and_walks_to_the_end(world: World):
    sign_up(world)
    world.run_until(START + HOUR)
    assert unsubscribes(world, "Welcome")["statusCode"] == 200
    world.run_until(START + 20 * DAY)

    assert world.diary == [WELCOMED, "2026-01-09T20:00 text Fieldnotes & Co: 15%"]
    assert outcomes() == {
        "Send the welcome": "sent",
        "Send the reminder": "skipped unsubscribed",
        "Text an offer": "sent",
        "Ask for feedback": "skipped unsubscribed",
    }
    assert standing() == ("completed", "")


def test_without_a_phone_the_text_is_skipped(world: World):
    sign_up(world, phone=None)
    world.run_until(START + 20 * DAY)

    assert outcomes()["Text an offer"] == "skipped no_address"
    assert standing() == ("completed", "")


def test_stop_closes_the_number(world: World):
    sign_up(world)
    world.run_until(START + DAY)
    texts(world, "Stop.")
    world.run_until(START + 20 * DAY)

    assert world.services.texts == []
    assert outcomes()["Text an offer"] == "skipped suppressed"
    assert report(figures_of("welcome"))["messages"]["by_channel"]["sms"]["skipped"] == {"suppressed": 1}


def test_a_bounce_follows_the_address_and_not_the_person(world: World):
    """I34: who moves to another address is written to there; who moves back is not."""
    sign_up(world)
    world.run_until(START + HOUR)
    refused = {"emailAddress": EMAIL, "action": "failed", "status": "5.1.1"}
    bounce = delivery_of(world.mail("Welcome"), "Bounce", bounceType="Permanent", bouncedRecipients=[refused])
    world.queue("record_feedback", bounce)
    world.run_until(START + DAY)
    moves(world, "ann@new.example")
    world.run_until(START + 5 * DAY)
    moves(world, EMAIL)
    world.run_until(START + 20 * DAY)

    assert [mail.to for mail in world.services.mails] == [EMAIL, "ann@new.example"]
    assert outcomes()["Send the reminder"] == "sent"
    assert outcomes()["Ask for feedback"] == "skipped suppressed"


def moves(world: World, email: str) -> None:
    world.collect({**introduction(world, "ann", email=email), "messageId": f"at {world.clock.calendar()}"})


def test_stop_while_the_text_is_held_is_in_time(world: World):
    """T67, T71."""
    sign_up(world)
    world.run_until(START + 2 * DAY + 7 * HOUR)
    clicks(world, "Welcome")
    world.run_until(START + 2 * DAY + 8 * HOUR)
    texts(world, "STOP", PHONE)
    world.run_until(START + 20 * DAY)

    assert world.services.texts == []
    assert outcomes()["Text an offer"] == "skipped suppressed"


def test_nobody_who_did_not_agree_is_written_to(world: World):
    now = {"userId": "eve", "timestamp": "2026-01-05T20:00:00.000Z"}
    world.collect(
        {"type": "identify", "messageId": "1", "traits": {"email": "eve@example.org"}, **now},
        {"type": "track", "messageId": "2", "event": "Signed Up", **now},
    )
    world.run_until(START + 20 * DAY)

    assert world.diary == []
    assert set(outcomes().values()) == {"skipped no_consent", "skipped no_address"}
    assert standing() == ("completed", "")
    assert report(figures_of("welcome"))["messages"]["skipped"] == {"no_address": 1, "no_consent": 3}


@pytest.mark.parametrize("copies", [1, 3])
def test_the_click_takes_the_branch_once_however_often_it_comes(world: World, copies: int):
    """T36."""
    sign_up(world)
    world.run_until(START + 2 * DAY + 7 * HOUR)
    for _ in range(copies):
        clicks(world, "Welcome")
    world.run_until(START + 20 * DAY)

    assert world.diary == [WELCOMED, ON_TIME, TEXTED, ASKED]


def test_a_click_during_the_two_days_is_found_when_the_wait_begins(world: World):
    sign_up(world)
    world.run_until(START + HOUR)
    clicks(world, "Welcome")
    world.run_until(START + 20 * DAY)

    assert world.diary[:2] == [WELCOMED, "2026-01-07T20:00 mail Chapter two: how to listen to a shelf"]


def test_somebody_elses_click_moves_nobody(world: World):
    """T37."""
    sign_up(world, "ann")
    sign_up(world, "bob", email="bob@example.org", firstName="Bob", phone=None)
    world.run_until(START + 2 * DAY + 7 * HOUR)
    world.get(next(mail for mail in world.services.mails if mail.to == "bob@example.org").links[0])
    world.run_until(START + 3 * DAY)

    assert [line for line in world.diary if "Chapter" in line] == [ON_TIME]
    (chapter,) = [mail for mail in world.services.mails if mail.subject.startswith("Chapter")]
    assert chapter.to == "bob@example.org"


def test_people_who_turn_out_to_be_one_go_on_once(world: World):
    """T46, and the checker that compares the profile with a fold of the raw events."""
    coming_together(world)

    assert wrong_after_coming_together(world) == []
    assert world.diary == [
        WELCOMED,
        "2026-01-05T21:00 mail Welcome, Ann",
        "2026-01-09T20:00 mail The guide is still here",
        "2026-01-16T20:00 mail One question, Ann",
    ]


def test_the_same_event_ten_times_is_one_enrolment_and_one_first_message(world: World):
    """T1, J8."""
    for _ in range(10):
        sign_up(world)
    world.run_until(START + DAY)

    assert world.diary == [WELCOMED]
    assert len(people("ENROL#")) == 1
    assert len(world.walker.executions) == 1


def test_the_same_batch_of_the_stream_ten_times_is_one_enrolment(world: World):
    """T1."""
    sign_up(world)
    world.run_until(START)
    batch = {"Records": world.services.streams["Events"]}
    for _ in range(10):
        world.call("react", batch)
    world.run_until(START + DAY)

    assert world.diary == [WELCOMED]
    assert len(world.walker.executions) == 1


def test_who_went_through_once_is_not_let_in_again(world: World):
    """T2, T4."""
    welcome(world)
    for entry in ("again", "and again"):
        does(world, "Signed Up", message_id=entry)
        world.run_until(world.clock.calendar() + DAY)
    world.call("react", {"Records": world.services.streams["Events"]})

    assert len(world.diary) == 4
    assert len(world.walker.executions) == 1
    assert not world.failures


def test_requests_and_transitions_stay_within_their_budget(world: World):
    """Issue 2, part 6: 4 requests for a message that was not held, 1.05 transitions a step, 3 for a hold."""
    sign_up(world)
    world.run_until(START + 2 * DAY + 7 * HOUR)
    clicks(world, "Welcome")
    world.run_until(START + 2 * DAY + 8 * HOUR)
    asked = len(world.network.calls)
    world.run_until(START + 20 * DAY)

    feedback = [call for call in world.network.calls[asked:] if call.function == "send_message"][-6:]
    assert [call.operation for call in feedback] == [
        "BatchGetItem",
        "GetItem",
        "GetItem",  # of the template, once a container
        "TransactWriteItems",
        "SendEmail",
        "TransactWriteItems",
    ]
    (run,) = world.walker.executions.values()
    held = run.states.count("Hold")
    of_holds = 3 * held  # Hold, Resume, the send again
    steps = len([state for state in run.states if state not in {"Hold", "Resume"}]) - held
    assert (run.transitions, held, steps) == (11, 1, 7)
    assert (run.transitions - 1 - of_holds) / steps <= 1.05
