"""The verdict on a contact and a journey: why they are in it or not, with the values that were seen. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sojourn.contacts.model import Profile
from sojourn.contacts.seen import News, last_news
from sojourn.insight.facts import Came, EntryFacts, EntryKind, Gate, JourneyFacts, Standing
from sojourn.insight.reasons import ended_by


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
    ENTRY_EVENT_UNLIKE = "entry_event_unlike"
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
    Verdict.ALREADY_ONCE: "The contact was in the journey already, and it is entered once.",
    Verdict.BETWEEN_RUNS: "The contact was in the journey, and the next {entry} lets them in again.",
    Verdict.TOO_SOON: "The contact was in the journey; the pause before the next entry ends at {not_before}.",
    Verdict.LIMIT: "The contact came in {runs} times; at most {at_most} are let in{in_a_while}.",
    Verdict.DAILY_LIMIT: (
        "The contact came in {runs} times on {day}; no journey lets anybody in more than {at_most} times a day."
    ),
    Verdict.FILTER: "The journey's filter keeps the contact out: {unmet}.",
    Verdict.GOAL_MET: "The contact had met the journey's goal ({goal}) before they came in.",
    Verdict.NO_KEY: "The event had no {key}, by which the journey tells runs apart.",
    Verdict.NOT_STARTED: "The journey lets nobody in before {starts}.",
    Verdict.OVER: "The journey lets nobody in any more: it ended at {ends}.",
    Verdict.STOPPED: "The journey was stopped at {since}: nobody comes in any more.",
    Verdict.FAILING: "The journey was paused at {since} because its runs failed: nobody comes in until it is resumed.",
    Verdict.JOURNEY_NOT_LIVE: "The journey is not live: nobody can enter before it is published.",
    Verdict.ENTRY_EVENT_NEVER_SEEN: "The journey is entered by {entry}, and the contact never did that.",
    Verdict.ENTRY_EVENT_BEFORE_LIVE: (
        "The contact's last {entry} was at {last}, before the journey was live with this entry, at {live_since}."
    ),
    Verdict.ENTRY_EVENT_TOO_OLD: "{entry} was old news when it arrived, and what is no news moves nobody.",
    Verdict.ENTRY_EVENT_IMPORTED: "{entry} came with an import, and imported history moves nobody.",
    Verdict.ENTRY_EVENT_UNLIKE: "{entry} came, but never as the journey wants it: {wanted}; the last had {came}.",
    Verdict.SEGMENT_NEVER_ENTERED: (
        "The journey is entered by coming into the segment {entry}, and the contact never did."
    ),
    Verdict.SEGMENT_ENTERED_BEFORE_LIVE: (
        "The contact came into {entry} at {since}, before the journey was live with this entry, at {live_since}."
    ),
    Verdict.SEGMENT_ENTERED_UNMOVED: (
        "The contact came into {entry} when the rule was made or changed, or by an import, and that moves nobody."
    ),
    Verdict.SEGMENT_INVALID: (
        "The segment {entry} names an attribute that was deleted: until its rule is mended nobody comes in or goes out."
    ),
    Verdict.DATE_MISSING: "The journey is entered by the date {entry}, and the contact has none.",
    Verdict.DATE_TO_COME: (
        "The journey is entered by the date {entry}, and the contact's day has not come: it is {at}."
    ),
    Verdict.NOT_IN_SEGMENT: "By its schedule the journey takes those who are in {entry}, and the contact is not.",
    Verdict.SCHEDULED: "The contact is in {entry}, and comes in when the schedule says so next, at {at}.",
    Verdict.NEVER_REQUESTED: "The journey is entered by request, and nobody asked for this contact.",
    Verdict.NOT_ADMITTED: "{entry} was seen, but there is no enrolment: it may be on its way; ask again in a minute.",
}


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
    return max((by_entry(each, profile, journey) for each in journey.entries), key=_nearness)


def _of(gate: Gate) -> Verdict:
    """The verdict of a No; who is in now is told otherwise than who was in then."""
    return Verdict.WAS_ACTIVE if gate.reason == Verdict.ACTIVE else Verdict(gate.reason)


NOTHING_CAME = (
    Verdict.NEVER_REQUESTED,
    Verdict.ENTRY_EVENT_NEVER_SEEN,
    Verdict.SEGMENT_NEVER_ENTERED,
    Verdict.DATE_MISSING,
    Verdict.NOT_IN_SEGMENT,
)
# Of several entries that tells which is nearest to letting in.
NEARNESS = [*NOTHING_CAME, *(each for each in Verdict if each not in NOTHING_CAME)]


def _nearness(found: Found) -> int:
    return NEARNESS.index(found[0])


def by_entry(entry: EntryFacts, profile: Profile, journey: JourneyFacts) -> Found:
    """Why this entry did not let the contact in."""
    at = {"at": entry.at} if entry.at else {}
    match entry.kind:
        case EntryKind.SEGMENT:
            if entry.is_held:
                return Verdict.SEGMENT_INVALID, {}, entry.name
            live_since = entry.since or journey.live_since
            told = {"since": entry.came.since, "live_since": live_since} if entry.came else {}
            return _came(entry.came, live_since), told, entry.name
        case EntryKind.DATE:
            known = Verdict.DATE_TO_COME if entry.is_known else Verdict.DATE_MISSING
            return known, at, entry.name
        case EntryKind.SCHEDULE:
            return Verdict.SCHEDULED if entry.is_in else Verdict.NOT_IN_SEGMENT, at, entry.name
        case EntryKind.REQUEST:
            seen = profile.events.get(entry.name)
            is_there = seen and entry.is_known
            told = {"last": seen["last"]} if is_there and seen else {}
            return Verdict.NOT_ADMITTED if is_there else Verdict.NEVER_REQUESTED, told, entry.name
    return _by_event(entry, profile, journey)


def _by_event(entry: EntryFacts, profile: Profile, journey: JourneyFacts) -> Found:
    seen = profile.events.get(entry.name)
    if not seen:
        return Verdict.ENTRY_EVENT_NEVER_SEEN, {}, entry.name
    last, live_since = last_news(seen), entry.since or journey.live_since
    told = {"last": seen["last"], "live_since": live_since}
    if not last:
        late = Verdict.ENTRY_EVENT_TOO_OLD if News.LATE in seen else Verdict.ENTRY_EVENT_IMPORTED
        return late, told, entry.name
    if last < live_since:
        return Verdict.ENTRY_EVENT_BEFORE_LIVE, told, entry.name
    if entry.unlike is not None:
        return Verdict.ENTRY_EVENT_UNLIKE, {**told, **entry.unlike}, entry.name
    return Verdict.NOT_ADMITTED, told, entry.name


def _came(came: Came | None, live_since: str) -> Verdict:
    if came is None:
        return Verdict.SEGMENT_NEVER_ENTERED
    if came.since < live_since:
        return Verdict.SEGMENT_ENTERED_BEFORE_LIVE
    return Verdict.NOT_ADMITTED if came.moves else Verdict.SEGMENT_ENTERED_UNMOVED


class _Told(dict[str, Any]):
    """The values of a sentence; one that is not known is said so."""

    def __missing__(self, name: str) -> str:
        return "(unknown)"


def why(
    verdict: Verdict, named: str, standing: Standing | None, seen: Mapping[str, Any], *, goal: str = ""
) -> str:
    """The verdict in words."""
    within, met = seen.get("within"), seen.get("event") or seen.get("segment")
    unmet = ", ".join(_unmet(seen.get("conditions", seen))) if verdict is Verdict.FILTER else ""
    told = {
        "unmet": unmet,
        "entry": f"“{named}”",
        "goal": f"“{met}”",
        "in_a_while": f" within {within}" if within else "",
    }
    sentence = SENTENCES[verdict].format_map(_Told({**seen, **told}))
    if standing is None or verdict not in {Verdict.ALREADY_ONCE, Verdict.BETWEEN_RUNS}:
        return sentence
    return f"{sentence} {left(standing, goal)}"


def _unmet(node: Mapping[str, Any]) -> Iterator[str]:
    """The conditions that do not hold, with what was seen."""
    parts = node.get("parts", ())
    if node.get("holds", True) or not parts:
        yield from (
            () if node.get("holds", True) else (f"{node['condition']} ({node.get('seen') or 'not known'})",)
        )
        return
    failing = [part for part in parts if not part["holds"]]
    for part in failing or parts:  # of a “not” it is what holds
        yield from _unmet(part) if failing else (f"{part['condition']} ({part.get('seen') or 'not known'})",)


def left(standing: Standing, goal: str = "") -> str:
    """When the run was over, and why."""
    if standing.status == "completed" and not standing.reason:
        return f"It came to its end at {standing.ended_at}."
    how = "failed" if standing.status == "failed" else "was over"
    return f"It {how} at {standing.ended_at}: {ended_by(standing.reason, goal=goal).rstrip('.')}."
