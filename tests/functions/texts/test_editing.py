"""Edits of texts: what they say afterwards, and that nothing else moves."""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.api.console.texts import UneditableError, delete, insert, line_of, move, put, read
from functions.api.console.texts.writing import KINDS
from sojourn.journeys import schema_steps
from sojourn.rules.parse import LARGEST
from tests.functions.texts.edits_made import DRESSES, SHIPPED, at, keys, paths, remarked, texts, values

WELCOME = File("statemachines/journeys/welcome.journey.yaml").read_text(encoding="utf-8")
OFFER = ("steps", 3)
REMARK = "# Only those with a phone number and consent get it; hours are in their own time zone."
SMALL = """\
journey: small   # a name
steps:
  # the first
  - send: A
    template: a
  - wait: B   # patience
    for: 1 day
"""


def contains(whole: Iterable[str], part: Iterable[str]) -> bool:
    """Whether these lines stand in the others, in this order."""
    rest = iter(whole)
    return all(line in rest for line in part)


@given(texts(), values, st.data())
@settings(max_examples=60)
def test_a_put_says_the_value_and_nothing_else_new(text: str, value: Any, data: st.DataObject):
    said = read(text)
    path = data.draw(st.sampled_from([*paths(said)][1:]))
    expected = deepcopy(said)
    at(expected, path[:-1])[path[-1]] = value

    assert read(put(text, path, value)) == expected


@given(texts(), keys, values, st.data())
@settings(max_examples=60)
def test_a_new_key_comes_without_a_change_of_other_lines(
    text: str, key: str, value: Any, data: st.DataObject
):
    said = read(text)
    path = data.draw(st.sampled_from([path for path in paths(said) if isinstance(at(said, path), dict)]))
    expected = deepcopy(said)
    at(expected, path)[key] = value

    after = put(text, (*path, key), value)

    assert read(after) == expected
    if not path and key not in said and not text.startswith("{"):
        assert contains((after + "\n").splitlines(), text.splitlines())


@given(texts(), values, st.data())
@settings(max_examples=60)
def test_an_item_comes_where_it_should(text: str, value: Any, data: st.DataObject):
    said = read(text)
    lists = [path for path in paths(said) if isinstance(at(said, path), list)]
    if not lists:
        return
    path = data.draw(st.sampled_from(lists))
    place = data.draw(st.integers(0, len(at(said, path))))
    expected = deepcopy(said)
    at(expected, path).insert(place, value)

    after = insert(text, (*path, place), value)

    assert read(after) == expected
    if path == ("steps",) and not text.startswith("{"):
        assert contains((after + "\n").splitlines(), text.splitlines())


@given(texts(), st.data())
@settings(max_examples=60)
def test_a_deletion_takes_no_line_of_anything_else(text: str, data: st.DataObject):
    said = read(text)
    path = data.draw(st.sampled_from([*paths(said)][1:]))
    expected = deepcopy(said)
    gone = path
    while len(gone) > 1 and isinstance(gone[-1], int) and len(at(said, gone[:-1])) == 1:
        if isinstance(gone[-2], int):
            break
        gone = gone[:-1]
    parent = at(expected, gone[:-1])
    del parent[gone[-1]]

    after = delete(text, path)

    assert read(after) == expected
    if isinstance(path[0], str) and len(path) == 2 and isinstance(path[1], int) and not text.startswith("{"):
        assert contains((text + "\n").splitlines(), after.splitlines())


@given(texts(), st.data())
@settings(max_examples=80)
def test_a_move_takes_the_item_as_it_is(text: str, data: st.DataObject):
    said = read(text)
    items = [path for path in paths(said) if path and isinstance(path[-1], int) and path[0] == "steps"]
    if not items:
        return
    path = data.draw(st.sampled_from(items))
    lists = [
        one
        for one in paths(said)
        if isinstance(at(said, one), list) and one[: len(path)] != path and one != ("entry",)
    ]
    into = data.draw(st.sampled_from(lists))
    place = data.draw(st.integers(0, len(at(said, into))))
    item = at(said, path)
    remarks = [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]

    after = move(text, path, (*into, place))

    assert sorted(map(repr, steps_in(read(after)))) == sorted(map(repr, steps_in(said))) or item in at(
        said, into
    )
    assert item in [
        each for one in paths(read(after)) if isinstance(each := at(read(after), one), type(item))
    ]
    assert all(remark in after for remark in remarks)


