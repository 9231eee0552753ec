"""New steps, copies of steps, and names that stay unique: plain values alone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from functions.api.console.designer_tree import Shown, kind_of
from functions.api.console.words import _
from sojourn.journeys.language.acting import slug_of

NUMBERED = re.compile(r"(.*?)(?: (\d{1,4}))?", re.S)
ANSWER = re.compile(r"reply\.([^.\s]+)((?:\.\S+)?)")  # as `reply.ask.code`
CALL = "call"
ABOUT_SENDS = ("sent", "planned", "delivered", "opened", "clicked")
LONGEST_NAME = 80


def new_step(kind: str, taken: Iterable[str], sends: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """A step of this kind that says as little as it may; None of a kind that there is not."""
    if kind not in FRESH:
        return None
    name = free_name(names_of_kinds()[kind], taken)
    step = {kind: name, **deepcopy(FRESH[kind])}
    if kind == "wait for" and sends:
        step["any"] = [{"clicked": sends[-1]}]
    return step


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """The name, numbered if another step has it; capitals make no difference."""
    known = {name.casefold() for name in taken}
    if wanted.casefold() not in known:
        return wanted
    stem = (found[1] if (found := NUMBERED.fullmatch(wanted)) else wanted)[: LONGEST_NAME - 5]
    return next(name for n in range(2, len(known) + 3) if (name := f"{stem} {n}").casefold() not in known)


def copied(step: Any, taken: Iterable[str]) -> Any:
    """A copy whose steps have names of their own, and which asks about its own messages."""
    known, copy = list(taken), deepcopy(step)
    names: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for each in _steps_in(copy):
        kind = kind_of(each)
        key = next(key for key in each if str(key).replace("_", " ") == kind)
        old = str(each[key])
        each[key] = names[old] = free_name(old, known)
        known.append(each[key])
        if kind == CALL:
            slugs[slug_of(old)] = slug_of(each[key])
    for path, new in references(copy, names, slugs):
        _put(copy, path, new)
    return copy


def references(
    value: Any, names: Mapping[str, str], slugs: Mapping[str, str], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where one of these names is asked about, or the answer of a call that is called so: the path, and what it
    becomes."""
    if isinstance(value, str) and (answer := ANSWER.fullmatch(value)) and answer[1] in slugs:
        yield path, f"reply.{slugs[answer[1]]}{answer[2]}"
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from references(each, names, slugs, (*path, number))
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        if isinstance(each, str) and each in names and _asks(str(key), value, path):
            yield (*path, key), names[each]
        else:
            yield from references(each, names, slugs, (*path, key))


def sends(steps: Iterable[Shown]) -> tuple[str, ...]:
    """The names of the messages among steps."""
    return tuple(step.name for step in steps if step.kind == "send")


def _asks(key: str, mapping: dict[str, Any], path: tuple[str | int, ...]) -> bool:
    """Whether this key of a mapping takes the name of a step: of `since`, of what is waited for, of a rule."""
    if key == "step":
        return any(str(each) == "message" for each in mapping)
    if key not in ABOUT_SENDS or len(mapping) > 1 or not path:
        return False
    return path[-1] == "since" or (len(path) > 1 and path[-2] == "any")


def _steps_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if kind_of(value) and isinstance(next(iter(value.values())), str):
            yield value
        for each in value.values():
            yield from _steps_in(each)
    if isinstance(value, list):
        for each in value:
            yield from _steps_in(each)


def _put(value: Any, path: tuple[Any, ...], new: str) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def names_of_kinds() -> dict[str, str]:
    """What a new step is called until somebody calls it otherwise."""
    return {
        "send": _("Send a message"),
        "wait": _("Wait"),
        "wait for": _("Wait for an answer"),
        "branch": _("Which way?"),
        "split": _("Split at random"),
        "repeat": _("Repeat"),
        "update": _("Change the contact"),
        "call": _("Call a service"),
        "task": _("Task for a person"),
        "start": _("Start a journey"),
        "end": _("End a journey"),
        "exit": _("Leave"),
    }


FRESH: dict[str, dict[str, Any]] = {
    "send": {"template": ""},
    "wait": {"for": "1 day"},
    "wait for": {"any": [{"event": "Order Completed"}], "up to": "2 days"},
    "branch": {"if": {"tag": "vip"}},
    "split": {"paths": [{"share": "50%"}, {"share": "50%"}]},
    "repeat": {"times": 3},
    "update": {"add": {"tags": "seen"}},
    "call": {"url": "https://"},
    "task": {"assign": "", "due": "2 days", "outcomes": ["done", "not done"]},
    "start": {"journey": ""},
    "end": {"journey": ""},
    "exit": {},
}
