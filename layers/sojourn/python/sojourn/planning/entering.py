"""Who comes in by an event: the engine's own questions in its own order (journeys/enrol.py), without rows."""

from typing import TYPE_CHECKING

from sojourn.clock import iso
from sojourn.events.model import Event
from sojourn.journeys.answering import is_matched
from sojourn.journeys.enrol import Arrival, key_of
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.gates import LOOK_BACK, closed
from sojourn.journeys.graph import first_state
from sojourn.journeys.language.around import AtEntry
from sojourn.journeys.live import is_met
from sojourn.journeys.naming import facts_of
from sojourn.journeys.reentry import No, Refused, why_not
from sojourn.journeys.splits import is_held_out, splits_of
from sojourn.journeys.views import compiled
from sojourn.planning.occasions import begun_by

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage


def at_the_door(stage: "Stage", event: Event, place: int) -> Enrolment | No:
    """The new run, or why there is none."""
    journey, live = stage.script.journey, stage.script.live
    if no := closed(event.at, live):
        return no
    key = key_of(journey, Arrival(stage.profile, event, place))
    if key is None:
        return No(Refused.NO_KEY)
    before = [run.row for run in stage.runs]
    if no := why_not(journey, before, key=key, at=event.at, now=stage.clock.calendar()):
        return no
    wanted = _wanted(stage, event, place, key, max((run.entry for run in before), default=0) + 1)
    return _goal_met(stage, event, wanted) or _filtered(stage, wanted) or wanted


def _goal_met(stage: "Stage", event: Event, wanted: Enrolment) -> No | None:
    goal = stage.script.journey.goal
    if goal is None or goal.at_entry is AtEntry.ENTER:
        return None
    if goal.segment:
        return No(Refused.GOAL_MET) if goal.segment in stage.person.segments else None
    since = event.at - LOOK_BACK if goal.match else event.at
    for each in stage.history:
        is_later = goal.match or each.at > event.at
        if each.at >= since and each.key != event.key and is_later and is_met(goal.trigger, each):
            if is_matched(each.properties, goal.match, wanted):
                return No(Refused.GOAL_MET)
    return None


def _filtered(stage: "Stage", wanted: Enrolment) -> No | None:
    rule = stage.script.journey.filter
    if rule is None or compiled(rule).holds(stage.look(wanted, [rule])):
        return None
    return No(Refused.FILTER)


def _wanted(stage: "Stage", event: Event, place: int, key: str, entry: int) -> Enrolment:
    script, contact, now = stage.script, stage.person.contact, stage.now_text
    journey = script.journey
    return Enrolment(
        contact=contact,
        journey=journey.name,
        entry=entry,
        version=script.version,
        version_arn=script.live.version_arn,
        entered_by=begun_by(stage, event, place),
        entered_at=now if event.at is stage.clock.now else iso(event.at),
        identity=event.pk,
        at=first_state(journey),
        until=now,
        started_at=now,
        key=key,
        facts=facts_of(event.properties, script.named) if script.named else {},
        splits=splits_of(journey, contact) if script.has_splits else {},
        holdout=bool(journey.holdout) and is_held_out(journey, contact),
    )
