"""Marketing pauses by itself where too many mails come back, and goes on at a word: with the real functions."""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

import pytest

from sojourn import config
from sojourn.due.store import due_under
from sojourn.http.keys import key_row_id
from tests.faults.invariants import people
from tests.faults.people import does, introduces
from tests.faults.world import START, publish
from tests.functions.reasons.stage import DAY, MAIL, MINUTE, SEND, WAIT, Stage, a_stage, cleared
from tests.functions.test_api import call
from tests.reported import bounces, complains

PATH = "/api/workspace/reputation"
RESUME = f"{PATH}/resume"
FEW = 4  # mails from which on this workspace is judged
TWICE = f"{SEND}  - {{wait: A day, for: 1 day}}\n  - {{send: Say it again, template: welcome}}\n{WAIT}"


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture
def stage(made: Stage) -> Stage:
    there = cleared(made)
    there.settles(judged_from=FEW)
    return there


def mails_go_out(stage: Stage, steps: str = MAIL, people: int = FEW) -> None:
    """So many people are written to."""
    stage.publish(steps)
    for number in range(people):
        introduces(stage.world, f"p{number}", email=f"p{number}@example.org", phone=None)
        does(stage.world, "Go", f"p{number}")
    stage.after(timedelta())
    assert len(stage.world.services.mails) == people


def come_back(stage: Stage, *, bounced: int = 0, complained: int = 0, **how: str) -> str:
    """The first of them; the answer is what was said to CloudWatch meanwhile."""
    mails, said = stage.world.services.mails, io.StringIO()
    for mail in mails[:bounced]:
        bounces(stage.world, mail, **how)
    for mail in mails[bounced : bounced + complained]:
        complains(stage.world, mail)
    with redirect_stdout(said):
        stage.world.pump()
    return said.getvalue()


def one_more(stage: Stage, user: str, *, journey: str = "play", purpose: str = "marketing") -> None:
    """Somebody else comes into a journey of this purpose, by the next event."""
    if journey != "play":
        entry = "{event: Buy}"
        head = f"journey: {journey}\npurpose: {purpose}\nentry: {entry}\n"
        publish(stage.world, journey, f"{head}steps:\n{MAIL}")
    introduces(stage.world, user, email=f"{user}@example.org", phone=None)
    does(stage.world, "Go" if journey == "play" else "Buy", user)
    stage.world.pump()
    stage.world.run_until(stage.world.clock.calendar())


def states(journey: str = "play") -> list[tuple[str, str]]:
    found = [row for row in people("MSG#") if row["journey"] == journey]
    return sorted((row["state"], row.get("reason", "")) for row in found)


def shown(stage: Stage) -> dict[str, Any]:
    answer: dict[str, Any] = stage.asks("GET", PATH)
    return answer


def test_bounces_pause_marketing_alone_wake_somebody_and_are_in_the_log(stage: Stage):
    mails_go_out(stage)

    said = come_back(stage, bounced=1)
    one_more(stage, "late")
    one_more(stage, "buyer", journey="receipts", purpose="transactional")

    told = shown(stage)
    assert (told["paused"], told["cause"], told["for"]["bounces"], told["for"]["mails"]) == (
        True,
        "bounces",
        1,
        FEW,
    )
    assert said.count('"MarketingPaused"') >= 1
    assert ("planned", "reputation") in states()
    assert states("receipts") == [("sent", "")]
    (line,) = [line for line in stage.asks("GET", "/api/audit")["items"] if line["did"] == "pause marketing"]
    assert (line["who"], line["after"]["cause"], line["after"]["bounces"]) == ("sojourn", "bounces", 1)


def test_complaints_pause_it_too_and_two_readers_do_not(stage: Stage):
    stage.settles(judged_from=5)
    mails_go_out(stage, people=5)

    come_back(stage, complained=2)
    assert not shown(stage)["paused"]

    complains(stage.world, stage.world.services.mails[2])
    stage.world.pump()
    assert (shown(stage)["cause"], shown(stage)["for"]["complaint_rate"]) == ("complaints", 0.6)


