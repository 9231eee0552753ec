"""Each closure gives what JSONata gives; what is not understood is refused."""

import json
from typing import Any

import jsonata
import pytest

from sojourn.asl.expressions import (
    EvaluationError,
    UnknownExpressionError,
    closure,
    equals,
    literal,
    path,
    template,
)

SCOPE: dict[str, Any] = {
    "states": {
        "input": {"at": "Don't", "n": 1, "empty": "", "list": [1]},
        "context": {"Execution": {"Input": {"enrolment": "a.b.1", "leg": 2}}, "State": {"RetryCount": 0}},
        "errorOutput": {
            "Cause": json.dumps({"errorMessage": json.dumps({"until": "then", "reason": "cap"})})
        },
    }
}
EXPRESSIONS = [
    path("input", "at"),
    path("context", "Execution", "Input", "leg"),
    path("context", "State", "RetryCount"),
    path("input", "nothing"),
    path("input", "at", "deeper"),
    equals("input.at", "Don't"),
    equals("input.at", "other"),
    equals("input.nothing", "x"),
    equals("input.n", "1"),
    "{% $parse($parse($states.errorOutput.Cause).errorMessage) %}",
    "{% $parse($parse($states.errorOutput.Cause).errorMessage).until = 'then' %}",
]
STRANGE = [
    "{%  %}",
    "{% $random() %}",
    "{% $states.input.a + 1 %}",
    "{% $states.input.list[0] %}",
    "{% $states.input.'a' %}",
    "{% $parse($states.input.at %}",
    "{% input.at %}",
    "{% $states.input.at = 'x' and true %}",
    "{% $states. %}",
    "{% 'a' 'b' %}",
    "{% $states.input.at ~ 1 %}",
]


def by_jsonata(expression: str, scope: dict[str, Any]) -> Any:
    """What the reference in Python makes of it, with the two names that Step Functions adds."""
    program = jsonata.Jsonata(expression[2:-2].strip())
    program.assign("states", scope["states"])
    program.register_lambda("parse", json.loads)
    return program.evaluate(None)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_closure_gives_what_jsonata_gives(expression: str):
    theirs = by_jsonata(expression, SCOPE)

    ours = closure(expression)(SCOPE)

    assert (ours if isinstance(ours, dict | str | int) else None) == theirs


@pytest.mark.parametrize("expression", STRANGE)
def test_an_expression_outside_the_grammar_is_refused(expression: str):
    with pytest.raises(UnknownExpressionError):
        closure(expression)


@pytest.mark.parametrize("text", ["plain", "Don't", 'say "hi"', "back\\slash", "Größe 😀", "", "a%}b"])
def test_a_literal_is_read_by_both_as_it_was_written(text: str):
    assert by_jsonata(f"{{% {literal(text)} %}}", SCOPE) == text
    assert closure(f"{{% {literal(text)} %}}")({}) == text


def test_a_template_fills_expressions_at_any_depth():
    value = {"step": "Greet", "any": [{"leg": path("context", "Execution", "Input", "leg")}], "n": 1}

    assert template(value)(SCOPE) == {"step": "Greet", "any": [{"leg": 2}], "n": 1}


@pytest.mark.parametrize(
    "expression",
    [path("input", "nothing"), "{% $parse($states.input.at) %}", "{% $parse($states.input.n) %}"],
)
def test_a_template_without_a_value_is_an_error_as_on_aws(expression: str):
    with pytest.raises(EvaluationError):
        template({"a": expression})(SCOPE)
