"""The form of what a journey says of itself: who comes in, what it is for, and what holds around it."""

from typing import Any

from functions.api.console.designer_fields import About, Field, loose_field
from functions.api.console.designer_forms import (
    Button,
    Known,
    Section,
    choice,
    defined,
    keys_of,
    schema,
    simple_fields,
)
from functions.api.console.designer_tree import found
from functions.api.console.designer_words import help_of, label
from functions.api.console.words import _

FIRST = ("description", "purpose", "topic")
CHANNELS = ("email", "sms")


def head_sections(journey: Any, known: Known, *, is_saved: bool) -> list[Section]:
    """What it is, who comes in, its goal, who leaves; and behind “More” what few journeys say."""
    keys = dict(keys_of(schema()))
    fields = simple_fields("head", keys, journey, (), known, ("journey", "purpose"))
    if is_saved:
        fields = [each for each in fields if each.path != ("journey",)]
    fields = [*fields, *_hours(journey)]
    first = [each for each in fields if each.path[0] in ("journey", *FIRST) or each.is_set]
    first.sort(key=_rank)
    return [
        Section(fields=tuple(first), more=tuple(each for each in fields if each not in first)),
        *_entries(journey, known),
        choice(
            label("", "goal"),
            schema()["properties"]["goal"]["anyOf"],
            found(journey, "goal"),
            ("goal",),
            known,
            is_needed=False,
        ),
        *_exits(journey, known),
    ]


def _rank(field: Field) -> int:
    order = ("journey", *FIRST)
    return order.index(str(field.path[0])) if field.path[0] in order else len(order)


def _hours(journey: Any) -> list[Field]:
    hours = found(journey, "hours")
    return [
        loose_field(
            About(("hours", channel), label("", channel), help_of("", channel)), found(hours, channel)
        )
        for channel in CHANNELS
    ]


def _entries(journey: Any, known: Known) -> list[Section]:
    entry, alternatives = found(journey, "entry"), defined("entry")["anyOf"]
    add = Section(buttons=(Button("grow entry", _("Another way in")),))
    if not isinstance(entry, list):
        return [choice(label("", "entry"), alternatives, entry, ("entry",), known), add]
    rows = [
        choice(
            label("", "entry") if not number else _("Or whoever"),
            alternatives,
            each,
            ("entry", number),
            known,
            drop=len(entry) > 1,
        )
        for number, each in enumerate(entry)
    ]
    return [*rows, add]


def _exits(journey: Any, known: Known) -> list[Section]:
    exits = found(journey, "exits")
    alternatives = schema()["properties"]["exits"]["items"]["anyOf"]
    rows = exits if isinstance(exits, list) else []
    made = [
        choice(
            label("", "exits") if not number else _("Or whoever"),
            alternatives,
            each,
            ("exits", number),
            known,
            drop=True,
        )
        for number, each in enumerate(rows)
    ]
    return [*made, Section(buttons=(Button("grow exits", _("Let somebody leave early"), "out"),))]
