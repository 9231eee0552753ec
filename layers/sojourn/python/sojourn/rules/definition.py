"""Rules as JSON and back: what the store keeps, the API answers and hashes are made of. Pure.

The definition is the rule in its own language, each thing said in one way only: no shorthand, paths as texts (as lists
where a name has a dot in it), numbers without a needless `.0`, moments in UTC. `read` reads definitions too.

| operators | the value in a node |
|---|---|
| is, is not | text, number or truth value |
| is one of, is not one of | a tuple of them |
| contains, does not contain | text, number or truth value |
| starts with, ends with | text |
| over, at least, under, at most | number |
| between | two numbers, or two of date and aware datetime |
| before, after | date (midnight where the contact is) or aware datetime |
| in the last, in the next | Span |
| exists | truth value |
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sojourn.rules.literals import path_of, path_said, said, value_of
from sojourn.rules.nodes import (
    All,
    Anniversary,
    AnyOf,
    Compare,
    Consented,
    Done,
    InSegment,
    Match,
    Measure,
    Messaged,
    Near,
    NoneOf,
    Op,
    Quantile,
    Reachable,
    Rule,
    Season,
    Sequence,
    Share,
    Subject,
    Test,
    Times,
    Total,
    Window,
)
from sojourn.rules.spans import Span

Json = dict[str, Any]
GROUPS: Mapping[type[All | AnyOf | NoneOf], str] = {All: "all", AnyOf: "any", NoneOf: "none"}
OF_MESSAGES = ("channel", "journey", "step", "template", "without")


def to_text(rule: Rule) -> str:
    """The definition as one line, equal for equal rules."""
    return json.dumps(to_definition(rule), ensure_ascii=False, separators=(",", ":"))


def to_definition(rule: Rule) -> Json:  # noqa: C901 (one line a node)
    """The rule as JSON."""
    match rule:
        case All(parts) | AnyOf(parts) | NoneOf(parts):
            return {GROUPS[type(rule)]: [to_definition(part) for part in parts]}
        case Compare():
            return {**_subject(rule.subject), rule.op.value: said(rule.value)}
        case Done():
            return {**match_definition(rule.match), "times": f"{rule.times} {rule.n}", **_window(rule.window)}
        case Total():
            total = {rule.measure.value: path_said(rule.property), rule.op.value: said(rule.value)}
            return {**match_definition(rule.match), **total, **_window(rule.window)}
        case Sequence():
            both = [match_definition(rule.first), match_definition(rule.then)]
            return {"sequence": both, "within": str(rule.within), **_window(rule.window)}
        case Messaged():
            return _messaged(rule)
        case InSegment():
            return {"segment": rule.name}
        case Consented():
            about = {"channel": rule.channel, "purpose": rule.purpose, "topic": rule.topic}
            return {"consent": {key: text for key, text in about.items() if text}, "is": rule.status}
        case Reachable():
            return {"reachable": rule.channel}
        case Near():
            point = [said(rule.latitude), said(rule.longitude)]
            within = f"{said(rule.metres)} m"
            return {"near": {"attribute": path_said(rule.subject.path), "point": point, "within": within}}
        case Anniversary():
            when = {"season": rule.season.value} if rule.season else {"in the next": str(rule.next)}
            apart = {**({"days": rule.days} if rule.days else {}), **({"once": True} if rule.once else {})}
            return {"anniversary": _anniversary(rule.subject), **when, **apart}
        case Quantile():
            return {"quantile": rule.measure, "of": rule.of, rule.op.value: said(rule.value)}
        case Share():
            return {"share": f"{said(rule.percent)} percent", "seed": rule.seed}


def _subject(subject: Subject) -> Json:
    if not subject.is_fact:
        return {"attribute": path_said(subject.path)}
    name, *currency = subject.path
    return {"fact": name, **({"currency": currency[0]} if currency else {})}


def _anniversary(subject: Subject) -> Any:
    return _subject(subject) if subject.is_fact else path_said(subject.path)


def match_definition(match: Match) -> Json:
    """Events of one name as they stand in a rule."""
    where = [test_definition(test) for test in match.where]
    return {"event": match.name, **({"where": where} if where else {})}


def test_definition(test: Test) -> Json:
    """The test of one property."""
    return {"property": path_said(test.path), test.op.value: said(test.value)}


def _messaged(rule: Messaged) -> Json:
    about = {key: getattr(rule, key) for key in OF_MESSAGES if getattr(rule, key)}
    within = {"within": str(rule.within)} if rule.within else {}
    times = {"times": f"{rule.times} {rule.n}"}
    return {"message": rule.state, **times, **about, **within, **_window(rule.window)}


def _window(window: Window) -> Json:
    parts = {"in the last": window.last, "since": window.since, "until": window.until}
    return {key: said(part) for key, part in parts.items() if part is not None}


def from_definition(definition: Mapping[str, Any]) -> Rule:
    """The rule that `to_definition` wrote."""
    kind = next(key for key in KINDS if key in definition)
    return KINDS[kind](definition)


def _group(group: type[All | AnyOf | NoneOf], key: str) -> Callable[[Mapping[str, Any]], Rule]:
    return lambda it: group(tuple(from_definition(part) for part in it[key]))


def _compared(it: Mapping[str, Any]) -> Rule:
    op = _op(it)
    return Compare(_subject_of(it), op, value_of(op, it[op]))


def _happened(it: Mapping[str, Any]) -> Rule:
    match, window = match_from(it), _window_of(it)
    measure = next((measure for measure in Measure if measure in it), None)
    if measure is None:
        times, n = _times_of(it)
        return Done(match, times, n, window)
    op = _op(it)
    return Total(match, measure, path_of(it[measure]), op, value_of(op, it[op]), window)


def _sequence_of(it: Mapping[str, Any]) -> Rule:
    first, then = it["sequence"]
    return Sequence(match_from(first), match_from(then), Span.from_text(it["within"]), _window_of(it))


def _message_of(it: Mapping[str, Any]) -> Rule:
    times, n = _times_of(it)
    within = Span.from_text(it["within"]) if "within" in it else None
    about = {key: it.get(key, "") for key in OF_MESSAGES}
    return Messaged(it["message"], times, n, _window_of(it), within=within, **about)


def _consented(it: Mapping[str, Any]) -> Rule:
    about = it["consent"]
    return Consented(about["channel"], about["purpose"], it["is"], about.get("topic", ""))


def _near_of(it: Mapping[str, Any]) -> Rule:
    near = it["near"]
    latitude, longitude = near["point"]
    metres = float(near["within"].removesuffix(" m"))
    return Near(Subject(path_of(near["attribute"])), float(latitude), float(longitude), metres)


def _anniversary_of(it: Mapping[str, Any]) -> Rule:
    said = it["anniversary"]
    subject = _subject_of(said) if isinstance(said, Mapping) else Subject(path_of(said))
    if "season" in it:
        season = Season(it["season"])
        return Anniversary(subject, season=season, days=it.get("days", 0), once=it.get("once", False))
    return Anniversary(subject, next=Span.from_text(it["in the next"]))


def _quantile_of(it: Mapping[str, Any]) -> Rule:
    op = _op(it)
    return Quantile(it["quantile"], it["of"], op, value_of(op, it[op]))


def _share_of(it: Mapping[str, Any]) -> Rule:
    return Share(float(it["share"].removesuffix(" percent")), it["seed"])


# A definition has one of these keys.
KINDS: Mapping[str, Callable[[Mapping[str, Any]], Rule]] = {
    "all": _group(All, "all"),
    "any": _group(AnyOf, "any"),
    "none": _group(NoneOf, "none"),
    "attribute": _compared,
    "fact": _compared,
    "event": _happened,
    "sequence": _sequence_of,
    "message": _message_of,
    "segment": lambda it: InSegment(it["segment"]),
    "consent": _consented,
    "reachable": lambda it: Reachable(it["reachable"]),
    "near": _near_of,
    "anniversary": _anniversary_of,
    "quantile": _quantile_of,
    "share": _share_of,
}


def _subject_of(it: Mapping[str, Any]) -> Subject:
    if "attribute" in it:
        return Subject(path_of(it["attribute"]))
    return Subject((it["fact"], it["currency"]) if "currency" in it else (it["fact"],), is_fact=True)


def match_from(it: Mapping[str, Any]) -> Match:
    """What `match_definition` wrote."""
    return Match(it["event"], tuple(test_from(test) for test in it.get("where", ())))


def test_from(it: Mapping[str, Any]) -> Test:
    """What `test_definition` wrote."""
    op = _op(it)
    return Test(path_of(it["property"]), op, value_of(op, it[op]))


def _times_of(it: Mapping[str, Any]) -> tuple[Times, int]:
    times, _, n = it["times"].rpartition(" ")
    return Times(times), int(n)


def _window_of(it: Mapping[str, Any]) -> Window:
    last = Span.from_text(it["in the last"]) if "in the last" in it else None
    since, until = (datetime.fromisoformat(it[key]) if key in it else None for key in ("since", "until"))
    return Window(last, since, until)


def _op(it: Mapping[str, Any]) -> Op:
    return next(op for op in Op if op in it)
