"""The few JSONata expressions that our machines use: how they are written, and what they mean in Python.

`closure` refuses whatever it does not know, so the walker never plays what it does not understand.
The grammar: `$states.a.b`, `$variable`, `'text'`, `$parse(x).a.b`, `$split(x, '.')[0]`, `x & y`, `x = y`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Scope = Mapping[str, Any]
Closure = Callable[[Scope], Any]

TOKEN = re.compile(
    r"""\s*(?: (?P<function>\$[a-zA-Z_]\w*(?=\()) | (?P<variable>\$[a-zA-Z_]\w*) | (?P<name>[a-zA-Z_]\w*)
        | (?P<number>[0-9]+) | (?P<text>'[^'\\]*' | "(?:[^"\\]|\\.)*") | (?P<sign>[().=&,\[\]]) )""",
    re.VERBOSE,
)
Tokens = list[tuple[str, str]]


class Undefined:
    """JSONata's answer to a path that leads nowhere."""


UNDEFINED = Undefined()
JOINT = " & '.' & "


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


def variable(name: str) -> str:
    """What a state before assigned: `variable("round1")` is the expression `{% $round1 %}`."""
    return f"{{% ${name} %}}"


def text_of(part: str) -> str:
    """The text, or an empty one where there is nothing: `{% $states.input.round & '' %}`."""
    return f"{{% $states.{part} & '' %}}"


def split_at(part: str, count: int) -> list[str]:
    """The first parts of a text with dots in it, each as the inside of an expression."""
    return [f"$split($states.{part}, '.')[{index}]" for index in range(count)]


def joined(parts: Sequence[str]) -> str:
    """These parts with dots between them, as an expression."""
    return f"{{% {JOINT.join(parts)} %}}"


def said(value: Any) -> Any:
    """The JSON value itself: texts that read like expressions become ones that say them."""
    if isinstance(value, dict):
        return {key: said(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [said(part) for part in value]
    return f"{{% {literal(value)} %}}" if is_expression(value) else value


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


def variables_in(expression: str) -> set[str]:
    """The variables that it reads: `states`, and what states before have assigned."""
    return {text[1:] for kind, text in _tokens(expression[2:-2]) if kind == "variable"}


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


def _tokens(text: str) -> Tokens:
    """Kind and text of each token, the first one last so that `pop` reads forward."""
    found, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise UnknownExpressionError(text)
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found[::-1]


def _comparison(tokens: Tokens) -> Closure:
    left = _joined(tokens)
    if not _takes(tokens, "="):
        return left
    right = _joined(tokens)

    def equal(scope: Scope) -> bool:
        one, other = left(scope), right(scope)
        # Nothing equals what is not there, not even another absence; true is not 1.
        return one is not UNDEFINED and type(one) is type(other) and bool(one == other)

    return equal


def _joined(tokens: Tokens) -> Closure:
    parts = [_value(tokens)]
    while _takes(tokens, "&"):
        parts.append(_value(tokens))
    if len(parts) == 1:
        return parts[0]
    return lambda scope: "".join("" if (text := part(scope)) is UNDEFINED else text for part in parts)


def _value(tokens: Tokens) -> Closure:
    kind, text = tokens.pop() if tokens else ("", "")
    if kind == "text":
        words = text[1:-1] if text[0] == "'" else json.loads(text)
        return lambda scope: words
    if kind == "variable":
        name = text[1:]
        return _steps(lambda scope: scope.get(name, UNDEFINED), tokens)
    if kind == "function" and text in FUNCTIONS:
        _expect(tokens, "(")
        return _steps(FUNCTIONS[text](tokens), tokens)
    raise UnknownExpressionError(f"{text!r} begins no value that we know")


def _parse(tokens: Tokens) -> Closure:
    inner = _comparison(tokens)
    _expect(tokens, ")")
    return lambda scope: json.loads(inner(scope))


def _split(tokens: Tokens) -> Closure:
    inner = _comparison(tokens)
    _expect(tokens, ",")
    mark = _value(tokens)
    _expect(tokens, ")")
    _expect(tokens, "[")
    index = int(_take(tokens, "number"))
    _expect(tokens, "]")

    def part(scope: Scope) -> Any:
        text = inner(scope)
        parts = [] if text is UNDEFINED else str.split(text, mark(scope))
        return parts[index] if index < len(parts) else UNDEFINED

    return part


FUNCTIONS: dict[str, Callable[[Tokens], Closure]] = {"$parse": _parse, "$split": _split}


def _steps(start: Closure, tokens: Tokens) -> Closure:
    """The `.a.b` behind a value."""
    result = start
    while _takes(tokens, "."):
        result = _field(result, _take(tokens, "name"))
    return result


def _field(start: Closure, name: str) -> Closure:
    def field(scope: Scope) -> Any:
        value = start(scope)
        return value.get(name, UNDEFINED) if isinstance(value, dict) else UNDEFINED

    return field


def _take(tokens: Tokens, kind: str) -> str:
    found, text = tokens.pop() if tokens else ("", "")
    if found != kind:
        raise UnknownExpressionError(f"{text!r} is no {kind}")
    return text


def _takes(tokens: Tokens, sign: str) -> bool:
    """Take this sign if it comes next."""
    if not tokens or tokens[-1] != ("sign", sign):
        return False
    tokens.pop()
    return True


def _expect(tokens: Tokens, sign: str) -> None:
    if not _takes(tokens, sign):
        raise UnknownExpressionError(f"{sign!r} expected")
