"""A profile held against segments: its marks afterwards, what changed, and when time alone may change more. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.rules.view import View
from sojourn.segments.index import SegmentIndex
from sojourn.segments.model import Cause, Change, Occasion, Segment, Why
from sojourn.segments.quantiles import standing_of

Marks = dict[str, dict[str, Any]]


def judge(
    profile: Profile,
    index: SegmentIndex,
    names: Iterable[str],
    view: View,
    occasion: Occasion,
    *,
    others: Occasion | None = None,
) -> tuple[Profile, list[Change]]:
    """The profile judged under these segments, and under those that look at one which changed.

    With `others`, it is judged under all segments, of which those that were not named change on that occasion.
    """
    told: list[Change] = []
    marks = {name: {key: dict(mark) for key, mark in kept.items()} for name, kept in profile.segments.items()}
    bench = _Bench(index, view, marks)
    named = dict.fromkeys(names, occasion)
    if others is not None:
        named = dict.fromkeys(index.names, others) | named
    for name in unsettled(profile, index):
        told.extend(bench.settle(name, _settling(index.live.get(name), occasion.at)))
    for change in told:
        bench.add_referrers(change, named)
    while named:
        name = min(named, key=lambda each: (index.rank.get(each, 0), each))
        for change in bench.judge(name, named.pop(name)):
            told.append(change)
            bench.add_referrers(change, named)
    flips_at = bench.earliest(None if others is not None else profile.flips_at)
    marks = {name: kept for name, kept in bench.marks.items() if kept}
    if marks == profile.segments and flips_at == profile.flips_at:
        return profile, told
    return replace(profile, segments=marks, flips_at=flips_at), told


def unsettled(profile: Profile, index: SegmentIndex) -> list[str]:
    """The segments of which a generation came into force, or that were closed, and the profile has not seen it."""
    return [
        name
        for name, marks in profile.segments.items()
        if _is_unsettled(marks, index.live.get(name), index.pending.get(name))
    ]


def members_of(marks: Mapping[str, Mapping[str, Any]], index: SegmentIndex) -> frozenset[str]:
    """The segments that the marks say somebody is in, by the generation in force."""
    return frozenset(
        name for name, kept in marks.items() if name in index.live and index.live[name].key in kept
    )


@dataclass(slots=True)
class _Bench:
    """The marks while they are judged."""

    index: SegmentIndex
    view: View
    marks: dict[str, Marks]
    flips: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._look()

    def judge(self, name: str, occasion: Occasion) -> list[Change]:
        """Under the generation in force, which tells; and under the one that is being filled, which does not."""
        marks = self.marks.setdefault(name, {})
        changes = []
        if live := self.index.live.get(name):
            changes = self._held_against(live, marks, occasion, said=True)
        if pending := self.index.pending.get(name):
            self._held_against(pending, marks, occasion, said=False)
        if changes:
            self._look()
        return changes

    def settle(self, name: str, occasion: Occasion) -> list[Change]:
        """The marks of before make way for those of the generation in force."""
        marks = self.marks[name]
        live, current = self.index.live.get(name), {each.key for each in self.index.generations(name)}
        before = [mark for key, mark in marks.items() if key not in current and mark["said"]]
        for key in [key for key in marks if key not in current]:
            del marks[key]
        now = marks.get(live.key) if live else None
        number = live.generation if live else 0
        if live and now and not now["said"]:
            marks[live.key] = {"at": before[0]["at"] if before else occasion.at, "said": True}
        self._look()
        if now and not now["said"] and not before:
            return [Change(name, number, True, occasion)]
        return [Change(name, number, False, occasion, before[0]["at"])] if before and not now else []

    def add_referrers(self, change: Change, named: dict[str, Occasion]) -> None:
        """Whoever looks at what changed must look again, on the same occasion."""
        for name in self.index.by_segment.get(change.segment, ()):
            named.setdefault(name, change.occasion)

    def earliest(self, known: str | None) -> str:
        """The first moment when time alone may change a verdict; `known`: of those that were not judged."""
        moments = [iso(at) for at in self.flips]
        return min([*moments, *([known] if known else [])], default="")

    def _held_against(
        self, segment: Segment, marks: Marks, occasion: Occasion, *, said: bool
    ) -> list[Change]:
        if segment.invalid:
            return []
        verdict = segment.compiled.judge(self._view_for(segment))
        if verdict.flips_at is not None:
            self.flips.append(verdict.flips_at)
        if verdict.holds == (segment.key in marks):
            return []
        if verdict.holds:
            marks[segment.key] = {"at": occasion.at, "said": said}
            return [Change(segment.name, segment.generation, True, occasion)]
        since = marks.pop(segment.key)["at"]
        return [Change(segment.name, segment.generation, False, occasion, since)]

    def _view_for(self, segment: Segment) -> View:
        if not segment.cuts:
            return self.view
        return replace(self.view, quantiles=standing_of(self.view.facts, segment.cuts))

    def _look(self) -> None:
        self.view = replace(self.view, segments=members_of(self.marks, self.index))


def _is_unsettled(
    marks: Mapping[str, Mapping[str, Any]], live: Segment | None, pending: Segment | None
) -> bool:
    current = {each.key for each in (live, pending) if each}
    is_new = live is not None and live.key in marks and not marks[live.key]["said"]
    return is_new or not marks.keys() <= current


def _settling(live: Segment | None, at: str) -> Occasion:
    """The generation that came into force, or the end of them."""
    cause = Cause.BACKFILL if live and live.why is not Why.RULE_EDIT else Cause.RULE_EDIT
    return Occasion(cause=cause, key=f"generation {live.generation}" if live else "closed", at=at)
