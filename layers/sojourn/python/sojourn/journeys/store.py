"""Rows of enrolments. Each condition is named after what it protects."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.errors import EnrolmentEndedError, StaleWriteError
from sojourn.journeys.enrolment import Enrolment, Status, Wait, WaitKind, WaitState
from sojourn.journeys.model import END
from sojourn.journeys.names import EnrolmentId
from sojourn.tables import OpenIndex, OpenRow, PeopleRow, condition_failed
from sojourn.transactions import Key, Value, Write, check, number, read, text, update

OPEN_SHARDS = 8

# The same conditions and changes as `runs` and `stand` write, for transactions (see sojourn.transactions).
IS_ACTIVE = "#status = :active"
LEG_IS_MINE = "#leg = :leg"
STILL_RUNS = f"{IS_ACTIVE} AND {LEG_IS_MINE}"
HAS_NOT_MOVED = "#at = :was_at"
NO_WAIT = "#wait_step, #wait_kind, #wait_state, #wait_token, #wait_any, #wait_event"
STAND = f"SET #at = :at, #until = :until REMOVE {NO_WAIT}"
STAND_AT_THE_END = (
    f"SET #at = :at, #until = :until, #status = :completed, #ended_at = :until REMOVE {NO_WAIT}, #open"
)


class EnrolmentRow(PeopleRow, discriminator="enrolment"):
    """sk ENROL#<journey>#<entry>. `open` stands only while the run is active: the index Open holds no history."""

    version = NumberAttribute()
    version_arn = UnicodeAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    entered_by = UnicodeAttribute()
    entered_at = UnicodeAttribute()
    identity = UnicodeAttribute()
    at = UnicodeAttribute()
    until = UnicodeAttribute()
    leg = NumberAttribute()
    start_at = UnicodeAttribute(null=True)
    started_at = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)
    open = UnicodeAttribute(null=True)
    wait_step = UnicodeAttribute(null=True)
    wait_kind = UnicodeAttribute(null=True)
    wait_state = UnicodeAttribute(null=True)
    wait_token = UnicodeAttribute(null=True)
    wait_any = JSONAttribute(null=True)
    wait_event = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, enrolment: Enrolment) -> "EnrolmentRow":
        """The row of a new enrolment."""
        return cls(
            *key_of(enrolment.id),
            version=enrolment.version,
            version_arn=enrolment.version_arn,
            status=enrolment.status.value,
            entered_by=enrolment.entered_by,
            entered_at=enrolment.entered_at,
            identity=enrolment.identity,
            at=enrolment.at,
            until=enrolment.until,
            leg=enrolment.leg,
            started_at=enrolment.started_at,
            open=_open_shard(enrolment.contact),
        )

    def to_enrolment(self) -> Enrolment:
        """The model of this row."""
        _, journey, entry = self.sk.split("#")
        return Enrolment(
            contact=self.pk.removeprefix("C#"),
            journey=journey,
            entry=int(entry),
            version=int(self.version),
            version_arn=self.version_arn,
            status=Status(self.status),
            reason=self.reason or "",
            entered_by=self.entered_by,
            entered_at=self.entered_at,
            identity=self.identity,
            at=self.at,
            until=self.until,
            leg=int(self.leg),
            start_at=self.start_at or "",
            started_at=self.started_at,
            ended_at=self.ended_at or "",
            wait=self._wait(),
        )

    def _wait(self) -> Wait | None:
        if not self.wait_step:
            return None
        return Wait(
            step=self.wait_step,
            kind=WaitKind(self.wait_kind),
            state=WaitState(self.wait_state),
            token=self.wait_token or "",
            any=self.wait_any or (),
            event=self.wait_event or "",
        )


def key_of(enrolment: str) -> tuple[str, str]:
    """Row key of an enrolment id."""
    name = EnrolmentId.from_text(enrolment)
    return f"C#{name.contact}", f"ENROL#{name.journey}#{name.entry}"


def runs(leg: int) -> Condition:
    """The fence: the run is active and this leg is the one that runs it."""
    is_active: Condition = EnrolmentRow.status == Status.ACTIVE.value
    leg_is_mine: Condition = EnrolmentRow.leg == leg
    both: Condition = is_active & leg_is_mine
    return both


