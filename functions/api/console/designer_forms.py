"""The forms of the designer, made from the JSON Schema of journeys: a section for a step, one for each of its parts."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.api.console.designer_fields import (
    REMOVED,
    About,
    Field,
    Input,
    UnreadableFieldError,
    duration_field,
    flag_field,
    loose_field,
    number_field,
    rule_field,
    select_field,
    text_field,
    way_field,
    yaml_field,
)
from functions.api.console.designer_steps import ABOUT_SENDS
from functions.api.console.designer_tree import Path, found, has, written
from functions.api.console.designer_words import help_of, label, values, verbs
from functions.api.console.words import _
from sojourn.journeys.schema import journey_schema
from sojourn.journeys.schema_steps import named

Schema = Mapping[str, Any]
LISTS = {"template": "templates", "segment": "segments", "leaves": "segments", "not in segment": "segments"}
ALWAYS_YES = ("exit",)  # of goals: usual is yes
USUAL = {
    "channel": "email",
    "outside": "hold",
    "look back": "entry",
    "at entry": "skip_entry",
    "mode": "live",
}
AREAS = ("description", "note")
OWN_PARTS = ("entry", "goal", "exits", "any", "answers", "paths", "outcomes", "steps")


@dataclass(frozen=True, slots=True)
class Button:
    """A deed of the form beside its fields."""

    deed: str
    label: str
    icon: str = "plus"


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; `more` are those that few need."""

    title: str = ""
    fields: tuple[Field, ...] = ()
    more: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    drop: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What selects offer: names of the workspace, and the messages on the way to a step."""

    names: Mapping[str, list[str]] = field(default_factory=dict)
    sends: tuple[str, ...] = ()


@functools.cache
def schema() -> dict[str, Any]:
    """The schema of journeys; made once."""
    return journey_schema()


def defined(name: str) -> Schema:
    """A part of it by its name."""
    part: Schema = schema()["$defs"][name]
    return part


def keys_of(mapping: Schema) -> Iterator[tuple[str, Schema]]:
    """Its keys in their usual spelling."""
    for key, each in mapping["properties"].items():
        if "_" not in key or key.replace("_", " ") not in mapping["properties"]:
            yield key, each


def step_keys(kind: str) -> dict[str, Schema]:
    """The keys of a kind of step."""
    return dict(keys_of(defined(named(kind))))


def field_of(about: About, key: str, part: Schema, value: Any, known: Known) -> Field | None:
    """The field of a key, by what the schema says of it; None for steps, which the outline shows."""
    kind = str(part.get("$ref", "")).rsplit("/", 1)[-1]
    if kind == "steps" or part.get("const") is True:
        return None
    if kind == "duration":
        return duration_field(about, value)
    if kind == "way":
        return way_field(about, value, lambda: [{"exit": _("Leave")}])
    if kind == "rule":
        return rule_field(about, value)
    if kind == "where":
        return yaml_field(about, value)
    if key in ABOUT_SENDS or about.path[-1:] == ("template",) or key in LISTS:
        return _reference(about, key, value, known)
    return _simple(about, key, part, value, known)


def _simple(about: About, key: str, part: Schema, value: Any, known: Known) -> Field:
    if "enum" in part:
        return _choices(about, part["enum"], value)
    if key == "purpose":
        return _choices(about, ["marketing", "transactional", "service"], value)
    if part.get("type") == "boolean":
        return flag_field(about, value, usual=key in ALWAYS_YES)
    if part.get("type") == "number":
        return number_field(about, value)
    if part.get("type") in ("array", "object") or key == "unset":
        return yaml_field(about, value) if key != "instead" else loose_field(about, value)
    if "anyOf" in part:
        return loose_field(about, value)
    return text_field(about, value, area=key in AREAS)


def _choices(about: About, options: list[str], value: Any) -> Field:
    said, usual = values(), USUAL.get(str(about.path[-1]).replace("_", " "), "")
    spelled = [each for each in options if " " not in each or each.replace(" ", "_") not in options]
    now = value.replace(" ", "_") if isinstance(value, str) and value.replace(" ", "_") in spelled else value
    shown = [(each, said.get(each, each)) for each in dict.fromkeys(spelled) if each != usual or now == usual]
    is_usual = _("%(value)s (usual)") % {"value": said.get(usual, usual)} if usual else ""
    return select_field(about, now, shown, usual=is_usual)


def _reference(about: About, key: str, value: Any, known: Known) -> Field:
    names = known.sends if key in ABOUT_SENDS else known.names.get(LISTS.get(key, "templates"), [])
    if not names:
        return text_field(about, value)
    return select_field(about, value, [(name, name) for name in names])


def simple_fields(
    kind: str, keys: Mapping[str, Schema], value: Any, path: Path, known: Known, needed: tuple[str, ...]
) -> list[Field]:
    """Of all keys that are no parts of their own."""
    made = []
    for key, part in keys.items():
        if (
            key in OWN_PARTS
            or key in (kind, "then", "otherwise", "since")
            or (kind, key) == ("head", "hours")
        ):
            continue
        about = About((*path, key), label(kind, key), help_of(kind, key), key in needed)
        if found_field := field_of(about, key, part, found(value, key), known):
            made.append(found_field)
    return made


def choice(
    title: str,
    alternatives: list[Schema],
    value: Any,
    path: Path,
    known: Known,
    *,
    drop: bool = False,
    is_needed: bool = True,
) -> Section:
    """One of several mappings, told apart by the key that each must have."""
    kinds = {str(each["required"][0]): dict(keys_of(each)) for each in alternatives}
    now = next((verb for verb in kinds if has(value, verb)), "")
    said = verbs()
    options = tuple((verb, said.get(verb, verb)) for verb in kinds)
    first = () if is_needed and now else (("", "–"),)

    def write(chosen: tuple[str, ...]) -> Any:
        return _begun(chosen[0], kinds, value, now, known)

    about = About(path, title)
    fork = about.field((Input(about.name(), "select", now, (*first, *options)),), write, is_fork=True)
    fields = [] if not now else _with_verb(now, kinds[now], value, path, known)
    used = tuple(each for each in fields if each.is_set or each.is_needed)
    rest = tuple(each for each in fields if each not in used)
    return Section(fields=(fork, *used), more=rest, drop=written(path) if drop else "")


def _with_verb(verb: str, keys: Mapping[str, Schema], value: Any, path: Path, known: Known) -> list[Field]:
    own = About((*path, verb), label("", verb), help_of("", verb), is_needed=True)
    first = field_of(own, verb, keys[verb], found(value, verb), known)
    rest = simple_fields(verb, keys, value, path, known, ())
    return [*([first] if first else []), *rest]


def _begun(verb: str, kinds: Mapping[str, Mapping[str, Schema]], value: Any, old: str, known: Known) -> Any:
    if not verb:
        return REMOVED
    if verb not in kinds:
        raise UnreadableFieldError(_("“%(said)s” is none of what can be chosen here.") % {"said": verb[:80]})
    there = value.items() if isinstance(value, dict) else ()
    fits = {key for key in kinds[verb] if key not in (old, verb)}
    kept = {key: each for key, each in there if str(key).replace("_", " ") in fits}
    begins: Any = True if verb == "api" else {"tag": "vip"} if verb == "rule" else ""
    if verb in ABOUT_SENDS and known.sends:
        begins = known.sends[-1]
    return {verb: begins, **kept}
