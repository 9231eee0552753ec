"""Waits: for an event, for the end of a hold, for the end of a parked wait (house law 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sojourn.clock import Clock, iso, parse_iso
from sojourn.contacts.store import get_profile
from sojourn.due.store import Due, put_due, remove_due
from sojourn.errors import EnrolmentEndedError
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment, Status, Wait, WaitKind, WaitState
from sojourn.journeys.machine import Machines
from sojourn.journeys.model import END
from sojourn.journeys.moments import due_after
from sojourn.journeys.news import MAX_AGE, is_news
from sojourn.journeys.versions import published
from sojourn.messages.model import message_id
from sojourn.journeys.steps import Condition, ConditionKind

ENGAGEMENT = {ConditionKind.CLICKED: "Message Clicked", ConditionKind.OPENED: "Message Opened"}
HUMAN = {ConditionKind.CLICKED: {"human"}, ConditionKind.OPENED: {"human", "proxy"}}
DUE_OF = {WaitKind.EVENT: "deadline", WaitKind.HOLD: "hold", WaitKind.PARK: "park"}
WAIT_ENDED = "WaitEndedError"  # what a waiting state catches beside its own time-out


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkTask:
    """What the state machine hands to park_token."""

    enrolment: str
    leg: int
    step: str = ""
    next: str = END
    token: str = ""
    seconds: int = 0
    any: tuple[Mapping[str, str], ...] = ()
    hold: Mapping[str, str] | None = None
    park: bool = False
    finish: bool = False

    @classmethod
    def from_task(cls, event: Mapping[str, Any]) -> Self:
        """Decode the Task's payload."""
        known = {**event, "any": tuple(event.get("any", ())), "leg": int(event["leg"])}
        return cls(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What waits need of the outside."""

    clock: Clock
    machines: Machines
    due_shards: int
    max_age: timedelta = MAX_AGE  # of an event on arrival: what is older is no news


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
        _park_hold(task, parse_iso(task.hold["until"]), engine)
    else:
        _park_for_event(task, engine)


def _park_without_token(task: ParkTask, until: datetime, engine: Engine) -> None:
    """A wait so long that no execution should stay open for it: the sweep starts the next leg."""
    store.park(task.enrolment, task.leg, Wait(step=task.step, kind=WaitKind.PARK), until=iso(until))
    _put_due(task, "park", until, engine, next=task.next)


def _park_hold(task: ParkTask, until: datetime, engine: Engine) -> None:
    wait = Wait(step=task.step, kind=WaitKind.HOLD, token=task.token)
    store.park(task.enrolment, task.leg, wait, until=iso(until))
    _put_due(task, "hold", until, engine)


def _park_for_event(task: ParkTask, engine: Engine) -> None:
    """Register first, then look back: an event that came before, or comes between, is seen by one of the two."""
    deadline = _deadline(task, engine)
    wait = Wait(step=task.step, kind=WaitKind.EVENT, token=task.token, any=task.any)
    waiting = store.park(task.enrolment, task.leg, wait, until=iso(deadline))
    if task.leg > 1:
        _put_due(task, "deadline", deadline, engine)  # this state's own time-out counts anew on a later leg
    known = {waiting.identity, *get_profile(waiting.contact).partitions}
    for event in history(sorted(known), since=parse_iso(waiting.entered_at)):
        if is_news(event, engine.max_age) and answers(event, waiting):
            answer(waiting, event, engine=engine)
            return


def running(enrolment: str, leg: int) -> Enrolment:
    """The run, if this leg still runs it."""
    there = store.get_enrolment(enrolment)
    if there is None or there.status is not Status.ACTIVE or there.leg != leg:
        raise EnrolmentEndedError(enrolment)
    return there


def _deadline(task: ParkTask, engine: Engine) -> datetime:
    """Written once per step entry: a leg that resumes in this step keeps the deadline that the row has."""
    if task.leg > 1:
        enrolment = running(task.enrolment, task.leg)
        if enrolment.at == enrolment.start_at == task.step:
            return parse_iso(enrolment.until)
    return engine.clock.calendar() + timedelta(seconds=task.seconds)


def answers(event: Event, enrolment: Enrolment) -> bool:
    """Whether this event is what the run waits for: its own message's click, or an event after its entry."""
    wait = enrolment.wait
    if wait is None or wait.kind is not WaitKind.EVENT:
        return False
    return any(_meets(event, Condition.from_definition(each), enrolment) for each in wait.any)


def _meets(event: Event, condition: Condition, enrolment: Enrolment) -> bool:
    if condition.kind is ConditionKind.EVENT:
        return event.event == condition.name and iso(event.at) > enrolment.entered_at
    mine = message_id(enrolment.id, condition.name)
    return (
        event.event == ENGAGEMENT[condition.kind]
        and event.properties.get("message_id") == mine
        and event.properties.get("class") in HUMAN[condition.kind]
    )


def answer(enrolment: Enrolment, event: Event, *, engine: Engine) -> None:
    """waiting → answering(event) → token → answered. The next Task sets where the run stands."""
    assert enrolment.wait is not None
    if not store.answering(enrolment, event=event.key, until=iso(engine.clock.calendar())):
        return
    alive = engine.machines.complete(enrolment.wait.token)
    store.settle_wait(enrolment, WaitState.ANSWERED if alive else WaitState.LATE)


def resume_at(enrolment: Enrolment, state: str, *, engine: Engine) -> None:
    """Take the run over with a new leg that begins at a state (the row first, then the execution), or end it."""
    if state == END:
        store.move_to(enrolment.id, enrolment.leg, at=END, until=iso(engine.clock.calendar()))
        return
    journey, _ = published(enrolment.journey, enrolment.version)
    until = due_after(journey, state, engine.clock.calendar())
    engine.machines.start(store.next_leg(enrolment, start_at=state, until=iso(until)))


def forget_due(enrolment: Enrolment, *, engine: Engine) -> None:
    """Take back what a run's wait put down for later; it names the run and would do nothing to one that is over."""
    if enrolment.wait is not None:
        id = f"{enrolment.id}/{enrolment.leg}/{enrolment.wait.step}"  # noqa: A001  the row's own word
        due = Due(parse_iso(enrolment.until), DUE_OF[enrolment.wait.kind], id, {})
        remove_due(due, pace=engine.clock.pace, shards=engine.due_shards)


def _put_due(task: ParkTask, kind: str, at: datetime, engine: Engine, **more: str) -> None:
    facts = {"enrolment": task.enrolment, "leg": task.leg, "step": task.step, "until": iso(at), **more}
    due = Due(at, kind, f"{task.enrolment}/{task.leg}/{task.step}", facts)
    put_due(due, now=engine.clock.calendar(), pace=engine.clock.pace, shards=engine.due_shards)
