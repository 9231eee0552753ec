"""The JSON Schema of a segment file, for editors: what the reader accepts is valid under it. Pure.

It cannot say everything: depth and number of conditions, which operator fits which attribute, and which segments there
are, `sojourn segment check` says. Keys with a space may be written with an underscore.
"""

import json

from sojourn.rules.facts import FACT_TYPES, STAGES, WITH_CURRENCY
from sojourn.rules.literals import LISTS, MOMENTS, NUMBERS, SPANS, TEXTS
from sojourn.rules.nodes import Measure, Op, Season
from sojourn.rules.read_events import MOST_TESTS, RESERVED
from sojourn.rules.read_happened import ENGAGEMENT
from sojourn.rules.read_leaves import CHANNELS, MEASURES, PURPOSES, STATUSES
from sojourn.rules.read_values import (
    DISTANCE,
    LONGEST_TEXT,
    MESSAGING,
    MOMENT,
    PERCENT,
    SLUG,
    TEMPLATE,
)
from sojourn.rules.shapes import Schema
from sojourn.rules.shapes import either as _either
from sojourn.rules.shapes import listed as _listed
from sojourn.rules.shapes import mapping as _mapping
from sojourn.rules.shapes import ref as _ref
from sojourn.rules.shapes import text as _text
from sojourn.rules.shapes import words as _words

ID = "urn:sojourn:segment"
SPAN = "0*[1-9][0-9]{0,5} *(minute|hour|day|week|month)s?"
TIMES = "never|at least +0*[1-9][0-9]{0,5}( times?)?|(at most|exactly) +[0-9]{1,6}( times?)?"

