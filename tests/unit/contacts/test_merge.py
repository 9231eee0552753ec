"""Which of two contacts stays, when they may not become one, and what the survivor keeps."""

from dataclasses import replace
from itertools import permutations

import pytest

from sojourn.contacts.merge import NEWEST_CONFLICTS, Refusal, Why, conflicted, merged, ranked, refusal
from sojourn.contacts.model import Profile

EARLY, LATE = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
USER = Profile("a", 1, created_at=LATE, is_known=True, identities=("u#1",))
OTHER_USER = Profile("b", 1, created_at=EARLY, is_known=True, identities=("u#2",))
READER = Profile("c", 1, created_at=EARLY, is_known=True, identities=("e#x@example.org",))
VISITOR = Profile("d", 1, created_at=EARLY, identities=("a#1",))
NOBODY = Profile("e")
SIGNED_UP_HERE = Profile("f", 1, created_at=EARLY, identities=("u#3",))  # only browsers spoke of them


@pytest.mark.parametrize(
    ("one", "other", "survivor"),
    [
        pytest.param(VISITOR, USER, "a", id="known before anonymous, though younger"),
        pytest.param(USER, OTHER_USER, "b", id="the older"),
        pytest.param(replace(USER, created_at=EARLY), OTHER_USER, "a", id="the smaller id"),
        pytest.param(VISITOR, NOBODY, "d", id="somebody before nobody"),
    ],
)
def test_who_stays_does_not_depend_on_who_is_named_first(one: Profile, other: Profile, survivor: str):
    assert ranked(one, other)[0].contact == ranked(other, one)[0].contact == survivor


@pytest.mark.parametrize(
    ("person", "other", "why", "expected"),
    [
        (USER, OTHER_USER, Why.ALIAS, None),
        (USER, VISITOR, Why.VISITOR, None),
        (USER, OTHER_USER, Why.VISITOR, Refusal.ANOTHER_USER),
        (USER, READER, Why.ADDRESS, None),
        (VISITOR, USER, Why.ADDRESS, None),
        (USER, OTHER_USER, Why.ADDRESS, Refusal.ANOTHER_USER),
        (USER, OTHER_USER, Why.EXTERNAL, Refusal.ANOTHER_USER),
    ],
)
@pytest.mark.parametrize("trust", ["server", "proved"])
def test_who_vouches_may_merge(
    person: Profile, other: Profile, why: Why, expected: Refusal | None, trust: str
):
    assert refusal(person, other, why, trust=trust) is expected


@pytest.mark.parametrize(
    ("person", "other", "why", "is_own", "expected"),
    [
        pytest.param(SIGNED_UP_HERE, VISITOR, Why.VISITOR, True, None, id="history to whom it made"),
        pytest.param(USER, VISITOR, Why.VISITOR, True, None, id="known since, but made by it"),
        pytest.param(USER, VISITOR, Why.VISITOR, False, Refusal.NOT_PROVED, id="history to a known person"),
        pytest.param(VISITOR, READER, Why.VISITOR, True, Refusal.NOT_PROVED, id="a known person to itself"),
        pytest.param(USER, OTHER_USER, Why.ALIAS, True, Refusal.NOT_PROVED, id="two known people"),
        pytest.param(
            VISITOR, SIGNED_UP_HERE, Why.ALIAS, True, Refusal.ANOTHER_USER, id="a user to a visitor"
        ),
    ],
)
def test_a_browser_merges_nobody_who_is_known(
    person: Profile, other: Profile, why: Why, is_own: bool, expected: Refusal | None
):
    assert refusal(person, other, why, trust="browser", is_own_creation=is_own) is expected


def test_the_survivor_remembers_whom_it_absorbed_and_whose_rows_are_still_to_be_looked_through():
    half_done = merged(OTHER_USER, VISITOR)
    done = replace(half_done, merging=())

    assert merged(USER, half_done).merging == ("b", "d")
    assert merged(USER, done).merging == ("b",)
    assert merged(USER, done).merged == ("b", "d")
    assert merged(USER, done).collections == ("a", "b", "d")


def test_any_chain_of_merges_ends_in_one_person():
    people = (USER, OTHER_USER, READER, VISITOR)
    for first, *rest in permutations(people):
        one = first
        for other in rest:
            one = merged(*ranked(one, other))
        assert {one.contact, *one.merged} == {"a", "b", "c", "d"}
        assert (one.created_at, one.is_known) == (EARLY, True)
        assert one.user_ids == ("u#1", "u#2")


def test_conflicts_are_kept_once_and_the_newest_of_them():
    profile = USER
    for day in range(1, 31):
        for _ in range(2):
            profile = conflicted(
                profile, identity=f"a#{day}", why="another_user", at=f"2026-01-{day:02}", event="k"
            )

    assert len(profile.conflicts) == NEWEST_CONFLICTS
    assert [conflict["identity"] for conflict in profile.conflicts] == [f"a#{day}" for day in range(11, 31)]
