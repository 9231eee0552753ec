"""A new rule takes force, contact by contact: first each is judged under it, then, once it is in force, told of it.

judge     traces that the rule needs are filled from raw events; the verdict becomes a mark that says nothing yet
settle    marks of the generation before make way for those of the one in force, and what changed is told

Both may be repeated, and meet react at work: a profile is written only as it was read, else read and judged again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sojourn.clock import Clock, iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.contacts.workspace import workspace
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.events.model import EventType
from sojourn.events.store import history
from sojourn.rules.traces import add
from sojourn.rules.view import Needs, TraceSpec, View
from sojourn.segments.announce import announce, with_unsaid
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import judge, members_of, unsettled
from sojourn.segments.keep import keep
from sojourn.segments.model import ENTERED, OUR_EVENTS, Cause, Occasion, Segment, is_believed
from sojourn.segments.quantiles import standing_of
from sojourn.segments.reading import load
from sojourn.segments.runs.store import Found, Tally
from sojourn.segments.view import view_of

TRIES = 8
OF_RUNS = {Cause.BACKFILL, Cause.RULE_EDIT}
UNNAMED = frozenset(map(str, EventType))  # calls without a name of their own are known by their type

Change = Callable[[Profile], Profile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What working on contacts needs of the outside."""

    clock: Clock
    shards: int

    def change(self, profile: Profile, change: Change) -> Profile:
        """The profile changed and written; read again as often as somebody else was quicker."""
        for _ in range(TRIES):
            after = change(profile)
            if after is profile or profile.erased_at or not profile.revision:
                # What was written before, by whoever died then or never heard that it was, may still have to be told.
                announce(profile.contact, (each for each in profile.unsaid if "step" in each))
                return profile
            try:
                return keep(profile, after, clock=self.clock, shards=self.shards)
            except StaleWriteError:
                profile = get_profile(profile.contact)
        raise StoreBusyError("profile")


def judge_people(found: Found, generations: Mapping[str, int], index: SegmentIndex, hands: Hands) -> Tally:
    """Judge people under generations that are not in force yet; those that are pending no more are left out."""
    tally = Tally()
    wanted = [index.pending[name] for name in generations if _is_pending(name, generations, index)]
    if not wanted:
        return tally
    specs = missing_traces(wanted, index)
    for profile in found.people:
        after = hands.change(profile, lambda each: marked(filled(each, specs), wanted, index, hands.clock))
        tally.add("judged")
        for segment in wanted:
            _count(after, segment, index, tally)
    for contact in dict.fromkeys(found.survivors):
        # Somebody may have become them since they were judged, and brought events along.
        hands.change(
            get_profile(contact), lambda each: marked(filled(each, specs), wanted, index, hands.clock)
        )
    return tally


def settle_people(
    found: Found, generations: Mapping[str, int], index: SegmentIndex, hands: Hands, *, since: str
) -> Tally:
    """Let people know what is in force; of these segments it is counted who is in, and who came and went by it.

    Whoever did something `since` it took force was told by react, and is counted all the same.
    """
    tally, known = Tally(), _known_traces(index)
    for profile in found.people:
        after = hands.change(profile, lambda each: settled(each, index, known, hands.clock.calendar()))
        tally.add("settled")
        inside = members_of(after.segments, index)
        for name in generations:
            tally.add("members", name, name in inside)
        for name, entered in _moved(after, generations, since):
            tally.add("entered" if entered else "left", name)
    return tally


def missing_traces(wanted: Iterable[Segment], index: SegmentIndex) -> dict[str, TraceSpec]:
    """The traces that only rules not in force yet ask for: nobody knows yet that they are whole."""
    whole = {name for segment in index.live.values() for name in segment.compiled.traces}
    return {
        name: spec
        for segment in wanted
        for name, spec in segment.compiled.traces.items()
        if name not in whole
    }


