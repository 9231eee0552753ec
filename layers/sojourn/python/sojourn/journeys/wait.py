"""What park_token does: keep a token for an event, a moment, a person or the end of a hold; or note a wait that no
execution stays open for (house law 7). Answers: answering.py. Moments: timers.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self

from sojourn.clock import iso, parse_iso
from sojourn.contacts.store import get_profile
from sojourn.due.store import Due, put_due, remove_due
from sojourn.errors import EnrolmentEndedError
from sojourn.events.store import history
from sojourn.journeys import held_back, store
from sojourn.journeys.answering import (
    ENGAGEMENT,
    OF_A_RULE,
    OTHERWISE,
    WAIT_ENDED,
    Asked,
    answer,
    answers,
    give,
    look_back,
)
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status, Wait, WaitKind
from sojourn.journeys.letting_go import DRAFT, UNDER, forget_at, is_released
from sojourn.journeys.live import State, live
from sojourn.journeys.model import END
from sojourn.journeys.moments import due_after
from sojourn.journeys.news import is_news
from sojourn.journeys.reputation import standing
from sojourn.journeys.rounds import round_of
from sojourn.journeys.steps import LookBack
from sojourn.journeys.versions import published
from sojourn.journeys.watching import watch

__all__ = [
    "ENGAGEMENT", "OTHERWISE", "WAIT_ENDED", "Engine", "ParkTask", "answer", "answers", "deadline_of", "forget_due",
    "park", "put_down", "resume_at", "running",
]  # fmt: skip

DUE_OF = {
    WaitKind.EVENT: "deadline",
    WaitKind.TIMER: "timer",
    WaitKind.TASK: "deadline",
    WaitKind.HOLD: "hold",
    WaitKind.PARK: "park",
}
LONGEST = timedelta(days=14)  # that an execution stays open for
PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkTask:
    """What the state machine hands to park_token."""

    enrolment: str
    leg: int
    step: str = ""
    next: str = END
    token: str = ""
    seconds: int = 0
    hold: Mapping[str, str] | None = None
    timer: bool = False
    task: bool = False
    park: bool = False
    finish: bool = False

    @classmethod
    def from_task(cls, event: Mapping[str, Any]) -> Self:
        """Decode the Task's payload; what stands in it for people who look at the machine is passed over."""
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in event.items() if name in names}
        return cls(**{**known, "leg": int(event["leg"])})


def park(task: ParkTask, *, engine: Engine) -> None:
    """Register the wait. On a token state it never raises for a run that is over: the token carries that news."""
    try:
        _park(task, engine)
    except EnrolmentEndedError:
        if not task.token:
            raise
        engine.machines.fail(task.token, EnrolmentEndedError.__name__)


def _park(task: ParkTask, engine: Engine) -> None:
    now = engine.clock.calendar()
    if task.finish:
        store.move_to(task.enrolment, task.leg, at=END, until=iso(now))
    elif task.park:
        _park_without_token(task, now + timedelta(seconds=task.seconds), engine)
    elif task.hold is not None:
        _park_hold(task, task.hold, engine)
    elif task.timer:
        from sojourn.journeys.timers import park_until

        park_until(task, engine=engine)
    elif task.task:
        from sojourn.journeys.tasks.open import park_for_person

        park_for_person(task, engine=engine)
    else:
        _park_for_event(task, engine)


def _park_without_token(task: ParkTask, until: datetime, engine: Engine) -> None:
    """A wait so long that no execution should stay open for it: the sweep starts the next leg."""
    run = store.register(task.enrolment, task.leg, Wait(step=task.step, kind=WaitKind.PARK), until=iso(until))
    put_down(run, "park", engine=engine, next=task.next)


def _park_hold(task: ParkTask, hold: Mapping[str, str], engine: Engine) -> None:
    """Of a paused journey nobody is asked again until somebody resumes it, or the longest hold is over."""
    now, is_paused = engine.clock.calendar(), hold.get("reason") == PAUSED
    until = now + LONGEST if is_paused else parse_iso(hold["until"])
    wait = Wait(step=task.step, kind=WaitKind.HOLD, token=task.token)
    run = store.park(task.enrolment, task.leg, wait, until=iso(until))
    priority = published(run.journey, run.version)[0].priority
    under = f"{PAUSED}#{run.journey}" if is_paused else ""
    # For when many holds end together: who goes first, and that those of the account's rate go one by one.
    reason = hold.get("reason", "")
    put_down(run, "hold", engine=engine, under=under, priority=str(priority), reason=reason)
    if reason == DRAFT:
        put_down(run, "hold", engine=engine, under=f"{UNDER}{run.journey}", reason=reason)
        if is_released(run):
            put_down(run, "hold", engine=engine, at=now)  # by somebody who was quicker
    if reason == held_back.REASON:
        put_down(run, "hold", engine=engine, under=f"{held_back.UNDER}{run.journey}", reason=reason)
        if not standing().is_paused:  # somebody resumed marketing, and was quicker
            put_down(run, "hold", engine=engine, at=now)
    journey = live().get(run.journey) if is_paused else None
    if journey is not None and journey.state is not State.PAUSED:
        put_down(run, "hold", engine=engine, at=now)  # somebody resumed it, and was quicker


