"""Marketing that is held back for the sender's reputation: let go in pages when a person has resumed it.

Such a message stands twice among what is due: where the sweep finds it when it expires, and under
`reputation#<journey>`, where the word finds it. The word puts one row down for each journey; who says it again puts the
same down again. A page that comes while marketing is paused anew lets nobody go.
"""

from datetime import datetime
from itertools import islice

from sojourn.clock import Clock, iso
from sojourn.delivery.model import HoldReason
from sojourn.due.store import Due, delete_all, due_under, put_due, remove_due
from sojourn.journeys.engine import Engine
from sojourn.journeys.live import live
from sojourn.journeys.names import EnrolmentId
from sojourn.journeys.releasing import held_run
from sojourn.journeys.reputation import standing

KIND, UNDER, REASON = "reputation", f"{HoldReason.REPUTATION}#", HoldReason.REPUTATION.value
A_PAGE = 1_000


def ask(*, clock: Clock, shards: int) -> None:
    """Let the next sweep begin, with every journey."""
    said = iso(clock.calendar())
    for journey in sorted(live()):
        _ask(journey, said, 1, clock, shards)


def release_page(word: Due, *, engine: Engine, size: int = A_PAGE) -> None:
    """Some of a journey's: each is asked every gate again, and is held by its own where one is closed."""
    if standing().is_paused:
        return
    journey = word.task["journey"]
    rows = list(islice(due_under(f"{UNDER}{journey}"), size))
    for _, due in rows:
        run = held_run(due)
        if run is not None and run.wait is not None:
            engine.machines.complete(run.wait.token)
    delete_all(row for row, _ in rows)
    if len(rows) == size:
        _ask(journey, word.task["said"], int(word.task["page"]) + 1, engine.clock, engine.due_shards)


def forget(due: Due) -> None:
    """Its other row, when the sweep comes to the one that tells when it expires."""
    if due.task.get("reason") == REASON:
        forget_at(EnrolmentId.from_text(due.task["enrolment"]).journey, due.at, due.id)


def forget_at(journey: str, at: datetime, id: str) -> None:  # noqa: A002  the row's own word
    """No error when it is gone."""
    remove_due(Due(at, "hold", id, {}), pace=1, shards=1, under=f"{UNDER}{journey}")


def _ask(journey: str, said: str, page: int, clock: Clock, shards: int) -> None:
    now = clock.calendar()
    task = {"journey": journey, "said": said, "page": page}
    put_due(Due(now, KIND, f"{journey}/{said}/{page}", task), now=now, pace=clock.pace, shards=shards)
