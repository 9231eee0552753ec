"""The JSON Schemas of the kinds of step. Pure."""

from sojourn.journeys.checking.acting import FUNCTION
from sojourn.journeys.checking.messages import TEMPLATE_NAME
from sojourn.journeys.language.acting import Verb
from sojourn.journeys.language.conditions import ConditionKind
from sojourn.journeys.language.sending import END_OF_DAY, Outside
from sojourn.journeys.language.times import Anchor
from sojourn.journeys.language.waiting import LookBack
from sojourn.journeys.reading.forks import MOST_ROUNDS
from sojourn.journeys.schema_parts import (
    CHANGED,
    CHANNEL,
    DATA,
    DATE,
    DURATION,
    FLAG,
    MATCH,
    MOMENT,
    NAME,
    PROPERTY,
    RULE,
    STEPS,
    THEN,
    WORDS,
    date,
    event,
    whole,
)
from sojourn.rules.shapes import Schema, either, listed, mapping, ref, text, words


def steps() -> dict[str, Schema]:
    """What stands beside each kind of step."""
    return {
        "send": mapping(("send", "template"), _send()),
        "wait": _wait(),
        "wait for": _wait_for(),
        "branch": _branch(),
        "split": mapping(
            ("split", "paths"), {"split": NAME, "paths": listed({"anyOf": _arms()}), "seed": WORDS}
        ),
        "repeat": mapping(
            ("repeat", "times", "steps"),
            {"repeat": NAME, "times": whole(1, MOST_ROUNDS), "until": RULE, "steps": STEPS},
        ),
        "update": _update(),
        "call": _call(),
        "task": _task(),
        "start": mapping(("start", "journey"), {"start": NAME, "journey": ref("name"), "properties": DATA}),
        "end": mapping(("end", "journey"), {"end": NAME, "journey": ref("name")}),
        "exit": mapping(("exit",), {"exit": NAME, "reason": WORDS}),
    }


def step() -> Schema:
    """Told by its kind, so that an editor speaks of that kind alone; in a call `send` is what goes with it."""
    kinds = list(steps())
    told: dict[str, Schema] = {kind: {"anyOf": either(kind)} for kind in kinds}
    told["send"] = {"required": ["send"], "not": {"required": ["call"]}}
    return {
        "type": "object",
        "anyOf": list(told.values()),
        "allOf": [{"if": told[kind], "then": ref(named(kind))} for kind in kinds],
    }


def named(kind: str) -> str:
    """Of a step in `$defs`, where rules have names of their own."""
    return f"step{''.join(word.capitalize() for word in kind.split())}"


def _send() -> dict[str, Schema]:
    template = text(TEMPLATE_NAME.pattern)
    return {
        "send": NAME,
        "template": template,
        "channel": CHANNEL,
        "hours": ref("hours"),
        "outside": words(tuple(Outside)),
        "instead": mapping(("channel", "template"), {"channel": CHANNEL, "template": template}),
        "expires": text(f"{DURATION}|{END_OF_DAY}"),
        "at least once": FLAG,
        "on skip": ref("way"),
        "on fail": ref("way"),
    }


def _wait() -> Schema:
    since = mapping((), {anchor.value: NAME for anchor in Anchor}, minProperties=1, maxProperties=1)
    keys = {
        "wait": NAME,
        "for": ref("duration"),
        "until": {"anyOf": [text(MOMENT), date(DATE)]},
        "inside": ref("hours"),
        "since": since,
        "if past": ref("way"),
        "if missing": ref("way"),
    }
    is_dated = {"required": ["until"], "properties": {"until": {"type": "object"}}}
    ways = {"anyOf": [*either("if past"), *either("if missing")]}
    return mapping(
        ("wait",),
        keys,
        anyOf=[{"required": [key]} for key in ("for", "until", "inside")],
        dependentRequired={"since": ["for"]},
        **{"if": is_dated, "then": {"anyOf": either("if missing")}, "else": {"not": ways}},
    )


def _wait_for() -> Schema:
    answer = {"any": listed(ref("waitedFor")), **THEN}
    keys = {
        "wait for": NAME,
        **answer,
        "answers": listed(mapping(("any",), answer)),
        "up to": ref("duration"),
        "otherwise": STEPS,
        "ranked": FLAG,
        "look back": words(tuple(LookBack)),
    }
    several = {"required": ["answers"], "not": {"required": ["then"]}}
    return mapping(("wait for", "up to"), keys, oneOf=[{"required": ["any"]}, several])


def conditions() -> list[Schema]:
    """What a run may wait for."""
    kinds = [kind for kind in ConditionKind if kind not in {ConditionKind.EVENT, ConditionKind.RULE}]
    return [
        *(mapping((kind.value,), {kind.value: NAME}) for kind in kinds),
        event({"match": MATCH}),
        mapping(("rule",), {"rule": RULE}),
    ]


def _branch() -> Schema:
    paths = {"paths": listed(mapping(("if",), {"if": RULE, **THEN}))}
    keys = {"branch": NAME, **paths, "if": RULE, **THEN, "otherwise": STEPS}
    several = {"required": ["paths"], "not": {"required": ["then"]}}
    return mapping(("branch",), keys, oneOf=[{"required": ["if"]}, several])


def _arms() -> list[Schema]:
    return [mapping((key,), {key: ref("percent"), **THEN}) for key in ("share", "holdout")]


def _update() -> Schema:
    names = {"anyOf": [PROPERTY, listed(PROPERTY)]}
    said = text(r"(entry|reply)\.\S+")
    numbers = {**DATA, "additionalProperties": {"anyOf": [{"type": "number"}, said]}}
    known = {Verb.UNSET: names, Verb.INCREMENT: numbers}
    keys: dict[str, Schema] = {verb.value: known.get(verb, CHANGED) for verb in Verb}
    some = [{"required": [key]} for key in keys]
    return mapping(("update",), {"update": NAME, **keys}, anyOf=some)


def _call() -> Schema:
    keys = {
        "call": NAME,
        "url": text(r"https://\S+"),
        "function": text(FUNCTION.pattern),
        "send": DATA,
        "timeout": text("0*[1-9][0-9]{0,5} *(second|minute)s?"),
        "on fail": ref("way"),
    }
    return mapping(("call",), keys, oneOf=[{"required": ["url"]}, {"required": ["function"]}])


def _task() -> Schema:
    outcome = {"anyOf": [{"type": "null"}, {"type": "array", "items": ref("step")}]}
    outcomes = {"type": "object", "minProperties": 1, "additionalProperties": outcome}
    keys = {
        "task": NAME,
        "assign": WORDS,
        "due": ref("duration"),
        "note": WORDS,
        "outcomes": {"anyOf": [listed(PROPERTY), outcomes]},
        "otherwise": STEPS,
    }
    return mapping(("task", "assign", "due", "outcomes"), keys)