def _park_for_event(task: ParkTask, engine: Engine) -> None:
    """Register first, then look back: an event that came before, or comes between, is seen by one of the two."""
    wait = Wait(step=task.step, kind=WaitKind.EVENT, token=task.token)
    run = store.register(task.enrolment, task.leg, wait, until=iso(deadline_of(task, engine)))
    asked = Asked.by(run)
    assert asked is not None, task.step
    if task.leg > 1 or asked.step.ranked:
        put_down(run, "deadline", engine=engine)  # this state's own time-out counts anew on a later leg
    if found := _found(asked, engine):
        path, key = found
        give(run, key, path, engine=engine)
    elif any(each.rule is not None for each in asked.step.conditions):
        watch(run, get_profile(run.contact), engine=engine)


def _found(asked: Asked, engine: Engine) -> tuple[int, str] | None:
    """What answers at once: something that came before, a rule that holds, or that nothing can come any more."""
    run, step = asked.run, asked.step
    profile = None
    if step.look_back is not LookBack.NONE or any(each.rule is not None for each in step.conditions):
        profile = get_profile(run.contact)
    if profile is not None and step.look_back is not LookBack.NONE:
        known = {run.identity, *profile.partitions}
        since = (
            parse_iso(run.messaged_at)
            if step.look_back is LookBack.MESSAGE and run.messaged_at
            else asked.since
        )
        news = (each for each in history(sorted(known), since=since) if is_news(each, engine.max_age))
        path, key = look_back(asked, news, since)
        if path:
            return path, key
    if profile is not None and (path := asked.come_true(profile, engine.clock.calendar())):
        return path, OF_A_RULE
    return (OTHERWISE, OF_A_RULE) if asked.is_hopeless() else None


def running(enrolment: str, leg: int) -> Enrolment:
    """The run, if this leg still runs it."""
    there = store.get_enrolment(enrolment)
    if there is None or there.status is not Status.ACTIVE or there.leg != leg:
        raise EnrolmentEndedError(enrolment)
    return there


def deadline_of(task: ParkTask, engine: Engine) -> datetime:
    """Written once per step entry: a leg that resumes in this step keeps the deadline that the row has."""
    if task.leg > 1:
        enrolment = running(task.enrolment, task.leg)
        if enrolment.at == enrolment.start_at == task.step:
            return parse_iso(enrolment.until)
    return engine.clock.calendar() + timedelta(seconds=task.seconds)


def resume_at(enrolment: Enrolment, state: str, *, engine: Engine) -> None:
    """Take the run over with a new leg that begins at a state (the row first, then the execution), or end it."""
    if state == END:
        store.move_to(enrolment.id, enrolment.leg, at=END, until=iso(engine.clock.calendar()))
        return
    journey, _ = published(enrolment.journey, enrolment.version)
    until = due_after(journey, state, engine.clock.calendar())
    round_ = round_of(journey, enrolment.rounds, state)
    engine.machines.start(store.next_leg(enrolment, start_at=state, until=iso(until), start_round=round_))


def forget_due(enrolment: Enrolment, *, engine: Engine) -> None:
    """Take back what a run's wait put down for later; it names the run and would do nothing to one that is over."""
    if enrolment.wait is not None:
        id = f"{enrolment.id}/{enrolment.leg}/{enrolment.wait.step}"  # noqa: A001  the row's own word
        due = Due(parse_iso(enrolment.until), DUE_OF[enrolment.wait.kind], id, {})
        remove_due(due, pace=engine.clock.pace, shards=engine.due_shards)
        if enrolment.wait.kind is WaitKind.HOLD:  # it may be a draft's, or held back
            forget_at(enrolment.journey, due.at, id)
            held_back.forget_at(enrolment.journey, due.at, id)


def put_down(
    run: Enrolment, kind: str, *, engine: Engine, under: str = "", at: datetime | None = None, **more: str
) -> None:
    """What the sweep does when the run's wait is over, or at another moment; `under` keeps it from the sweep's eyes."""
    assert run.wait is not None
    facts = {"enrolment": run.id, "leg": run.leg, "step": run.wait.step, "until": run.until, **more}
    due = Due(at or parse_iso(run.until), kind, f"{run.id}/{run.leg}/{run.wait.step}", facts)
    clock = engine.clock
    put_due(due, now=clock.calendar(), pace=clock.pace, shards=engine.due_shards, under=under)