def filled(profile: Profile, specs: Mapping[str, TraceSpec]) -> Profile:
    """The profile with these traces as the raw events make them, as far back as events are kept.

    An event that is still in the stream is in it already; when it is folded it is there only once.
    """
    wanted = {name: spec for name, spec in specs.items() if spec.match.name in profile.events}
    if not wanted:
        return profile
    traces = dict(profile.traces)
    names = {spec.match.name for spec in wanted.values()}
    only = next(iter(names)) if len(names) == 1 and not names & UNNAMED else None
    for event in history(profile.partitions, event_name=only):
        told, at = event.event or event.type, iso(event.at)
        if not is_believed(told, event.source):
            continue
        for name, spec in wanted.items():
            if trace := add(traces.get(name), spec, told, at, event.key, event.properties):
                traces[name] = trace
    return profile if traces == profile.traces else replace(profile, traces=traces)


def marked(profile: Profile, wanted: Iterable[Segment], index: SegmentIndex, clock: Clock) -> Profile:
    """The profile with a silent mark of each of these generations whose rule holds."""
    segments = list(wanted)
    needs = Needs(0)
    for segment in segments:
        needs |= segment.compiled.references.needs
    now = clock.calendar()
    view = view_of(profile, now, workspace=workspace(), loaded=load(profile, needs))
    view = replace(view, segments=members_of(profile.segments, index))
    marks = {name: dict(kept) for name, kept in profile.segments.items()}
    flips = [profile.flips_at] if profile.flips_at else []
    for segment in segments:
        verdict = segment.compiled.judge(view_for(segment, view))
        kept = marks.setdefault(segment.name, {})
        if not verdict.holds:
            kept.pop(segment.key, None)
        elif segment.key not in kept:
            kept[segment.key] = {"at": iso(now), "said": False}
        if verdict.flips_at:
            flips.append(iso(verdict.flips_at))
    marks = {name: kept for name, kept in marks.items() if kept}
    flips_at = min(flips, default="")
    if marks == profile.segments and flips_at == profile.flips_at:
        return profile
    return replace(profile, segments=marks, flips_at=flips_at)


def view_for(segment: Segment, view: View) -> View:
    """The view with quantiles by the cut points of the segment's generation."""
    return replace(view, quantiles=standing_of(view.facts, segment.cuts)) if segment.cuts else view


def settled(profile: Profile, index: SegmentIndex, known: frozenset[str], now: datetime) -> Profile:
    """The profile with the marks of what is in force, and no trace that nobody looks at."""
    if idle := profile.traces.keys() - known:
        kept = {name: trace for name, trace in profile.traces.items() if name not in idle}
        profile = replace(profile, traces=kept)
    if not unsettled(profile, index):
        return profile
    # Settling names its own cause and key; this is of what looks at a segment that changed.
    occasion = Occasion(cause=Cause.RULE_EDIT, key="settled", at=iso(now))
    names = index.with_referrers(profile.segments)
    view = view_of(profile, now, workspace=workspace(), loaded=load(profile, index.needs_of(names)))
    after, changes = judge(profile, index, (), view, occasion)
    return with_unsaid(after, changes)


def _moved(profile: Profile, generations: Mapping[str, int], since: str) -> list[tuple[str, bool]]:
    """The changes that these generations made: those to be told, and those that were told and heard already."""
    told = {each["id"]: each for each in profile.unsaid}
    for name in OUR_EVENTS:
        if (seen := profile.events.get(name)) and seen["last"] >= since:
            for event in history(profile.partitions, event_name=name):
                if event.is_internal and iso(event.at) >= since:
                    told.setdefault(event.message_id, {**event.properties, "entered": name == ENTERED})
    return [
        (each["segment"], each["entered"])
        for each in told.values()
        if each["cause"] in OF_RUNS and generations.get(each["segment"]) == each["generation"]
    ]


def _is_pending(name: str, generations: Mapping[str, int], index: SegmentIndex) -> bool:
    return name in index.pending and index.pending[name].generation == generations[name]


def _count(profile: Profile, segment: Segment, index: SegmentIndex, tally: Tally) -> None:
    will_be = segment.key in profile.segments.get(segment.name, {})
    is_in = segment.name in members_of(profile.segments, index)
    tally.add("members", segment.name, will_be)
    tally.add("entering", segment.name, will_be and not is_in)
    tally.add("leaving", segment.name, is_in and not will_be)


def _known_traces(index: SegmentIndex) -> frozenset[str]:
    return frozenset(name for specs in index.traces.values() for name in specs)
