"""What is not wrong, and yet not what most people mean: warnings, which keep nobody from publishing."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sojourn.consent.model import Purpose
from sojourn.journeys.checking.case import Case
from sojourn.journeys.checking.messages import is_held_outside
from sojourn.journeys.checking.shape import fork_of_nothing
from sojourn.journeys.language.acting import EndJourney, StartJourney
from sojourn.journeys.language.around import AtEntry
from sojourn.journeys.language.conditions import ConditionKind
from sojourn.journeys.language.entering import Trigger
from sojourn.journeys.language.forks import Branch
from sojourn.journeys.language.sending import Send
from sojourn.journeys.language.times import Duration, Hours
from sojourn.journeys.language.waiting import WaitFor
from sojourn.rules.findings import Finding, nearest, printable
from sojourn.rules.nodes import Done, Messaged, Rule, leaves

MONDAY = date(2026, 1, 5)
OPENED = "Message Opened"
APPLE = "opens alone decide here, and Apple Mail opens what nobody reads"


def aims(case: Case) -> Iterator[Finding]:
    """Marketing has a topic, a goal and a figure by which it is judged."""
    journey = case.journey
    if journey.purpose is not Purpose.MARKETING:
        return
    if journey.topic is None and case.sends:
        remedy = "write `topic: <a topic>`, or `topic: all` where that is meant"
        said = "messages without a topic: who leaves them leaves all marketing", remedy
        yield case.wrong(("purpose",), "", said)
    if not journey.goal:
        said = "no goal: nobody can tell whether the journey works", "write `goal: {event: Order Completed}`"
        yield case.wrong(("journey",), "", said)
    if not journey.kpi:
        said = "no kpi: nobody knows by which figure it is judged", "write `kpi: first orders within a week`"
        yield case.wrong(("journey",), "", said)


def own_goal(case: Case) -> Iterator[Finding]:
    """Who comes into the goal's segment has met it already."""
    goal = case.journey.goal
    if goal is None or not goal.segment or goal.at_entry is AtEntry.ENTER:
        return
    if any(isinstance(entry, Trigger) and entry.segment == goal.segment for entry in case.journey.entries):
        said = "the entry is the goal: who comes in has met it already", "name another goal"
        yield case.wrong(("goal",), "", said)


def opens(case: Case) -> Iterator[Finding]:
    """Nothing is decided by opens alone."""
    for place, step in case.steps:
        if isinstance(step, WaitFor):
            kinds = [{condition.kind for condition in answer.any} for answer in step.answers]
            if {ConditionKind.OPENED} in kinds:
                yield case.wrong((*place, "any"), step.name, (APPLE, "wait for `clicked` or an event too"))
        if isinstance(step, Branch):
            for index, each in enumerate(step.ifs):
                if _asks_for_opens_alone(each.rule):
                    yield case.wrong(
                        (*place, "paths", index), step.name, (APPLE, "ask for clicks or events too")
                    )


def fields_of_templates(case: Case) -> Iterator[Finding]:
    """A field that a contact lacks is a message that is not sent."""
    for place, step in case.steps:
        names = case.known.bare.get(step.template, ()) if isinstance(step, Send) else ()
        if names:
            listed = ", ".join(f"`{printable(name, 40)}`" for name in names[:5])
            remedy = f"write `{{{{ {names[0]} | default('…') }}}}` in the template"
            said = f"the template shows {listed} without a default: who has none gets no message", remedy
            yield case.wrong((*place, "template"), step.name, said)


def impossible(case: Case) -> Iterator[Finding]:
    """A message may expire before its hours open. The usual day counts from when they first were open."""
    for place, step in case.steps:
        if (
            isinstance(step, Send)
            and step.hours
            and isinstance(step.expires, Duration)
            and is_held_outside(step)
        ):
            closed = longest_closed(step.hours)
            if closed.total_seconds() > step.expires.seconds:
                hours = closed.total_seconds() / 3600
                said = f"its hours are closed for up to {hours:g} hours, and it expires after {step.expires}"
                remedy = f"write `expires: {int(-(-hours // 24)) + 1} days`, or open more hours"
                yield case.wrong((*place, "hours"), step.name, (said, remedy))


def forks(case: Case) -> Iterator[Finding]:
    """A fork has something to part for."""
    for place, step in case.steps:
        if said := fork_of_nothing(step):
            yield case.wrong(place, step.name, said)


def strangers(case: Case) -> Iterator[Finding]:
    """Journeys that are started or ended exist."""
    known = case.known.journeys
    for place, step in case.steps:
        if known is None or not isinstance(step, StartJourney | EndJourney):
            continue
        if step.journey not in {*known, case.journey.name}:
            said = f"there is no journey '{step.journey}' yet", nearest(step.journey, known)
            yield case.wrong((*place, "journey"), step.name, said)


def longest_closed(hours: Hours) -> timedelta:
    """The longest time between two openings of a window, counted from when it closes."""
    days = [day + 7 * week for week in (0, 1) for day in hours.days or range(7)]
    opened = [_at(day, hours.start) for day in days]
    over = timedelta(days=1) if hours.end <= hours.start else timedelta()
    closed = [_at(day, hours.end) + over for day in days]
    return max((begin - end for end, begin in zip(closed, opened[1:], strict=False)), default=timedelta())


def _at(day: int, clock: time) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=day), clock)  # local to nowhere: only distances are asked


def _asks_for_opens_alone(rule: Rule) -> bool:
    asked = [_is_open(leaf) for leaf in leaves(rule)]
    return bool(asked) and all(asked)


def _is_open(leaf: Rule) -> bool:
    if isinstance(leaf, Done):
        return leaf.match.name == OPENED
    return isinstance(leaf, Messaged) and leaf.without == "opened"
