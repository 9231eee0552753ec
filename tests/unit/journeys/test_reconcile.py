"""Finding runs that stand still, and mending each."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.due.store import bucket_of, due_in
from sojourn.journeys import store
from sojourn.journeys.answering import OTHERWISE
from sojourn.journeys.enrolment import Enrolment, Status, Taken, Wait, WaitKind, WaitState
from sojourn.journeys.load import load_journey
from sojourn.journeys.reconcile import reconcile
from sojourn.journeys.store import Stand
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine
from sojourn.messages.model import MessageState, message_digest
from sojourn.messages.store import get_message
from tests.feedback import a_message
from tests.feedback import keep as keep_message
from tests.journeys import CONTACT, NOW, Machines, an_engine, an_enrolment, keep, publish_as_first

ID, NAME = an_enrolment().id, an_enrolment().execution


@pytest.fixture(autouse=True)
def run(live: LiveJourney) -> Enrolment:
    return keep(an_enrolment())


@pytest.fixture
def engine() -> Engine:
    made = an_engine()
    assert isinstance(made.clock, ManualClock)
    made.clock.advance(3600)
    return made


def machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines


def here() -> Enrolment:
    found = store.get_enrolment(ID)
    assert found is not None
    return found


def waits(kind: WaitKind, at: str = "Text an offer", **facts: Any) -> Enrolment:
    wait = Wait(step=at, kind=kind, token="token" if kind is not WaitKind.PARK else "", **facts)
    return store.park(ID, 1, wait, until=iso(NOW))


def test_without_an_execution_it_is_started(engine: Engine):
    assert reconcile(engine=engine) == {"started": 1}
    assert machines(engine).started == [NAME]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_what_failed_is_failed_on_the_row_and_its_message_is_doubtful(engine: Engine, status: str):
    """Law 4: a message that was claimed, and whose execution is gone, is unknown and not pending for ever."""
    machines(engine).stands[NAME] = status
    digest = message_digest(ID, "Send the welcome")
    keep_message(a_message(contact=CONTACT, digest=digest, enrolment=ID))

    assert reconcile(engine=engine) == {"failed": 1}

    assert (here().status, here().reason) == (Status.FAILED, status.lower())
    message = get_message(CONTACT, digest)
    assert message is not None
    assert message.state is MessageState.UNKNOWN


def test_a_run_whose_version_is_not_there_keeps_nobody_else_waiting(engine: Engine):
    lost = keep(an_enrolment(contact="b" * 20, version=99))
    machines(engine).stands |= {lost.execution: "FAILED", NAME: "SUCCEEDED"}

    assert reconcile(engine=engine) == {"completed": 1, "unreadable": 1}


def test_what_succeeded_is_completed(engine: Engine):
    machines(engine).stands[NAME] = "SUCCEEDED"

    assert reconcile(engine=engine) == {"completed": 1}
    assert here().status is Status.COMPLETED


def test_an_answer_that_was_not_given_is_given(engine: Engine):
    machines(engine).stands[NAME] = "RUNNING"
    seen = waits(WaitKind.EVENT, "Clicked the guide?")
    store.answering(seen, event="e", until=iso(NOW))

    assert reconcile(engine=engine) == {"answered": 1}
    assert machines(engine).answered == ["token"]
    assert here().wait is not None
    assert here().wait.state is WaitState.ANSWERED  # type: ignore[union-attr]


def test_a_hold_whose_row_was_lost_is_due_again(engine: Engine):
    machines(engine).stands[NAME] = "RUNNING"
    waits(WaitKind.HOLD)

    assert reconcile(engine=engine) == {"due_again": 1}

    now = bucket_of(engine.clock.calendar(), 1)
    (due,) = [due for shard in (0, 1) for _, due in due_in(now, shard)]
    assert (due.kind, due.task["until"]) == ("hold", iso(NOW))


def test_a_claim_that_nobody_comes_back_to_is_doubtful(engine: Engine):
    machines(engine).stands[NAME] = "RUNNING"
    digest = message_digest(ID, "Send the welcome")
    keep_message(a_message(contact=CONTACT, digest=digest, enrolment=ID))

    assert reconcile(engine=engine) == {"unknown": 1}
    assert reconcile(engine=engine) == {"healthy": 1}


def test_a_parked_wait_that_is_over_goes_on(engine: Engine):
    waits(WaitKind.PARK, "Wait a week")

    assert reconcile(engine=engine) == {"unparked": 1}
    assert (here().leg, here().at) == (2, "Ask for feedback")
    assert machines(engine).started == [here().execution]


def test_nobody_is_touched_before_their_time_or_after_their_end(engine: Engine):
    store.move_to(ID, 1, at="Wait two days", until=iso(NOW + timedelta(days=2)))
    assert reconcile(engine=engine) == {}
    store.end(ID, Status.EXITED, reason="goal", now=iso(NOW))
    assert isinstance(engine.clock, ManualClock)
    engine.clock.advance(10 * 86_400)

    assert reconcile(engine=engine) == {}
    assert machines(engine).started == []


def test_an_answer_is_given_by_the_path_that_won(engine: Engine):
    machines(engine).stands[NAME] = "RUNNING"
    seen = waits(WaitKind.EVENT, "Clicked the guide?")
    store.answering(seen, event="e", path=2, until=iso(NOW))

    assert reconcile(engine=engine) == {"answered": 1}
    assert machines(engine).failed == [("token", "Path2")]


def test_silence_that_was_not_told_is_told(engine: Engine):
    machines(engine).stands[NAME] = "RUNNING"
    seen = waits(WaitKind.EVENT, "Clicked the guide?")
    store.answering(seen, event="e", path=OTHERWISE, until=iso(NOW))

    assert reconcile(engine=engine) == {"answered": 1}
    assert machines(engine).failed == [("token", "WaitEndedError")]


@pytest.mark.parametrize(
    ("kind", "due_kind"),
    [(WaitKind.TIMER, "timer"), (WaitKind.TASK, "deadline"), (WaitKind.EVENT, "deadline")],
)
def test_a_wait_that_is_over_and_whose_row_was_lost_is_due_again(
    engine: Engine, kind: WaitKind, due_kind: str
):
    machines(engine).stands[NAME] = "RUNNING"
    waits(kind, "Clicked the guide?")

    assert reconcile(engine=engine) == {"due_again": 1}

    now = bucket_of(engine.clock.calendar(), 1)
    (due,) = [due for shard in (0, 1) for _, due in due_in(now, shard)]
    assert (due.kind, due.task["until"]) == (due_kind, iso(NOW))


def test_who_moved_while_parked_waits_on_by_the_new_clock(engine: Engine):
    publish_as_first(
        load_journey(
            "journey: welcome\npurpose: marketing\nentry: {event: E}\nsteps:\n"
            "  - {wait: Till nine, until: '09:00'}\n  - {send: S, template: welcome}\n"
        )
    )
    put_profile(Profile(CONTACT, traits={"timezone": "America/Los_Angeles"}))
    nine_there = iso(NOW + timedelta(hours=18))
    store.park(ID, 1, Wait(step="Till nine", kind=WaitKind.PARK, zone="America/New_York"), until=nine_there)
    assert isinstance(engine.clock, ManualClock)
    engine.clock.advance(17.5 * 3_600)

    assert reconcile(engine=engine) == {"waits_on": 1}

    assert (here().until, here().leg) == ("2026-01-06T17:00:00.000Z", 1)
    assert here().wait is not None
    assert here().wait.zone == "America/Los_Angeles"  # type: ignore[union-attr]


def test_a_repeat_that_was_parked_before_a_round_goes_on_with_it(engine: Engine):
    publish_as_first(
        load_journey(
            "journey: welcome\npurpose: marketing\nentry: {event: E}\nsteps:\n"
            "  - {repeat: Weekly, times: 3, steps: [{wait: A week, for: 1 week}]}\n"
        )
    )
    store.move_to(ID, 1, at="Weekly", until=iso(NOW))
    store.park_round(here(), rounds={"Weekly": 2}, taken=Taken("Weekly", way=3), now=iso(NOW))

    assert reconcile(engine=engine) == {"unparked": 1}

    run = here()
    assert (run.leg, run.start_at, run.start_round, run.rounds) == (2, "A week", "2", {"Weekly": 2})
    assert machines(engine).started == [run.execution]


def test_a_run_behind_carried_branches_is_healthy(engine: Engine):
    machines(engine).stands[NAME] = "RUNNING"
    store.take(here(), Stand(at="Wait two days", until=iso(NOW), carried={"b1": "if 1"}))

    assert reconcile(engine=engine) == {"healthy": 1}
    assert here().carried == {"b1": "if 1"}
