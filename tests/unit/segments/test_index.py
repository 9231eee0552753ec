"""What names which segment."""

from __future__ import annotations

from sojourn.rules.nodes import Match
from sojourn.rules.view import Needs, References, TraceSpec
from sojourn.segments.model import Segment
from tests.segments import Asked, a_segment, an_index


def looking_at(name: str, *, generation: int = 1, **references: object) -> Segment:
    return a_segment(name, Asked(References(**references)), generation)  # type: ignore[arg-type]


def test_only_those_that_look_at_what_changed_are_named():
    """T107."""
    index = an_index(
        looking_at("vip", attributes=frozenset({"plan"})),
        looking_at("buyers", events=frozenset({"Order Completed"})),
        looking_at("seen", every_event=True),
        *(looking_at(f"other-{number}", events=frozenset({f"E{number}"})) for number in range(500)),
    )

    assert index.named_by({"plan"}) == {"vip"}
    assert index.named_by({"city"}, "Order Completed") == {"buyers", "seen"}
    assert index.named_by((), "Order Completed", is_own=False) == {"buyers"}
    assert index.named_by() == frozenset()


def test_both_generations_are_looked_for():
    index = an_index(
        looking_at("vip", attributes=frozenset({"plan"})),
        pending=(looking_at("vip", generation=2, attributes=frozenset({"tier"})),),
    )

    assert index.named_by({"plan"}) == index.named_by({"tier"}) == {"vip"}
    assert [each.generation for each in index.generations("vip")] == [1, 2]


def test_a_segment_comes_after_those_that_it_looks_at():
    index = an_index(
        looking_at("a", segments=frozenset({"b"})),
        looking_at("b", segments=frozenset({"c", "gone"})),
        looking_at("c"),
    )

    assert sorted(index.rank, key=lambda name: index.rank[name]) == ["c", "b", "a"]
    assert index.with_referrers({"c"}) == {"a", "b", "c"}
    assert index.with_referrers({"a"}) == {"a"}


def test_two_that_look_at_each_other_end_all_the_same():
    index = an_index(looking_at("a", segments=frozenset({"b"})), looking_at("b", segments=frozenset({"a"})))

    assert set(index.rank.values()) == {0, 1}
    assert index.with_referrers({"a"}) == {"a", "b"}


def test_what_is_read_is_what_those_need_that_are_judged():
    index = an_index(
        looking_at("reached", needs=Needs.CONSENT),
        looking_at("mailed", needs=Needs.MESSAGES),
        looking_at("vip"),
    )

    assert index.needs_of({"vip"}) is Needs.NOTHING
    assert index.needs_of({"vip", "reached"}) is Needs.CONSENT
    assert index.needs_of(index.names) == Needs.CONSENT | Needs.MESSAGES
    assert index.named_by(needs=Needs.CONSENT) == index.named_by({"email"}) == {"reached"}


def test_the_traces_of_an_event_are_those_of_every_rule():
    spec = TraceSpec(Match("Order Completed"))
    index = an_index(
        a_segment("a", Asked(traces={"t1": spec})), pending=(a_segment("b", Asked(traces={"t2": spec})),)
    )

    assert index.traces_of("Order Completed") == {"t1": spec, "t2": spec}
    assert index.traces_of("Seen") == {}
