"""What a form of the builder does to the text: its fields written into it, and the deed of the button pressed. Pure.

The text is the authority. Where both it and the fields were changed, the two are brought together line by line.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from functions.api.console.forms import Form
from functions.api.console.rules_conditions import NEW, condition
from functions.api.console.rules_tree import Shown, path_of, shown_rule, walked
from functions.api.console.texts import Path, UneditableError, delete, insert, merged, move, put, read
from functions.api.console.words import _
from sojourn.rules.read import GROUPS

COMMENT = re.compile(r"(?:^|\s)#", re.M)
Types = Mapping[str, str]
Deed = Callable[[str, Path], str]


class UndoneError(ValueError):
    """What was asked cannot be done; the message says why and the way out."""


def changed(said: Form, source: str, shown: str, at: Path, types: Types) -> str:
    """The text after what the form says; `shown` is the text that its fields were made of."""
    try:
        mine = _done(_written(shown, said, at, types), said, at)
    except UneditableError as error:
        raise UndoneError(str(error)) from error
    if source == shown or mine == shown:
        return source if mine == shown else mine
    both = merged(shown, source, mine)
    if both.conflicts:
        raise UndoneError(
            _("The text and the fields were both changed in the same lines: the text was kept.")
        )
    return both.text


def _written(text: str, said: Form, at: Path, types: Types) -> str:
    """The text with the fields that differ from what they were made of."""
    values = said.as_dict()
    for node in walked(shown_rule(text, at, types)):
        if node.is_group or not any(name.startswith(f"{node.place}:") for name in values):
            continue
        typed = {n.partition(":")[2]: v for n, v in values.items() if n.startswith(f"{node.place}:")}
        if node.is_text:
            text = _put_text(text, node, typed.get("text", node.text).replace("\r\n", "\n"))
        elif any(each != node.said.get(name, _empty(name)) for name, each in typed.items()):
            text = put(text, node.path, condition(node.kind, {**node.said, **typed}, types))
    return text


def _empty(name: str) -> str:
    """What a field says that stands ready for one more test."""
    return "is" if name.startswith("op-") else ""


def _put_text(text: str, node: Shown, typed: str) -> str:
    return text if typed.strip() == node.text.strip() else put(text, node.path, read(typed))


def _done(text: str, said: Form, at: Path) -> str:
    deed, _colon, place = said.get("do").partition(":")
    adding, removing = partial(_add, kind=said.get(f"{place}:kind")), partial(_remove, at=at)
    deeds: dict[str, Deed] = {**DEEDS, "add": adding, "remove": removing}
    if deed not in deeds:
        return text
    path = path_of(place)
    if path[: len(at)] != at:
        raise UndoneError(_("There is no such place in the rule: load the page again."))
    done = deeds[deed](text, path)
    if len(at) > 1 and _around(read(done), at) != _around(read(text), at):
        return text  # at the edge of a rule within a longer text nothing is further out
    if deed != "remove" and len(COMMENT.findall(done)) < len(COMMENT.findall(text)):
        raise UndoneError(_("That would lose a comment: do it in the text instead."))
    return done


def _add(text: str, path: Path, kind: str) -> str:
    """One more at the end of a group."""
    new = {kind: [NEW["attribute"]]} if kind in GROUPS else dict(NEW.get(kind, NEW["attribute"]))
    return _insert(text, path, new)


def _insert(text: str, path: Path, new: Any) -> str:
    """Behind the last part of the group at this place."""
    value = at_path(read(text), path)
    if value is None:
        return put(text, path, [new])
    if isinstance(value, list):
        return insert(text, (*path, len(value)), new)
    key = next(iter(value), "")
    if key in GROUPS and len(value) == 1 and isinstance(value[key], list):
        return insert(text, (*path, key, len(value[key])), new)
    return put(text, path, [value, new])


def _around(value: Any, at: Path) -> Any:
    """All but what stands at a place."""
    if isinstance(value, dict):
        rest = {key: each for key, each in value.items() if key != at[0] or len(at) > 1}
        return {key: _around(each, at[1:]) if key == at[0] else each for key, each in rest.items()}
    return [_around(each, at[1:]) if n == at[0] else each for n, each in enumerate(value or ())]


def _remove(text: str, path: Path, at: Path) -> str:
    """It goes; so does a group that held nothing else."""
    while len(path) > len(at) and not (isinstance(path[-1], int) and len(at_path(read(text), path[:-1])) > 1):
        path = path[:-1]
    return delete(text, path) if len(path) > len(at) else put(text, path, [])


def _up(text: str, path: Path) -> str:
    """Before the one above; into a group that stands there; out of its own where it is the first."""
    number = _number(path)
    if number == 0:
        return _out(text, path, after=0)
    above = (*path[:-1], number - 1)
    if inner := _list_in(text, above):
        return move(text, path, (*inner, len(at_path(read(text), inner))))
    return move(text, path, above)


def _down(text: str, path: Path) -> str:
    """Behind the one below; into a group that stands there; out of its own where it is the last."""
    number, siblings = _number(path), at_path(read(text), path[:-1])
    if number == len(siblings) - 1:
        return _out(text, path, after=1)
    if inner := _list_in(text, (*path[:-1], number + 1)):
        if len(siblings) > 1:
            return move(text, path, (*inner, 0))
    return move(text, path, (*path[:-1], number + 2))


def _out(text: str, path: Path, *, after: int) -> str:
    """Beside the group that it stands in."""
    group = path[:-1] if isinstance(path[-2], int) else path[:-2]
    if not group or not isinstance(group[-1], int):
        return text
    siblings = at_path(read(text), path[:-1])
    if len(siblings) == 1:
        return put(text, group, siblings[0])
    return move(text, path, (*group[:-1], group[-1] + after))


def _wrap(text: str, path: Path) -> str:
    """In a group of its own."""
    return put(text, path, {"any": [at_path(read(text), path)]})


def _negate(text: str, path: Path) -> str:
    """Not that; what was not, is."""
    value = at_path(read(text), path)
    if isinstance(value, list):
        return put(text, path, {"none": value})
    is_not = isinstance(value, dict) and list(value) == ["not"]
    return put(text, path, value["not"] if is_not else {"not": value})


def _regroup(kind: str) -> Deed:
    def regroup(text: str, path: Path) -> str:
        value = at_path(read(text), path)
        if isinstance(value, dict) and len(value) == 1 and (old := next(iter(value))) in GROUPS:
            return _renamed(text, path, old, kind)
        if isinstance(value, list):
            return text if kind == "all" else _indented(text, path, value, kind)
        return text if kind == "all" else put(text, path, {kind: [value]})

    return regroup


def _renamed(text: str, path: Path, old: str, new: str) -> str:
    """Another word before the same list: nothing else of it is touched."""
    wanted = put_plain(read(text), path, lambda value: {new: value[old]})
    for found in re.finditer(rf"\b{old}(?=[\"']?\s*:)", text):
        tried = text[: found.start()] + new + text[found.end() :]
        if read(tried) == wanted:
            return tried
    raise UndoneError(_("This group cannot be changed by the form: change it in the text."))


def _indented(text: str, path: Path, value: list[Any], kind: str) -> str:
    """A list in lines of its own goes two spaces further in, below the word."""
    wanted = put_plain(read(text), path, lambda value: {kind: value})
    key = str(path[-1])
    head = re.search(
        rf"^(?P<key>{re.escape(key)}:)(?P<rest>[ \t]*(?:#.*)?)\r?\n(?P<body>(?:[ \t-].*\n?|#.*\n?|\s*\n)*)",
        text,
        re.M,
    )
    if head and len(path) == 1:
        body = "".join(
            f"  {line}" if line.strip() else line for line in head["body"].splitlines(keepends=True)
        )
        tried = f"{text[: head.start()]}{head['key']}{head['rest']}\n  {kind}:\n{body}{text[head.end() :]}"
        if read(tried) == wanted:
            return tried
    return put(text, path, {kind: value})


def put_plain(value: Any, path: Path, change: Any) -> Any:
    """A value of a tree changed."""
    if not path:
        return change(value)
    if isinstance(value, dict):
        return {
            key: put_plain(each, path[1:], change) if key == path[0] else each for key, each in value.items()
        }
    return [put_plain(each, path[1:], change) if n == path[0] else each for n, each in enumerate(value)]


def at_path(value: Any, path: Path) -> Any:
    """What stands there; None for nothing."""
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _list_in(text: str, path: Path) -> Path:
    """Where the parts of the group at this place are; nowhere when it is none."""
    value = at_path(read(text), path)
    if isinstance(value, list):
        return path
    if isinstance(value, dict) and len(value) == 1 and (key := next(iter(value))) in GROUPS:
        return (*path, key) if isinstance(value[key], list) else ()
    return ()


def _number(path: Path) -> int:
    if not isinstance(path[-1], int):
        raise UndoneError(_("This condition cannot be moved: change it in the text."))
    return path[-1]


DEEDS: dict[str, Deed] = {
    "up": _up,
    "down": _down,
    "wrap": _wrap,
    "negate": _negate,
    **{kind: _regroup(kind) for kind in GROUPS},
}
