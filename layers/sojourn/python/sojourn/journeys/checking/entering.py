"""What lets people in, what stands round the steps, and what contradicts itself in it."""

from collections.abc import Iterator

from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.language.around import Cap, Count
from sojourn.journeys.language.entering import Again
from sojourn.journeys.language.times import Duration, Unit
from sojourn.rules.findings import Finding

A_DAY, A_WEEK = Duration(1, Unit.DAY), Duration(1, Unit.WEEK)
LONGEST_CAP = 366 * 86_400


def entries(case: Case) -> Iterator[Finding]:
    """Each entry once."""
    for index, entry in enumerate(case.journey.entries):
        if entry in case.journey.entries[:index]:
            said = "the same entry again", "keep one of them"
            yield case.wrong(("entry", index), "", said)


def reentry(case: Case) -> Iterator[Finding]:
    """How often somebody may come in, without contradiction."""
    said = case.journey.reentry
    if said.again is Again.ONCE and said.times:
        found = "`at most` beside `again: once`: nobody comes in again", "keep one of them"
        yield case.wrong(("re-entry", "at most"), "", found)
    if (
        said.pause
        and said.within
        and said.times
        and said.pause.seconds * (said.times - 1) >= said.within.seconds
    ):
        problem = f"{said.times} runs, each {said.pause} after the other, never lie within {said.within}"
        found = problem, "the pause limits them already: leave `at most` out"
        yield case.wrong(("re-entry", "at most"), "", found)


def goal(case: Case) -> Iterator[Finding]:
    """A segment has no properties."""
    aim = case.journey.goal
    if aim and aim.segment and aim.match:
        said = "`match` beside a segment, which has no properties", "name an event, or leave `match` out"
        yield case.wrong(("goal", "match"), "", said)
    for index, way in enumerate(case.journey.exits):
        if way.match and way.trigger and way.trigger.segment:
            said = "`match` beside a segment, which has no properties", "name an event, or leave `match` out"
            yield case.wrong(("exits", index, "match"), "", said)


def caps(case: Case) -> Iterator[Finding]:
    """Caps that let something through, and whose time can be told."""
    for index, cap in enumerate(case.journey.caps):
        if found := cap_flaw(cap):
            key, *said = found
            yield case.wrong(("caps", index, key), "", (said[0], said[1]))
        if cap in case.journey.caps[:index]:
            yield case.wrong(("caps", index), "", ("the same cap again", "keep one of them"))


def cap_flaw(cap: Cap) -> tuple[str, str, str] | None:
    """The key of a cap that is wrong, the problem, and the remedy."""
    if cap.keep >= cap.most > 0:
        said: Said = f"{cap.keep} of {cap.most} are kept: nothing is left for the others", "keep fewer"
        return "keep", *said
    if cap.count is Count.CALENDAR and cap.per not in {A_DAY, A_WEEK}:
        said = f"a calendar cap per {cap.per}", "write `per: 1 day` or `per: 1 week`, or leave `count` out"
        return "per", *said
    if cap.per.seconds > LONGEST_CAP:
        return "per", f"a cap per {cap.per}; 366 days is the longest", "shorten it"
    return None