SCALAR = {"anyOf": [{"type": "string", "maxLength": LONGEST_TEXT}, {"type": ["number", "boolean"]}]}
NUMBER: Schema = {"type": "number"}
TWO: Schema = {"minItems": 2, "maxItems": 2}
ENDS = {"anyOf": [_listed(NUMBER, **TWO), _listed(_ref("moment"), **TWO)]}
PART = {
    "anyOf": [{"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}, {"type": ["number", "boolean"]}]
}
OPERANDS: dict[Op, Schema] = {
    Op.IS: SCALAR,
    Op.IS_NOT: SCALAR,
    **dict.fromkeys(LISTS, _listed(SCALAR)),
    Op.CONTAINS: PART,
    Op.CONTAINS_NOT: PART,
    **dict.fromkeys(TEXTS, _text()),
    **dict.fromkeys(NUMBERS, NUMBER),
    Op.BETWEEN: ENDS,
    **dict.fromkeys(MOMENTS, _ref("moment")),
    **dict.fromkeys(SPANS, _ref("span")),
    Op.EXISTS: {"type": "boolean"},
}
COMPARISONS = {op.value: OPERANDS[op] for op in Op}
OF_EVENTS = {op.value: OPERANDS[op] for op in Op if op not in SPANS}
OF_TOTALS = {op.value: NUMBER for op in (Op.IS, *sorted(NUMBERS))} | {"between": _listed(NUMBER, **TWO)}
EVENT: Schema = {**_text(), "not": _words(RESERVED)}
WINDOW = {"in the last": _ref("span"), "since": _ref("moment"), "until": _ref("moment")}
COUNT = {"times": _ref("times")}
MATCH = {"event": _ref("eventName"), "where": _ref("where")}
LATITUDE, LONGITUDE = NUMBER | {"minimum": -90, "maximum": 90}, NUMBER | {"minimum": -180, "maximum": 180}
PERCENTS = NUMBER | {"exclusiveMinimum": 0, "maximum": 100}


def _total(measure: Measure) -> Schema:
    compared = [each for op in OF_TOTALS for each in _either(op)]
    keys = {**MATCH, **WINDOW, measure.value: _ref("path"), **OF_TOTALS}
    return _mapping(("event", measure.value), keys, anyOf=compared)


def _messages() -> list[Schema]:
    about = {
        "channel": _words(MESSAGING),
        "journey": _ref("name"),
        "step": _text(),
        "template": _text(TEMPLATE.pattern),
    }
    engaged = {"message": _words(tuple(ENGAGEMENT)), "machines": {"type": "boolean"}}
    unanswered = {"without": _words(tuple(ENGAGEMENT)), "within": _ref("span")}
    return [
        _mapping(("message",), {**engaged, **COUNT, **WINDOW, **about}),
        _mapping(
            ("message",),
            {"message": _words(("sent", "delivered")), **COUNT, **WINDOW, **about, **unanswered},
            dependentRequired={"without": ["within"], "within": ["without"]},
        ),
    ]


def _conditions() -> dict[str, Schema]:
    """Every kind of condition, by the name of its definition."""
    part = _ref("condition")
    exactly = {"minProperties": 2, "maxProperties": 2}
    facts = {"fact": _words(tuple(FACT_TYPES)), **COMPARISONS}
    interests = {"anyOf": [SCALAR, _listed(SCALAR)]}
    return {
        "all": _mapping(("all",), {"all": _listed(part)}),
        "any": _mapping(("any",), {"any": _listed(part)}),
        "none": _mapping(("none",), {"none": _listed(part)}),
        "not": _mapping(("not",), {"not": part}),
        "attribute": _mapping(("attribute",), {"attribute": _ref("path"), **COMPARISONS}, **exactly),
        "fact": _mapping(("fact",), facts, **exactly),
        "value": _mapping(
            ("fact", "currency"),
            {"fact": {"const": WITH_CURRENCY}, "currency": _text(), **COMPARISONS},
            minProperties=3,
            maxProperties=3,
        ),
        "stage": _mapping(("stage",), {"stage": {"anyOf": [_words(STAGES), _listed(_words(STAGES))]}}),
        "tag": _mapping(("tag",), {"tag": _text()}),
        "list": _mapping(("list",), {"list": _text()}),
        "score": _mapping(("score",), {"score": _mapping((), COMPARISONS, minProperties=1, maxProperties=1)}),
        "event": _mapping(("event",), {**MATCH, **COUNT, **WINDOW}),
        "total": {"anyOf": [_total(measure) for measure in Measure]},
        "message": {"anyOf": _messages()},
        "sequence": _mapping(
            ("sequence", "within"),
            {
                "sequence": _listed(_mapping(("event",), MATCH), minItems=2, maxItems=2),
                "within": _ref("span"),
                **WINDOW,
            },
        ),
        "interest": _mapping(
            ("interested in",),
            {
                "interested in": interests,
                "but not": interests,
                "by": _ref("path"),
                "event": _ref("eventName"),
                **COUNT,
                **WINDOW,
            },
        ),
        "segment": _mapping(("segment",), {"segment": _ref("name")}),
        "notInSegment": _mapping(("not in segment",), {"not in segment": _ref("name")}),
        "consent": _mapping(("consent", "is"), {"consent": _consent(), "is": _words(STATUSES)}),
        "reachable": _mapping(("reachable",), {"reachable": _words(MESSAGING)}),
        "near": _mapping(("near",), {"near": _near()}),
        "anniversary": _anniversary(),
        "quantile": _quantile(),
        "share": _mapping(
            ("share",), {"share": {"anyOf": [PERCENTS, _text(PERCENT.pattern)]}, "seed": _text()}
        ),
    }


def _consent() -> Schema:
    keys = {"channel": _words(CHANNELS), "purpose": _words(PURPOSES), "topic": _ref("name")}
    return _mapping(("channel", "purpose"), keys)


def _near() -> Schema:
    pair = {"type": "array", "prefixItems": [LATITUDE, LONGITUDE], **TWO}
    point = {"anyOf": [pair, _mapping(("lat", "lon"), {"lat": LATITUDE, "lon": LONGITUDE})]}
    keys = {"attribute": _ref("path"), "point": point, "within": _text(DISTANCE.pattern)}
    return _mapping(("attribute", "point", "within"), keys)


def _anniversary() -> Schema:
    dates = tuple(name for name, kind in FACT_TYPES.items() if kind == "datetime")
    of = {"anyOf": [_ref("path"), _mapping(("fact",), {"fact": _words(dates)})]}
    keys = {"anniversary": of, "season": _words(tuple(Season)), "in the next": _ref("span")}
    return _mapping(("anniversary",), keys, minProperties=2, maxProperties=2)


def _quantile() -> Schema:
    whole = {"type": "number", "minimum": 1, "multipleOf": 1}
    ops = {"is": whole, "at least": whole, "at most": whole, "is one of": _listed(whole)}
    keys = {"quantile": _words(MEASURES), "of": {**whole, "minimum": 2, "maximum": 100}, **ops}
    return _mapping(("quantile",), keys, minProperties=2, maxProperties=3)


def _where() -> Schema:
    one = _mapping(("property",), {"property": _ref("path"), **OF_EVENTS}, minProperties=2, maxProperties=2)
    value = {"anyOf": [SCALAR, _listed(SCALAR), _mapping((), OF_EVENTS, minProperties=1)]}
    named = {"type": "object", "minProperties": 1, "additionalProperties": value}
    return {"anyOf": [named, _listed(one, maxItems=MOST_TESTS)]}


def segment_schema() -> Schema:
    """The whole schema, draft 2020-12."""
    conditions = _conditions()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "A segment of Sojourn",
        "description": "Written by `make docs` from rules/schema.py; docs/segments.md explains the language.",
        **_mapping(
            ("segment", "rule"),
            {
                "segment": _ref("name"),
                "description": _text(),
                "rule": {"anyOf": [_ref("condition"), _listed(_ref("condition"))]},
            },
        ),
        "$defs": {
            "condition": {"anyOf": [*map(_ref, conditions), _listed(_ref("condition"))]},
            **conditions,
            "name": _text(SLUG.pattern),
            "path": {"anyOf": [_text(), _listed({"type": "string", "minLength": 1})]},
            "eventName": EVENT,
            "where": _where(),
            "moment": _text(MOMENT.pattern),
            "span": _text(SPAN),
            "times": _text(TIMES),
        },
    }


def schema_text() -> str:
    """The schema as it stands in docs/segment.schema.json."""
    return json.dumps(segment_schema(), indent=2, ensure_ascii=False) + "\n"
