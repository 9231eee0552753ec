"""What `explain` must know of journeys and enrolments, as plain facts: insight lies floors below them."""

from collections.abc import Iterable

from sojourn.insight.explain import Came, JourneyFacts, Standing, StepFacts
from sojourn.journeys.enrol import is_entered_again
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.enrolment import Wait as Waiting
from sojourn.journeys.graph import exits, steps_by_name
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Send, Step, Wait, WaitFor
from sojourn.journeys.versions import Version, get_version, published
from sojourn.segments.members.store import memberships_of
from sojourn.segments.model import MOVING
from sojourn.segments.store import Standing as InForce
from sojourn.segments.store import live as live_segments


def journey_facts(name: str, live: Version | None, *, of_version: int | None) -> JourneyFacts:
    """A journey: what lets contacts in now, and the steps of the version that this contact runs."""
    version = of_version or (live.number if live else None)
    steps = _steps(published(name, version)[0]) if version else {}
    if live is None:
        return JourneyFacts(name=name, steps=steps)
    first = live if live.number == 1 else get_version(name, 1)
    journey = Journey.from_definition(live.definition)
    return JourneyFacts(
        name=name,
        version=live.number,
        entry=journey.triggers[0].event,
        live_since=first.published_at,
        is_entered_again=is_entered_again(journey),
        segment=journey.triggers[0].segment,
        is_held=bool(journey.triggers[0].segment) and _is_held(journey.triggers[0].segment),
        steps=steps,
    )


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
        waits=_waits(enrolment.wait) if enrolment.wait else None,
    )


def _waits(wait: Waiting) -> dict[str, object]:
    return {
        "step": wait.step,
        "kind": wait.kind.value,
        "state": wait.state.value,
        "any": [dict(condition) for condition in wait.any],
        "event": wait.event or None,
    }


def _steps(journey: Journey) -> dict[str, StepFacts]:
    ways = exits(journey)
    return {
        name: StepFacts(
            kind=step.kind, does=_does(step), then=ways[name].then, otherwise=ways[name].otherwise
        )
        for name, step in steps_by_name(journey).items()
    }


def _does(step: Step) -> str:
    """The step in words."""
    if isinstance(step, Send):
        hours = f", between {step.hours} local time" if step.hours else ""
        return f"Sends the template “{step.template}” by {step.channel.value}{hours}."
    if isinstance(step, Wait):
        return f"Waits {step.duration}."
    if not isinstance(step, WaitFor):
        return ""
    conditions = " or ".join(f"{each.kind.value} “{each.name}”" for each in step.conditions)
    return f"Waits up to {step.up_to} for: {conditions}."
