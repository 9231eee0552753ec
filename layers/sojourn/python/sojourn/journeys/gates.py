"""What is asked of somebody at the door of a journey, beside whether they were in before (reentry.py)."""

from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.journeys.answering import is_matched
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.language.around import AtEntry
from sojourn.journeys.live import LiveJourney, State, is_met
from sojourn.journeys.model import Journey
from sojourn.journeys.news import is_news
from sojourn.journeys.reentry import No, Refused
from sojourn.journeys.views import compiled, view_in
from sojourn.rules.view import Explained
from sojourn.segments.judge import members_of
from sojourn.segments.store import live_index

LOOK_BACK = timedelta(days=30)  # for a goal that is matched with the entry, and was met before it


def closed(moment: datetime, live: LiveJourney) -> No | None:
    """Whether the journey takes nobody at all."""
    at = iso(moment) if live.starts or live.ends else ""
    if live.state is State.STOPPED:
        return No(Refused.STOPPED, {"since": live.since})
    if live.state is State.PAUSED and live.why:
        return No(Refused.FAILING, {"since": live.since, "why": live.why})
    if live.starts and at < live.starts:
        return No(Refused.NOT_STARTED, {"at": at, "starts": live.starts})
    if live.ends and at >= live.ends:
        return No(Refused.OVER, {"at": at, "ends": live.ends})
    return None


def goal_met(wanted: Enrolment, profile: Profile, event: Event, journey: Journey) -> No | None:
    """Of a segment: they are in it. Of an event: it is matched with this entry, or dated after it, and overtook it."""
    goal = journey.goal
    if goal is None or goal.at_entry is AtEntry.ENTER:
        return None
    if goal.segment:
        is_in = goal.segment in members_of(profile.segments, live_index())
        return No(Refused.GOAL_MET, {"segment": goal.segment}) if is_in else None
    seen = profile.events.get(goal.event)
    since = event.at - LOOK_BACK if goal.match else event.at
    if not seen or seen["last"] <= iso(since):
        return None
    for other in history(profile.partitions, since=since, event_name=goal.event):
        is_later = goal.match or other.at > event.at
        if other.key != event.key and is_later and is_news(other) and is_met(goal.trigger, other):
            if is_matched(other.properties, goal.match, wanted):
                return No(Refused.GOAL_MET, {"event": goal.event, "at": iso(other.at)})
    return None


def filtered(wanted: Enrolment, profile: Profile, journey: Journey, now: datetime) -> No | None:
    """Whether the filter keeps them out."""
    told = filter_seen(wanted, profile, journey, now)
    return None if told is None or told["holds"] else No(Refused.FILTER, {"conditions": told})


def filter_seen(
    wanted: Enrolment, profile: Profile, journey: Journey, now: datetime
) -> dict[str, Any] | None:
    """What the filter says, condition by condition; None when there is none."""
    if journey.filter is None:
        return None
    view = view_in(wanted, profile, [journey.filter], now=now)
    return trace_of(compiled(journey.filter).explain(view))


def trace_of(explained: Explained) -> dict[str, Any]:
    """A rule with what was seen, as JSON."""
    told: dict[str, Any] = {"condition": explained.condition, "holds": explained.holds}
    if explained.seen:
        told["seen"] = explained.seen
    return {**told, **({"parts": [trace_of(part) for part in explained.parts]} if explained.parts else {})}
