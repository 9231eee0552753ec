"""Waits for events, holds, and parked waits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.due.store import bucket_of, due_in, due_under
from sojourn.errors import EnrolmentEndedError, StoreBusyError
from sojourn.events import store as events
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind, WaitState
from sojourn.journeys.live import State, set_live
from sojourn.journeys.load import load_journey
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import OTHERWISE, Engine, ParkTask, answer, answers, park, resume_at
from sojourn.messages.model import message_id
from sojourn.messages.store import MessageRow
from tests.cloud import REGION, SETTINGS
from tests.feedback import a_message
from tests.feedback import keep as keep_message
from tests.journeys import CONTACT, NOW, Machines, an_engine, an_enrolment, an_event, keep, publish_as_first

ID = an_enrolment().id
CLICKED = message_id(ID, "Send the welcome")


@pytest.fixture(autouse=True)
def run(live: LiveJourney) -> Enrolment:
    keep_message(a_message(contact=CONTACT, digest=CLICKED.partition("-")[2], enrolment=ID))
    return keep(an_enrolment())


@pytest.fixture
def engine() -> Engine:
    made = an_engine()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


def machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines


def a_task(**facts: Any) -> ParkTask:
    usual = {
        "enrolment": ID,
        "leg": 1,
        "step": "Clicked the guide?",
        "token": "token",
        "seconds": 2 * 86_400,
        "any": [{"clicked": "Send the welcome"}],  # for people who look at the machine
    }
    return ParkTask.from_task({**usual, **facts})


def a_click(*, number: int = 1, at: Any = NOW, **facts: Any) -> Any:
    properties = {"message_id": CLICKED, "class": "human", **facts}
    return an_event("Message Clicked", number=number, at=at, properties=properties)


def here() -> Enrolment:
    found = store.get_enrolment(ID)
    assert found is not None
    return found


def due_rows(at: Any) -> list[Any]:
    return [due for shard in (0, 1) for _, due in due_in(bucket_of(at, 1), shard)]


def test_a_wait_is_registered_with_its_deadline(engine: Engine):
    park(a_task(), engine=engine)

    run = here()
    assert (run.at, run.until) == ("Clicked the guide?", iso(NOW + timedelta(days=2)))
    assert run.wait is not None
    assert (run.wait.kind, run.wait.state, run.wait.token) == (WaitKind.EVENT, WaitState.WAITING, "token")
    assert machines(engine).answered == []


def test_what_came_before_the_wait_is_found(engine: Engine):
    events.insert([a_click()])

    park(a_task(), engine=engine)

    assert machines(engine).answered == ["token"]
    wait = here().wait
    assert wait is not None
    assert (wait.state, wait.event, wait.token) == (WaitState.ANSWERED, a_click().key, "")


@pytest.mark.parametrize(
    "facts",
    [{"message_id": "another-0123456789abcdef"}, {"class": "machine"}, {"class": "proxy"}, {"class": None}],
)
def test_a_click_of_another_message_or_of_a_machine_is_none(engine: Engine, facts: Any):
    """T37, K4."""
    park(a_task(), engine=engine)

    assert not answers(a_click(**facts), here())


def test_only_the_first_event_answers(engine: Engine):
    """T36."""
    park(a_task(), engine=engine)
    seen = here()

    for number in (1, 2, 3):
        answer(seen, a_click(number=number), engine=engine)

    assert machines(engine).answered == ["token"]


def test_the_same_event_answers_again_when_the_first_try_failed(engine: Engine):
    park(a_task(), engine=engine)
    machines(engine).breaks = StoreBusyError("states")
    with pytest.raises(StoreBusyError):
        answer(here(), a_click(), engine=engine)
    machines(engine).breaks = None

    answer(here(), a_click(), engine=engine)

    assert machines(engine).answered == ["token"]


def test_an_answer_for_a_token_that_is_gone_is_late(engine: Engine):
    park(a_task(), engine=engine)
    machines(engine).gone = {"token"}

    answer(here(), a_click(), engine=engine)

    wait = here().wait
    assert wait is not None
    assert wait.state is WaitState.LATE


def test_the_second_registration_takes_the_newer_token(engine: Engine):
    park(a_task(), engine=engine)
    park(a_task(token="newer"), engine=engine)

    answer(here(), a_click(), engine=engine)

    assert machines(engine).answered == ["newer"]


def test_a_run_that_is_over_is_told_so_through_the_token(engine: Engine):
    store.end(ID, Status.EXITED, reason="goal", now=iso(NOW))

    park(a_task(), engine=engine)
    with pytest.raises(EnrolmentEndedError):
        park(a_task(token="", finish=True), engine=engine)

    assert machines(engine).failed == [("token", "EnrolmentEndedError")]


def test_an_end_takes_the_token_out_of_the_row(engine: Engine):
    park(a_task(), engine=engine)

    store.end(ID, Status.EXITED, reason="goal", now=iso(NOW))

    assert here().wait is None


def test_a_leg_that_resumes_in_the_wait_keeps_its_deadline_and_has_it_swept(engine: Engine):
    deadline = NOW + timedelta(days=1)
    store.next_leg(an_enrolment(), start_at="Clicked the guide?", until=iso(deadline))

    park(a_task(leg=2), engine=engine)

    assert here().until == iso(deadline)
    (due,) = due_rows(deadline)
    assert (due.kind, due.task["until"]) == ("deadline", iso(deadline))


def test_a_hold_is_kept_until_its_hour(engine: Engine):
    until = NOW + timedelta(hours=13)

    park(a_task(step="Text an offer", hold={"until": iso(until), "reason": "hours"}), engine=engine)

    assert here().wait is not None
    assert here().until == iso(until)
    (due,) = due_rows(until)
    assert (due.kind, due.task["step"]) == ("hold", "Text an offer")


def test_a_long_wait_needs_no_execution(engine: Engine):
    park(
        a_task(token="", step="Wait a week", next="Ask for feedback", park=True, seconds=86_400),
        engine=engine,
    )

    wait = here().wait
    assert wait is not None
    assert (wait.kind, wait.token) == (WaitKind.PARK, "")
    (due,) = due_rows(NOW + timedelta(days=1))
    assert due.task["next"] == "Ask for feedback"


def test_a_path_without_a_task_is_finished_by_one(engine: Engine):
    park(a_task(token="", finish=True), engine=engine)

    assert (here().status, here().at) == (Status.COMPLETED, "(end)")


def test_the_next_leg_is_written_before_it_is_started(engine: Engine):
    resume_at(an_enrolment(), "Wait a week", engine=engine)

    assert (here().leg, here().start_at, here().until) == (2, "Wait a week", iso(NOW + timedelta(days=7)))
    assert machines(engine).started == [here().execution]


def test_at_the_end_there_is_no_next_leg(engine: Engine):
    resume_at(an_enrolment(), "(end)", engine=engine)

    assert (here().status, here().leg) == (Status.COMPLETED, 1)
    assert machines(engine).started == []


def test_a_wait_that_is_asked_for_again_keeps_its_deadline(engine: Engine):
    """Law 7: the deadline is written once for each time that the step is come to."""
    park(a_task(), engine=engine)
    assert isinstance(engine.clock, ManualClock)
    engine.clock.advance(600)

    park(a_task(token="newer"), engine=engine)

    run = here()
    assert run.until == iso(NOW + timedelta(days=2))
    assert run.wait is not None
    assert run.wait.token == "newer"


def test_a_hold_of_a_paused_journey_stands_where_no_sweep_looks(engine: Engine, live: LiveJourney):
    set_live(replace(live, state=State.PAUSED))

    park(a_task(step="Text an offer", hold={"until": iso(NOW), "reason": "paused"}), engine=engine)

    ((_, due),) = due_under("paused#welcome")
    assert (due.kind, due.task["enrolment"]) == ("hold", ID)
    assert due_rows(NOW) == due_rows(NOW + timedelta(days=14)) == []


def test_who_resumes_while_a_hold_is_written_is_not_waited_for(engine: Engine, live: LiveJourney):
    set_live(live)

    park(a_task(step="Text an offer", hold={"until": iso(NOW), "reason": "paused"}), engine=engine)

    (due,) = due_rows(NOW)
    assert (due.kind, due.task["until"]) == ("hold", here().until)


def test_a_wait_for_a_message_that_never_was_is_over_at_once(engine: Engine):
    MessageRow(f"C#{CONTACT}", f"MSG#{CLICKED.partition('-')[2]}").delete()

    park(a_task(), engine=engine)

    assert machines(engine).failed == [("token", "WaitEndedError")]
    wait = here().wait
    assert wait is not None
    assert (wait.state, wait.path) == (WaitState.ANSWERED, OTHERWISE)


def test_an_answer_after_the_end_of_hope_is_late_for_nobody(engine: Engine):
    MessageRow(f"C#{CONTACT}", f"MSG#{CLICKED.partition('-')[2]}").delete()
    park(a_task(), engine=engine)

    answer(here(), a_click(), engine=engine)

    assert machines(engine).answered == []


def test_an_opened_mail_is_one_that_was_clicked_too(engine: Engine):
    journey = load_journey(
        "journey: welcome\npurpose: marketing\nentry: {event: E}\nsteps:\n"
        "  - {send: Send the welcome, template: welcome}\n"
        "  - wait for: Clicked the guide?\n    any: [{opened: Send the welcome}]\n    up to: 1 day\n"
        "    then: [{send: S, template: welcome}]\n"
    )
    publish_as_first(journey)
    park(a_task(), engine=engine)

    assert answers(a_click(), here()) == 1
    assert (
        answers(an_event("Message Opened", properties={"message_id": CLICKED, "class": "proxy"}), here()) == 1
    )
    assert (
        answers(an_event("Message Opened", properties={"message_id": CLICKED, "class": "machine"}), here())
        == 0
    )


def test_a_click_that_a_client_tells_of_is_none(engine: Engine):
    park(a_task(), engine=engine)

    assert answers(replace(a_click(), source="web"), here()) == 0
