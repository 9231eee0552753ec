"""What the schemas of a journey's parts share. Pure."""

from sojourn.consent.model import MESSAGING
from sojourn.journeys.checking.words import LONGEST_NAME
from sojourn.journeys.language.entering import REQUESTED
from sojourn.journeys.language.times import CLOCK, WEEKDAYS, Of, Unit
from sojourn.rules.read_events import RESERVED
from sojourn.rules.shapes import Schema, mapping, ref, text, words

UNITS = "|".join(Unit)
DURATION = f"0*[1-9][0-9]{{0,8}} *({UNITS})s?"
DAY = "|".join(f"[{day[0].upper()}{day[0]}]{day[1:3]}" for day in WEEKDAYS)
HOURS = rf"(({DAY})( *[,-] *({DAY}))* +)?{CLOCK} *[-–] *{CLOCK}"
DAYS = "|".join(f"[{day[0].upper()}{day[0]}]{day[1:]}" for day in WEEKDAYS)
MOMENT = rf"({DAYS})( *{CLOCK})?|{CLOCK}"
PERCENT = r"(?!0*(\.0*)?(?![0-9.]))(0*100(\.0*)?|0*[0-9]{1,2}(\.[0-9]{1,2}0*)?) *(%|percent)?"
NAME: Schema = {**text(maxLength=LONGEST_NAME + 20), "not": {"pattern": r"\{%|%\}"}}
WORDS: Schema = text(maxLength=520)
PROPERTY: Schema = text(maxLength=220)
FLAG: Schema = {"type": "boolean"}
MATCH: Schema = {
    "anyOf": [PROPERTY, {"type": "object", "minProperties": 1, "additionalProperties": PROPERTY}]
}
DATA: Schema = {"type": "object", "minProperties": 1}
CHANGED: Schema = {**DATA, "additionalProperties": {"not": {"type": "null"}}}
CHANNEL = words(tuple(channel.value for channel in MESSAGING))
RULE = ref("rule")
STEPS = ref("steps")
THEN = {"then": STEPS}
DATE = {
    "date": ref("path"), "of": words(tuple(Of)), "before": ref("duration"), "after": ref("duration"),
    "at": text(CLOCK), "yearly": FLAG,
}  # fmt: skip


def whole(least: int, most: int) -> Schema:
    """A whole number within bounds."""
    return {"type": "number", "minimum": least, "maximum": most, "multipleOf": 1}


def date(keys: dict[str, Schema]) -> Schema:
    """A date, and a distance to one side of it."""
    return mapping(("date",), keys, **{"not": {"required": ["before", "after"]}})


def event(more: dict[str, Schema]) -> Schema:
    """An event by its name, and what its properties must be."""
    name = {**text(maxLength=220), "not": words((*RESERVED, REQUESTED))}
    return mapping(("event",), {"event": name, "where": ref("where"), **more})


def segment(more: dict[str, Schema]) -> Schema:
    """Coming into a segment."""
    return mapping(("segment",), {"segment": ref("name"), **more})
