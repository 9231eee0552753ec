"""Every fault at every call of a backfill, played as the machine plays it: it ends as undisturbed, and nobody is told
anything before it is in force (T111). ALL_FAULTS=1 walks the asking, the judging and the commit too: a minute more."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from os import environ
from typing import Any

import pytest

from functions.judge_segments import world as wired
from functions.judge_segments.app import handler
from infra.lint.stacks import ROOT
from sojourn.asl.walk import Crash
from sojourn.bootstrap import client, clock, store_errors_translated
from sojourn.clock import ManualClock, iso
from sojourn.contacts.store import find_contact, put_profile
from sojourn.errors import SojournError
from sojourn.segments import store
from sojourn.segments.including import run_of
from sojourn.segments.members.store import memberships_of
from sojourn.segments.publish import Desk, publish, resume
from sojourn.segments.runs.machine import BackfillMachine
from sojourn.segments.runs.model import Run
from sojourn.segments.runs.store import begun, progress_of, runs
from sojourn.segments.runs.verification import verify
from tests.cloud import ENVIRONMENT
from tests.faults.room import Outcome, Room, a_room, assert_no_harm, table, walk
from tests.insight_rows import NOW
from tests.segment_runs import Shop, a_shop

DAY = timedelta(days=1)
BUYERS = "{event: Order Completed, times: at least 2, in the last: 30 days}"
EDITED = "{event: Order Completed, times: exactly 1, in the last: 60 days}"
STATES = json.loads((ROOT / "statemachines" / "backfill.asl.json").read_text())["States"]
PAGE = STATES["Contacts"]["ItemProcessor"]["States"]["Page"]
shops: list[Shop] = []


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with a_room(ready=lay_down, cached=(wired.world,)) as room:
        yield room


def lay_down(*bought: tuple[str, int]) -> None:
    """Ann is in, Ben is not; the draft says the opposite."""
    store.forget()
    shop = a_shop(clock())
    shops[:] = [shop]
    for user, times in bought or (("ann", 2), ("ben", 1)):
        for _ in range(times):
            shop.does(user, "Order Completed", ago=DAY)
    shop.has("buyers", BUYERS)
    shop.saves("buyers", EDITED)


def test_a_backfill_survives_every_fault(room: Room):
    steps = [
        lambda: room.until_it_answers("api", asked_for),
        lambda: through_the_pages(room),
        lambda: committed(room, "judge"),
        lambda: through_the_pages(room),
        lambda: committed(room, "settle"),
    ]
    undisturbed, walked = ([], steps) if "ALL_FAULTS" in environ else (steps[:3], steps[3:4])

    def lie_ready() -> None:
        lay_down()
        for step in undisturbed:
            step()

    room.ready = lie_ready
    lines = walk(room, walked, came_of_it)

    assert_no_harm(lines, at_least=20 * len(walked))
    assert shops[0].wrong() == []
    told = [("Segment Entered", "buyers", "rule_edit"), ("Segment Left", "buyers", "rule_edit")]
    assert sorted(shops[0].told())[-2:] == told


def test_those_who_are_in_a_segment_are_let_in_once_whatever_fails(room: Room):
    """`include: existing`: asked for, through the pages, and done; each has one event, and nobody else any."""
    room.ready = lambda: lay_down(("ann", 2), ("ben", 1), ("cem", 2))
    lines = walk(
        room,
        [
            lambda: room.until_it_answers("api", let_in),
            lambda: through_the_pages(room),
            lambda: committed(room, "include"),
        ],
        who_was_let_in,
    )

    assert_no_harm(lines, at_least=30)
    assert [who for who, _ in who_was_let_in()["told"]] == ["u#ann", "u#cem"]
    assert the_run().is_over


def let_in() -> Run:
    """As functions/api does when a journey that asks for them goes live."""
    machine = BackfillMachine(client("stepfunctions"), ENVIRONMENT["BACKFILL_MACHINE_ARN"])
    with store_errors_translated():
        wanted = run_of("win-back", 1, "buyers", at=iso(NOW))
        return resume(begun(wanted), desk=Desk(machine, clock()))


def who_was_let_in() -> Outcome:
    """The events that only that journey hears, and how the run stands."""
    run = the_run()
    told = [
        (row["pk"], row["sk"])
        for row in table("Events")
        if row.get("event") == "Segment Entered" and "existing" in row["payload"]
    ]
    return {
        "told": sorted(told),
        "run": (run.status, run.stage),
        "progress": [progress_of(run, stage) for stage in run.stages],
    }


@pytest.mark.skipif("ALL_FAULTS" not in environ, reason="takes a quarter of a minute: ALL_FAULTS=1")
def test_a_repair_survives_every_fault(room: Room):
    room.ready = drifted
    lines = walk(room, [lambda: through_the_pages(room)], lambda: {**came_of_it(), "progress": ()})

    assert_no_harm(lines, at_least=20)
    assert shops[0].wrong() == []
    assert shops[0].told() == [("Segment Entered", "buyers", "backfill")] * 2  # the second time by the repair


def drifted() -> None:
    """Ann's mark is lost; an hour ago she did what she did."""
    now = clock()
    assert isinstance(now, ManualClock)
    now.advance(-3_600)
    lay_down(("ann", 2))
    shop = shops[0]
    put_profile(replace(shop.profile("ann"), segments={}))
    now.now = NOW
    with store_errors_translated():
        verify(repair=True, desk=shop.desk)


