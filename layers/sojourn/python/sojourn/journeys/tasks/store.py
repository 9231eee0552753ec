"""Rows of tasks, beside the runs that they belong to: what is erased with the contact, and open for one list.

An open task stands in the index `Open`, as runs do, under whoever it is assigned to and by when it is due. So a list
asks for its own rows, the next due first; and there is no second place to keep true.
"""

from collections.abc import Iterable, Iterator, Mapping

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.store import EnrolmentRow, key_of
from sojourn.journeys.tasks.model import Task, TaskState, split_task_id
from sojourn.tables import OpenRow, PeopleRow, condition_failed
from sojourn.transactions import read

AT_ONCE = 50  # tasks whose rows, and whose runs, are read in one request
Position = list[str]


class TaskRow(PeopleRow, discriminator="task"):
    """sk TASK#<journey>#<entry>#<digest of step and round>. `open` and `until` stand only while the task is open."""

    step = UnicodeAttribute()
    round = UnicodeAttribute(null=True)
    assign = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    outcomes = JSONAttribute()
    identity = UnicodeAttribute()
    version = NumberAttribute()
    opened_at = UnicodeAttribute()
    due = UnicodeAttribute()
    state = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    heard = BooleanAttribute(null=True)
    open = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)

    def to_task(self) -> Task:
        """The model of this row."""
        _, journey, entry, digest = self.sk.split("#")
        return Task(
            enrolment=f"{self.pk.removeprefix('C#')}.{journey}.{entry}",
            digest=digest,
            step=self.step,
            round=self.round or "",
            assign=self.assign,
            note=self.note or "",
            outcomes=tuple(self.outcomes),
            identity=self.identity,
            version=int(self.version),
            opened_at=self.opened_at,
            due=self.due,
            state=TaskState(self.state),
            outcome=self.outcome or "",
            by=self.by or "",
            settled_at=self.settled_at or "",
            heard=bool(self.heard),
        )


def get_task(task: str) -> Task | None:
    """Read strongly; TaskUnknownError when there can be no such task."""
    try:
        return TaskRow.get(*_key(task), consistent_read=True).to_task()
    except TaskRow.DoesNotExist:
        return None


def put_open(task: Task) -> None:
    """Write a task that nobody has settled, whatever was there."""
    TaskRow(
        *_key(task.id),
        step=task.step,
        round=task.round or None,
        assign=task.assign,
        note=task.note or None,
        outcomes=list(task.outcomes),
        identity=task.identity,
        version=task.version,
        opened_at=task.opened_at,
        due=task.due,
        state=TaskState.OPEN.value,
        open=_list_of(task.assign),
        until=task.due,
    ).save()


def close(task: Task, state: TaskState, *, at: str, number: int = 0, by: str = "") -> Task | None:
    """The task as it stands now, settled with its outcome of this number if any; None when it is not open any more, or
    another visit opened it anew."""
    rows = TaskRow
    actions: list[Action] = [rows.state.set(state.value), rows.settled_at.set(at), rows.open.remove()]
    actions += [rows.until.remove()]
    actions += [rows.outcome.set(task.outcomes[number - 1])] if number else []
    actions += [rows.by.set(by)] if by else []
    is_open = (rows.state == TaskState.OPEN.value) & (rows.due == task.due)
    return _changed(task, actions, is_open)


def mark(task: Task, state: TaskState) -> Task | None:
    """What became of a task that was settled: the journey heard of it (`done`), or had gone on before (`late`)."""
    is_settled = (TaskRow.state == TaskState.DONE.value) & (TaskRow.due == task.due)
    is_heard = state is TaskState.DONE
    return _changed(task, [TaskRow.state.set(state.value), TaskRow.heard.set(is_heard)], is_settled)


def listed(
    assign: str, limit: int, after: Position | None
) -> tuple[list[tuple[Task, Enrolment | None]], Position | None]:
    """Tasks that the index has as open, the next due first, each with its run; and where the list goes on."""
    last = dict(zip(("pk", "sk", "open", "until"), map(_text, after), strict=True)) if after else None
    found = OpenRow.open_index.query(_list_of(assign), limit=limit, last_evaluated_key=last)
    keys = [(row.pk, row.sk) for row in found]
    position = found.last_evaluated_key
    more = [position[name]["S"] for name in ("pk", "sk", "open", "until")] if position else None
    return list(_with_runs(keys)), more


def count_listed(assign: str) -> int:
    """How many tasks the index has as open."""
    return int(OpenRow.open_index.count(_list_of(assign)))


def _with_runs(keys: list[tuple[str, str]]) -> Iterator[tuple[Task, Enrolment | None]]:
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        runs = {(pk, sk.replace("TASK#", "ENROL#", 1).rpartition("#")[0]) for pk, sk in part}
        rows = {(row.pk, row.sk): row for row in read([*part, *sorted(runs)])}
        yield from _paired(part, rows)


def _paired(
    keys: Iterable[tuple[str, str]], rows: Mapping[tuple[str, str], PeopleRow]
) -> Iterator[tuple[Task, Enrolment | None]]:
    for key in keys:
        row = rows.get(key)
        if isinstance(row, TaskRow):
            task = row.to_task()
            run = rows.get(key_of(task.enrolment))
            yield task, run.to_enrolment() if isinstance(run, EnrolmentRow) else None


def _changed(task: Task, actions: list[Action], condition: Condition) -> Task | None:
    row = TaskRow(*_key(task.id))
    try:
        row.update(actions=actions, condition=condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return None
    return row.to_task()


def _list_of(assign: str) -> str:
    """Capitals and spaces round it make no other list; no shard of runs is called so."""
    return f"task#{assign.casefold().strip()}"


def _key(task: str) -> tuple[str, str]:
    enrolment, digest = split_task_id(task)
    pk, sk = key_of(enrolment)
    return pk, f"TASK{sk.removeprefix('ENROL')}#{digest}"


def _text(value: str) -> dict[str, str]:
    return {"S": value}
