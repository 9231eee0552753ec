"""Enrolments as they are read, moved on and ended. Each condition is named after what it protects."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.errors import EnrolmentEndedError, StaleWriteError
from sojourn.journeys.enrolment import Enrolment, Status, Taken, Wait, WaitKind, WaitState
from sojourn.journeys.row.store import (
    MOST_REPLIES,
    MOST_REPLY,
    OPEN_SHARDS,
    EnrolmentRow,
    Stand,
    closed,
    key_of,
    no_wait,
    runs,
    stand,
    step_forward,
    still_runs,
)
from sojourn.tables import OpenIndex, OpenRow, condition_failed
from sojourn.transactions import read

__all__ = [
    "OPEN_SHARDS",
    "EnrolmentRow",
    "Stand",
    "key_of",
    "runs",
    "stand",
    "step_forward",
    "still_runs",
]


def get_enrolment(enrolment: str) -> Enrolment | None:
    """Read strongly."""
    try:
        row = EnrolmentRow.get(*key_of(enrolment), consistent_read=True)
    except EnrolmentRow.DoesNotExist:
        return None
    return row.to_enrolment()


def enrolments_of(contact: str, journey: str = "") -> Iterator[Enrolment]:
    """Every run of a contact, or those through one journey, read strongly."""
    theirs = EnrolmentRow.sk.startswith(f"ENROL#{journey}#" if journey else "ENROL#")
    for row in EnrolmentRow.query(f"C#{contact}", theirs, consistent_read=True):
        yield row.to_enrolment()


def entries(contacts: Iterable[str], journey: str, entry: int) -> list[Enrolment]:
    """The runs that these contacts have under this number, strongly read, in one request."""
    keys = [key_of(f"{contact}.{journey}.{entry}") for contact in contacts]
    return [row.to_enrolment() for row in read(keys) if isinstance(row, EnrolmentRow)]


def admit(enrolment: Enrolment) -> Enrolment | None:
    """Put the row if there is none; else the row that is there when the same event made it, or None: already once."""
    try:
        EnrolmentRow.of(enrolment).save(condition=EnrolmentRow.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        there = get_enrolment(enrolment.id)
        return there if there and there.entered_by == enrolment.entered_by else None
    return enrolment


def move_to(enrolment: str, leg: int, *, at: str, until: str) -> None:
    """A Task's final write, alone; EnrolmentEndedError when the run is over."""
    _update(enrolment, stand(Stand(at=at, until=until)), runs(leg))


def take(enrolment: Enrolment, to: Stand) -> None:
    """The same for a Task that read the row: only from where, and behind what, the run was seen to stand."""
    _taken(enrolment, stand(to), to.taken)


def park(enrolment: str, leg: int, wait: Wait, *, until: str) -> Enrolment:
    """Register what the run waits for, with the moment when it gives up; the answer is the run as it stands now."""
    return _update(enrolment, _waits(wait, until), runs(leg))


def register(enrolment: str, leg: int, wait: Wait, *, until: str) -> Enrolment:
    """The same, but the moment is written once for each time that the step is come to: a wait that is asked for again
    keeps it, and takes the newer token."""
    rows = EnrolmentRow
    is_this_wait = (rows.wait_step == wait.step) & (rows.wait_state == WaitState.WAITING.value)
    is_this_wait &= rows.wait_kind == wait.kind.value
    try:
        return _update(enrolment, _waits(wait, until), runs(leg) & ~is_this_wait)
    except EnrolmentEndedError:
        return _update(enrolment, [rows.wait_token.set(wait.token)], runs(leg) & is_this_wait)


def park_round(enrolment: Enrolment, *, rounds: Mapping[str, int], taken: Taken, now: str) -> None:
    """A repeat ends the leg before its next round: the row says which, and that the sweep goes on with it."""
    rows = EnrolmentRow
    counted: list[Action] = [rows.rounds.set(dict(rounds)), rows.taken.set(str(taken))]
    wait = Wait(step=taken.step, kind=WaitKind.PARK)
    _taken(enrolment, [*_waits(wait, now), *counted], taken)


def better(enrolment: Enrolment, *, path: int, event: str) -> bool:
    """In a ranked wait: an answer that stands higher than those that came; False when it does not, or it is over."""
    assert enrolment.wait is not None
    rows = EnrolmentRow
    still_waiting = (rows.wait_state == WaitState.WAITING.value) & (rows.wait_step == enrolment.wait.step)
    none_as_high = rows.wait_best.does_not_exist() | (rows.wait_best > path)
    actions: list[Action] = [rows.wait_best.set(path), rows.wait_event.set(event)]
    return _tried(enrolment, actions, still_waiting & none_as_high)


def answering(enrolment: Enrolment, *, event: str, path: int = 1, until: str) -> bool:
    """Give the wait to one event; True for that event (again, too), False for every later one."""
    assert enrolment.wait is not None
    rows = EnrolmentRow
    still_waiting = rows.wait_state == WaitState.WAITING.value
    mine_already = (rows.wait_state == WaitState.ANSWERING.value) & (rows.wait_event == event)
    same_wait = rows.wait_step == enrolment.wait.step
    actions: list[Action] = [
        rows.wait_state.set(WaitState.ANSWERING.value),
        rows.wait_event.set(event),
        rows.wait_path.set(path),
        rows.until.set(until),
    ]
    return _tried(enrolment, actions, same_wait & (still_waiting | mine_already))