def test_one_bounce_of_three_mails_pauses_nothing(stage: Stage):
    mails_go_out(stage, people=3)

    said = come_back(stage, bounced=1)

    assert '"MarketingPaused"' not in said
    assert not shown(stage)["paused"]
    assert shown(stage)["last_day"]["bounces"] == 1


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("Transient", "MailboxFull"),
        ("Undetermined", "Undetermined"),
        ("Permanent", "OnAccountSuppressionList"),
    ],
)
def test_what_ses_does_not_hold_against_a_sender_is_not_counted(stage: Stage, kind: str, subtype: str):
    mails_go_out(stage)

    come_back(stage, bounced=2, kind=kind, subtype=subtype)

    assert (shown(stage)["paused"], shown(stage)["last_day"]["bounces"]) == (False, 0)


def test_the_simulators_mails_are_not_counted(stage: Stage):
    mails_go_out(stage)
    for name in ("bounce", "bounce+one", "complaint"):
        introduces(stage.world, name, email=f"{name}@simulator.amazonses.com", phone=None)
        does(stage.world, "Go", name)
    stage.after(timedelta())
    one, other, spam = stage.world.services.mails[FEW:]

    bounces(stage.world, one)
    bounces(stage.world, other)
    complains(stage.world, spam)
    stage.world.pump()

    told = shown(stage)["last_day"]
    assert (told["mails"], told["bounces"], told["complaints"]) == (FEW, 0, 0)


def test_the_same_bounce_three_times_is_one(stage: Stage):
    mails_go_out(stage)

    for _ in range(3):
        bounces(stage.world, stage.world.services.mails[0], kind="Permanent")
        stage.world.pump()

    assert shown(stage)["last_day"]["bounces"] == 1


def test_it_is_told_once_while_it_lasts(stage: Stage):
    mails_go_out(stage)
    come_back(stage, bounced=1)

    said = come_back(stage, bounced=3)

    assert '"MarketingPaused"' not in said
    assert shown(stage)["for"]["bounces"] == 1


def test_a_person_resumes_it_and_what_was_held_goes(stage: Stage):
    mails_go_out(stage)
    come_back(stage, bounced=1)
    one_more(stage, "late")
    assert len(list(due_under("reputation#play"))) == 1

    told = stage.asks("POST", RESUME)
    stage.asks("POST", RESUME)
    stage.after(20 * MINUTE)

    assert (told["paused"], told["for"]) == (False, None)
    assert ("sent", "") in states()
    assert ("planned", "reputation") not in states()
    assert list(due_under("reputation#play")) == []
    lines = [line for line in stage.asks("GET", "/api/audit")["items"] if line["did"] == f"POST {RESUME}"]
    assert sorted((line["before"]["paused"], line["after"]["paused"]) for line in lines) == [
        (False, False),
        (True, False),
    ]


def test_old_mails_that_come_back_late_do_not_pause_it_again(stage: Stage):
    mails_go_out(stage)
    come_back(stage, bounced=1)
    stage.asks("POST", RESUME)

    come_back(stage, bounced=4)

    assert not shown(stage)["paused"]
    assert shown(stage)["last_day"] == {
        "mails": 0,
        "bounces": 0,
        "complaints": 0,
        "bounce_rate": 0,
        "complaint_rate": 0,
    }


def test_new_mails_that_come_back_pause_it_again(stage: Stage):
    mails_go_out(stage)
    come_back(stage, bounced=1)
    stage.asks("POST", RESUME)
    stage.after(20 * MINUTE)
    for number in range(FEW):
        one_more(stage, f"new{number}")

    bounces(stage.world, stage.world.services.mails[-1])
    stage.world.pump()

    assert shown(stage)["for"] == {
        "mails": FEW,
        "bounces": 1,
        "complaints": 0,
        "bounce_rate": 0.25,
        "complaint_rate": 0,
    }


def test_a_day_later_nobody_counts_them_any_more(stage: Stage):
    mails_go_out(stage, TWICE)
    assert shown(stage)["last_day"]["mails"] == FEW

    stage.world.run_until(START + DAY + 30 * MINUTE)

    assert shown(stage)["last_day"]["mails"] == FEW  # the second round's alone


def test_what_nobody_resumes_expires_and_the_run_goes_on(stage: Stage):
    mails_go_out(stage)
    come_back(stage, bounced=1)
    one_more(stage, "late")

    stage.after(DAY + 20 * MINUTE)

    assert ("skipped", "expired") in states()
    assert list(due_under("reputation#play")) == []


def test_an_admin_resumes_and_nobody_else(stage: Stage):
    config.put("KEY", key_row_id("api", "sj_second"), {"name": "bo", "active": True, "role": "approver"})

    assert call("POST", RESUME, key="sj_second").status == 403
    assert call("GET", PATH, key="sj_second").status == 200
