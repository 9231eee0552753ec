"""What stands is held against what the events say: a full evaluation, apart from every short cut that react takes.

A contact has drifted when a mark, or the row in the list of members, is not what the rule says of the profile that the
raw events make; where some of these are no longer kept, of the profile as it stands. What is still on its way is none
of that: somebody whose moment has come and whom the sweep has yet to meet, who has not seen a new generation, or whose
newest event is minutes old.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.events.store import history
from sojourn.segments.announce import announce, with_unsaid
from sojourn.segments.backfill import Hands, view_for
from sojourn.segments.index import NOBODY, SegmentIndex
from sojourn.segments.judge import judge, members_of, unsettled
from sojourn.segments.keep import is_past
from sojourn.segments.members.store import memberships_of
from sojourn.segments.model import Cause, Occasion
from sojourn.segments.reading import load
from sojourn.segments.runs.store import Found, Tally
from sojourn.segments.view import view_of

ON_ITS_WAY = timedelta(minutes=5)
MERGED_ROW = "row"

Refold = Callable[[Profile, SegmentIndex], Profile]


def verify_people(
    found: Found,
    index: SegmentIndex,
    hands: Hands,
    *,
    refold: Refold,
    repairs: bool,
    run: str,
    only: frozenset[str] = NOBODY,
) -> Tally:
    """Count who was checked and who has drifted, by segment; drift is put right where that was asked for.

    With `only`, none but these segments are looked at; whoever is repaired is so in all of them.
    """
    tally = Tally()
    names = looked_at(only, index) if only else None
    for profile in found.people:
        tally.add("checked")
        if repairs:  # what an earlier call wrote, and died before it was told
            announce(profile.contact, (each for each in profile.unsaid if "step" in each))
        fresh = refold(profile, index)
        if not is_whole(profile, fresh):
            tally.add("by_profile")
            fresh = profile
        wrong = drift_of(profile, fresh, index, hands.clock.calendar(), names)
        wrong = {name: how for name, how in wrong.items() if not only or name in only}
        if not wrong:
            continue
        if _is_on_its_way(profile, index, hands.clock.calendar()):
            tally.add("on_its_way")
            continue
        tally.add("drifted")
        tally.examples.append(profile.contact)
        for segment, how in wrong.items():
            tally.add(how, segment)
        if repairs:
            _repair(profile, index, hands, refold, run)
            tally.add("repaired")
    return tally


def is_whole(profile: Profile, fresh: Profile) -> bool:
    """Whether the raw events make all that the profile knows; those that time took away it has counted too."""
    return all(fresh.events.get(name, {"n": 0})["n"] >= seen["n"] for name, seen in profile.events.items())


def looked_at(names: Iterable[str], index: SegmentIndex) -> frozenset[str]:
    """Those of the segments that are in force, and what they look at, near or far."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in index.live and name not in found:
            found.add(name)
            waiting.extend(index.live[name].compiled.references.segments)
    return frozenset(found)


def drift_of(
    profile: Profile, fresh: Profile, index: SegmentIndex, now: datetime, names: frozenset[str] | None = None
) -> dict[str, str]:
    """{segment: missing | surplus | row}: not in it and should be, in it and should not, or listed wrongly.

    With `names`, what it says of others means nothing.
    """
    wanted = evaluated(fresh, index, now, names)
    marked = members_of(profile.segments, index)
    wrong = dict.fromkeys(sorted(wanted - marked), "missing") | dict.fromkeys(
        sorted(marked - wanted), "surplus"
    )
    listed = {row.segment for row in memberships_of(profile.contact) if row.is_in}
    still = frozenset(name for name in index.live if name in listed) | (listed - index.live.keys())
    return dict.fromkeys(sorted((still ^ marked) - wrong.keys()), MERGED_ROW) | wrong


def evaluated(
    profile: Profile, index: SegmentIndex, now: datetime, names: frozenset[str] | None = None
) -> frozenset[str]:
    """The segments in force, or those of `names`, whose rules hold for this profile; a segment after those that
    it looks at. One that is invalid holds for whoever was in it."""
    wanted = index.live.keys() if names is None else names
    loaded = load(profile, index.needs_of(wanted))
    view = view_of(profile, now, workspace=workspace(), loaded=loaded)
    inside: frozenset[str] = members_of(profile.segments, index) & frozenset(_invalid(index))
    for name in sorted(wanted, key=lambda each: (index.rank[each], each)):
        segment = index.live[name]
        seen = view_for(segment, replace(view, segments=inside))
        if name not in inside and not segment.invalid and segment.compiled.holds(seen):
            inside |= {name}
    return inside


def _invalid(index: SegmentIndex) -> list[str]:
    return [name for name, segment in index.live.items() if segment.invalid]


def _is_on_its_way(profile: Profile, index: SegmentIndex, now: datetime) -> bool:
    if unsettled(profile, index) or profile.unsaid or profile.merging:
        return True
    if is_past(profile, now) and now - parse_iso(profile.flips_at) < ON_ITS_WAY:
        return True
    newest = max((event.received_at for event in history(profile.partitions)), default=None)
    return newest is not None and timedelta() <= now - newest < ON_ITS_WAY


def _repair(profile: Profile, index: SegmentIndex, hands: Hands, refold: Refold, run: str) -> None:
    """The profile as its events make it, if they are all kept, judged under all segments; what changes is told
    with the cause backfill."""

    def mended(each: Profile) -> Profile:
        now = hands.clock.calendar()
        occasion = Occasion(cause=Cause.BACKFILL, key=run, at=iso(now))
        again = refold(each, index)
        fresh = again if is_whole(each, again) else each
        loaded = load(fresh, index.needs_of(index.names))
        view = view_of(fresh, now, workspace=workspace(), loaded=loaded)
        after, changes = judge(fresh, index, index.names, view, occasion, others=occasion)
        told = with_unsaid(after, changes)
        rows = _rows(after, index, {change.segment for change in changes}, occasion)
        return replace(told, unsaid=(*told.unsaid, *rows)) if rows else told

    hands.change(profile, mended)


def _rows(
    profile: Profile, index: SegmentIndex, told: set[str], occasion: Occasion
) -> list[Mapping[str, object]]:
    """For the list of members alone: what it says otherwise than the marks."""
    inside = members_of(profile.segments, index)
    listed = {row.segment: row.generation for row in memberships_of(profile.contact) if row.is_in}
    return [
        {
            "segment": name,
            "generation": index.live[name].generation if name in index.live else listed[name],
            "entered": name in inside,
            "cause": occasion.cause.value,
            "by": occasion.key,
            "at": occasion.at,
            "pk": "",
            "id": f"{occasion.key} {name}",
            "only": MERGED_ROW,
        }
        for name in sorted((inside ^ listed.keys()) - told)
    ]
