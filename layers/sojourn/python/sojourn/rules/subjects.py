"""What a rule looks at: attributes and facts; and how what was seen is told. Pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.rules.comparing import check_at, check_of, is_about_time
from sojourn.rules.moments import judge_of
from sojourn.rules.nodes import Compare, Subject
from sojourn.rules.parts import Part
from sojourn.rules.values import at_path
from sojourn.rules.view import Verdict, View

LONGEST = 100  # characters that are shown of a value

Looked = Callable[[View], Any]


def compare(rule: Compare) -> Part:
    """An attribute or a fact, compared."""
    subject = value_of(rule.subject)

    def seen(view: View) -> str:
        return said(subject(view))

    if is_about_time(rule.op, rule.value):
        compared = judge_of(rule.op, rule.value)

        def judge(view: View) -> Verdict:
            return compared(subject(view), view.now, view.zone)

        return Part(rule=rule, holds=lambda view: judge(view).holds, judge=judge, seen=seen)
    if rule.subject.is_fact:
        check_value = check_of(rule.op, rule.value)
        return Part(rule=rule, holds=lambda view: check_value(subject(view)), seen=seen)
    check = check_at(rule.subject.path, rule.op, rule.value)
    return Part(rule=rule, holds=lambda view: check(view.attributes), seen=seen, of_attributes=check)


def value_of(subject: Subject) -> Looked:
    """What looks it up; None where there is nothing."""
    path = subject.path
    if subject.is_fact:
        return lambda view: _fact(view.facts, path)
    if len(path) == 1:
        name = path[0]
        return lambda view: view.attributes.get(name)
    return lambda view: at_path(view.attributes, path)


def said(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _fact(facts: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """A fact by currency is what there is of the one that is named, or of the only one."""
    found = facts.get(path[0])
    if not isinstance(found, Mapping):
        return found if len(path) == 1 else None
    if len(path) > 1:
        return found.get(path[1])
    return next(iter(found.values())) if len(found) == 1 else None