def settle_wait(enrolment: Enrolment, to: WaitState) -> None:
    """Close an answered wait; when the run has gone on already there is nothing to close."""
    assert enrolment.wait is not None
    still_this_wait = EnrolmentRow.wait_step == enrolment.wait.step
    actions: list[Action] = [EnrolmentRow.wait_state.set(to.value), EnrolmentRow.wait_token.remove()]
    try:
        _update(enrolment.id, actions, runs(enrolment.leg) & still_this_wait)
    except EnrolmentEndedError:
        return


def end(enrolment: str, status: Status, *, reason: str, now: str) -> bool:
    """Close an active run; False when it is closed already."""
    try:
        actions = [*no_wait(), *closed(status, reason, now)]  # the token is a credential: it does not stay
        _update(enrolment, actions, EnrolmentRow.status == Status.ACTIVE.value)
    except EnrolmentEndedError:
        return False
    return True


def convert(enrolment: Enrolment, *, at: str) -> bool:
    """The goal was met, also when the run is over; True the first time alone."""
    first = EnrolmentRow.pk.exists() & EnrolmentRow.converted_at.does_not_exist()
    try:
        _update(enrolment.id, [EnrolmentRow.converted_at.set(at)], first)
    except EnrolmentEndedError:
        return False
    return True


def keep_reply(enrolment: Enrolment, slug: str, reply: Any) -> dict[str, Any]:
    """The replies with one more; too long a one is kept as its size, so that the row stays a row."""
    size, others = len(json.dumps(reply)), {**enrolment.replies, slug: None}
    fits = size <= MOST_REPLY and size + len(json.dumps(others)) <= MOST_REPLIES
    return {**others, slug: reply if fits else {"too_large": size}}


def next_leg(enrolment: Enrolment, *, start_at: str, until: str, start_round: str = "") -> Enrolment:
    """Take the run over with a new leg that starts at a state; StaleWriteError when somebody else did."""
    rows = EnrolmentRow
    actions: list[Action] = [
        rows.leg.set(enrolment.leg + 1),
        rows.start_at.set(start_at),
        rows.start_round.set(start_round) if start_round else rows.start_round.remove(),
        rows.at.set(start_at),
        rows.until.set(until),
        *no_wait(),
    ]
    try:
        return _update(enrolment.id, actions, runs(enrolment.leg))
    except EnrolmentEndedError:
        raise StaleWriteError(enrolment.id) from None


def change_version(
    enrolment: Enrolment,
    *,
    version: int,
    version_arn: str,
    splits: Mapping[str, str],
    start_at: str,
    until: str,
) -> Enrolment:
    """Take the run over into another version, with a new leg that starts at a state of it."""
    rows = EnrolmentRow
    actions: list[Action] = [
        rows.version.set(version),
        rows.version_arn.set(version_arn),
        rows.splits.set(dict(splits)) if splits else rows.splits.remove(),
        rows.leg.set(enrolment.leg + 1),
        rows.start_at.set(start_at),
        rows.start_round.remove(),
        rows.at.set(start_at),
        rows.until.set(until),
        *no_wait(),
    ]
    try:
        return _update(enrolment.id, actions, runs(enrolment.leg))
    except EnrolmentEndedError:
        raise StaleWriteError(enrolment.id) from None


def overdue(shard: int, *, before: str) -> Iterator[Enrolment]:
    """Active runs that should have moved on before this moment."""
    for row in OpenRow.open_index.query(str(shard), OpenIndex.until < before):
        there = get_enrolment(_id_of(row))
        if there is not None:
            yield there


def _id_of(row: Any) -> str:
    _, journey, entry = row.sk.split("#")
    return f"{row.pk.removeprefix('C#')}.{journey}.{entry}"


def _update(enrolment: str, actions: list[Action], condition: Condition) -> Enrolment:
    row = EnrolmentRow(*key_of(enrolment))
    try:
        row.update(actions=actions, condition=condition)  # which reads the row back, all of it
    except UpdateError as error:
        if not condition_failed(error):
            raise
        raise EnrolmentEndedError(enrolment) from error
    return row.to_enrolment()


def _taken(enrolment: Enrolment, actions: list[Action], taken: Taken | None) -> None:
    """A Task's write, from where the run was seen to stand. When the SDK asked twice, and the first answer was lost,
    the second finds its own write."""
    try:
        _update(enrolment.id, actions, runs(enrolment.leg) & _as_read(enrolment))
    except EnrolmentEndedError:
        there = get_enrolment(enrolment.id)
        is_ours = there is not None and there.leg == enrolment.leg and there.taken == taken
        if not is_ours or taken is None:
            raise


def _as_read(enrolment: Enrolment) -> Condition:
    has_not_moved = EnrolmentRow.at == enrolment.at
    taken = EnrolmentRow.taken
    as_read = taken == str(enrolment.taken) if enrolment.taken else taken.does_not_exist()
    both: Condition = has_not_moved & as_read
    return both


def _waits(wait: Wait, until: str) -> list[Action]:
    rows = EnrolmentRow
    return [
        rows.at.set(wait.step),
        rows.until.set(until),
        rows.wait_step.set(wait.step),
        rows.wait_kind.set(wait.kind.value),
        rows.wait_state.set(wait.state.value),
        rows.wait_token.set(wait.token) if wait.token else rows.wait_token.remove(),
        rows.wait_zone.set(wait.zone) if wait.zone else rows.wait_zone.remove(),
        rows.wait_event.remove(),
        rows.wait_path.remove(),
        rows.wait_best.remove(),
    ]


def _tried(enrolment: Enrolment, actions: list[Action], condition: Condition) -> bool:
    """Whether the condition held, and the run went on."""
    try:
        _update(enrolment.id, actions, runs(enrolment.leg) & condition)
    except EnrolmentEndedError:
        return False
    return True
