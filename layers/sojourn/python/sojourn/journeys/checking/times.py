"""Times that a journey can keep: not too long, and dates that can be told."""

from collections.abc import Iterator

from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.language.acting import HumanTask
from sojourn.journeys.language.entering import OnDate
from sojourn.journeys.language.paths import ON
from sojourn.journeys.language.sending import Send
from sojourn.journeys.language.times import Date, Duration, Of
from sojourn.journeys.language.waiting import Wait, WaitFor
from sojourn.rules.findings import Finding, Place

DAY = 86_400
LONGEST_WAIT = 3_653 * DAY
LONGEST_WAIT_FOR = 14 * DAY
LONGEST_WINDOW = 366 * DAY
LONGEST_OFFSET = 366 * DAY


def durations(case: Case) -> Iterator[Finding]:
    """Waits end within ten years; waits for events within what one execution holds."""
    for place, step in case.steps:
        if isinstance(step, Wait):
            if step.duration and step.duration.seconds > LONGEST_WAIT:
                said = f"a wait of {step.duration}; ten years (3653 days) is the longest", "shorten it"
                yield case.wrong((*place, "for"), step.name, said)
            yield from _date_wait(case, place, step)
        elif isinstance(step, WaitFor) and step.up_to.seconds > LONGEST_WAIT_FOR:
            said = _too_long("a wait for events of up to", step.up_to)
            yield case.wrong((*place, "up to"), step.name, said)
        elif isinstance(step, HumanTask) and step.due.seconds > LONGEST_WAIT_FOR:
            yield case.wrong((*place, "due"), step.name, _too_long("a task due in", step.due))
        elif isinstance(step, Send) and isinstance(step.expires, Duration):
            if step.expires.seconds > LONGEST_WINDOW:
                said = f"`expires` after {step.expires}; 366 days is the longest", "shorten it"
                yield case.wrong((*place, "expires"), step.name, said)


def around(case: Case) -> Iterator[Finding]:
    """The times of what stands round the steps."""
    journey = case.journey
    if journey.starts and journey.ends and journey.starts >= journey.ends:
        said = "`ends` does not come after `starts`: nobody could come in", "exchange them"
        yield case.wrong(("ends",), "", said)
    if journey.goal and journey.goal.window and journey.goal.window.seconds > LONGEST_WINDOW:
        said = f"a window of {journey.goal.window}; 366 days is the longest", "shorten it"
        yield case.wrong(("goal", "window"), "", said)
    for index, entry in enumerate(journey.entries):
        if isinstance(entry, OnDate) and (found := _entry_flaw(entry.date)):
            place: Place = ("entry",) if len(journey.entries) == 1 else ("entry", index)
            yield case.wrong(place, "", found)


def _too_long(what: str, duration: Duration) -> Said:
    remedy = "shorten it, and put a `wait` into `otherwise` for the rest"
    return f"{what} {duration}; 14 days is the longest", remedy


def _date_wait(case: Case, place: Place, step: Wait) -> Iterator[Finding]:
    date = step.until if isinstance(step.until, Date) else None
    if date is None:
        for key, way in (("if past", step.if_past), ("if missing", step.if_missing)):
            if way != ON:
                said = (
                    f"`{key}` is said of dates, and this wait has none",
                    "delete it, or wait `until` a date",
                )
                yield case.wrong((*place, key), step.name, said)
        return
    if date.yearly and step.if_past != ON:
        said = "`if past` beside `yearly`: a day that returns never passes", "keep one of them"
        yield case.wrong((*place, "if past"), step.name, said)
    if date.of is Of.ENTRY and not case.has_properties:
        said = (
            "a date of the entry, and nothing that lets people in has properties",
            "name a date of the contact",
        )
        yield case.wrong((*place, "until"), step.name, said)
    if date.offset and date.offset.seconds > LONGEST_WAIT:
        said = f"{date.offset} from a date; ten years (3653 days) is the longest", "shorten it"
        yield case.wrong((*place, "until"), step.name, said)


def _entry_flaw(date: Date) -> Said | None:
    if date.of is not Of.CONTACT:
        return "a date of the entry cannot let somebody in", "leave `of` out"
    if date.offset and date.offset.seconds > LONGEST_OFFSET:
        return f"{date.offset} from a date; 366 days is the longest", "shorten it"
    return None
