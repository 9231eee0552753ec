"""Names: of the journey, of events and segments, and of the steps, which are states in the console."""

import re
import unicodedata
from collections.abc import Iterator

from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.language.entering import OnSchedule, Trigger
from sojourn.journeys.model import END
from sojourn.rules.findings import Finding, Place, printable

LONGEST_NAME = 80
LONGEST_EVENT = 200
RESERVED = {"resume", "hold", "left", "done", END}
SLUG = re.compile(r"[a-z0-9-]{1,40}")
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of pairs, line and paragraph breaks
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
AS_SLUG = "use 1 to 40 of a-z, 0-9 and -"


def journey_words(case: Case) -> Iterator[Finding]:
    """The journey's own name and topic."""
    for key, word in (("journey", case.journey.name), ("topic", case.journey.topic or "")):
        if word and not SLUG.fullmatch(word):
            yield case.wrong((key,), "", (f"`{key}` is '{printable(word, 50)}'", AS_SLUG))


def triggers(case: Case) -> Iterator[Finding]:
    """The events and segments that let in, are the goal, or take out."""
    for place, what, trigger in _triggers(case):
        if found := _trigger_flaw(what, trigger):
            key, *said = found
            yield case.wrong((*place, key), "", (said[0], said[1]))


def step_names(case: Case) -> Iterator[Finding]:
    """Each name is a state's name in the console: short, visible, its own."""
    first: dict[str, Place] = {}
    for place, step in case.steps:
        line = (*place, step.kind)
        key = unicodedata.normalize("NFC", step.name).casefold()
        if why := flaw(step.name, LONGEST_NAME):
            said = f"the name {why}", f"use up to {LONGEST_NAME} plain characters"
            yield case.wrong(line, step.name, said)
        elif key in RESERVED:
            yield case.wrong(line, step.name, ("the name is one of the machine's own", "choose another name"))
        elif step.name and key in first:
            problem = f"a second step of this name; the first is in line {case.source.line_of(first[key])}"
            yield case.wrong(line, step.name, (problem, "give each step a name of its own"))
        first.setdefault(key, line)


def flaw(text: str, longest: int) -> str:
    """What is wrong with a name, in words; "" when nothing is. An absent name was noted by the reader."""
    if len(text) > longest:
        return f"is {len(text)} characters long"
    if any(unicodedata.category(letter) in UNSEEN or letter in DIRECTIONS for letter in text):
        return "has control characters or line breaks in it"
    # Step Functions would take these for the ends of an expression.
    return "has {% or %} in it" if "{%" in text or "%}" in text else ""


def event_flaw(said: str, name: str) -> Said | None:
    """Why an event cannot be called so."""
    why = flaw(name, LONGEST_EVENT)
    return (f"{said} {why}", "use the event's name") if why else None


def _triggers(case: Case) -> Iterator[tuple[Place, str, Trigger]]:
    journey = case.journey
    alone = len(journey.entries) == 1
    for index, entry in enumerate(journey.entries):
        place: Place = ("entry",) if alone else ("entry", index)
        if isinstance(entry, Trigger):
            yield place, "entry", entry
        elif isinstance(entry, OnSchedule) and entry.segment:
            yield place, "entry", Trigger.of_segment(entry.segment)
    if journey.goal:
        yield ("goal",), "goal", journey.goal.trigger
    for index, way in enumerate(journey.exits):
        if way.trigger:
            yield ("exits", index), "exit", way.trigger


def _trigger_flaw(what: str, trigger: Trigger) -> tuple[str, str, str] | None:
    if trigger.segment:
        if SLUG.fullmatch(trigger.segment):
            return None
        return "segment", f"the {what} segment is '{printable(trigger.segment, 50)}'", AS_SLUG
    found = event_flaw(f"the {what} event", trigger.event)
    return ("event", *found) if found else None
