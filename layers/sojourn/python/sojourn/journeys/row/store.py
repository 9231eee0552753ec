"""The row of an enrolment: its fields, its key, and the conditions and changes that others put into transactions."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.journeys.enrolment import Enrolment, Status, Taken, Wait, WaitKind, WaitState
from sojourn.journeys.model import END
from sojourn.journeys.names import EnrolmentId
from sojourn.tables import PeopleRow
from sojourn.transactions import Key, Value, Write, check, number, text, update

OPEN_SHARDS = 8

FAILED = "failed"  # the part of the index in which a run stands that failed, until a person has seen to it

MOST_FACTS, MOST_REPLY, MOST_REPLIES = 4_096, 8_192, 65_536  # bytes of JSON

# The same conditions and changes as `runs` and `stand` write, for transactions (see sojourn.transactions).
IS_ACTIVE = "#status = :active"
LEG_IS_MINE = "#leg = :leg"
STILL_RUNS = f"{IS_ACTIVE} AND {LEG_IS_MINE}"
HAS_NOT_MOVED = "#at = :was_at"
WAIT_FIELDS = (
    "wait_step",
    "wait_kind",
    "wait_state",
    "wait_token",
    "wait_event",
    "wait_path",
    "wait_best",
    "wait_zone",
)
IN_JSON = {"carried", "rounds", "replies"}


class EnrolmentRow(PeopleRow, discriminator="enrolment"):
    """sk ENROL#<journey>#<entry>. `open` stands only while the run is active, or has failed and nobody has seen to it:
    the index Open holds no history."""

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
    wait_event = UnicodeAttribute(null=True)
    wait_path = NumberAttribute(null=True)
    wait_best = NumberAttribute(null=True)
    wait_zone = UnicodeAttribute(null=True)
    start_round = UnicodeAttribute(null=True)
    key = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    splits = JSONAttribute(null=True)
    holdout = BooleanAttribute(null=True)
    rounds = JSONAttribute(null=True)
    carried = JSONAttribute(null=True)
    replies = JSONAttribute(null=True)
    messaged_at = UnicodeAttribute(null=True)
    converted_at = UnicodeAttribute(null=True)
    taken = UnicodeAttribute(null=True)

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
            open=open_shard(enrolment.contact),
            key=enrolment.key or None,
            facts=dict(enrolment.facts) or None,
            splits=dict(enrolment.splits) or None,
            holdout=enrolment.holdout or None,
            messaged_at=enrolment.messaged_at or None,
            converted_at=enrolment.converted_at or None,
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
            start_round=self.start_round or "",
            key=self.key or "",
            facts=self.facts or {},
            splits=self.splits or {},
            holdout=bool(self.holdout),
            rounds=self.rounds or {},
            carried=self.carried or {},
            replies=self.replies or {},
            messaged_at=self.messaged_at or "",
            converted_at=self.converted_at or "",
            taken=Taken.from_text(self.taken) if self.taken else None,
        )

    def _wait(self) -> Wait | None:
        if not self.wait_step:
            return None
        return Wait(
            step=self.wait_step,
            kind=WaitKind(self.wait_kind),
            state=WaitState(self.wait_state),
            token=self.wait_token or "",
            event=self.wait_event or "",
            path=int(self.wait_path or 1),
            best=int(self.wait_best or 0),
            zone=self.wait_zone or "",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What a Task's final write says: where the run stands now and until when, and what the Task found out.

    `reason`: of a way out of the journey; at the end without one the run is completed. `carried` are the branches that
    the Task judged: of the Task before nothing stays. `messaged`: a message went, or would have gone, at `now`.
    """

    at: str
    until: str
    reason: str = ""
    taken: Taken | None = None
    carried: Mapping[str, str] = field(default_factory=dict)
    rounds: Mapping[str, int] | None = None
    replies: Mapping[str, Any] | None = None
    messaged_at: str = ""

    @property
    def status(self) -> Status | None:
        """How the run ends here, if it does."""
        if self.reason:
            return Status.EXITED
        return Status.COMPLETED if self.at == END else None

    @property
    def changes(self) -> tuple[dict[str, str], list[str]]:
        """Texts to set by the attribute's name, and attributes to take away."""
        found: dict[str, str] = {"at": self.at, "until": self.until}
        gone = list(WAIT_FIELDS)
        if self.taken:
            found["taken"] = str(self.taken)
        for name, known in (("carried", self.carried), ("rounds", self.rounds), ("replies", self.replies)):
            if known:
                found[name] = json.dumps(dict(known))
        if not self.carried:
            gone.append("carried")
        if self.messaged_at:
            found["messaged_at"] = self.messaged_at
        if self.status:
            found |= {"status": self.status.value, "ended_at": self.until}
            found |= {"reason": self.reason} if self.reason else {}
            gone.append("open")
        return found, gone


def stand(to: Stand) -> list[Action]:
    """What a Task's final write sets. At the end it closes the run."""
    found, gone = to.changes
    rows = EnrolmentRow
    sets = [
        getattr(rows, name).set(json.loads(text_) if name in IN_JSON else text_)
        for name, text_ in found.items()
    ]
    return [*sets, *(getattr(rows, name).remove() for name in gone)]


def still_runs(key: Key, leg: int) -> Write:
    """The same fence, as a part of a transaction."""
    return check(key, STILL_RUNS, _run_by(leg))


def step_forward(enrolment: Enrolment, to: Stand) -> Write:
    """What `stand` sets, as a part of a transaction, and only from where the run was seen to stand."""
    found, gone = to.changes
    sets = ", ".join(f"#{name} = :to_{name}" for name in found)
    change = f"SET {sets} REMOVE {', '.join(f'#{name}' for name in gone)}"
    values = {f":to_{name}": text(value) for name, value in found.items()}
    known = {**_run_by(enrolment.leg), ":was_at": text(enrolment.at), **values}
    return update(key_of(enrolment.id), change, f"{STILL_RUNS} AND {HAS_NOT_MOVED}", known)


def _run_by(leg: int) -> dict[str, Value]:
    return {":active": text(Status.ACTIVE), ":leg": number(leg)}


def no_wait() -> list[Action]:
    """Nothing is waited for any more."""
    return [getattr(EnrolmentRow, name).remove() for name in WAIT_FIELDS]


def closed(status: Status, reason: str, now: str) -> list[Action]:
    """The run is over."""
    is_failed = status is Status.FAILED
    actions: list[Action] = [
        EnrolmentRow.status.set(status.value),
        EnrolmentRow.ended_at.set(now),
        *(
            [EnrolmentRow.open.set(FAILED), EnrolmentRow.until.set(now)]
            if is_failed
            else [EnrolmentRow.open.remove()]
        ),
    ]
    return [*actions, EnrolmentRow.reason.set(reason)] if reason else actions


def open_shard(contact: str) -> str:
    """In which part of the index Open a contact's runs stand."""
    return str(hashlib.sha256(contact.encode()).digest()[0] % OPEN_SHARDS)
