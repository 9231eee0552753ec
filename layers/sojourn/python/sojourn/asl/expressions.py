"""The few JSONata expressions that our machines use: how they are written, and what they mean in Python.

`closure` refuses whatever it does not know, so the walker never plays what it does not understand.
The grammar: `$states.a.b`, `'text'`, `$parse(x)`, `$parse(x).a.b`, `x = y`.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Scope = Mapping[str, Any]
Closure = Callable[[Scope], Any]

TOKEN = re.compile(
    r"""\s*(?: (?P<variable>\$[a-zA-Z_]\w*) | (?P<name>[a-zA-Z_]\w*)
        | (?P<text>'[^'\\]*' | "(?:[^"\\]|\\.)*") | (?P<sign>[().=]) )""",
    re.VERBOSE,
)


class Undefined:
    """JSONata's answer to a path that leads nowhere."""


UNDEFINED = Undefined()


class UnknownExpressionError(ValueError):
    """The expression is outside the grammar of this module."""


class EvaluationError(ValueError):
    """The expression has no value here; Step Functions calls it States.QueryEvaluationError."""


def path(*names: str) -> str:
    """`path("input", "at")` is the expression `{% $states.input.at %}`."""
    return f"{{% $states.{'.'.join(names)} %}}"


def equals(left: str, text: str) -> str:
    """`equals("input.at", "Wait a week")` is the condition `{% $states.input.at = 'Wait a week' %}`."""
    return f"{{% $states.{left} = {literal(text)} %}}"


def literal(text: str) -> str:
    """A JSONata string; single-quoted where that needs no escape, which it does not know."""
    plain = not re.search(r"['\\\x00-\x1f]", text)
    return f"'{text}'" if plain else json.dumps(text)


def is_expression(value: object) -> bool:
    """Does Step Functions evaluate this string?"""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def closure(expression: str) -> Closure:
    """The Python function of an expression: `closure("{% $states.input.at %}")({"states": {...}})`."""
    tokens = _tokens(expression[2:-2])
    result = _comparison(tokens)
    if tokens:
        raise UnknownExpressionError(expression)
    return result


def template(value: Any) -> Closure:
    """The Python function of a JSON value whose strings may be expressions."""
    if is_expression(value):
        return _defined(value)
    if isinstance(value, dict):
        parts = {key: template(part) for key, part in value.items()}
        return lambda scope: {key: part(scope) for key, part in parts.items()}
    if isinstance(value, list):
        items = [template(item) for item in value]
        return lambda scope: [item(scope) for item in items]
    return lambda scope: value


def _defined(expression: str) -> Closure:
    evaluate = closure(expression)

    def value(scope: Scope) -> Any:
        try:
            result = evaluate(scope)
        except (TypeError, json.JSONDecodeError) as error:  # $parse of what is not JSON text
            raise EvaluationError(expression) from error
        if result is UNDEFINED:
            raise EvaluationError(expression)
        return result

    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token, the first one last so that `pop` reads forward."""
    found, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise UnknownExpressionError(text)
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found[::-1]


def _comparison(tokens: list[tuple[str, str]]) -> Closure:
    left = _value(tokens)
    if not tokens or tokens[-1] != ("sign", "="):
        return left
    tokens.pop()
    right = _value(tokens)

    def equal(scope: Scope) -> bool:
        one, other = left(scope), right(scope)
        # Nothing equals what is not there, not even another absence; true is not 1.
        return one is not UNDEFINED and type(one) is type(other) and bool(one == other)

    return equal


def _value(tokens: list[tuple[str, str]]) -> Closure:
    kind, text = tokens.pop() if tokens else ("", "")
    if kind == "text":
        words = text[1:-1] if text[0] == "'" else json.loads(text)
        return lambda scope: words
    if (kind, text) == ("variable", "$states"):
        return _steps(lambda scope: scope["states"], tokens)
    if (kind, text) == ("variable", "$parse"):
        _expect(tokens, "(")
        inner = _comparison(tokens)
        _expect(tokens, ")")
        return _steps(lambda scope: json.loads(inner(scope)), tokens)
    raise UnknownExpressionError(f"{text!r} begins no value that we know")


def _steps(start: Closure, tokens: list[tuple[str, str]]) -> Closure:
    """The `.a.b` behind a value."""
    result = start
    while tokens and tokens[-1] == ("sign", "."):
        tokens.pop()
        kind, name = tokens.pop() if tokens else ("", "")
        if kind != "name":
            raise UnknownExpressionError(f"{name!r} is not a name")
        result = _field(result, name)
    return result


def _field(start: Closure, name: str) -> Closure:
    def field(scope: Scope) -> Any:
        value = start(scope)
        return value.get(name, UNDEFINED) if isinstance(value, dict) else UNDEFINED

    return field


def _expect(tokens: list[tuple[str, str]], sign: str) -> None:
    if not tokens or tokens.pop() != ("sign", sign):
        raise UnknownExpressionError(f"{sign!r} expected")
