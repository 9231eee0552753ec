"""What segments ask of DynamoDB, and what a change costs: no more when there are more of them, or more contacts.

`.venv/bin/python -m bench.segments` prints it. The real handler; DynamoDB is answered before the socket, from a table
in which every contact of the crowd has an identity and a profile. Of the segments in force one looks at the event that
everybody sends; it is asked for, or it brings people in, which is told by a row and an event of its own. The sweep is
the real one too: of each crowd the same number have a moment that has come, and nobody else is read.

The crowd is a stand-in: rows are made when they are asked for, so a million contacts take no memory. What is measured
is what we ask of DynamoDB, and our own CPU; DynamoDB's answers to keys do not slow down with the size of a table.
"""

import contextlib
import io
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bench import react
from bench.measures import Measure, judged
from bench.react import CROWD, EVENTS, LARGE_CROWD, Crowd
from bench.stub import Item
from sojourn.clock import ManualClock
from sojourn.rules.view import Verdict, View
from sojourn.segments.model import Compiled, Segment
from tests.cloud import ENVIRONMENT

FEW, MANY = 10, 500
CROWDS = (1_000, 100_000, 1_000_000)
DUE = 500  # contacts whose moment has come, of whichever crowd
SLOPE_GOAL = 1.1
NAMED, EVENT = "named", "Product Viewed"
PAGE = 1_048_576  # bytes that one request of a scan answers
NOW = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)
CAME = "2026-11-21T10:00:00.000Z"
STAYS, ENTERS = "at least 3", "at least 1"


