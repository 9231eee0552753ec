"""The designer's forms: what they show of a journey and write back is the same, for every journey that ships."""

from pathlib import Path
from typing import Any

import pytest

from functions.api.console.designer_desk import Desk, reading_of
from functions.api.console.designer_fields import Field, Removed
from functions.api.console.designer_forms import keys_of, schema, step_keys
from functions.api.console.designer_panel import applied, panel_of
from functions.api.console.designer_steps import copied
from functions.api.console.designer_tree import KINDS, value_at
from functions.api.console.designer_words import labels
from functions.api.console.forms import Form
from functions.api.console.texts import plain

JOURNEYS = sorted(Path("statemachines/journeys").glob("*.journey.yaml"))
HIDDEN = {"steps", "then", "otherwise", "answers", "paths"}  # the outline's


def fields(desk: Desk) -> list[Field]:
    sections = panel_of(desk, reading_of(desk.text), {})
    return [field for section in sections for field in (*section.fields, *section.more)]


def desks(path: Path) -> list[Desk]:
    """One for the journey itself, and one for each of its steps."""
    text = path.read_text(encoding="utf-8")
    return [
        Desk("x", text, text, 1, place) for place in ("", *(step.place for step in reading_of(text).every))
    ]


def says_the_same(value: Any, written: Any) -> bool:
    if isinstance(written, Removed):
        return value is None or isinstance(value, bool) or value == "continue"
    return plain.same(value, written)


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name.split(".")[0])
def test_what_a_form_shows_is_what_it_writes(path: Path):
    for desk in desks(path):
        journey = reading_of(desk.text).journey
        shown = [field for field in fields(desk) if not field.is_fork and field.path[-1] != "outcomes"]
        wrong = [
            (field.path, value_at(journey, field.path), field.write(field.shown))
            for field in shown
            if not says_the_same(value_at(journey, field.path), field.write(field.shown))
        ]
        assert wrong == []


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.name.split(".")[0])
def test_a_form_that_nobody_typed_into_leaves_the_text_as_it_is(path: Path):
    for desk in desks(path):
        pairs = [(each.name, each.value) for field in fields(desk) for each in field.inputs]
        said = Form((("seen", desk.seen), *pairs))
        assert applied(desk, said, {}).text == desk.text


@pytest.mark.parametrize("kind", ["head", *KINDS])
def test_every_key_of_the_schema_has_a_label(kind: str):
    keys = dict(keys_of(schema())) if kind == "head" else step_keys(kind)
    known = labels()
    assert [
        key
        for key in keys
        if key not in known and f"{kind}.{key}" not in known and key not in {*HIDDEN, kind}
    ] == []


ASKING = """\
journey: asking
purpose: marketing
entry: {event: Signed Up}
steps:
  - branch: Shall we ask?   # a copy of it asks for its own answer
    if: {tag: vip}
    then:
      - call: Ask for a voucher
        url: https://shop.example.com/vouchers
      - call: Ask again
        url: https://shop.example.com/vouchers
        send: {code: reply.ask_for_a_voucher.code, both: [reply.ask_for_a_voucher.codes], else: reply.ask_again.code}
      - update: Keep it
        set: {code: reply.ask_for_a_voucher.code, note: entry.note, said: "reply to ask_for_a_voucher"}
  - branch: Did they get one?
    if: {attribute: reply.ask_for_a_voucher.code, exists: true}
    then:
      - send: Send the voucher
        template: reminder
"""


def test_who_renames_a_call_renames_its_answer_wherever_it_is_asked_for():
    desk = Desk("asking", ASKING, ASKING, 1, "steps/0/then/0")
    name = {"f:steps/0/then/0/call": "Ask the shop!"}

    text = applied(desk, Form((("seen", desk.seen), *name.items())), {}).text

    renamed = ASKING.replace("call: Ask for a voucher", "call: Ask the shop!")
    assert text == renamed.replace("reply.ask_for_a_voucher.", "reply.ask_the_shop.")


def test_whose_answer_is_another_calls_too_is_renamed_alone():
    text = ASKING.replace("call: Ask again", "call: Ask for a voucher?")
    desk = Desk("asking", text, text, 1, "steps/0/then/1")

    said = Form((("seen", desk.seen), ("f:steps/0/then/1/call", "Ask again")))

    assert applied(desk, said, {}).text == ASKING


def test_a_copy_asks_for_the_answers_of_its_own_calls():
    journey = reading_of(ASKING).journey
    taken = [step.name for step in reading_of(ASKING).every]

    copy = copied(value_at(journey, ("steps", 0)), taken)

    first, again, keep = copy["then"]
    assert (first["call"], again["call"]) == ("Ask for a voucher 2", "Ask again 2")
    assert again["send"] == {
        "code": "reply.ask_for_a_voucher_2.code",
        "both": ["reply.ask_for_a_voucher_2.codes"],
        "else": "reply.ask_again_2.code",
    }
    assert keep["set"]["code"] == "reply.ask_for_a_voucher_2.code"
