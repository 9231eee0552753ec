"""The verdict on a contact and a journey: why they are in it or not, with the values that were seen. Pure.

The journeys lie floors above, so what must be known of one comes as plain facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sojourn.contacts.model import Profile
from sojourn.contacts.seen import News, last_news


class Verdict(StrEnum):
    """Why a contact is in a journey or not."""

    ACTIVE = "active"
    WAS_ACTIVE = "was_active"
    ALREADY_ONCE = "already_once"
    BETWEEN_RUNS = "between_runs"
    TOO_SOON = "too_soon"
    LIMIT = "limit"
    DAILY_LIMIT = "daily_limit"
    FILTER = "filter"
    GOAL_MET = "goal_met"
    NO_KEY = "no_key"
    NOT_STARTED = "not_started"
    OVER = "over"
    STOPPED = "stopped"
    FAILING = "failing"
    JOURNEY_NOT_LIVE = "journey_not_live"
    ENTRY_EVENT_NEVER_SEEN = "entry_event_never_seen"
    ENTRY_EVENT_BEFORE_LIVE = "entry_event_before_live"
    ENTRY_EVENT_TOO_OLD = "entry_event_too_old"
    ENTRY_EVENT_IMPORTED = "entry_event_imported"
    SEGMENT_NEVER_ENTERED = "segment_never_entered"
    SEGMENT_ENTERED_BEFORE_LIVE = "segment_entered_before_live"
    SEGMENT_ENTERED_UNMOVED = "segment_entered_unmoved"
    SEGMENT_INVALID = "segment_invalid"
    DATE_MISSING = "date_missing"
    DATE_TO_COME = "date_to_come"
    NOT_IN_SEGMENT = "not_in_segment"
    SCHEDULED = "scheduled"
    NEVER_REQUESTED = "never_requested"
    NOT_ADMITTED = "not_admitted"


SENTENCES = {
    Verdict.ACTIVE: "The contact is in the journey.",
    Verdict.WAS_ACTIVE: "When {entry} came last, the contact was in the journey still, and was not let in again.",
    Verdict.ALREADY_ONCE: "The contact went through the journey already, and a journey is entered once.",
    Verdict.BETWEEN_RUNS: "The contact went through the journey; the next {entry} lets them in again.",
    Verdict.TOO_SOON: "The contact was in the journey; the pause before the next entry ends at {not_before}.",
    Verdict.LIMIT: "The contact came in {runs} times; at most {at_most} are let in{in_a_while}.",
    Verdict.DAILY_LIMIT: (
        "The contact came in {runs} times on {day}; no journey lets anybody in more than {at_most} times a day."
    ),
    Verdict.FILTER: "The journey's filter kept the contact out: `seen` has each of its conditions.",
    Verdict.GOAL_MET: "The contact had met the journey's goal ({goal}) before they came in.",
    Verdict.NO_KEY: "The event had no {key}, by which the journey tells runs apart.",
    Verdict.NOT_STARTED: "The journey lets nobody in before {starts}.",
    Verdict.OVER: "The journey lets nobody in any more: it ended at {ends}.",
    Verdict.STOPPED: "The journey was stopped at {since}: nobody comes in any more.",
    Verdict.FAILING: "The journey was paused at {since} because its runs failed: nobody comes in until it is resumed.",
    Verdict.JOURNEY_NOT_LIVE: "The journey is not live: nobody can enter before it is published.",
    Verdict.ENTRY_EVENT_NEVER_SEEN: "The journey is entered by {entry}, and the contact never did that.",
    Verdict.ENTRY_EVENT_BEFORE_LIVE: "The contact's last {entry} came before the journey went live.",
    Verdict.ENTRY_EVENT_TOO_OLD: "{entry} was old news when it arrived, and what is no news moves nobody.",
    Verdict.ENTRY_EVENT_IMPORTED: "{entry} came with an import, and imported history moves nobody.",
    Verdict.SEGMENT_NEVER_ENTERED: (
        "The journey is entered by coming into the segment {entry}, and the contact never did."
    ),
    Verdict.SEGMENT_ENTERED_BEFORE_LIVE: "The contact came into {entry} before the journey went live.",
    Verdict.SEGMENT_ENTERED_UNMOVED: (
        "The contact came into {entry} when the rule was made or changed, or by an import, and that moves nobody."
    ),
    Verdict.SEGMENT_INVALID: (
        "The segment {entry} names an attribute that was deleted: until its rule is mended nobody comes in or goes out."
    ),
    Verdict.DATE_MISSING: "The journey is entered by the date {entry}, and the contact has none.",
    Verdict.DATE_TO_COME: "The journey is entered by the date {entry}, and the contact's day has not come.",
    Verdict.NOT_IN_SEGMENT: "By its schedule the journey takes those who are in {entry}, and the contact is not.",
    Verdict.SCHEDULED: "The contact is in {entry}, and comes in when the schedule says so next.",
    Verdict.NEVER_REQUESTED: "The journey is entered by request, and nobody asked for this contact.",
    Verdict.NOT_ADMITTED: "{entry} was seen, but there is no enrolment: it may be on its way; ask again in a minute.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """A step: what it does in words, and the steps it leads to."""

    kind: str
    does: str
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Came:
    """When a contact came into a segment last, and whether by what may move somebody."""

    since: str
    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyFacts:
    """A journey as published; `version` 0 when it never was. `steps` are those of the contact's own version."""

    name: str
    version: int = 0
    live_since: str = ""
    steps: Mapping[str, StepFacts]
    state: str = "live"
    entries: "tuple[EntryFacts, ...]" = ()


