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
    joined,
    literal,
    path,
    said,
    split_at,
    template,
    text_of,
    variable,
    variables_in,
)

SCOPE: dict[str, Any] = {
    "round1": "2",
    "states": {
        "input": {"at": "Don't", "round": "3.1.2", "n": 1, "empty": "", "list": [1]},
        "context": {"Execution": {"Input": {"enrolment": "a.b.1", "leg": 2}}, "State": {"RetryCount": 0}},
        "errorOutput": {
            "Cause": json.dumps({"errorMessage": json.dumps({"until": "then", "reason": "cap"})})
        },
    },
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
    variable("round1"),
    variable("nobody"),
    text_of("input.at"),
    text_of("input.nothing"),
    joined(split_at("input.round", 1)),
    joined(split_at("input.round", 2)),
    joined(split_at("input.round", 3)),
    "{% $split($states.input.nothing, '.')[0] %}",
    "{% $split($states.input.round, '.')[9] %}",
    "{% $round1 & '!' = '2!' %}",
    said("{% $states.input.at %}"),
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
    "{% $round(1) %}",
    "{% $round1() %}",
    "{% $split($states.input.at, '.') %}",
    "{% $split($states.input.at)[0] %}",
    "{% $split($states.input.at, '.')['a'] %}",
    "{% 'a' & %}",
]


def by_jsonata(expression: str, scope: dict[str, Any]) -> Any:
    """What the reference in Python makes of it, with the two names that Step Functions adds."""
    program = jsonata.Jsonata(expression[2:-2].strip())
    for name, value in scope.items():
        program.assign(name, value)
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


def test_the_variables_of_an_expression_are_known_without_its_texts_and_functions():
    expression = "{% $split($states.input.a, '$not')[0] & $round1 & $parse($b).c %}"

    assert variables_in(expression) == {"states", "round1", "b"}


def test_what_is_said_is_the_value_itself():
    value = {"a": ["{% $states.input.at %}", 1, None], "b": "plain"}

    assert template(said(value))(SCOPE) == value
