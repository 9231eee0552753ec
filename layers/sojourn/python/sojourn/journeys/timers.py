"""Waits that end at a moment of the person's own: by their clock, by a date, counted from one of their messages.

The moment is computed once, when the run comes to the step, and stands on the row; the sweep answers the token then.
One that has come already is answered at once, and for one that is far away no execution stays open. Who has moved to
another time zone by then waits for that zone's clock instead.
"""

from dataclasses import replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.contacts.workspace import workspace
from sojourn.errors import EnrolmentEndedError, Parked, PathMissing, PathPast
from sojourn.events.store import history
from sojourn.journeys import store
from sojourn.journeys.answering import HEARD, PEOPLE
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status, WaitKind
from sojourn.journeys.enrolment import Wait as Waiting
from sojourn.journeys.moments import Known, Missing, Past, moment_of, moment_there
from sojourn.journeys.rounds import round_of
from sojourn.journeys.shape import shape_of
from sojourn.journeys.steps import Anchor, ConditionKind, Since, Then, Wait, Way
from sojourn.journeys.versions import published
from sojourn.journeys.wait import LONGEST, ParkTask, put_down, running
from sojourn.messages.model import Message, message_digest, message_id
from sojourn.messages.store import get_message
from sojourn.segments.view import zone_of

PAST, MISSED = "date_past", "date_missing"  # reasons of a run that ends because of it
OURS = {WaitKind.TIMER, WaitKind.PARK}
LATER = {
    Anchor.DELIVERED: ConditionKind.DELIVERED,
    Anchor.OPENED: ConditionKind.OPENED,
    Anchor.CLICKED: ConditionKind.CLICKED,
}


def park_until(task: ParkTask, *, engine: Engine) -> None:
    """Register the wait with its moment, or take the way of a date that has passed or is missing."""
    run = running(task.enrolment, task.leg)
    journey, _ = published(run.journey, run.version)
    step = shape_of(journey).steps[task.step]
    assert isinstance(step, Wait), task.step
    now = engine.clock.calendar()
    moment, zone = _known_already(run, task, now), ""
    if moment is None:
        known = known_to(step, run, now)
        found, zone = moment_of(step, known), str(known.zone)
        if not isinstance(found, datetime):
            way = step.if_past if isinstance(found, Past) else step.if_missing
            moment = _by(way, found, task, now, engine)
        else:
            moment = found
    if moment is not None:
        _wait_until(moment, task, zone if asks_the_wall(step) else "", now, engine)


def known_to(step: Wait, run: Enrolment, now: datetime) -> Known:
    """What this wait asks for, and no more is read."""
    asks_people = step.since is not None and step.since.anchor in LATER
    profile = get_profile(run.contact) if asks_the_wall(step) or asks_people else Profile(run.contact)
    return Known(
        now=now,
        zone=wall_of(profile),
        attributes=profile.attributes,
        entry=run.facts,
        since=_since(step.since, run, profile) if step.since else None,
    )


def asks_the_wall(step: Wait) -> bool:
    """Whether the end of the wait is reckoned by the person's clock."""
    return step.until is not None or step.inside is not None


def wall_of(profile: Profile) -> tzinfo:
    """Whose clock counts: the contact's, else the workspace's, else UTC's."""
    return zone_of(profile, workspace())


def moved_to(run: Enrolment, now: datetime) -> datetime | None:
    """Who waits by the clock of one zone and lives in another by now: the moment by that one, if it is later."""
    if run.wait is None or not run.wait.zone:
        return None
    profile = get_profile(run.contact)
    if str(wall_of(profile)) == run.wait.zone:
        return None
    journey, _ = published(run.journey, run.version)
    step = shape_of(journey).steps.get(run.wait.step)
    if not isinstance(step, Wait):
        return None
    known, left = known_to(step, run, now), ZoneInfo(run.wait.zone)
    found = moment_there(step, known, parse_iso(run.until), left)
    return found if found > now else None


def wait_longer(run: Enrolment, moment: datetime, *, next_name: str, engine: Engine) -> None:
    """The wait goes on, by the clock of where the person lives now."""
    assert run.wait is not None
    wait = replace(run.wait, zone=str(wall_of(get_profile(run.contact))))
    there = store.park(run.id, run.leg, wait, until=iso(moment))
    put_down(there, "park" if wait.kind is WaitKind.PARK else "timer", engine=engine, next=next_name)


def _known_already(run: Enrolment, task: ParkTask, now: datetime) -> datetime | None:
    """The moment on the row: of this wait, asked for again; or of a leg that goes on in the middle of it."""
    until = parse_iso(run.until)
    is_asked_again = run.wait is not None and run.wait.step == task.step and run.wait.kind in OURS
    is_taken_over = run.at == run.start_at == task.step and until > now
    return until if is_asked_again or is_taken_over else None


def _by(way: Way, found: Past | Missing, task: ParkTask, now: datetime, engine: Engine) -> datetime | None:
    """On is no wait; a path, and the way out, are told through the token."""
    if way.then is Then.EXIT and not way.steps:
        reason = PAST if isinstance(found, Past) else MISSED
        store.end(task.enrolment, Status.EXITED, reason=reason, now=iso(now))
        engine.machines.fail(task.token, EnrolmentEndedError.__name__)
        return None
    if way.steps:
        error = PathPast if isinstance(found, Past) else PathMissing
        engine.machines.fail(task.token, error.__name__)
        return None
    return now


def _wait_until(moment: datetime, task: ParkTask, zone: str, now: datetime, engine: Engine) -> None:
    far = moment - now > LONGEST
    kind = WaitKind.PARK if far else WaitKind.TIMER
    wait = Waiting(step=task.step, kind=kind, token="" if far else task.token, zone=zone)
    if moment <= now:
        engine.machines.complete(task.token)
        return
    run = store.park(task.enrolment, task.leg, wait, until=iso(moment))
    put_down(run, "park" if far else "timer", engine=engine, next=task.next)
    if far:
        engine.machines.fail(task.token, Parked.__name__)


def _since(since: Since, run: Enrolment, profile: Profile) -> datetime | None:
    """The message's moment; while it has not come, when the message was sent, or decided on where it was not."""
    journey, _ = published(run.journey, run.version)
    round_ = round_of(journey, run.rounds, since.send)
    message = get_message(run.contact, message_digest(run.id, since.send, round_))
    if message is None:
        return None
    if since.anchor is Anchor.PLANNED:
        return _parsed(message.due)
    later = _later(since, message_id(run.id, since.send, round_), message, run, profile)
    return later or _parsed(message.sent_at) or _parsed(message.decided_at)


def _later(since: Since, id_: str, message: Message, run: Enrolment, profile: Profile) -> datetime | None:
    """When it was first delivered, opened or clicked; of people only."""
    if since.anchor not in LATER or not message.sent_at:
        return None
    known = {run.identity, *profile.partitions}
    found = [
        event.at
        for event in history(sorted(known), since=parse_iso(message.sent_at))
        if event.event in HEARD[LATER[since.anchor]] and event.is_internal
        if event.properties.get("message_id") == id_ and event.properties.get("class") in PEOPLE[event.event]
    ]
    return min(found, default=None)


def _parsed(text: str) -> datetime | None:
    return parse_iso(text) if text else None
