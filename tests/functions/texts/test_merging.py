"""Two people's changes of one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.console.texts import merged

BASE = "one\ntwo\nthree\nfour\nfive\n"
lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@given(lines, lines)
def test_who_changed_nothing_gets_what_the_other_has(base: str, other: str):
    assert merged(base, base, other) == merged(base, other, base) == merged(base, other, other)
    assert (merged(base, base, other).text, merged(base, base, other).conflicts) == (other, ())


@given(lines, lines, lines)
def test_the_merged_text_has_mine_where_the_two_contradict(base: str, mine: str, theirs: str):
    said = merged(base, mine, theirs)

    for conflict in said.conflicts:
        assert said.text.splitlines(keepends=True)[conflict.line - 1 :][: conflict.mine.count("\n")] == (
            conflict.mine.splitlines(keepends=True)
        )


def test_changes_of_different_lines_are_both_kept():
    said = merged(BASE, BASE.replace("two", "2"), BASE.replace("four", "4"))

    assert (said.text, said.conflicts) == ("one\n2\nthree\n4\nfive\n", ())


@pytest.mark.parametrize(
    ("mine", "theirs", "conflict"),
    [
        ("one\n2\nthree\nfour\nfive\n", "one\nzwei\nthree\nfour\nfive\n", (2, "2\n", "zwei\n")),
        ("one\nthree\nfour\nfive\n", "one\nzwei\nthree\nfour\nfive\n", (2, "", "zwei\n")),
        (BASE + "six\n", BASE + "seven\n", (6, "six\n", "seven\n")),
    ],
    ids=["both changed", "one deleted", "both added"],
)
def test_changes_of_one_line_are_a_conflict_with_both_texts(
    mine: str, theirs: str, conflict: tuple[object, ...]
):
    said = merged(BASE, mine, theirs)

    assert said.conflicts == (conflict,)
    assert said.text == mine


def test_the_same_change_is_none():
    assert merged(BASE, BASE + "six\n", BASE + "six\n").conflicts == ()


def test_a_last_line_without_an_end_gets_one_before_another():
    assert merged("a\nb", "a\nb", "a\nb\nc\n").text == "a\nb\nc\n"
    assert merged("a\nx\nb", "0\na\nx\nb", "a\nx\nb\nc").text == "0\na\nx\nb\nc"
