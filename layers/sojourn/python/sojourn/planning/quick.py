"""The parts of a machine's states as fast functions: what is constant is made once, plain paths are looked up at once.

`asl/expressions.py` says what an expression means, and does whatever is not a plain path.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sojourn.asl.expressions import EvaluationError, is_expression, template
from sojourn.asl.machine import Machine, Walkable

Scope = Mapping[str, Any]
PATH = re.compile(r"\{% \$((?:[a-zA-Z_]\w*)(?:\.[a-zA-Z_]\w*)*) %\}")
MISSING = object()


def quickened(machine: Machine, definition: Mapping[str, Any]) -> dict[str, Walkable]:
    """The states, with what they hand to functions and to each other made fast."""
    return {name: _state(state, definition["States"][name]) for name, state in machine.states.items()}


def quick(value: Any) -> Callable[[Scope], Any]:
    """The function of a JSON value whose strings may be expressions."""
    if not _varies(value):
        return lambda scope: value
    if not isinstance(value, dict):
        return _path(value) if isinstance(value, str) else template(value)
    constant = {key: part for key, part in value.items() if not _varies(part)}
    varying = [(key, quick(part)) for key, part in value.items() if _varies(part)]

    def made(scope: Scope) -> dict[str, Any]:
        found = dict(constant)
        for key, part in varying:
            found[key] = part(scope)
        return found

    return made


def _state(state: Walkable, definition: Mapping[str, Any]) -> Walkable:
    if state.type != "Task":
        return state
    return replace(
        state,
        arguments=quick(definition["Arguments"]),
        output=quick(definition["Output"]) if "Output" in definition else None,
    )


def _varies(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_varies, value.values()))
    return any(map(_varies, value)) if isinstance(value, list) else is_expression(value)


def _path(text: str) -> Callable[[Scope], Any]:
    match = PATH.fullmatch(text)
    if match is None:
        return template(text)
    names = match[1].split(".")

    def found(scope: Scope) -> Any:
        value: Any = scope
        for name in names:
            value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
        if value is MISSING:
            raise EvaluationError(text)
        return value

    return found
