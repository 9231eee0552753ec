"""The JSON Schema of a journey file, for editors: what the reader accepts is valid under it. Pure.

Rules stand in it as they stand in segments (rules/schema.py). It cannot say everything: names of steps that others ask
about, shares that make a hundred, what lies before what and what is never reached, `sojourn check` says. Keys with a
space may be written with an underscore.
"""

import json

from sojourn.consent.model import MESSAGING
from sojourn.delivery.modes import Mode
from sojourn.journeys.language.around import AtEntry, Count, OnCap
from sojourn.journeys.language.entering import EXISTING, Again, From
from sojourn.journeys.language.paths import Then
from sojourn.journeys.language.sending import Outside
from sojourn.journeys.reading.around import HIGHEST, MOST_CAPPED
from sojourn.journeys.reading.entering import MOST_RUNS
from sojourn.journeys.reading.journey import MOST_APPROVALS, PURPOSES
from sojourn.journeys.schema_parts import (
    CHANNEL,
    DATE,
    DURATION,
    FLAG,
    HOURS,
    MATCH,
    PERCENT,
    PROPERTY,
    RULE,
    STEPS,
    UNITS,
    WORDS,
    date,
    event,
    segment,
    whole,
)
from sojourn.journeys.schema_steps import conditions, named, step, steps
from sojourn.rules.schema import segment_schema
from sojourn.rules.shapes import Schema, either, listed, mapping, ref, text, words

ID = "urn:sojourn:journey"


def journey_schema() -> Schema:
    """The whole schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "A journey of Sojourn",
        "description": "Written by `make docs` from journeys/schema.py; docs/journeys.md explains the language.",
        **mapping(("journey", "purpose", "entry", "steps"), {**_about(), **_around(), "steps": STEPS}),
        "$defs": {**segment_schema()["$defs"], **_shared()},
    }


def schema_text() -> str:
    """The schema as it stands in docs/journey.schema.json."""
    return json.dumps(journey_schema(), indent=2, ensure_ascii=False) + "\n"


def _about() -> dict[str, Schema]:
    return {
        "journey": ref("name"),
        "description": WORDS,
        "owner": WORDS,
        "kpi": WORDS,
        "purpose": text("|".join(PURPOSES)),
        "topic": ref("name"),
        "starts": ref("moment"),
        "ends": ref("moment"),
        "priority": whole(0, HIGHEST),
        "mode": words(tuple(Mode)),
        "holdout": ref("percent"),
        "approvals": whole(0, MOST_APPROVALS),
        "late data grace": ref("duration"),
    }


def _around() -> dict[str, Schema]:
    goal = {"window": ref("duration"), "exit": FLAG, "at entry": _either_spelling(tuple(AtEntry))}
    reason = {"reason": WORDS}
    return {
        "entry": {"anyOf": [ref("entry"), listed(ref("entry"))]},
        "filter": RULE,
        "re-entry": _reentry(),
        "goal": {"anyOf": [event({**goal, "match": MATCH}), segment(goal)]},
        "exits": listed(
            {
                "anyOf": [
                    event({**reason, "match": MATCH}),
                    segment(reason),
                    mapping(("leaves",), {"leaves": ref("name"), **reason}),
                    mapping(("rule",), {"rule": RULE, **reason}),
                ]
            }
        ),
        "hours": mapping((), {channel.value: _channel_hours() for channel in MESSAGING}),
        "caps": listed(_cap()),
    }


def _shared() -> dict[str, Schema]:
    return {
        "rule": {"anyOf": [ref("condition"), listed(ref("condition"))]},
        "duration": text(DURATION),
        "hours": text(HOURS),
        "percent": {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 100}, text(PERCENT)]},
        "entry": {"anyOf": _entries()},
        "way": {"anyOf": [words(tuple(Then)), STEPS]},
        "steps": listed(ref("step")),
        "step": step(),
        **{named(kind): schema for kind, schema in steps().items()},
        "waitedFor": {"anyOf": conditions()},
    }


def _entries() -> list[Schema]:
    schedule = {
        "schedule": text(r"\S+( +\S+){4}"),
        "zone": text(r"[A-Za-z][A-Za-z0-9_+/-]*"),
        "segment": ref("name"),
    }
    return [
        event({"key": PROPERTY}),
        segment({"include": words((EXISTING,))}),
        date({key: schema for key, schema in DATE.items() if key != "of"}),
        mapping(("schedule", "zone", "segment"), schedule),
        mapping(("api",), {"api": {"const": True}, "key": PROPERTY}),
    ]


def _reentry() -> Schema:
    plain = tuple(again.value for again in Again if again is not Again.AFTER_PAUSE)
    limits = {"at most": whole(1, MOST_RUNS), "within": ref("duration")}
    both = {"dependentSchemas": {"within": {"anyOf": either("at most")}}}
    pause = {"pause": ref("duration"), "from": words(tuple(From)), "again": words((Again.AFTER_PAUSE.value,))}
    return {
        "anyOf": [
            words(plain),
            mapping(("pause",), {**pause, **limits}, **both),
            mapping((), {"again": words(plain), **limits}, **both),
        ]
    }


def _channel_hours() -> Schema:
    outside = words((Outside.HOLD.value, Outside.SKIP.value))
    return {"anyOf": [ref("hours"), mapping(("hours",), {"hours": ref("hours"), "outside": outside})]}


def _cap() -> Schema:
    keep = {"keep": whole(1, MOST_CAPPED), "for priority": whole(1, HIGHEST)}
    about: dict[str, Schema] = {
        "at most": whole(1, MOST_CAPPED),
        "per": text(f"{DURATION}|{UNITS}"),
        "count": words(tuple(Count)),
        "channel": CHANNEL,
        "topic": ref("name"),
        "on cap": words(tuple(OnCap)),
        "transactional": FLAG,
    }
    return {
        "anyOf": [mapping(("at most", "per"), about), mapping(("at most", "per", *keep), {**about, **keep})]
    }


def _either_spelling(known: tuple[str, ...]) -> Schema:
    return words((*known, *(word.replace("_", " ") for word in known)))
