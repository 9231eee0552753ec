"""Do what is due: release holds, answer waits whose moment has come, end waits for events (those of later legs, and the
ranked ones), start the next leg of what was parked, judge who may have come into a segment or gone out of it by the
passing of time (judging.py).

Rows are deleted after their effect, and the cursor moves behind buckets that are empty: a sweep that dies, or runs
twice, repeats effects that do nothing the second time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sojourn.delivery.schedule import precedence
from sojourn.due.store import Due, bucket_of, bucket_seconds, due_in, read_cursor, write_cursor
from sojourn.errors import EnrolmentEndedError, StaleWriteError
from sojourn.journeys import held_back, store
from sojourn.journeys.answering import WAIT_ENDED, at_the_end
from sojourn.journeys.door import KINDS as ENTRIES
from sojourn.journeys.door import Door
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind
from sojourn.journeys.judging import LONGEST, Judging
from sojourn.journeys.letting_go import forget
from sojourn.journeys.schedules import A_PAGE
from sojourn.journeys.timers import moved_to, wait_longer
from sojourn.journeys.turning import Turning
from sojourn.journeys.wait import Engine, resume_at
from sojourn.segments.keep import KIND as SEGMENTS
from sojourn.tables import DueRow

HOLD, PARK = "hold", "park"
BESIDE_TURNS = timedelta(seconds=15)  # for judging, where mails wait for their turns in the same minute
OVERLAP = 2  # buckets behind now that stay under watch, for rows written while their bucket was swept
LIMIT = 2_000  # buckets of one sweep: a long outage is caught up in several


def sweep(*, engine: Engine, page: int = A_PAGE) -> int:
    """Everything due until now; the answer is how many rows were done."""
    now = engine.clock.calendar()
    last = bucket_of(now, engine.clock.pace)
    cursor = read_cursor()
    first = last - OVERLAP if cursor is None else cursor
    upto = min(last, first + LIMIT)
    turning = Turning(engine, begun=now)
    judging, door = Judging(engine, until=engine.clock.wall() + LONGEST), Door(engine, page)
    done = sum(_sweep_bucket(bucket, turning, judging, door) for bucket in range(first, upto + 1))
    if turning.interval and upto == last:
        _look_ahead(last + 1, turning)
    if turning.waiting:
        judging.until = engine.clock.wall() + BESIDE_TURNS
    done += judging.work() + turning.work(lambda due: _do(due, engine))
    reached = min([upto, last - OVERLAP, *judging.left, *turning.left])
    if cursor is None or reached > cursor:
        write_cursor(reached)  # the first sweep, too: after an outage the next one begins where it ended
    return done


def seconds_behind(*, engine: Engine) -> int:
    """How far the cursor is behind, in calendar seconds."""
    last = bucket_of(engine.clock.calendar(), engine.clock.pace)
    cursor = read_cursor()
    return 0 if cursor is None else (last - cursor) * bucket_seconds(engine.clock.pace)


def _look_ahead(bucket: int, turning: Turning) -> None:
    """The turns of the minute that begins before the next sweep."""
    for shard in range(turning.engine.due_shards):
        for row, due in due_in(bucket, shard):
            turning.takes(row, due)


def _sweep_bucket(bucket: int, turning: Turning, judging: Judging, door: Door) -> int:
    done, held, engine = 0, [], turning.engine
    for shard in range(engine.due_shards):
        for row, due in due_in(bucket, shard):
            if turning.takes(row, due) or due.at > turning.begun:
                continue
            if due.kind == SEGMENTS:
                judging.add(bucket, row, due)
                continue
            if due.kind == HOLD:
                held.append((row, due))
                continue
            if due.kind in ENTRIES:
                door.open(due)
            else:
                _do(due, engine)
            row.delete()
            done += 1
    for row, due in sorted(held, key=_who_goes_first):
        _do(due, engine)
        row.delete()
    return done + len(held)


def _who_goes_first(held: tuple[DueRow, Due]) -> tuple[int, datetime, str]:
    due = held[1]
    return precedence(int(due.task.get("priority", 0)), due.at, due.id)


def _do(due: Due, engine: Engine) -> None:
    """A row whose run has gone on, or ended, asks for nothing any more."""
    forget(due)
    held_back.forget(due)
    enrolment = store.get_enrolment(due.task["enrolment"])
    if enrolment is None or enrolment.status is not Status.ACTIVE:
        return
    if enrolment.leg == due.task["leg"] and enrolment.wait and enrolment.wait.step == due.task["step"]:
        EFFECTS[due.kind](enrolment, due, engine)
    elif _was_taken_over_here(enrolment, due):
        engine.machines.start(enrolment)


def _was_taken_over_here(enrolment: Enrolment, due: Due) -> bool:
    """An earlier sweep raised the leg and may have died before it started the execution; starting twice is once."""
    is_next_leg = due.kind == PARK and enrolment.leg == due.task["leg"] + 1
    return is_next_leg and enrolment.start_at == enrolment.at == due.task["next"]


def _release(enrolment: Enrolment, due: Due, engine: Engine) -> None:
    if enrolment.wait and enrolment.wait.kind is WaitKind.HOLD and enrolment.until == due.task["until"]:
        engine.machines.complete(enrolment.wait.token)


def _end_wait(enrolment: Enrolment, due: Due, engine: Engine) -> None:
    if enrolment.wait is None or enrolment.until != due.task["until"]:
        return
    if enrolment.wait.kind is WaitKind.EVENT:
        at_the_end(enrolment, engine=engine)
    elif enrolment.wait.kind is WaitKind.TASK:
        engine.machines.fail(enrolment.wait.token, WAIT_ENDED)


def _answer_timer(enrolment: Enrolment, due: Due, engine: Engine) -> None:
    """The moment has come; for whoever lives in another time zone by now perhaps not yet."""
    if (
        enrolment.wait is None
        or enrolment.wait.kind is not WaitKind.TIMER
        or enrolment.until != due.task["until"]
    ):
        return
    if later := moved_to(enrolment, engine.clock.calendar()):
        wait_longer(enrolment, later, next_name=due.task["next"], engine=engine)
    else:
        engine.machines.complete(enrolment.wait.token)


def _next_leg(enrolment: Enrolment, due: Due, engine: Engine) -> None:
    if later := moved_to(enrolment, engine.clock.calendar()):
        wait_longer(enrolment, later, next_name=due.task["next"], engine=engine)
        return
    try:
        resume_at(enrolment, due.task["next"], engine=engine)
    except (StaleWriteError, EnrolmentEndedError):
        # Another sweep took it over; or this one did, and the SDK asked twice: then the execution is still to start.
        there = store.get_enrolment(enrolment.id)
        if there and there.status is Status.ACTIVE and _was_taken_over_here(there, due):
            engine.machines.start(there)


EFFECTS: dict[str, Callable[[Enrolment, Due, Engine], None]] = {
    "hold": _release,
    "deadline": _end_wait,
    "timer": _answer_timer,
    PARK: _next_leg,
}
