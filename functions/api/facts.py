"""What `explain` must know of journeys and enrolments, as plain facts: insight lies floors below them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.events.model import internal_event
from sojourn.insight.explain import Came, EntryFacts, EntryKind, Gate, JourneyFacts, Standing, StepFacts
from sojourn.journeys.dates import occasion, rule_of
from sojourn.journeys.enrol import Arrival, enrolment_of
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.enrolment import Wait as Waiting
from sojourn.journeys.gates import closed, filter_seen, goal_met
from sojourn.journeys.graph import exits, steps_by_name
from sojourn.journeys.language.entering import REQUESTED, ByRequest, Entry, OnDate, OnSchedule, Trigger
from sojourn.journeys.language.times import Date
from sojourn.journeys.live import live as live_journeys
from sojourn.journeys.model import Journey
from sojourn.journeys.reentry import No, why_not
from sojourn.journeys.refusals.store import refusal_of
from sojourn.journeys.say import say
from sojourn.journeys.schedules import next_moment
from sojourn.journeys.steps import WaitFor
from sojourn.journeys.versions import Version, get_version, published
from sojourn.rules.compile import compile_rule
from sojourn.rules.values import at_path
from sojourn.segments.judge import members_of
from sojourn.segments.members.store import memberships_of
from sojourn.segments.model import MOVING
from sojourn.segments.store import Standing as InForce
from sojourn.segments.store import live as live_segments
from sojourn.segments.store import live_index
from sojourn.segments.view import view_of, zone_of


def journey_facts(
    name: str, live: Version | None, *, of_version: int | None, profile: Profile | None = None, now: datetime
) -> JourneyFacts:
    """A journey: what lets contacts in now, and the steps of the version that this contact runs."""
    version = of_version or (live.number if live else None)
    steps = _steps(published(name, version)[0]) if version else {}
    if live is None:
        return JourneyFacts(name=name, steps=steps)
    first = live if live.number == 1 else get_version(name, 1)
    journey = Journey.from_definition(live.definition)
    stands = live_journeys().get(name)
    return JourneyFacts(
        name=name,
        version=live.number,
        live_since=first.published_at,
        steps=steps,
        state=stands.state.value if stands else "live",
        entries=tuple(_entry(each, profile, now) for each in journey.entries),
    )


def gates_of(profile: Profile, live: Version, runs: Sequence[Enrolment], *, now: datetime) -> list[Gate]:
    """What each gate would say if the contact came to the door now."""
    stands, journey = live_journeys().get(live.name), Journey.from_definition(live.definition)
    if stands is None:
        return []
    event = internal_event(next(iter(profile.partitions), ""), "", at=now, message_id="", properties={})
    wanted = enrolment_of(Arrival(profile, event, 1), 1, "", journey, stands, now)
    said = filter_seen(wanted, profile, journey, now)
    filtered = Gate("filter", "" if said["holds"] else "filter", said) if said else None
    asked = [
        _gate("journey", closed(now, stands)),
        _gate("re-entry", _again(journey, runs, now), _counts(runs)),
        _gate("goal", goal_met(wanted, profile, event, journey)) if journey.goal else None,
        filtered,
    ]
    return [gate for gate in asked if gate is not None]


def refused_by(profile: Profile, journey: str) -> Gate | None:
    """The newest refusal; None when there was none."""
    found = refusal_of(profile.collections, journey)
    return Gate("entry", found.no.reason.value, found.no.seen, found.at) if found else None


def _again(journey: Journey, runs: Sequence[Enrolment], now: datetime) -> No | None:
    """Of a journey with keys every value is a case of its own: what is told is the newest's."""
    newest = max(runs, key=lambda run: run.entered_at, default=None)
    return why_not(journey, runs, key=newest.key if newest else "", at=now, now=now)


def _counts(runs: Sequence[Enrolment]) -> dict[str, Any]:
    return {"runs": len(runs), "active": sum(run.status is Status.ACTIVE for run in runs)}


def _gate(name: str, no: No | None, seen: Mapping[str, Any] | None = None) -> Gate:
    return Gate(name, no.reason.value, {**(seen or {}), **no.seen}) if no else Gate(name, "", seen)


def _entry(entry: Entry, profile: Profile | None, now: datetime) -> EntryFacts:
    contacts = profile.collections if profile else ()
    match entry:
        case Trigger(segment=segment) if segment:
            return EntryFacts(EntryKind.SEGMENT, segment, came_into(segment, contacts), _is_held(segment))
        case OnDate(date):
            said = ".".join(date.path)
            value = at_path(profile.attributes, date.path) if profile else None
            return EntryFacts(
                EntryKind.DATE, said, is_known=value is not None, at=_next_day(date, profile, now)
            )
        case OnSchedule(segment=segment):
            is_in = (
                bool(profile) and segment in members_of(profile.segments, live_index()) if profile else False
            )
            return EntryFacts(EntryKind.SCHEDULE, segment, is_in=is_in, at=iso(next_moment(entry, now)))
        case ByRequest():
            return EntryFacts(EntryKind.REQUEST, REQUESTED)
        case Trigger(event):
            return EntryFacts(EntryKind.EVENT, event)


def _next_day(date: Date, profile: Profile | None, now: datetime) -> str:
    """When the contact's date lets in next; "" when it never will."""
    if profile is None:
        return ""
    zone = zone_of(profile, workspace())
    rule = compile_rule(rule_of(date))
    moment: datetime | None = now
    for _ in range(2):  # on the day it is the day itself, else the day that comes
        if moment and (found := occasion(date, profile.attributes, moment, zone)) and found.at >= now:
            return iso(found.at)
        moment = rule.judge(view_of(profile, moment, workspace=workspace())).flips_at if moment else None
    return ""


def _is_held(segment: str) -> bool:
    """Whether nobody can come into it: it names an attribute that was deleted."""
    return bool(live_segments().get(segment, InForce()).invalid)


def came_into(segment: str, contacts: Iterable[str]) -> Came | None:
    """When a contact came into a segment last; None when it never did."""
    rows = [
        row for contact in contacts for row in memberships_of(contact) if row.segment == segment and row.since
    ]
    last = max(rows, key=lambda row: row.since, default=None)
    return Came(last.since, last.cause in MOVING) if last else None


def standing_of(enrolment: Enrolment) -> Standing:
    """An enrolment without its token and its ARN."""
    return Standing(
        id=enrolment.id,
        entry=enrolment.entry,
        version=enrolment.version,
        status=enrolment.status.value,
        reason=enrolment.reason,
        entered_at=enrolment.entered_at,
        entered_by=enrolment.entered_by,
        ended_at=enrolment.ended_at,
        step=enrolment.at,
        until=enrolment.until,
        leg=enrolment.leg,
        execution=enrolment.execution,
        waits=_waits(enrolment, enrolment.wait) if enrolment.wait else None,
    )


def _waits(run: Enrolment, wait: Waiting) -> dict[str, object]:
    step = steps_by_name(published(run.journey, run.version)[0]).get(wait.step)
    conditions = step.conditions if isinstance(step, WaitFor) else ()
    return {
        "step": wait.step,
        "kind": wait.kind.value,
        "state": wait.state.value,
        "any": [condition.to_definition() for condition in conditions],
        "event": wait.event or None,
    }


def _steps(journey: Journey) -> dict[str, StepFacts]:
    ways = exits(journey)
    return {
        name: StepFacts(kind=step.kind, does=say(step), then=ways[name].then, otherwise=ways[name].otherwise)
        for name, step in steps_by_name(journey).items()
    }