def steps_in(said: Any) -> list[str]:
    """The names of all steps."""
    return [
        name
        for path in paths(said)
        if isinstance(each := at(said, path), dict)
        for kind, name in each.items()
        if kind in KINDS and isinstance(name, str)
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_is_put_back_is_byte_for_byte_what_was_there(path: File):
    text = path.read_text(encoding="utf-8")

    assert put(text, (), read(text)) == text


@pytest.mark.parametrize(
    "path", [path for path in SHIPPED if "journey" in path.name], ids=lambda path: path.name
)
def test_a_step_taken_to_the_front_and_back_leaves_the_text_as_it_was(path: File):
    text = path.read_text(encoding="utf-8")
    for number in range(1, len(read(text)["steps"])):
        there = move(text, ("steps", number), ("steps", 0))
        assert move(there, ("steps", 0), ("steps", number + 1)) == text


def test_no_remark_is_lost_by_a_move_within_the_steps():
    text = remarked(WELCOME)

    after = move(text, ("steps", 2), ("steps", 5))

    assert sorted(line.strip() for line in after.splitlines()) == sorted(
        line.strip() for line in text.splitlines()
    )


def test_a_step_goes_with_the_remark_above_it():
    after = move(WELCOME, OFFER, ("steps", 2, "otherwise", 1))

    assert (
        f"""\
        template: reminder

      {REMARK}
      - send: Text an offer
        channel: sms
"""
        in after
    )
    assert REMARK not in delete(WELCOME, OFFER)


def test_a_step_is_written_in_a_block_as_the_file_does_it():
    after = insert(WELCOME, ("steps", 1), {"send": "More", "template": "more", "hours": "09:00-10:00"})

    assert (
        """\
    template: welcome

  - send: More
    template: more
    hours: 09:00-10:00

  - wait: Wait two days
"""
        in after
    )


def test_what_is_small_is_written_in_one_line_before_the_steps():
    after = put(WELCOME, ("re-entry",), {"pause": "30 days"})

    assert "goal: {event: Order Completed}\nre-entry: {pause: 30 days}\nsteps:\n" in after


def test_the_last_step_of_a_way_takes_the_way_with_it():
    after = delete(WELCOME, ("steps", 2, "then", 0))

    assert "then" not in read(after)["steps"][2]
    assert contains(WELCOME.splitlines(), after.splitlines())


def test_a_way_that_is_missing_is_made():
    after = insert(SMALL, ("steps", 0, "on fail", 0), {"exit": "Gone"})

    assert after == SMALL.replace("    template: a\n", "    template: a\n    on fail:\n      - exit: Gone\n")


def test_a_key_is_found_by_either_spelling_and_keeps_its_own():
    text = SMALL.replace("wait: B   # patience", "wait_for: B")

    after = put(text, ("steps", 1, "wait for"), "C")

    assert after == text.replace("wait_for: B", "wait_for: C")
    assert line_of(text, ("steps", 1, "wait for")) == 6


def test_the_remark_behind_a_value_stays_there():
    assert put(SMALL, ("journey",), "other") == SMALL.replace("small", "other")
    assert put(SMALL, ("steps", 1, "wait"), ["x\ny\n"]).count("# patience") == 1


def test_quotes_stay_where_they_were():
    after = put(WELCOME, ("steps", 2, "wait for"), "Read it?")

    assert '- wait for: "Read it?"\n' in after


def test_a_step_moves_into_and_out_of_brackets():
    text = "steps:\n  - branch: A\n    then: [{exit: B}, {exit: C}]\n  # why\n  - exit: D\n"

    into = move(text, ("steps", 1), ("steps", 0, "then", 1))
    out = move(into, ("steps", 0, "then", 1), ("steps", 1))

    assert into == "# why\n".join(
        ["steps:\n  - branch: A\n    ", "    then: [{exit: B}, {exit: D}, {exit: C}]\n"]
    )
    assert read(out) == read(text)


def test_json_stays_json():
    text = '{\n  "steps": [\n    {"exit": "A"}\n  ]\n}\n'

    after = insert(text, ("steps", 1), {"send": "é😀", "template": "b"})

    assert after == '{\n  "steps": [\n    {"exit": "A"},\n    {"send": "é😀", "template": "b"}\n  ]\n}\n'
    assert delete(after, ("steps", 1)) == text


def test_json_with_halves_of_characters_is_edited_where_it_should_be():
    text = '{"steps": [{"exit": "\\ud83d\\ude00"}, {"exit": "B"}]}'

    assert put(text, ("steps", 1, "exit"), "C") == text.replace('"B"', '"C"')


def test_an_empty_text_is_begun():
    assert put("# soon\n", ("journey",), "new") == "# soon\njourney: new\n"
    assert read("# soon\n") is None


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("a: [", ("a",), "line 1: not YAML"),
        ("a: 1\nb: *x", ("a",), "line 2: anchors"),
        ("a: 1\n\tb: 2", ("a",), "line 2: not YAML"),
        ("# x\u2028a: 1\nb: 2", ("b",), "line 1: the character U+2028"),
        ("a: 1\rb: 2", ("a",), "line 1: the character U+000D"),
        ("a: text", ("a", "b"), "line 1: a/b leads through a value"),
        ("? a\n: b\n", ("c",), "line 1: this place is written"),
    ],
    ids=["unclosed", "anchor", "tab", "odd break", "old mac", "through a text", "question"],
)
def test_what_cannot_be_edited_says_its_line_and_the_way_out(text: str, path: tuple[str], said: str):
    with pytest.raises(UneditableError) as refused:
        put(text, path, 1)

    assert str(refused.value).startswith(said)
    assert refused.value.remedy


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}, b"x"], ids=repr)
def test_what_no_text_can_say_is_refused(value: Any):
    with pytest.raises(UneditableError):
        put(SMALL, ("topic",), value)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("steps", 9), ("steps", 0)),
        (("steps", 0), ("steps", 0, "then", 0)),
        (("steps", 0, "send"), ("steps", 1)),
        (("steps", 0), ("steps", "x")),
        (("steps", 0), ("journey", 0)),
    ],
    ids=["nowhere", "into itself", "no item", "no number", "into a text"],
)
def test_a_move_that_cannot_be_is_refused(path: tuple[Any, ...], to: tuple[Any, ...]):
    with pytest.raises(UneditableError):
        move(SMALL, path, to)


@pytest.mark.parametrize("dress", DRESSES, ids=lambda dress: dress.__name__)
def test_line_ends_stay_what_they_were(dress: Any):
    text = dress(WELCOME)

    after = insert(text, ("steps", 2), {"send": "N", "template": "n"})

    assert after.count("\r") in (0, after.count("\n"))
    assert after.startswith("\ufeff") == text.startswith("\ufeff")


def test_a_text_as_large_as_may_be_is_edited():
    step = "  # remark\n  - send: Step {}\n    template: " + "x" * 900 + "\n"
    text = "journey: big\nsteps:\n" + "".join(step.format(number) for number in range(540))
    assert len(text) > LARGEST * 0.95

    after = move(text, ("steps", 400), ("steps", 1))

    assert read(after)["steps"][1]["send"] == "Step 400"


def test_the_kinds_of_steps_are_those_of_the_language():
    assert set(schema_steps.steps()) == KINDS