def measure() -> list[Measure]:
    """Requests of an event that names one segment of so many; and beside it what a cron does for the same changes."""
    few, many, large = asked(CROWD, FEW), asked(CROWD, MANY), asked(LARGE_CROWD, MANY)
    slope = max(many.requests / few.requests, large.requests / many.requests)
    changed = asked(LARGE_CROWD, MANY, ENTERS)
    everybody = LARGE_CROWD * MANY
    pages = -(-LARGE_CROWD * size_of_profile() // PAGE)
    swept = {crowd: due(crowd) for crowd in CROWDS}
    first, last = swept[CROWDS[0]], swept[CROWDS[-1]]
    return [
        *(measured for crowd, each in swept.items() for measured in each.told(crowd)),
        judged("due_slope", round(last.requests / first.requests, 3), "× at 1,000,000 contacts", SLOPE_GOAL),
        judged("segment_slope", round(slope, 3), "× at 500, and 100,000 contacts", SLOPE_GOAL),
        judged("segment_requests_per_event", large.requests / EVENTS, "requests, one of 500 named", None),
        judged("segment_requests_per_change", changed.requests / EVENTS, "requests, who comes in", None),
        judged("segment_judged_per_event", changed.judged / EVENTS, "rules asked for an event", None),
        judged("full_judged_per_change", everybody / EVENTS, "rules asked, 100 of 100,000 new", None),
        judged("full_requests_per_change", round(pages / EVENTS, 2), "pages read, 100 of 100,000 new", None),
        judged("full_to_incremental", everybody / changed.judged, "× the rules asked", None),
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hundred events came to."""

    requests: int
    judged: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What judging those whose moment has come took: requests, and seconds of CPU."""

    requests: int
    cpu: float

    def told(self, crowd: int) -> list[Measure]:
        """For each of them."""
        of = f"of {crowd:,} contacts"
        return [
            judged(f"due_requests_{crowd}", round(self.requests / DUE, 3), f"requests a change {of}", None),
            judged(f"due_cpu_ms_{crowd}", round(self.cpu / DUE * 1e3, 2), f"ms CPU a change {of}", None),
        ]


@dataclass(slots=True)
class Counted:
    """A rule that counts how often it is asked."""

    rule: Compiled
    asked: list[str]

    @property
    def references(self) -> object:
        """What it looks at."""
        return self.rule.references

    @property
    def traces(self) -> object:
        """Which events it must know."""
        return self.rule.traces

    def judge(self, view: View) -> Verdict:
        """Once more."""
        self.asked.append(view.contact)
        return self.rule.judge(view)


class Segmented(Mapping[tuple[str, str, str], Item]):
    """The crowd, with so many segments in force; each contact did something before."""

    def __init__(self, crowd: int, segments: int, times: str) -> None:
        self._crowd, self._times = Crowd(crowd), times
        self._names = [NAMED, *(f"other-{number}" for number in range(1, segments))]

    def __getitem__(self, key: tuple[str, str, str]) -> Item:
        table, pk, sk = key
        if table == "Config" and (pk, sk) == ("LIVE", "segments"):
            return _row(pk, sk, {name: {"live": 1} for name in self._names})
        if table == "Config" and pk == "SEGMENT":
            name = sk.partition("#")[0]
            rule = {"event": EVENT if name == NAMED else f"Event {name}", "times": self._times}
            return _row(pk, sk, {"source": "", "definition": rule, "published_at": "", "why": "new"})
        found = self._crowd[key]
        return {**found, "folded": {"S": '{"u#1":"0"}'}} if table == "People" else found

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(self._crowd)

    def __len__(self) -> int:
        return len(self._crowd)


class Waiting(Segmented):
    """The same, each of whom time brings out of the segment now."""

    def __getitem__(self, key: tuple[str, str, str]) -> Item:
        found = super().__getitem__(key)
        if key[0] != "People":
            return found
        return {**found, "flips_at": {"S": CAME}, "segments": {"S": json.dumps({NAMED: {"1": CAME}})}}


class Watched(react.Watched):
    """Which takes the events that are written, too."""

    def answers(self, operation: str, body: bytes) -> bytes:
        """Each statement is done."""
        answered = super().answers(operation, body)
        if operation != "BatchExecuteStatement":
            return answered
        return json.dumps({"Responses": [{} for _ in json.loads(body)["Statements"]]}).encode()


def asked(crowd: int, segments: int, times: str = STAYS) -> Asked:
    """A hundred events, each of somebody else and in a batch of its own; the rules are read already."""
    os.environ.update({**ENVIRONMENT, "MAX_EVENT_AGE_HOURS": "24"})
    from functions.react.app import handler
    from sojourn.bootstrap import reader

    table, judgements = Watched(Segmented(crowd, segments, times)), list[str]()
    react.watch(table)
    with contextlib.redirect_stdout(io.StringIO()):
        reader()
        react.plug_in()
        with _counting(judgements):
            table.requests.clear()
            for number in range(EVENTS):
                handler({"Records": [react.record(number, "track", EVENT, crowd)]}, None)
    return Asked(len(table.requests), len(judgements))


def due(crowd: int) -> Swept:
    """The moment of so many has come, all over the crowd: they are judged again, and each goes out of a segment."""
    os.environ.update(ENVIRONMENT)
    from sojourn.bootstrap import engine
    from sojourn.due.store import Due
    from sojourn.journeys.judging import LONGEST, Judging
    from sojourn.segments import store
    from sojourn.tables import DueRow

    table, clock = Watched(Waiting(crowd, FEW, ENTERS)), ManualClock(NOW)
    react.watch(table)
    react.plug_in()
    store.forget()
    judging = Judging(replace(engine(), clock=clock), until=clock.wall() + LONGEST)
    for number in range(DUE):
        contact = react._contact(str(number * (crowd // DUE)))
        judging.add(1, DueRow(f"1#{number}", "x"), Due(NOW, "segments", contact, {}))
    began = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        assert judging.work() == DUE
    store.forget()
    return Swept(len(table.requests), time.process_time() - began)


@contextlib.contextmanager
def _counting(judgements: list[str]) -> Iterator[None]:
    """Every rule in force tells that it was asked."""
    from sojourn.segments import store

    store.forget()
    index = store.live_index()
    for name, number in [(name, each.generation) for name, each in index.live.items()]:
        store._known[name, number] = _counted(index.live[name], judgements)
    store._index.cache_clear()
    try:
        yield
    finally:
        store.forget()


def _counted(segment: Segment, judgements: list[str]) -> Segment:
    rule: Compiled = Counted(segment.compiled, judgements)  # type: ignore[assignment]  # it explains nothing
    return replace(segment, compiled=rule)


def size_of_profile() -> int:
    """Bytes of a contact's row."""
    crowd = Crowd(1)
    row = crowd[next(iter(crowd))]
    return sum(len(name) + len(str(*value.values())) for name, value in row.items())


def _row(pk: str, sk: str, data: Mapping[str, object]) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}, "revision": {"S": "1"}, "data": {"S": json.dumps(data)}}


if __name__ == "__main__":
    for figure in measure():
        print(json.dumps(figure))
