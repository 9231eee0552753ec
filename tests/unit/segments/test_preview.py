"""A preview looks at everybody, or says of how many it looked at some; of each it reads what the rule asks for."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import ProfileRow, item_of, put_profile
from sojourn.contacts.workspace import Workspace
from sojourn.rules import nodes
from sojourn.rules.compile import compile_rule
from sojourn.rules.nodes import All, Compare, Consented, Done, InSegment, Match, Op, Rule, Subject
from sojourn.segments.index import SegmentIndex
from sojourn.segments.pages import EVENTS, fields_for, profile_of
from sojourn.segments.preview import PATIENCE, preview
from sojourn.segments.trial import Trial
from sojourn.segments.view import view_of
from tests.rules_oracle import Person
from tests.rules_people import NOW, folded, people, rules
from tests.segment_runs import Shop
from tests.segments import VIP

ALL_OF_THEM = 450  # two pages of a rule that reads more than profiles
AGREED = Consented("email", "marketing", "unknown")
SHOES = Done(Match("Product Viewed", (nodes.Test(("kind",), Op.IS, "shoe"),)))


@dataclass(slots=True)
class Hurrying:
    """A clock on which each look takes a while."""

    step: timedelta
    at: datetime = NOW
    pace: float = 1

    def wall(self) -> datetime:
        self.at += self.step
        return self.at

    def calendar(self) -> datetime:
        return NOW

    def pause(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def a_trial(rule: Rule, clock: Hurrying) -> Trial:
    return Trial(rule, SegmentIndex(), {}, clock)


def crowd(size: int) -> None:
    """Every third of them is a vip."""
    for number in range(size):
        put_profile(Profile(f"{number:020d}", traits={"plan": "free" if number % 3 else "vip"}))


@settings(max_examples=150, deadline=None)
@given(rules, people)
def test_a_rule_says_the_same_of_as_much_of_a_profile_as_it_asks_for(rule: Rule, person: Person):
    compiled = compile_rule(rule)
    profile, traces = folded(person, compiled, random.Random(1))
    marks = {name: {"1": {"at": iso(NOW), "said": True}} for name in sorted(person.segments)}
    whole = replace(profile, traits=person.attributes, traces=traces, segments=marks)
    fields = fields_for(compiled)

    part = profile_of({name: value for name, value in item_of(whole).items() if name in fields})

    views = [view_of(each, NOW, workspace=Workspace()) for each in (whole, part)]
    assert compiled.judge(views[0]) == compiled.judge(views[1])
    assert part.segments == ({} if "segments" not in fields else marks)


def test_a_profile_by_the_page_is_the_one_of_its_row():
    marks = {"vip": {"2": {"at": iso(NOW), "said": False}}}
    kept = {"n": 1, "first": iso(NOW), "last": iso(NOW), "days": {iso(NOW)[:10]: 1}}
    item = item_of(
        Profile(
            "a" * 20, 3, {"plan": "pro"}, {"Viewed": kept}, identities=("u#1",), created_at=iso(NOW),
            unproven={"email": (iso(NOW), "a@example.org")}, is_known=True, facts={"groups": {"acme": {}}},
            merged=("b" * 20,), segments=marks,
        )
    )  # fmt: skip

    assert (
        profile_of(item)
        == ProfileRow.from_raw_data({name: dict(value) for name, value in item.items()}).to_profile()
    )


def test_what_a_rule_does_not_ask_for_is_not_read():
    assert not set(EVENTS) & set(fields_for(compile_rule(VIP)))
    assert set(EVENTS) <= set(fields_for(compile_rule(Done(Match("Viewed")))))
    assert "segments" in fields_for(compile_rule(InSegment("vip")))
    assert set(EVENTS) <= set(
        fields_for(compile_rule(Compare(Subject(("last_seen",), is_fact=True), Op.EXISTS, True)))
    )


def test_everybody_is_counted_where_there_is_time(shop: Shop):
    crowd(30)

    found = preview(a_trial(VIP, Hurrying(timedelta())), clock=Hurrying(timedelta()))

    assert (found.estimate.count, found.estimate.of, found.estimate.is_exact) == (10, 30, True)
    assert len(found.examples) == 10


def test_who_was_not_reached_in_time_is_told_with_the_interval(shop: Shop):
    crowd(ALL_OF_THEM)
    clock = Hurrying(PATIENCE / 200)

    told = preview(a_trial(All((VIP, AGREED)), clock), clock=clock).estimate

    assert not told.is_exact
    assert told.looked_at < ALL_OF_THEM
    assert told.low <= ALL_OF_THEM / 3 <= told.high


def test_of_whom_the_profile_rules_out_nothing_more_is_read(shop: Shop):
    clock = Hurrying(timedelta())
    trial = a_trial(All((VIP, SHOES, AGREED)), clock)

    assert trial.reads_more
    assert trial.at_hand is not None
    assert trial.at_hand.rule == All((VIP,))
    assert a_trial(AGREED, clock).at_hand is None
    assert not a_trial(VIP, clock).reads_more
    assert not trial.holds(Profile("a" * 20, 1, traits={"plan": "free"}))