class EntryKind(StrEnum):
    """How a journey is entered."""

    EVENT = "event"
    SEGMENT = "segment"
    DATE = "date"
    SCHEDULE = "schedule"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One way in: its event, segment or attribute, and what is known of the contact there."""

    kind: EntryKind
    name: str
    came: Came | None = None  # into the segment
    is_held: bool = False  # for the segment's rule cannot be judged
    is_in: bool = False  # the segment of a schedule, now
    at: str = ""  # when the date, or the schedule, lets in next
    is_known: bool = True  # the date is there


@dataclass(frozen=True, slots=True)
class Gate:
    """One question at the door as it would be answered now: the reason of a No, and the values that it saw."""

    name: str
    reason: str = ""
    seen: Mapping[str, Any] | None = None
    at: str = ""  # of the last time that it was asked, for a refusal that was noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An enrolment as its row tells it, without what is secret."""

    id: str
    entry: int
    version: int
    status: str
    reason: str
    entered_at: str
    entered_by: str
    ended_at: str
    step: str
    until: str
    leg: int
    execution: str
    waits: Mapping[str, Any] | None = None


Found = tuple[
    Verdict, Mapping[str, Any], str
]  # with what was seen, and the name of the entry that it is about


def verdict_on(
    profile: Profile,
    journey: JourneyFacts,
    standing: Standing | None,
    refused: Gate | None,
    gates: Sequence[Gate],
) -> Found:
    """In this order: in it; refused since; over, and what holds now; never in, and why."""
    if standing and standing.status == "active":
        return Verdict.ACTIVE, {}, ""
    entry = journey.entries[0].name if journey.entries else ""
    if refused and journey.version and (standing is None or refused.at > standing.entered_at):
        return _of(refused), {**(refused.seen or {}), "refused_at": refused.at}, entry
    if standing:
        no = next((gate for gate in gates if gate.reason), None)
        found = _of(no) if no else Verdict.BETWEEN_RUNS
        return found, (no.seen or {}) if no else {}, entry
    if not journey.version:
        return Verdict.JOURNEY_NOT_LIVE, {}, ""
    closed = next((gate for gate in gates if gate.reason and gate.name == "journey"), None)
    if closed:
        return Verdict(closed.reason), closed.seen or {}, entry
    return max((_by(each, profile, journey) for each in journey.entries), key=_nearness)


def _of(gate: Gate) -> Verdict:
    """The verdict of a No; who is in now is told otherwise than who was in then."""
    return Verdict.WAS_ACTIVE if gate.reason == Verdict.ACTIVE else Verdict(gate.reason)


NEARNESS = list(Verdict)  # of several entries that tells which is nearest to letting in


def _nearness(found: Found) -> int:
    return NEARNESS.index(found[0])


def _by(entry: EntryFacts, profile: Profile, journey: JourneyFacts) -> Found:
    """Why this entry let nobody in."""
    at = {"at": entry.at} if entry.at else {}
    match entry.kind:
        case EntryKind.SEGMENT:
            if entry.is_held:
                return Verdict.SEGMENT_INVALID, {}, entry.name
            return _came(entry.came, journey), {"since": entry.came.since} if entry.came else {}, entry.name
        case EntryKind.DATE:
            known = Verdict.DATE_TO_COME if entry.is_known else Verdict.DATE_MISSING
            return known, at, entry.name
        case EntryKind.SCHEDULE:
            return Verdict.SCHEDULED if entry.is_in else Verdict.NOT_IN_SEGMENT, at, entry.name
        case EntryKind.REQUEST:
            seen = profile.events.get(entry.name)
            return Verdict.NOT_ADMITTED if seen else Verdict.NEVER_REQUESTED, {}, entry.name
    return _by_event(entry, profile, journey)


def _by_event(entry: EntryFacts, profile: Profile, journey: JourneyFacts) -> Found:
    seen = profile.events.get(entry.name)
    if not seen:
        return Verdict.ENTRY_EVENT_NEVER_SEEN, {}, entry.name
    last = last_news(seen)
    told = {"last": seen["last"], "live_since": journey.live_since}
    if not last:
        late = Verdict.ENTRY_EVENT_TOO_OLD if News.LATE in seen else Verdict.ENTRY_EVENT_IMPORTED
        return late, told, entry.name
    before = last < journey.live_since
    return Verdict.ENTRY_EVENT_BEFORE_LIVE if before else Verdict.NOT_ADMITTED, told, entry.name


def _came(came: Came | None, journey: JourneyFacts) -> Verdict:
    if came is None:
        return Verdict.SEGMENT_NEVER_ENTERED
    if came.since < journey.live_since:
        return Verdict.SEGMENT_ENTERED_BEFORE_LIVE
    return Verdict.NOT_ADMITTED if came.moves else Verdict.SEGMENT_ENTERED_UNMOVED


class _Told(dict[str, Any]):
    """The values of a sentence; one that is not known is said so."""

    def __missing__(self, name: str) -> str:
        return "(unknown)"


def why(verdict: Verdict, named: str, standing: Standing | None, seen: Mapping[str, Any]) -> str:
    """The verdict in words."""
    within, goal = seen.get("within"), seen.get("event") or seen.get("segment")
    told = {"entry": f"“{named}”", "goal": goal, "in_a_while": f" within {within}" if within else ""}
    sentence = SENTENCES[verdict].format_map(_Told({**seen, **told}))
    if standing is None or verdict not in {Verdict.ALREADY_ONCE, Verdict.BETWEEN_RUNS}:
        return sentence
    because = f" ({standing.reason})" if standing.reason else ""
    return f"{sentence} It {standing.status}{because} at {standing.ended_at}."
