"""What a journey's runs listen to: whatever may meet its goal, take somebody out, or answer a wait. Pure."""

from collections.abc import Iterable, Iterator

from sojourn.journeys.language.conditions import Condition, ConditionKind
from sojourn.journeys.language.entering import Trigger
from sojourn.journeys.live import Heard
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import WaitFor, every
from sojourn.rules.nodes import Rule
from sojourn.rules.references import references_of
from sojourn.rules.view import Needs

OF_MESSAGES = {
    ConditionKind.CLICKED: ("Message Clicked",),
    ConditionKind.OPENED: ("Message Opened", "Message Clicked"),  # nobody clicks in what was not opened
    ConditionKind.DELIVERED: ("Message Delivered",),
}
FAILED = ("Message Bounced",)  # which ends a wait for anything of that message
OF_A_RUN = {"entry", "reply"}  # attributes that belong to a run: they do not change
OF_CONSENT = frozenset({"email", "phone"})


def heard_by(journey: Journey) -> Heard:
    """All of it together."""
    found = Heard()
    for heard in _heard(journey):
        found |= heard
    return found


def _heard(journey: Journey) -> Iterator[Heard]:
    if journey.goal:
        yield _trigger(journey.goal.trigger)
    for way in journey.exits:
        if way.rule is not None:
            yield _rule(way.rule)
        elif way.trigger is not None:
            yield _trigger(way.trigger)
        else:
            yield Heard(segments=frozenset({way.leaves}))
    waits = [step for step in every(journey.steps) if isinstance(step, WaitFor)]
    yield from _conditions(condition for step in waits for condition in step.conditions)


def _conditions(conditions: Iterable[Condition]) -> Iterator[Heard]:
    for condition in conditions:
        if condition.rule is not None:
            yield _rule(condition.rule)
        elif condition.about_a_send:
            yield Heard(events=frozenset((*OF_MESSAGES[condition.kind], *FAILED)))
        else:
            yield Heard(events=frozenset({condition.name}))


def _trigger(trigger: Trigger) -> Heard:
    if trigger.segment:
        return Heard(segments=frozenset({trigger.segment}))
    return Heard(events=frozenset({trigger.event}))


def _rule(rule: Rule) -> Heard:
    looks = references_of(rule)
    attributes = looks.attributes - OF_A_RUN
    if Needs.CONSENT in looks.needs:
        attributes |= OF_CONSENT
    return Heard(
        events=looks.events, segments=looks.segments, attributes=attributes, everything=looks.every_event
    )
