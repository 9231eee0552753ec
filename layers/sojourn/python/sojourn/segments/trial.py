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
from sojourn.rules.nodes import All, Rule
from sojourn.rules.view import Explained, Needs, TraceSpec, View
from sojourn.segments.backfill import filled
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import members_of
from sojourn.segments.quantiles import Cuts, quantiles_in, standing_of
from sojourn.segments.reading import load
from sojourn.segments.view import view_of

READ = Needs.CONSENT | Needs.MESSAGES  # a request or more for each contact


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
        return self._asks_more(self.compiled)

    @cached_property
    def at_hand(self) -> Compiled | None:
        """What must hold and costs no more than the profile: of whom it does not hold, nothing more is read."""
        parts = self.rule.parts if isinstance(self.rule, All) else ()
        cheap = tuple(part for part in parts if not self._asks_more(compile_rule(part)))
        return compile_rule(All(cheap)) if cheap else None

    @property
    def uncut(self) -> frozenset[str]:
        """The quantiles that it names and that nobody has cut yet: nobody stands anywhere in them."""
        return quantiles_in(self.rule) - self.cuts.keys()

    def holds(self, profile: Profile) -> bool:
        """Whether the contact is in."""
        if self.reads_more and self.at_hand and not self.at_hand.holds(self._seen(profile, Needs.NOTHING)):
            return False
        return self.compiled.holds(self._view(profile))

    def explain(self, profile: Profile) -> Explained:
        """Each condition with the value seen, its verdict, and when that may flip."""
        return self.compiled.explain(self._view(profile))

    def _asks_more(self, rule: Compiled) -> bool:
        return bool(rule.references.needs & READ) or not rule.traces.keys().isdisjoint(self.missing)

    def _view(self, profile: Profile) -> View:
        return self._seen(filled(profile, self.missing), self.compiled.references.needs)

    def _seen(self, profile: Profile, needs: Needs) -> View:
        loaded = load(profile, needs)
        view = view_of(profile, self.clock.calendar(), workspace=workspace(), loaded=loaded)
        return replace(
            view,
            segments=members_of(profile.segments, self.index),
            quantiles=standing_of(view.facts, self.cuts) if self.cuts else {},
        )
