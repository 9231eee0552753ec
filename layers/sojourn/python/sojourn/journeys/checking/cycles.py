"""Journeys that let each other in, round and round, with nothing between that takes time.

A journey leads to another by a step that starts it, or by an event that one of its own steps writes. Only what makes
everybody wait counts as a wait: a duration, a time of day, a person's decision, or the silence of a wait for events.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.journeys.checking.case import Case
from sojourn.journeys.language.acting import EndJourney, Exit, HumanTask, StartJourney, Update, Verb
from sojourn.journeys.language.entering import Trigger
from sojourn.journeys.language.paths import OTHERWISE, Step, Steps
from sojourn.journeys.language.times import Clock
from sojourn.journeys.language.waiting import Wait, WaitFor
from sojourn.journeys.model import Journey
from sojourn.rules.comparing import check_at, is_about_time
from sojourn.rules.findings import Finding

# What an update makes known, by what it changes: the event, and its property that holds the value.
WRITES = {
    (Verb.ADD, "tags"): ("Tag Added", "tag"),
    (Verb.REMOVE, "tags"): ("Tag Removed", "tag"),
    (Verb.ADD, "lists"): ("List Joined", "list"),
    (Verb.REMOVE, "lists"): ("List Left", "list"),
    (Verb.SET, "stage"): ("Stage Changed", "stage"),
}
END_REQUESTED = "Journey End Requested"
LOOKED_UP = ("entry.", "reply.")  # how values begin that are known only when the step is done
Way = list[str]
Written = tuple[str, Mapping[str, Any]]  # an event, and those of its properties that the file says


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
        for event, said in _events_of(step):
            for name, other in journeys.items():
                if any(_is_entered_by(entry, event, said) for entry in other.entries):
                    found.setdefault(name, step)
    return found


def _events_of(step: Step) -> Iterator[Written]:
    if isinstance(step, EndJourney):
        yield END_REQUESTED, {"journey": step.journey}
    for change in step.changes if isinstance(step, Update) else ():
        if written := WRITES.get((change.verb, change.attribute)):
            event, field = written
            for each in change.value if isinstance(change.value, list) else [change.value]:
                is_known = not (isinstance(each, str) and each.startswith(LOOKED_UP))
                yield event, {field: each} if is_known else {}


def _is_entered_by(entry: object, event: str, said: Mapping[str, Any]) -> bool:
    """Whether the event may let in; what the file does not say may be anything."""
    if not isinstance(entry, Trigger) or entry.event != event:
        return False
    told = [test for test in entry.where if test.path[0] in said and not is_about_time(test.op, test.value)]
    return all(check_at(test.path, test.op, test.value)(said) for test in told)


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