def stand(at: str, until: str) -> list[Action]:
    """What a Task's final write sets: where the contact stands now. At the end it closes the run."""
    actions: list[Action] = [EnrolmentRow.at.set(at), EnrolmentRow.until.set(until), *_no_wait()]
    return actions if at != END else [*actions, *_closed(Status.COMPLETED, "", until)]


def still_runs(key: Key, leg: int) -> Write:
    """The same fence, as a part of a transaction."""
    return check(key, STILL_RUNS, _run_by(leg))


def step_forward(enrolment: Enrolment, *, to: str, until: str) -> Write:
    """What `stand` sets, as a part of a transaction, and only from where the run was seen to stand."""
    values = {**_run_by(enrolment.leg), ":was_at": text(enrolment.at), ":at": text(to), ":until": text(until)}
    if to != END:
        return update(key_of(enrolment.id), STAND, f"{STILL_RUNS} AND {HAS_NOT_MOVED}", values)
    values[":completed"] = text(Status.COMPLETED)
    return update(key_of(enrolment.id), STAND_AT_THE_END, f"{STILL_RUNS} AND {HAS_NOT_MOVED}", values)


def _run_by(leg: int) -> dict[str, Value]:
    return {":active": text(Status.ACTIVE), ":leg": number(leg)}


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
    _update(enrolment, stand(at, until), runs(leg))


def park(enrolment: str, leg: int, wait: Wait, *, until: str) -> Enrolment:
    """Register what the run waits for, with the moment when it gives up; the answer is the run as it stands now."""
    actions: list[Action] = [
        EnrolmentRow.at.set(wait.step),
        EnrolmentRow.until.set(until),
        EnrolmentRow.wait_step.set(wait.step),
        EnrolmentRow.wait_kind.set(wait.kind.value),
        EnrolmentRow.wait_state.set(wait.state.value),
        EnrolmentRow.wait_any.set([dict(each) for each in wait.any]),
        EnrolmentRow.wait_token.set(wait.token) if wait.token else EnrolmentRow.wait_token.remove(),
        EnrolmentRow.wait_event.remove(),
    ]
    return _update(enrolment, actions, runs(leg))


def answering(enrolment: Enrolment, *, event: str, until: str) -> bool:
    """Give the wait to one event; True for that event (again, too), False for every later one."""
    assert enrolment.wait is not None
    still_waiting = EnrolmentRow.wait_state == WaitState.WAITING.value
    mine_already = (EnrolmentRow.wait_state == WaitState.ANSWERING.value) & (EnrolmentRow.wait_event == event)
    same_wait = EnrolmentRow.wait_step == enrolment.wait.step
    actions: list[Action] = [
        EnrolmentRow.wait_state.set(WaitState.ANSWERING.value),
        EnrolmentRow.wait_event.set(event),
        EnrolmentRow.until.set(until),
    ]
    try:
        _update(enrolment.id, actions, runs(enrolment.leg) & same_wait & (still_waiting | mine_already))
    except EnrolmentEndedError:
        return False
    return True


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
        actions = [*_no_wait(), *_closed(status, reason, now)]  # the token is a credential: it does not stay
        _update(enrolment, actions, EnrolmentRow.status == Status.ACTIVE.value)
    except EnrolmentEndedError:
        return False
    return True


def next_leg(enrolment: Enrolment, *, start_at: str, until: str) -> Enrolment:
    """Take the run over with a new leg that starts at a state; StaleWriteError when somebody else did."""
    actions: list[Action] = [
        EnrolmentRow.leg.set(enrolment.leg + 1),
        EnrolmentRow.start_at.set(start_at),
        EnrolmentRow.at.set(start_at),
        EnrolmentRow.until.set(until),
        *_no_wait(),
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


def _no_wait() -> list[Action]:
    rows = EnrolmentRow
    waits = (rows.wait_step, rows.wait_kind, rows.wait_state, rows.wait_token, rows.wait_any, rows.wait_event)
    return [attribute.remove() for attribute in waits]


def _closed(status: Status, reason: str, now: str) -> list[Action]:
    actions: list[Action] = [
        EnrolmentRow.status.set(status.value),
        EnrolmentRow.ended_at.set(now),
        EnrolmentRow.open.remove(),
    ]
    return [*actions, EnrolmentRow.reason.set(reason)] if reason else actions


def _open_shard(contact: str) -> str:
    return str(hashlib.sha256(contact.encode()).digest()[0] % OPEN_SHARDS)
