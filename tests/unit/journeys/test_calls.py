"""Call steps against a real server: what is asked, what is kept, and the way of a call that failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.calling.function import Functions
from sojourn.calling.webhook import Webhooks
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.errors import CallUnansweredError, EnrolmentEndedError, FailedError
from sojourn.journeys import store
from sojourn.journeys.calls import TRIES, Called, Caller, call_step
from sojourn.journeys.checking.case import Known
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.load import examine
from sojourn.journeys.taking.task import TakeTask
from sojourn.journeys.wait import Engine
from tests.calling import Server, a_server, answer
from tests.journeys import CONTACT, IDENTITY, an_engine, an_enrolment, keep, publish_as_first
from tests.partiql import empty

JOURNEY = """\
journey: welcome
purpose: service
entry: {event: Signed Up}
steps:
  - call: Ask for a voucher
    url: URL
    send: {value: 10, plan: attribute.plan, order: entry.order.id, none: entry.x, deep: {list: [reply.earlier.code]}}
    on fail: WAY
  - branch: Is there one?
    paths:
      - if: {attribute: reply.ask_for_a_voucher.code, exists: true}
        then: [{exit: Has one, reason: voucher}]
    otherwise: [{exit: Has none, reason: none}]
"""
ON, OUT, PATH = "continue", "exit", "[{exit: Failed, reason: failed}]"


@pytest.fixture(autouse=True)
def _tables(tables: None) -> None:
    empty("People", "Identity", "Due", "Config", "Events")
    put_profile(Profile(CONTACT, identities=(IDENTITY,), traits={"plan": "pro"}))


@pytest.fixture
def engine() -> Engine:
    return an_engine()


def come_to_the_call(url: str, way: str = ON, **facts: Any) -> Enrolment:
    text = JOURNEY.replace("URL", url).replace("WAY", way)
    examined = examine(text, file="welcome.journey.yaml", known=Known(loopback=True))
    assert examined.journey is not None
    assert [each for each in examined.findings if "earlier" not in each.problem] == []
    publish_as_first(examined.journey)
    return keep(an_enrolment(at="Ask for a voucher", **{"facts": {"order": {"id": "o1"}}, **facts}))


def call(run: Enrolment, engine: Engine, *, attempt: int = 0, entered: str = "t1") -> Called:
    task = TakeTask(
        enrolment=run.id, leg=run.leg, step="Ask for a voucher", next="Is there one?", entered=entered
    )
    webhooks = Webhooks(clock=engine.clock, loopback=True)
    functions = Functions("shop", nobody)
    return call_step(task, attempt=attempt, caller=Caller(webhooks, functions), engine=engine)


def nobody(seconds: int) -> Any:
    raise AssertionError("no function is called")


def row(run: Enrolment) -> Enrolment:
    there = store.get_enrolment(run.id)
    assert there is not None
    return there


def body(server: Server) -> Any:
    (asked,) = server.asked
    return json.loads(asked.body)


def test_the_answer_is_kept_and_the_branch_behind_the_call_has_seen_it(engine: Engine):
    with a_server(answer('{"code": "SPRING"}')) as server:
        run = come_to_the_call(server.url())
        called = call(run, engine)

    there = row(run)
    assert called == Called({"path": {"b1": "if 1"}})
    assert (there.at, dict(there.replies)) == ("Has one", {"ask_for_a_voucher": {"code": "SPRING"}})


def test_a_call_says_who_and_where_and_what_the_step_sends(engine: Engine):
    with a_server(answer("{}")) as server:
        run = come_to_the_call(server.url())
        call(run, engine)

    said = body(server)
    id_ = said.pop("id")
    assert id_.startswith("call_")
    assert server.asked[0].headers["idempotency-key"] == id_
    assert said == {
        "journey": "welcome",
        "version": 1,
        "step": "Ask for a voucher",
        "at": "2026-01-05T20:00:00.000Z",
        "contact": CONTACT,
        "userId": "ann",
        "entry": {"order": {"id": "o1"}},
        "send": {"value": 10, "plan": "pro", "order": "o1", "none": None, "deep": {"list": [None]}},
    }


def test_the_answer_of_an_earlier_call_is_sent_along(engine: Engine):
    with a_server(answer("{}")) as server:
        run = come_to_the_call(server.url())
        store.EnrolmentRow(*store.key_of(run.id)).update(
            actions=[store.EnrolmentRow.replies.set({"earlier": {"code": "A"}})]
        )
        call(run, engine)

    assert body(server)["send"]["deep"] == {"list": ["A"]}


def test_an_attempt_after_the_answer_was_kept_asks_nobody(engine: Engine):
    with a_server(answer('{"code": "SPRING"}')) as server:
        run = come_to_the_call(server.url())
        first, second = call(run, engine), call(run, engine, attempt=1)

    assert first == second
    assert len(server.asked) == 1


def test_an_attempt_after_a_death_before_the_write_asks_again_under_the_same_id(engine: Engine):
    with a_server(answer("{}")) as server:
        run = come_to_the_call(server.url())
        call(run, engine)
        keep(run)  # as if nothing had been written
        call(run, engine, attempt=1)

    first, second = (asked.body for asked in server.asked)
    assert first == second


def test_what_may_pass_is_tried_three_times_and_then_is_a_failure(engine: Engine):
    with a_server(answer("", "503 Busy")) as server:
        run = come_to_the_call(server.url())
        for attempt in range(TRIES - 1):
            with pytest.raises(CallUnansweredError, match="busy"):
                call(run, engine, attempt=attempt)
        called = call(run, engine, attempt=TRIES - 1)

    assert len(server.asked) == TRIES
    assert called.failure == "busy"
    assert (row(run).at, dict(row(run).replies)) == ("Has none", {"ask_for_a_voucher": {"failed": "busy"}})


def test_what_will_not_pass_is_not_tried_again(engine: Engine):
    with a_server(answer('{"code": "SPRING"}', "422 No")) as server:
        run = come_to_the_call(server.url())
        called = call(run, engine)

    assert (called.failure, called.answer) == ("refused", {"path": {"b1": "otherwise"}})
    assert dict(row(run).replies) == {"ask_for_a_voucher": {"failed": "refused"}}


def test_a_failure_takes_the_way_out(engine: Engine):
    with a_server(answer("", "404 No")) as server:
        run = come_to_the_call(server.url(), OUT)
        with pytest.raises(EnrolmentEndedError):
            call(run, engine)

    there = row(run)
    assert (there.status, there.reason) == (Status.EXITED, "failed:refused")


def test_a_failure_takes_its_path_and_a_second_attempt_the_same(engine: Engine):
    with a_server(answer("", "404 No")) as server:
        run = come_to_the_call(server.url(), PATH)
        for attempt in range(2):
            with pytest.raises(FailedError):
                call(run, engine, attempt=attempt)

    assert row(run).at == "Failed"
    assert len(server.asked) == 1


def test_an_older_answer_does_not_pass_for_one_that_failed(engine: Engine):
    with a_server(answer('{"code": "SPRING"}')) as server:
        run = come_to_the_call(server.url())
        call(run, engine)
    called = call(_back(run), engine, attempt=TRIES - 1, entered="t2")

    assert called.failure == "unreachable"
    assert dict(row(run).replies) == {"ask_for_a_voucher": {"failed": "unreachable"}}


def test_a_long_answer_is_kept_as_its_length(engine: Engine):
    with a_server(answer(json.dumps({"text": "a" * 9_000}))) as server:
        run = come_to_the_call(server.url())
        call(run, engine)

    assert dict(row(run).replies) == {"ask_for_a_voucher": {"too_large": 9_012}}


def test_the_answers_of_all_calls_leave_room_for_the_row():
    run = an_enrolment(replies={f"call_{number}": {"text": "a" * 8_000} for number in range(8)})

    kept = store.keep_reply(run, "one_more", {"text": "a" * 8_000})
    again = store.keep_reply(run, "call_1", {"text": "b" * 8_000})

    assert kept["one_more"] == {"too_large": 8_012}
    assert again["call_1"] == {"text": "b" * 8_000}


def test_a_run_that_is_over_calls_nobody(engine: Engine):
    with a_server(answer("{}")) as server:
        run = come_to_the_call(server.url())
        store.end(run.id, Status.EXITED, reason="goal", now="2026-01-05T20:00:00.000Z")
        with pytest.raises(EnrolmentEndedError):
            call(run, engine)

    assert server.asked == []


@pytest.mark.parametrize(
    ("identity", "identities", "user"),
    [
        ("u#ann", (), "ann"),
        ("a#1", ("a#1", "u#bob"), "bob"),
        ("a#1", ("a#1",), None),
    ],
)
def test_the_user_id_is_that_of_the_run_or_another_of_the_persons(
    identity: str, identities: tuple[str, ...], user: str | None, engine: Engine
):
    other = "b" * 20
    put_profile(Profile(other, identities=identities))
    with a_server(answer("{}")) as server:
        run = come_to_the_call(server.url(), contact=other, identity=identity)
        call(run, engine)

    assert body(server)["userId"] == user


def _back(run: Enrolment) -> Enrolment:
    """Brought back to the step, as a migration does."""
    rows = store.EnrolmentRow
    rows(*store.key_of(run.id)).update(actions=[rows.at.set(run.at), rows.until.set(run.until)])
    return row(run)
