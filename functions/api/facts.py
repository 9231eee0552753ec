"""What `explain` must know of journeys and enrolments, as plain facts: insight lies floors below them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.events.model import Event, internal_event
from sojourn.events.store import history
from sojourn.insight.explain import Came, EntryFacts, EntryKind, Gate, JourneyFacts, Standing, StepFacts
from sojourn.journeys.dates import occasion, rule_of
from sojourn.journeys.enrol import Arrival, enrolment_of
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.enrolment import Wait as Waiting
from sojourn.journeys.gates import closed, filter_seen, goal_met
from sojourn.journeys.graph import Exits, exits, steps_by_name
from sojourn.journeys.language.acting import slug_of
from sojourn.journeys.language.entering import REQUESTED, ByRequest, Entry, OnDate, OnSchedule, Trigger
from sojourn.journeys.language.paths import OTHERWISE
from sojourn.journeys.language.times import Date
from sojourn.journeys.live import is_met
from sojourn.journeys.live import live as live_journeys
from sojourn.journeys.model import Journey
from sojourn.journeys.news import is_news
from sojourn.journeys.reentry import No, why_not
from sojourn.journeys.refusals.store import refusal_of
from sojourn.journeys.say import answers_of, say
from sojourn.journeys.schedules import next_moment
from sojourn.journeys.steps import Call, HumanTask, Step, WaitFor
from sojourn.journeys.versions import Version, get_version, published
from sojourn.rules.compile import compile_rule
from sojourn.rules.nodes import Done, Match
from sojourn.rules.say import sentence
from sojourn.rules.values import at_path
from sojourn.segments.judge import members_of
from sojourn.segments.members.store import memberships_of
from sojourn.segments.model import MOVING
from sojourn.segments.store import Standing as InForce
from sojourn.segments.store import live as live_segments
from sojourn.segments.store import live_index
from sojourn.segments.view import view_of, zone_of

MOST_VERSIONS = 50  # looked back through


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
    since = {entry: live_since(entry, live) for entry in journey.entries}
    return JourneyFacts(
        name=name,
        version=live.number,
        live_since=first.published_at,
        steps=steps,
        state=stands.state.value if stands else "live",
        since=stands.since if stands else "",
        because=stands.why if stands else "",
        goal=_goal(published(name, version or live.number)[0]),
        entries=tuple(entry_facts(each, name, since[each], profile, now) for each in journey.entries),
    )


def live_since(entry: Entry, live: Version) -> str:
    """When the journey went live with this entry: the oldest of its versions that have had it ever since."""
    since = live.published_at
    for number in range(live.number - 1, max(0, live.number - MOST_VERSIONS), -1):
        version = get_version(live.name, number)
        if entry not in Journey.from_definition(version.definition).entries:
            break
        since = version.published_at
    return since


def _goal(journey: Journey) -> str:
    return (journey.goal.event or journey.goal.segment) if journey.goal else ""


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


def entry_facts(entry: Entry, journey: str, since: str, profile: Profile | None, now: datetime) -> EntryFacts:
    """One way in, and what is known of the contact there."""
    contacts = profile.collections if profile else ()
    match entry:
        case Trigger(segment=segment) if segment:
            came = came_into(segment, contacts)
            return EntryFacts(EntryKind.SEGMENT, segment, since, came=came, is_held=_is_held(segment))
        case OnDate(date):
            said = ".".join(date.path)
            value = at_path(profile.attributes, date.path) if profile else None
            at = _next_day(date, profile, now)
            return EntryFacts(EntryKind.DATE, said, since, is_known=value is not None, at=at)
        case OnSchedule(segment=segment):
            is_in = profile is not None and segment in members_of(profile.segments, live_index())
            at = iso(next_moment(entry, now))
            return EntryFacts(EntryKind.SCHEDULE, segment, since, is_in=is_in, at=at)
        case ByRequest():
            asked = [
                each for each in _seen(REQUESTED, since, profile) if each.properties.get("journey") == journey
            ]
            return EntryFacts(EntryKind.REQUEST, REQUESTED, since, is_known=bool(asked))
        case Trigger(event):
            return EntryFacts(EntryKind.EVENT, event, since, _unlike(entry, since, profile))


def _unlike(entry: Trigger, since: str, profile: Profile | None) -> dict[str, Any] | None:
    """The newest of the events that were not as `where` wants them, where none was."""
    if not entry.where:
        return None
    news = [each for each in _seen(entry.event, since, profile) if is_news(each)]
    if not news or any(is_met(entry, each) for each in news):
        return None
    newest = max(news, key=lambda each: each.at)
    names = [".".join(test.path) for test in entry.where]
    had = ", ".join(f"{name}: {at_path(newest.properties, tuple(name.split('.')))}" for name in names)
    wanted = sentence(Done(Match(entry.event, entry.where))).removeprefix("did ")
    return {"wanted": wanted, "came": had, "at": iso(newest.at)}


def _seen(event: str, since: str, profile: Profile | None) -> list[Event]:
    """What the contact did since the journey is live; nothing is read of who never did it."""
    if profile is None or event not in profile.events:
        return []
    return list(history(profile.partitions, parse_iso(since), event))


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


def standing_of(enrolment: Enrolment, *, told: bool = False) -> Standing:
    """An enrolment without its token and its ARN; `told` with what must be read for it."""
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
        key=enrolment.key,
        holdout=enrolment.holdout,
        converted_at=enrolment.converted_at,
        came_by=_came_by(enrolment) if told else "",
        calls=_calls(enrolment) if told else {},
        waits=_waits(enrolment, enrolment.wait) if enrolment.wait else None,
    )


def _came_by(run: Enrolment) -> str:
    """The name of the event that let them in; of a day or a moment of a schedule, that."""
    pk = run.entered_by.partition("|")[0]
    known = history([pk], parse_iso(run.entered_at)) if pk != run.entered_by else ()
    return next((event.event for event in known if event.key == run.entered_by), run.entered_by)


def _calls(run: Enrolment) -> dict[str, str]:
    """The call steps that were asked, by name, and why there was no answer: "" where there was."""
    calls = (
        step
        for step in steps_by_name(published(run.journey, run.version)[0]).values()
        if isinstance(step, Call)
    )
    replies = {step.name: run.replies.get(slug_of(step.name)) for step in calls}
    return {name: str(reply.get("failed", "")) for name, reply in replies.items() if reply is not None}


def _waits(run: Enrolment, wait: Waiting) -> dict[str, object]:
    step = steps_by_name(published(run.journey, run.version)[0]).get(wait.step)
    conditions = step.conditions if isinstance(step, WaitFor) else ()
    best = answers_of(step)[wait.best - 1] if isinstance(step, WaitFor) and wait.best else None
    return {
        "step": wait.step,
        "kind": wait.kind.value,
        "state": wait.state.value,
        "any": [condition.to_definition() for condition in conditions],
        "event": wait.event or None,
        "best": best,
        "zone": wait.zone or None,
        "ranked": isinstance(step, WaitFor) and step.ranked,
        "assigned_to": step.assign if isinstance(step, HumanTask) else None,
    }


def _steps(journey: Journey) -> dict[str, StepFacts]:
    ways = exits(journey)
    return {
        name: StepFacts(
            kind=step.kind,
            does=say(step),
            then=ways[name].then,
            otherwise=ways[name].otherwise,
            answers=_answers(step, ways[name]),
        )
        for name, step in steps_by_name(journey).items()
    }


def _answers(step: Step, ways: Exits) -> tuple[tuple[str, str], ...]:
    """What may answer a step that waits, and the step to which that leads: its paths but the last, of silence."""
    if not isinstance(step, WaitFor | HumanTask):
        return ()
    leads = [to for key, to in ways.paths.items() if key != OTHERWISE]
    return tuple(zip(answers_of(step), leads, strict=True))
