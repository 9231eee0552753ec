"""The rules within a journey: each sound by itself, and asking only for what a run knows.

`entry.<property>` is of the event or request that let the contact in, `reply.<call>.<field>` of a call's answer.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.checking.past import Past, with_past
from sojourn.journeys.language.acting import Call, StartJourney, Update, slug_of
from sojourn.journeys.language.forks import Branch, Repeat
from sojourn.journeys.language.paths import Step
from sojourn.journeys.language.waiting import WaitFor
from sojourn.rules.check import Checked, Known
from sojourn.rules.check import check as check_rule
from sojourn.rules.definition import to_definition
from sojourn.rules.findings import Finding, Place, nearest, printable
from sojourn.rules.nodes import Rule

OF_A_RUN = {"entry": "object", "reply": "object"}
NAMED = re.compile(r"(entry|reply)\.([^.\s]+)")
Placed = tuple[Place, str, Rule]


def rules_of(case: Case) -> Iterator[Placed]:
    """Every rule of the journey, with its place and step."""
    journey = case.journey
    if journey.filter is not None:
        yield ("filter",), "", journey.filter
    for index, way in enumerate(journey.exits):
        if way.rule is not None:
            yield ("exits", index, "rule"), "", way.rule
    for place, step in case.steps:
        for key, rule in _rules_of(step):
            yield (*place, *key), step.name, rule


def check_rules(case: Case) -> tuple[list[Finding], list[Finding]]:
    """Errors and warnings of all rules."""
    found: list[Finding] = []
    doubts: list[Finding] = []
    known = _known(case.known.rules)
    for place, step, rule in rules_of(case):
        checked = _checked(rule, place, case, known)
        found += [replace(each, step=printable(step)) for each in checked.findings]
        doubts += [replace(each, step=printable(step)) for each in checked.warnings]
    return found, doubts


def lookups(case: Case) -> Iterator[Finding]:
    """What is said of the entry and of replies can be known where it is said."""
    if case.journey.filter is not None:
        yield from _lookups(case, ("filter",), "", frozenset(), to_definition(case.journey.filter))
    for place, step, before in with_past(case):
        yield from _lookups(case, place, step.name, before, _said_in(step))
    for place, matched in _matches(case):
        if matched and not case.has_properties:
            said = (
                "`match`, and nothing that lets people in has properties",
                "give the journey an entry by `event`",
            )
            yield case.wrong(place, "", said)


def _rules_of(step: Step) -> Iterator[tuple[Place, Rule]]:
    if isinstance(step, Branch):
        for index, each in enumerate(step.ifs):
            yield ("paths", index, "if"), each.rule
    elif isinstance(step, Repeat) and step.until is not None:
        yield ("until",), step.until
    elif isinstance(step, WaitFor):
        for condition in step.conditions:
            if condition.rule is not None:
                yield ("any",), condition.rule


def _known(known: Known) -> Known:
    if known.attributes is None:
        return known
    return replace(known, attributes={**known.attributes, **OF_A_RUN})


def _checked(rule: Rule, place: Place, case: Case, known: Known) -> Checked:
    line = case.source.line_of(place)
    line_of = partial(_line_of, case, line)
    return check_rule(rule, known=known, file=case.source.file, line_of=line_of)


def _line_of(case: Case, line: int, rule: Rule) -> int:
    return case.source.nodes.get(id(rule), line)


def _lookups(case: Case, place: Place, step: str, before: Past, said: Any) -> Iterator[Finding]:
    replies = {slug_of(name) for name in before} & case.calls.keys()
    text = json.dumps(said, ensure_ascii=False)
    for kind, name in dict.fromkeys(NAMED.findall(text)):
        if found := _lookup_flaw(case, kind, name.split('"')[0], replies):
            yield case.wrong(place, step, found)


def _lookup_flaw(case: Case, kind: str, name: str, replies: set[str]) -> Said | None:
    said = f"`{kind}.{printable(name, 40)}`"
    if kind == "entry":
        if case.has_properties:
            return None
        return (
            f"{said}, and nothing that lets people in has properties",
            "give the journey an entry by `event`",
        )
    if name in replies:
        return None
    if name in case.calls:
        return (
            f"{said} is the answer of a call that does not come before",
            "name a call on the way to this step",
        )
    return f"{said} is the answer of no call", nearest(name, case.calls)


def _said_in(step: Step) -> Any:
    """What a step says itself, without its paths; only where something may be looked up."""
    rules = [to_definition(rule) for _, rule in _rules_of(step)]
    match step:
        case Update():
            return [rules, [change.value for change in step.changes if _is_looked_up(change.value)]]
        case Call():
            return [rules, _texts(dict(step.send))]
        case StartJourney():
            return [rules, _texts(dict(step.properties))]
    return rules


def _is_looked_up(value: Any) -> bool:
    return isinstance(value, str) and NAMED.match(value) is not None


def _texts(values: Any) -> list[str]:
    """The texts within a value that are looked up."""
    if isinstance(values, dict):
        return [text for value in values.values() for text in _texts(value)]
    if isinstance(values, list):
        return [text for value in values for text in _texts(value)]
    return [values] if _is_looked_up(values) else []


def _matches(case: Case) -> Iterator[tuple[Place, bool]]:
    if case.journey.goal:
        yield ("goal", "match"), bool(case.journey.goal.match)
    for index, way in enumerate(case.journey.exits):
        yield ("exits", index, "match"), bool(way.match)
    for place, step in case.steps:
        if isinstance(step, WaitFor):
            yield (*place, "any"), any(condition.match for condition in step.conditions)
