"""What a judgement makes of a profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.rules.view import References, View
from sojourn.segments.index import SegmentIndex
from sojourn.segments.judge import judge, members_of, unsettled
from sojourn.segments.model import Cause, Change, Occasion, Why
from tests.segments import Asked, a_segment, an_index, marked, until

NOW = datetime(2026, 1, 5, 20, tzinfo=UTC)
DAY = timedelta(days=1)
DID = Occasion(cause=Cause.BEHAVIOUR, key="u#ann|1", at=iso(NOW))
IN_TIME = Occasion(cause=Cause.TIME, key="then", at=iso(NOW - DAY))
YES, NO = Asked(says=True), Asked(says=False)
LOOKS_AT_A = References(segments=frozenset({"a"}))


def judged(
    profile: Profile, index: SegmentIndex, *names: str, others: Occasion | None = None
) -> tuple[Profile, list[tuple[str, bool, Cause]]]:
    view = View(contact=profile.contact, now=NOW)
    after, changes = judge(profile, index, names, view, DID, others=others)
    return after, [(each.segment, each.entered, each.occasion.cause) for each in changes]


def test_who_comes_in_is_marked_and_told():
    after, told = judged(marked(), an_index(a_segment("a", YES)), "a")

    assert after.segments == {"a": {"1": {"at": iso(NOW), "said": True}}}
    assert told == [("a", True, Cause.BEHAVIOUR)]


def test_who_goes_out_leaves_no_mark():
    after, told = judged(marked("a"), an_index(a_segment("a", NO)), "a")

    assert after.segments == {}
    assert told == [("a", False, Cause.BEHAVIOUR)]


@pytest.mark.parametrize(("rule", "was"), [(YES, ("a",)), (NO, ())])
def test_who_stays_where_they_are_is_the_very_same_profile(rule: Asked, was: tuple[str, ...]):
    profile = marked(*was)

    after, told = judged(profile, an_index(a_segment("a", rule)), "a")

    assert after is profile
    assert told == []


def test_only_the_named_are_asked():
    asked: list[str] = []

    def watched(name: str) -> Asked:
        def says(view: View) -> bool:
            asked.append(name)
            return False

        return Asked(says=says)

    index = an_index(*(a_segment(name, watched(name)) for name in ("a", "b", "c")))

    judged(marked(), index, "b")

    assert asked == ["b"]


def test_a_change_wakes_those_that_look_at_the_segment_and_they_see_it():
    index = an_index(
        a_segment("a", YES),
        a_segment("b", Asked(LOOKS_AT_A, lambda view: "a" not in view.segments)),
        a_segment("c", Asked(References(segments=frozenset({"b"})), lambda view: "b" in view.segments)),
    )

    after, told = judged(marked("b", "c"), index, "a")

    assert set(after.segments) == {"a"}
    assert [(name, entered) for name, entered, _ in told] == [("a", True), ("b", False), ("c", False)]


def test_the_generation_that_is_being_filled_is_marked_and_not_told():
    index = an_index(a_segment("a", NO), pending=(a_segment("a", YES, 2),))

    after, told = judged(marked(), index, "a")

    assert after.segments == {"a": {"2": {"at": iso(NOW), "said": False}}}
    assert members_of(after.segments, index) == frozenset()
    assert (told, unsettled(after, index)) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "why", "expected"),
    [
        (True, True, Why.RULE_EDIT, None),
        (True, False, Why.RULE_EDIT, (False, Cause.RULE_EDIT)),
        (False, True, Why.RULE_EDIT, (True, Cause.RULE_EDIT)),
        (False, True, Why.NEW, (True, Cause.BACKFILL)),
        (False, False, Why.NEW, None),
    ],
)
def test_a_generation_that_came_into_force_is_settled_first(
    old: bool, new: bool, why: Why, expected: tuple[bool, Cause] | None
):
    """T41: whoever is in by both rules neither leaves nor enters."""
    before = {"1": {"at": "2026-01-01", "said": True}} if old else {}
    filled = {"2": {"at": "2026-01-02", "said": False}} if new else {}
    profile = replace(marked(), segments={"a": {**before, **filled}} if old or new else {})
    index = an_index(a_segment("a", YES if new else NO, 2, why))

    after, told = judged(profile, index)

    assert told == ([("a", *expected)] if expected else [])
    if new:
        at = "2026-01-01" if old else iso(NOW)
        assert after.segments == {"a": {"2": {"at": at, "said": True}}}
    assert unsettled(after, index) == []
    assert judged(after, index) == (after, [])


def test_a_segment_that_was_closed_is_left():
    after, told = judged(marked("a"), an_index())

    assert (after.segments, told) == ({}, [("a", False, Cause.RULE_EDIT)])


def test_marks_of_a_generation_that_never_came_into_force_go_silently():
    after, told = judged(marked("a", said=False), an_index(pending=(a_segment("a", NO, 2),)))

    assert (after.segments, told) == ({}, [])


def test_what_was_not_asked_keeps_its_moment():
    """The earliest of both is a lower bound for all."""
    known = iso(NOW + DAY)
    later, earlier = (Asked(says=until(NOW + n * DAY, holds=False)) for n in (2, 0.5))

    assert judged(marked(flips_at=known), an_index(a_segment("a", later)), "a")[0].flips_at == known
    assert judged(marked(flips_at=known), an_index(a_segment("a", earlier)), "a")[0].flips_at == iso(
        NOW + DAY / 2
    )
    assert judged(marked(), an_index(a_segment("a", later)), "a")[0].flips_at == iso(NOW + 2 * DAY)


def test_when_all_are_judged_the_moment_is_known_anew():
    index = an_index(a_segment("a", Asked(says=until(NOW + 3 * DAY))), a_segment("b", NO))
    profile = marked("a", "b", flips_at=iso(NOW - DAY))

    after, told = judged(profile, index, others=IN_TIME)

    assert after.flips_at == iso(NOW + 3 * DAY)
    assert told == [("b", False, Cause.TIME)]


def test_who_is_named_changes_by_what_was_done_and_the_others_by_time():
    index = an_index(a_segment("a", YES), a_segment("b", YES))

    _, told = judged(marked(), index, "b", others=IN_TIME)

    assert sorted(told) == [("a", True, Cause.TIME), ("b", True, Cause.BEHAVIOUR)]


def test_a_change_is_told_in_the_same_words_however_often():
    change = Change("a", 2, True, DID)

    told = change.told_of("ann", "u#ann")

    assert told == change.told_of("ann", "u#ann")
    others = [
        Change("b", 2, True, DID),
        Change("a", 3, True, DID),
        Change("a", 2, False, DID),
        Change("a", 2, True, IN_TIME),
    ]
    assert len({told["id"], *(each.told_of("ann", "u#ann")["id"] for each in others)}) == 5