def through_the_pages(room: Room) -> None:
    """As the machine does: what is left, then page by page."""
    for page in played(room, STATES["Plan"], {"step": "plan", "run": the_run().id})["pages"]:
        while played(room, PAGE, {"step": "page", **page})["more"]:
            pass


def committed(room: Room, stage: str) -> None:
    """The end of a stage."""
    played(room, STATES["Commit"], {"step": "commit", "run": the_run().id, "stage": stage})


def the_run() -> Run:
    """The last one."""
    (found,) = (run for run in runs() if run.segments != {"buyers": 1})
    return found


def came_of_it() -> Outcome:
    """Marks, rows, what was told, and how the run stands."""
    shop, run = shops[0], the_run()
    users = [user for user in ("ann", "ben") if find_contact(f"u#{user}")]
    return {
        "in force": store.live()["buyers"],
        "marks": [marks_of(shop, user) for user in users],
        "rows": [rows_of(shop, user) for user in users],
        "told": sorted(shop.told()),
        "run": (run.status, run.stage),
        "progress": [progress_of(run, stage) for stage in run.stages],
        "due": {row["sk"] for row in table("Due")},
    }


def marks_of(shop: Shop, user: str) -> dict[str, bool]:
    """Without their times: whoever comes again comes later."""
    return {number: mark["said"] for number, mark in shop.profile(user).segments.get("buyers", {}).items()}


def rows_of(shop: Shop, user: str) -> list[tuple[str, bool, str, int]]:
    """The same of the list of members."""
    rows = memberships_of(shop.contact(user))
    return [(row.segment, row.is_in, row.cause, row.generation) for row in rows]


def asked_for() -> Run | None:
    """As functions/api does."""
    machine = BackfillMachine(client("stepfunctions"), ENVIRONMENT["BACKFILL_MACHINE_ARN"])
    with store_errors_translated():
        return publish("buyers", desk=Desk(machine, clock())).run


def played(room: Room, task: Mapping[str, Any], said: dict[str, Any]) -> Any:
    """As Step Functions plays a task: again, after the errors that its Retry names."""
    (retry,) = task["Retry"]
    for _ in range(1 + retry["MaxAttempts"]):
        try:
            return room.call("judge_segments", lambda: handler(said, None))
        except (Crash, SojournError) as error:
            name = error.error if isinstance(error, Crash) else type(error).__name__
            if name not in retry["ErrorEquals"]:
                raise AssertionError(f"{name} fails the task") from error
    raise AssertionError("the task failed")
