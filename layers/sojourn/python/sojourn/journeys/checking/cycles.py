"""Journeys that let each other in, round and round, with nothing between that takes time.

A journey leads to another by a step that starts it, or by an event that one of its own steps writes. Only what makes
everybody wait counts as a wait: a duration, a time of day, a person's decision, or the silence of a wait for events.
"""

from collections.abc import Iterator, Mapping

from sojourn.journeys.checking.case import Case
from sojourn.journeys.language.acting import Exit, HumanTask, StartJourney, Update, Verb
from sojourn.journeys.language.entering import Trigger
from sojourn.journeys.language.paths import OTHERWISE, Step, Steps
from sojourn.journeys.language.times import Clock
from sojourn.journeys.language.waiting import Wait, WaitFor
from sojourn.journeys.model import Journey
from sojourn.rules.findings import Finding

# What an update makes known, by what it changes.
WRITES = {
    (Verb.ADD, "tags"): "Tag Added",
    (Verb.REMOVE, "tags"): "Tag Removed",
    (Verb.ADD, "lists"): "List Joined",
    (Verb.REMOVE, "lists"): "List Left",
    (Verb.SET, "stage"): "Stage Changed",
}
Way = list[str]


def cycles(case: Case) -> Iterator[Finding]:
    """The first step of each way that comes back to this journey at once."""
    journeys = {**(case.known.journeys or {}), case.journey.name: case.journey}
    leads = {name: _leads(journey, journeys) for name, journey in journeys.items()}
    for target, step in leads[case.journey.name].items():
        if way := _way_back(target, case.journey.name, leads):
            said = f"the journeys let each other in without a wait: {' → '.join([case.journey.name, *way])}"
            place = next(place for place, each in case.steps if each is step)
            yield case.wrong(place, step.name, (said, "put a `wait` before this step"))


def at_once(steps: Steps) -> list[Step]:
    """The steps that a contact may come to without any wait."""
    return _at_once(steps)[0]


def _at_once(steps: Steps) -> tuple[list[Step], bool]:
    """Those, and whether what follows may be reached at once, too."""
    found: list[Step] = []
    for step in steps:
        found.append(step)
        inner = [_at_once(path) for key, path in step.paths().items() if _is_swift(step, key)]
        found += [each for path, _ in inner for each in path]
        goes_by = not isinstance(step, Exit | HumanTask) and not _takes_time(step) and not _parts(step)
        if not goes_by and not any(goes_on for _, goes_on in inner):
            return found, False
    return found, True


def _takes_time(step: Step) -> bool:
    if not isinstance(step, Wait):
        return False
    return (step.duration is not None and step.since is None) or isinstance(step.until, Clock)


def _parts(step: Step) -> bool:
    return step.kind in {"wait for", "branch", "split"}


def _is_swift(step: Step, key: str) -> bool:
    """Whether the path under the key may be taken at once."""
    return not isinstance(step, HumanTask) and not (isinstance(step, WaitFor) and key == OTHERWISE)


def _leads(journey: Journey, journeys: Mapping[str, Journey]) -> dict[str, Step]:
    """The journeys that this one lets people into at once, and the step that does."""
    found: dict[str, Step] = {}
    for step in at_once(journey.steps):
        if isinstance(step, StartJourney):
            found.setdefault(step.journey, step)
        for event in _events_of(step):
            for name, other in journeys.items():
                if any(_is_entered_by(entry, event) for entry in other.entries):
                    found.setdefault(name, step)
    return found


def _events_of(step: Step) -> set[str]:
    changes = step.changes if isinstance(step, Update) else ()
    return {WRITES[key] for change in changes if (key := (change.verb, change.attribute)) in WRITES}


def _is_entered_by(entry: object, event: str) -> bool:
    return isinstance(entry, Trigger) and entry.event == event


def _way_back(start: str, home: str, leads: Mapping[str, Mapping[str, Step]]) -> Way:
    """The shortest way from a journey to another; empty when there is none."""
    ways: list[Way] = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == home:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, each] for each in leads.get(way[-1], {})]
    return []
