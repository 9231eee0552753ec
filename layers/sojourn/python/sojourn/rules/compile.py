"""A rule as functions of a view: does it hold, until when, and why. Pure.

```
compiled = compile_rule(rule)
compiled.holds(view)      # True: the short way, for many contacts
compiled.judge(view)      # Verdict(holds=True, flips_at=…): the first moment when time alone may change that
compiled.explain(view)    # each condition with what was seen
```
Whatever the data are, nothing here raises. `flips_at` is later than now, in whole milliseconds, and until then the
verdict stays; what is asked again then may turn out not to have changed, and names a later moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.rules import anniversaries, deeds, happenings, mailing, standing, subjects
from sojourn.rules.nodes import (
    All,
    Anniversary,
    AnyOf,
    Compare,
    Consented,
    Done,
    InSegment,
    Messaged,
    Near,
    NoneOf,
    Quantile,
    Reachable,
    Rule,
    Sequence,
    Share,
    Total,
)
from sojourn.rules.parts import Part, every, none, some, verdict
from sojourn.rules.references import references_of, traces_of
from sojourn.rules.say import say
from sojourn.rules.view import Explained, References, TraceSpec, Verdict, View

GROUPS: dict[type[Any], Callable[[Rule, tuple[Part, ...]], Part]] = {All: every, AnyOf: some, NoneOf: none}
LEAVES: dict[type[Any], Callable[[Any], Part]] = {
    Compare: subjects.compare,
    Done: deeds.done,
    Total: happenings.total,
    Sequence: happenings.sequence,
    Messaged: mailing.messaged,
    InSegment: standing.in_segment,
    Consented: standing.consented,
    Reachable: standing.reachable,
    Near: standing.near,
    Anniversary: anniversaries.anniversary,
    Quantile: standing.quantile,
    Share: standing.share,
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule, ready to be asked."""

    rule: Rule
    holds: Callable[[View], bool]
    references: References
    traces: Mapping[str, TraceSpec]
    part: Part

    def judge(self, view: View) -> Verdict:
        """Whether it holds, and the first moment when time alone may change that."""
        return verdict(self.part, view)

    def explain(self, view: View) -> Explained:
        """Each condition with what was seen of the contact, and what it says."""
        return _explained(self.part, view)


def compile_rule(rule: Rule) -> Compiled:
    """The rule, ready to be asked."""
    part = _part(rule)
    return Compiled(rule, part.holds, references_of(rule), traces_of(rule), part)


def _part(rule: Rule) -> Part:
    if isinstance(rule, All | AnyOf | NoneOf):
        return GROUPS[type(rule)](rule, tuple(map(_part, rule.parts)))
    return LEAVES[type(rule)](rule)


def _explained(part: Part, view: View) -> Explained:
    found = verdict(part, view)
    return Explained(
        say(part.rule),
        found.holds,
        part.seen(view) if part.seen else "",
        found.flips_at,
        tuple(_explained(each, view) for each in part.parts),
    )
