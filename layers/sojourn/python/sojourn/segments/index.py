"""What names which segment: an attribute, an event, another segment. So a change wakes those alone. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from sojourn.rules.view import Needs, References, TraceSpec
from sojourn.segments.model import Segment

ADDRESSES = frozenset({"email", "phone", "phone_country"})  # what somebody is reached by
Names = frozenset[str]
NOBODY: Names = frozenset()


@dataclass(frozen=True, slots=True)
class SegmentIndex:
    """The segments that are in force, and those that are being filled; each may look at others."""

    live: Mapping[str, Segment] = field(default_factory=dict)
    pending: Mapping[str, Segment] = field(default_factory=dict)
    by_attribute: Mapping[str, Names] = field(default_factory=dict)
    by_event: Mapping[str, Names] = field(default_factory=dict)
    by_any_event: Names = NOBODY
    by_segment: Mapping[str, Names] = field(default_factory=dict)
    by_need: Mapping[Needs, Names] = field(default_factory=dict)
    rank: Mapping[str, int] = field(default_factory=dict)  # a segment comes after those that it looks at
    traces: Mapping[str, Mapping[str, TraceSpec]] = field(default_factory=dict)  # event → trace id → which

    @classmethod
    def of(cls, live: Mapping[str, Segment], pending: Mapping[str, Segment]) -> Self:
        """The index of these."""
        looks = [
            (each.name, each.compiled.references) for group in (live, pending) for each in group.values()
        ]
        seen: dict[str, set[str]] = {name: set() for name, _ in looks}
        for name, references in looks:
            seen[name] |= references.segments
        return cls(
            live=live,
            pending=pending,
            by_attribute=_inverted(looks, _attributes),
            by_event=_inverted(looks, lambda references: references.events),
            by_any_event=frozenset(name for name, references in looks if references.every_event),
            by_segment=_inverted(looks, lambda references: references.segments),
            by_need={
                need: frozenset(name for name, references in looks if need in references.needs)
                for need in (Needs.CONSENT, Needs.MESSAGES, Needs.QUANTILES)
            },
            rank=_ranked(seen),
            traces=_traces([*live.values(), *pending.values()]),
        )

    @property
    def names(self) -> Names:
        """All of them."""
        return frozenset(self.rank)

    def named_by(
        self,
        attributes: Iterable[str] = (),
        event: str = "",
        *,
        is_own: bool = True,
        needs: Needs = Needs.NOTHING,
    ) -> Names:
        """Those that look at any of it. `is_own`: the event is the person's, not ours."""
        found = set(self.by_event.get(event, NOBODY))
        if is_own and event:
            found |= self.by_any_event
        for attribute in attributes:
            found |= self.by_attribute.get(attribute, NOBODY)
        for need, names in self.by_need.items():
            if need in needs:
                found |= names
        return frozenset(found)

    def traces_of(self, event: str) -> Mapping[str, TraceSpec]:
        """The traces that an event of this name may belong to."""
        return self.traces.get(event, {})

    def with_referrers(self, names: Iterable[str]) -> Names:
        """These, and whatever looks at them, near or far."""
        found, waiting = set(names), list(names)
        while waiting:
            more = self.by_segment.get(waiting.pop(), NOBODY) - found
            found |= more
            waiting.extend(more)
        return frozenset(found)

    def needs_of(self, names: Iterable[str]) -> Needs:
        """What must be read, beside the profile, to judge these."""
        asked = frozenset(names)
        return Needs(sum(need.value for need, wanting in self.by_need.items() if wanting & asked))

    def generations(self, name: str) -> Iterator[Segment]:
        """The one in force, and the one that is being filled."""
        for group in (self.live, self.pending):
            if name in group:
                yield group[name]


def _attributes(references: References) -> Names:
    return references.attributes | (ADDRESSES if Needs.CONSENT in references.needs else NOBODY)


def _inverted(looks: Iterable[tuple[str, References]], at: Callable[[References], Names]) -> dict[str, Names]:
    found: dict[str, set[str]] = {}
    for name, references in looks:
        for thing in at(references):
            found.setdefault(thing, set()).add(name)
    return {thing: frozenset(names) for thing, names in found.items()}


def _ranked(looks_at: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Depth first; where two look at each other (publishing refuses that), one of them comes first."""
    rank: dict[str, int] = {}
    for name in sorted(looks_at):
        _rank(name, looks_at, rank, set())
    return rank


def _rank(name: str, looks_at: Mapping[str, Iterable[str]], rank: dict[str, int], above: set[str]) -> None:
    if name in rank or name in above or name not in looks_at:
        return
    for other in sorted(looks_at[name]):
        _rank(other, looks_at, rank, above | {name})
    rank[name] = len(rank)


def _traces(segments: Iterable[Segment]) -> dict[str, dict[str, TraceSpec]]:
    found: dict[str, dict[str, TraceSpec]] = {}
    for segment in segments:
        for name, spec in segment.compiled.traces.items():
            found.setdefault(spec.match.name, {})[name] = spec
    return found
