"""A rule tried on contacts, in force or not: whether it holds for one, and why. Writes nothing.

What a profile does not hold yet, because nobody asked for it before, is read from raw events, as a backfill would.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sojourn.clock import Clock
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.rules.compile import Compiled, compile_rule
from sojourn.rules.nodes import Rule
from sojourn.rules.view import Explained, TraceSpec, View
from sojourn.segments.backfill import filled
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import members_of
from sojourn.segments.quantiles import Cuts, quantiles_in, standing_of
from sojourn.segments.reading import load
from sojourn.segments.view import view_of


@dataclass(frozen=True)
class Trial:
    """A rule on trial, beside what is in force now."""

    rule: Rule
    index: SegmentIndex
    cuts: Cuts
    clock: Clock

    @cached_property
    def compiled(self) -> Compiled:
        """The rule, ready to be asked."""
        return compile_rule(self.rule)

    @cached_property
    def missing(self) -> Mapping[str, TraceSpec]:
        """The traces that profiles do not hold yet."""
        whole = {name for segment in self.index.live.values() for name in segment.compiled.traces}
        return {name: spec for name, spec in self.compiled.traces.items() if name not in whole}

    @property
    def reads_more(self) -> bool:
        """Whether a contact costs more than its profile."""
        return bool(self.missing or self.compiled.references.needs)

    @property
    def uncut(self) -> frozenset[str]:
        """The quantiles that it names and that nobody has cut yet: nobody stands anywhere in them."""
        return quantiles_in(self.rule) - self.cuts.keys()

    def holds(self, profile: Profile) -> bool:
        """Whether the contact is in."""
        return self.compiled.holds(self._view(profile))

    def explain(self, profile: Profile) -> Explained:
        """Each condition with the value seen, its verdict, and when that may flip."""
        return self.compiled.explain(self._view(profile))

    def _view(self, profile: Profile) -> View:
        profile = filled(profile, self.missing)
        loaded = load(profile, self.compiled.references.needs)
        view = view_of(profile, self.clock.calendar(), workspace=workspace(), loaded=loaded)
        return replace(
            view,
            segments=members_of(profile.segments, self.index),
            quantiles=standing_of(view.facts, self.cuts) if self.cuts else {},
        )
