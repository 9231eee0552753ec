"""Verifications that somebody asks for, of one segment or of all in force: numbered, one at a time.

Whoever asks again while one goes on is told which; one whose execution died is gone on with, if it is the same that is
asked for. The daily one (steps.py) is apart from these.
"""

from collections.abc import Mapping
from dataclasses import replace

from sojourn.clock import iso
from sojourn.errors import Hopeless, StaleWriteError
from sojourn.segments import store
from sojourn.segments.publish import Desk, newest_run, resume
from sojourn.segments.runs.model import Purpose, Run, Status
from sojourn.segments.runs.store import change_run, get_run, put_run, runs
from sojourn.segments.store import Standing

ALL = ""


class RunIsOnError(Hopeless):
    """A run is on that makes another senseless."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(f"the run {run.id} is on")


class NotInForceError(Hopeless):
    """There is nothing to hold people against."""


class StandsStillError(Hopeless):
    """The segment names attributes that were deleted: nobody comes or goes, whatever the events say."""


def verify(name: str = ALL, *, percent: float = 100.0, repair: bool = False, desk: Desk) -> Run:
    """Compare what stands with what the events say, of some contacts or all.

    RunIsOnError while the segment is being verified, or a rule of it takes force; NotInForceError and
    StandsStillError where nothing can be compared.
    """
    generations = _in_force(name)
    _refuse_if_publishing(name, desk)
    purpose = Purpose.REPAIR if repair else Purpose.VERIFY
    last = last_of(name)
    if last and last.status is Status.RUNNING:
        if desk.machine.is_running(last):
            raise RunIsOnError(last)
        if (last.purpose, last.percent, last.segments) == (purpose, percent, generations):
            return resume(last, desk=desk)
        _close(last, desk)
    at = iso(desk.clock.calendar())
    asked = Run.new(purpose, name, at=at, percent=percent, segments=generations)
    try:
        begun = put_run(replace(asked, id=_id(name, _number(last) + 1)))
    except StaleWriteError as error:  # somebody asked at this moment
        raise RunIsOnError(get_run(_id(name, _number(last) + 1))) from error
    return resume(begun, desk=desk)


def last_of(name: str) -> Run | None:
    """The verification that was asked for last."""
    return max(runs(f"{_prefix(name)}."), key=_number, default=None)


def is_asked_for(run: Run) -> bool:
    """Whether somebody asked for it: then each attempt is an execution of its name."""
    return "." in run.id


def _in_force(name: str) -> Mapping[str, int]:
    stands = store.live()
    if name == ALL:
        if not any(stand.live for stand in stands.values()):
            raise NotInForceError("no segment is in force")
        return {}
    stand = stands.get(name, Standing())
    if not stand.live:
        raise NotInForceError(f"the segment {name} is not in force")
    if stand.invalid:
        raise StandsStillError(f"{name} names what was deleted: {', '.join(stand.invalid)}")
    return {name: stand.live}


def _refuse_if_publishing(name: str, desk: Desk) -> None:
    run = newest_run(name, store.live().get(name, Standing())) if name != ALL else None
    if run and run.status is Status.RUNNING and desk.machine.is_running(run):
        raise RunIsOnError(run)


def _close(run: Run, desk: Desk) -> None:
    at = iso(desk.clock.calendar())
    change_run(run.id, status=Status.FAILED, reason="its execution is no more", ended_at=at)


def _prefix(name: str) -> str:
    return f"verify-{name}" if name else "verify"


def _id(name: str, number: int) -> str:
    return f"{_prefix(name)}.{number:05d}"  # no name has a dot in it, nor has a day


def _number(run: Run | None) -> int:
    return int(run.id.rpartition(".")[2]) if run else 0
