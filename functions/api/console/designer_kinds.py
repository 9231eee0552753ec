"""The form of a step, by its kind."""

from typing import Any

from functions.api.console.designer_fields import REMOVED, About, Field, Input, rule_field, yaml_field
from functions.api.console.designer_forms import (
    Button,
    Known,
    Section,
    choice,
    defined,
    field_of,
    simple_fields,
    step_keys,
)
from functions.api.console.designer_steps import ABOUT_SENDS
from functions.api.console.designer_tree import KINDS, Path, Shown, found, has, written
from functions.api.console.designer_words import help_of, label
from functions.api.console.words import _

NEEDED = {
    "send": ("template",), "start": ("journey",), "end": ("journey",), "task": ("assign", "due"), "repeat": ("times",),
    "wait for": ("up to",), "call": (),
}  # fmt: skip
# What most people set; the others wait behind “More”.
USUAL = {
    "send": ("template", "channel", "hours"), "wait": ("for", "until", "inside"), "wait for": ("up to",),
    "branch": ("if",), "split": (), "repeat": ("times", "until"), "update": ("set", "add", "remove"),
    "call": ("url", "send", "timeout"), "task": ("assign", "due", "note"), "start": ("journey", "properties"),
    "end": ("journey",), "exit": ("reason",),
}  # fmt: skip


def step_sections(step: Shown, value: Any, known: Known) -> list[Section]:
    """Its name and its keys, then its ways."""
    if not isinstance(value, dict) or step.kind not in KINDS:
        return [Section(fields=(yaml_field(About(step.path, _("The step")), value),))]
    keys = step_keys(step.kind)
    if step.kind == "branch" and has(value, "paths"):
        keys = {key: part for key, part in keys.items() if key != "if"}
    fields = [
        *simple_fields(step.kind, keys, value, step.path, known, NEEDED.get(step.kind, ())),
        *_since(step, value, known),
    ]
    usual = USUAL[step.kind]
    first = [each for each in fields if str(each.path[-1]) in usual or each.is_set]
    name = About((*step.path, step.kind), label("", "name"), is_needed=True)
    named = Field(
        name.path,
        name.label,
        "",
        (Input(name.name(), "text", step.name),),
        lambda said: said[0],
        is_needed=True,
    )
    first.sort(
        key=lambda each: usual.index(str(each.path[-1])) if str(each.path[-1]) in usual else len(usual)
    )
    head = Section(fields=(named, *first), more=tuple(each for each in fields if each not in first))
    return [head, *_parts(step.kind, value, step.path, known)]


def _parts(kind: str, value: Any, path: Path, known: Known) -> list[Section]:
    if kind == "wait for":
        return _answers(value, path, known)
    if kind == "branch":
        return _rules(value, path, known)
    if kind == "split":
        return _arms(value, path, known)
    return _outcomes(value, path) if kind == "task" else []


def _since(step: Shown, value: Any, known: Known) -> list[Field]:
    """What a wait counts from: a moment of a message before it."""
    if step.kind != "wait" or not known.sends:
        return []
    now = found(value, "since")
    anchor, name = next(iter(now.items()), ("", "")) if isinstance(now, dict) else ("", "")
    about = About((*step.path, "since"), label("", "since"))
    moments = {
        "sent": _("was sent"), "planned": _("was due"), "delivered": _("came"), "opened": _("was opened"),
        "clicked": _("was clicked"),
    }  # fmt: skip
    sends = tuple((each, each) for each in known.sends)
    other = ((str(name), str(name)),) if name and name not in known.sends else ()
    inputs = (
        Input(
            about.name(),
            "select",
            str(anchor),
            (("", _("they come here")), *((each, moments[each]) for each in ABOUT_SENDS)),
        ),
        Input(about.name(1), "unit", str(name) or known.sends[-1], (*sends, *other), _("Which message")),
    )

    def write(said: tuple[str, ...]) -> Any:
        return {said[0]: said[1]} if said[0] else REMOVED

    return [about.field(inputs, write)]


