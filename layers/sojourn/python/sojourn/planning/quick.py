"""The states of a machine made ready to be played: what is constant is made once, plain paths are looked up at once.

`asl/expressions.py` says what an expression means, and does whatever is not a plain path, or a path beside a text.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sojourn.asl.expressions import EvaluationError, is_expression, template
from sojourn.planning.runs import Run

NAME = r"[a-zA-Z_]\w*"
PATH = re.compile(rf"\{{% \$({NAME}(?:\.{NAME})*) %\}}")
SAID = re.compile(rf"\{{% \$({NAME}(?:\.{NAME})*) = ('[^'\\]*'|\"(?:[^\"\\]|\\.)*\") %\}}")
MISSING = object()
RESULT, ERROR = "result", "errorOutput"  # what came of a state, as expressions call it

Came = Any  # the result, or the error; None before there is one
Made = Callable[[Run, Any, Came], Any]  # by the run, the state's input, and what came of it
Start = Callable[[Run, Any, Came], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A JSON value whose strings may be expressions: as it stands, or `made` each time."""

    value: Any = None
    made: Made | None = None

    def of(self, run: Run, data: Any, came: Came = None) -> Any:
        """The value here."""
        return self.value if self.made is None else self.made(run, data, came)


def quick(value: Any, state: str, came: str = RESULT) -> Part:
    """The part of a state; `came` is what its expressions may call what came of it."""
    if not _varies(value):
        return Part(value)
    if isinstance(value, str):
        return Part(made=_path(value, state, came))
    if not isinstance(value, dict):
        return Part(made=_general(value, state, came))
    constant = {key: part for key, part in value.items() if not _varies(part)}
    varying = [(key, part) for key, each in value.items() if (part := quick(each, state, came).made)]

    def made(run: Run, data: Any, came: Came) -> dict[str, Any]:
        found = dict(constant)
        for key, part in varying:
            found[key] = part(run, data, came)
        return found

    return Part(made=made)


def table_of(conditions: Sequence[str]) -> tuple[Made, dict[str, int]] | None:
    """Where all of them compare one path with texts: the path, and the place of the first condition by its text."""
    matches = [SAID.fullmatch(each) for each in conditions]
    if not all(matches) or len({match[1] for match in matches if match}) != 1:
        return None
    table: dict[str, int] = {}
    names: list[str] = []
    for place, match in enumerate(matches):
        assert match is not None
        names, text = match[1].split("."), match[2]
        table.setdefault(text[1:-1] if text[0] == "'" else json.loads(text), place)
    found = _start(names, "")
    return (_along(*found, missing=MISSING), table) if found else None


def scope_of(run: Run, state: str, data: Any, came: str, what: Came) -> dict[str, Any]:
    """All that an expression may read."""
    context = {
        "Execution": {"Input": run.input},
        "State": {"Name": state, "EnteredTime": str(run.stay), "RetryCount": 0},
        "Task": {"Token": "token"},
    }
    more = {} if what is None else {came: what}
    return {**run.variables, "states": {"input": data, "context": context, **more}}


def _varies(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_varies, value.values()))
    return any(map(_varies, value)) if isinstance(value, list) else is_expression(value)


def _general(value: Any, state: str, came: str) -> Made:
    evaluate = template(value)
    return lambda run, data, what: evaluate(scope_of(run, state, data, came, what))


def _path(text: str, state: str, came: str) -> Made:
    match = PATH.fullmatch(text)
    found = _start(match[1].split("."), came) if match else None
    return _along(*found, missing=EvaluationError(text)) if found else _general(text, state, came)


def _start(names: list[str], came: str) -> tuple[Start, list[str]] | None:
    """Where a path begins, and its names from there."""
    if names[0] != "states":
        return (lambda run, data, what: run.variables), names
    if names[1:4] == ["context", "Execution", "Input"]:
        return (lambda run, data, what: run.input), names[4:]
    if names[1:] == ["context", "State", "RetryCount"]:
        return (lambda run, data, what: 0), []
    if names[1:] == ["context", "Task", "Token"]:
        return (lambda run, data, what: "token"), []
    if names[1:2] == ["input"]:
        return (lambda run, data, what: data), names[2:]
    if came and names[1:2] == [came]:
        return (lambda run, data, what: what), names[2:]
    return None


def _along(start: Start, names: list[str], *, missing: Any) -> Made:
    """What stands at the end; where it leads nowhere, `missing` is raised if it is an error, or else told."""

    def lost() -> Any:
        if isinstance(missing, Exception):
            raise missing
        return missing

    def first(run: Run, data: Any, what: Came) -> Any:
        value = start(run, data, what)
        return value[name] if isinstance(value, dict) and name in value else lost()

    def found(run: Run, data: Any, what: Came) -> Any:
        value: Any = start(run, data, what)
        for each in names:
            if not isinstance(value, dict) or each not in value:
                return lost()
            value = value[each]
        return value

    if len(names) == 1:
        (name,) = names
        return first
    return found if names else start
