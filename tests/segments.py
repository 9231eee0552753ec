"""Segments for tests: in force at once, without a backfill."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sojourn.contacts.model import Profile
from sojourn.rules.definition import to_definition
from sojourn.rules.nodes import Compare, Done, Match, Op, Rule, Subject, Times, Window
from sojourn.rules.spans import Span
from sojourn.rules.view import Explained, References, TraceSpec, Verdict, View
from sojourn.segments import store
from sojourn.segments.index import SegmentIndex
from sojourn.segments.model import Segment, Why
from sojourn.segments.store import Generation, Standing

VIP = Compare(Subject(("plan",)), Op.IS, "vip")
BUYER = Done(Match("Order Completed"))


def within(event: str, span: str) -> Done:
    """Somebody did it in the last while."""
    return Done(Match(event), window=Window(last=Span.from_text(span)))


def silent(event: str, span: str) -> Done:
    """Nobody did it in the last while."""
    return Done(Match(event), Times.EXACTLY, 0, Window(last=Span.from_text(span)))


def put_in_force(number: int = 1, why: Why = Why.NEW, cuts: int = 0, **rules: Rule) -> None:
    """Each as this generation, live."""
    for name, rule in rules.items():
        definition = to_definition(rule)
        store.put_generation(
            Generation(
                name=name,
                number=number,
                source="",
                definition=definition,
                published_at="",
                why=why.value,
                cuts=cuts,
            )
        )
    store.change_live(lambda stands: {**stands, **dict.fromkeys(rules, Standing(live=number))})


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule that a test makes up: what it looks at, and what it says of a view."""

    references: References = field(default_factory=References)
    says: Any = None
    traces: Mapping[str, TraceSpec] = field(default_factory=dict)

    def judge(self, view: View) -> Verdict:
        """What the test says."""
        said = self.says(view) if callable(self.says) else self.says
        return said if isinstance(said, Verdict) else Verdict(bool(said))

    def holds(self, view: View) -> bool:
        """The verdict alone."""
        return self.judge(view).holds

    def explain(self, view: View) -> Explained:
        """Nothing."""
        return Explained("", self.holds(view))


def a_segment(name: str, rule: Asked, generation: int = 1, why: Why = Why.NEW) -> Segment:
    """Of a rule that a test made up."""
    return Segment(name, generation, VIP, rule, why)


def an_index(*live: Segment, pending: tuple[Segment, ...] = ()) -> SegmentIndex:
    """Of these."""
    return SegmentIndex.of({each.name: each for each in live}, {each.name: each for each in pending})


def until(moment: datetime, holds: bool = True) -> Verdict:
    """It may flip then."""
    return Verdict(holds, moment)


def marked(*names: str, generation: int = 1, said: bool = True, **facts: Any) -> Profile:
    """A profile that is in these segments."""
    marks = {name: {str(generation): {"at": "2026-01-01T00:00:00.000Z", "said": said}} for name in names}
    return Profile("a" * 20, 3, segments=marks, **facts)