def _answers(value: Any, path: Path, known: Known) -> list[Section]:
    several = found(value, "answers")
    add_way = Button(f"grow {written((*path, 'answers'))}", _("Add an answer with a way of its own"), "split")
    if not isinstance(several, list):
        return [*_conditions(value, path, known, _("One of these happens")), Section(buttons=(add_way,))]
    made = []
    for number, each in enumerate(several):
        title = _("Answer %(n)s") % {"n": number + 1}
        here = (*path, "answers", number)
        rows = _conditions(each, here, known, title)
        made += [Section(title=title, drop=written(here)), *rows] if number or len(several) > 1 else rows
    return [*made, Section(buttons=(add_way,))]


def _conditions(value: Any, path: Path, known: Known, title: str) -> list[Section]:
    conditions = found(value, "any")
    alternatives = defined("waitedFor")["anyOf"]
    rows = conditions if isinstance(conditions, list) else []
    made = [
        choice(
            title if not number else _("Or"),
            alternatives,
            each,
            (*path, "any", number),
            known,
            drop=len(rows) > 1,
        )
        for number, each in enumerate(rows)
    ]
    return [*made, Section(buttons=(Button(f"grow {written((*path, 'any'))}", _("Or something else")),))]


def _rules(value: Any, path: Path, known: Known) -> list[Section]:
    several = found(value, "paths")
    add = Section(buttons=(Button(f"grow {written((*path, 'paths'))}", _("Add a way"), "split"),))
    if not isinstance(several, list):
        return [add]
    made = []
    for number, each in enumerate(several):
        here = (*path, "paths", number)
        about = About((*here, "if"), label("", "if"), help_of("", "if"), is_needed=True)
        title = _("Way %(n)s") % {"n": number + 1}
        made.append(
            Section(
                title, (rule_field(about, found(each, "if")),), drop=written(here) if len(several) > 1 else ""
            )
        )
    return [*made, add]


def _arms(value: Any, path: Path, known: Known) -> list[Section]:
    several = found(value, "paths")
    rows = several if isinstance(several, list) else []
    made = []
    for number, each in enumerate(rows):
        here = (*path, "paths", number)
        verb = "holdout" if has(each, "holdout") else "share"
        about = About((*here, verb), label("", verb), "", is_needed=True)
        share = field_of(about, verb, {"$ref": "#/$defs/percent"}, found(each, verb), known)
        title = _("Way %(n)s") % {"n": number + 1}
        made.append(Section(title, (share,) if share else (), drop=written(here) if len(rows) > 2 else ""))
    return [
        *made,
        Section(
            buttons=(
                Button(f"grow {written((*path, 'paths'))}", _("Add a way"), "split"),
                Button(f"hold {written((*path, 'paths'))}", _("Hold some out"), "minus"),
            )
        ),
    ]


def _outcomes(value: Any, path: Path) -> list[Section]:
    outcomes = found(value, "outcomes")
    words = [str(each) for each in outcomes] if isinstance(outcomes, dict | list) else []
    made = []
    for number, word in enumerate(words):
        key: str | int = number if isinstance(outcomes, list) else word
        made.append(Section(word, drop=written((*path, "outcomes", key)) if len(words) > 1 else ""))
    about = About((*path, "outcomes"), _("Another outcome"))
    new = Field(
        about.path,
        about.label,
        _("Such as “call again”. Each may have steps of its own."),
        (Input(about.name(), "text", ""),),
        lambda said: _with(outcomes, said[0]),
    )
    return [*made, Section(fields=(new,))]


def _with(outcomes: Any, word: str) -> Any:
    """The outcomes and one more; as a mapping, so that each may have steps."""
    known = outcomes if isinstance(outcomes, dict) else {str(each): None for each in outcomes or []}
    return {**known, word: known.get(word)}
