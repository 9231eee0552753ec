"""The steps of an erasure. Each may be repeated, die midway and be repeated: what is gone already is found gone.

    run(Step.DELETE, erasure_id, eraser=eraser, budget=budget)     True: there is more of it, call again

In this order, so that nothing is written behind our back: identities are remembered as erased (late events are dropped
from then on), the profile is marked (whoever still holds it cannot write it), identities are let go, journeys end, and
only then rows are deleted. The profile goes last: it knows the identities that the steps before it need.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sojourn import telemetry
from sojourn.clock import iso, parse_iso
from sojourn.contacts.memory import remember
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.events.archive import Archive
from sojourn.journeys.enrol import leave
from sojourn.journeys.enrolment import Status as RunStatus
from sojourn.journeys.store import enrolments_of
from sojourn.journeys.wait import Engine, forget_due
from sojourn.privacy import store
from sojourn.privacy.budget import Budget
from sojourn.privacy.compact import compact
from sojourn.privacy.delete import Tally, delete_events, delete_rejected, delete_rows_of, leave_groups
from sojourn.privacy.files import Files
from sojourn.privacy.identities import OWN_EVENTS, named_in_traits
from sojourn.privacy.keys import KeyRing
from sojourn.privacy.model import Erasure, Status, Step, exports_of
from sojourn.telemetry import Metric

REASON = "erased"
TRIES = 5

# A line that belongs to nobody may be older than the contact: as much older as `react` was ever behind.
EARLIER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """What forgetting needs of the outside."""

    engine: Engine
    files: Files
    archive: Archive
    ring: KeyRing


def run(step: Step, id: str, *, eraser: Eraser, budget: Budget) -> bool:  # noqa: A002  the row's own word
    """Do a step, or as much of it as there is time for; True when there is more of it."""
    erasure = store.get_erasure(id)
    if erasure is None:
        raise NotFoundError(f"there is no erasure {id}")
    if erasure.status is Status.DONE:
        return False
    return STEPS[step](erasure, eraser, budget)


def find(erasure: Erasure, eraser: Eraser, budget: Budget) -> bool:
    """Who it is, and that from now on nothing more is taken in."""
    for _ in range(TRIES):
        stand = store.survivor_of(erasure.id)
        if stand is None or stand.is_buried:
            _save(erasure, step=Step.LEAVE, collections=erasure.collections or (erasure.id,))
            return False
        erasure = _remembered(erasure, stand, eraser)
        if stand.erasure or store.mark(stand, at=erasure.asked_at, erasure=erasure.id):
            for identity in _names(stand):
                store.release(identity, erasure.collections)
            _save(erasure, step=Step.LEAVE)
            return False
    raise StoreBusyError("profile")


def _remembered(erasure: Erasure, stand: store.Stand, eraser: Eraser) -> Erasure:
    """First the memory, in the table and beside the archive: a restored table may have lost it."""
    at = parse_iso(erasure.asked_at)
    hashes = [remember(identity, at=at, erasure=erasure.id) for identity in _names(stand)]
    in_archive = [eraser.ring.hashed(each) for each in stand.identities if each.startswith(OWN_EVENTS)]
    collections = _united(erasure.collections, (*stand.collections, erasure.id))
    found = _save(
        erasure,
        collections=collections,
        identities=_united(erasure.identities, hashes),
        in_archive=_united(erasure.in_archive, in_archive),
        since=min(filter(None, (erasure.since, store.keys_since(collections))), default=""),
    )
    eraser.files.keep_proof(found.id, _proof(found))
    return found


def _names(stand: store.Stand) -> tuple[str, ...]:
    told = (*named_in_traits(stand.traits), *named_in_traits(stand.unproven))
    return tuple(dict.fromkeys((*stand.identities, *told)))


def end_journeys(erasure: Erasure, eraser: Eraser, budget: Budget) -> bool:
    """Every run ends: its row, then its execution; what waits is not answered."""
    _leave_all(erasure, eraser)
    _save(erasure, step=Step.DELETE)
    return False


def _leave_all(erasure: Erasure, eraser: Eraser) -> None:
    for contact in erasure.collections:
        for enrolment in enrolments_of(contact):
            forget_due(enrolment, engine=eraser.engine)
            if enrolment.status is RunStatus.ACTIVE or enrolment.reason == REASON:
                leave(enrolment, REASON, engine=eraser.engine)


def delete(erasure: Erasure, eraser: Eraser, budget: Budget) -> bool:
    """Events, what was turned away, files, and every row of the person; the profile last."""
    tally = Tally(budget, erasure.cursor)
    stand = store.survivor_of(erasure.id)
    if stand is not None and not stand.is_buried:
        tally.names.update(_names(stand), store.names_kept(stand.contact))
        is_more = (
            delete_events(stand, erasure, tally)
            or delete_rejected(tally)
            or leave_groups(stand, erasure.collections)
        )
    else:
        is_more = False
    if not is_more:
        _delete_files(erasure, eraser, tally)
        is_more = delete_rows_of(erasure, tally)
    _counted(erasure, tally, step=Step.DELETE if is_more else Step.SETTLE)
    return is_more


def clean_archive(erasure: Erasure, eraser: Eraser, budget: Budget) -> bool:
    """What was in flight while rows were deleted, and the lines of the archive."""
    tally = Tally(budget, erasure.cursor)
    if not erasure.cursor:
        _leave_all(erasure, eraser)
        _delete_files(erasure, eraser, tally)
        delete_rows_of(erasure, tally)
    cursor = _compact(erasure, eraser, tally)
    tally.cursor = {"archive": cursor} if cursor else {}
    _counted(erasure, tally, step=Step.ARCHIVE if cursor else Step.PROVE)
    return bool(cursor)


def _compact(erasure: Erasure, eraser: Eraser, tally: Tally) -> str:
    """Object after object, while there is time; where to go on."""
    since = date.fromisoformat(erasure.since) - EARLIER if erasure.since else None
    cursor = erasure.cursor.get("archive", "")
    while True:
        page = compact(
            eraser.archive,
            contacts=erasure.collections,
            identities=erasure.in_archive,
            since=since,
            cursor=cursor,
        )
        tally.deleted["archive lines"] += page.lines
        cursor = page.cursor
        if not cursor or tally.budget.is_spent:
            return cursor


def _delete_files(erasure: Erasure, eraser: Eraser, tally: Tally) -> None:
    for contact in erasure.collections:
        tally.deleted["export files"] += eraser.files.delete_below(exports_of(contact))


def prove(erasure: Erasure, eraser: Eraser, budget: Budget) -> bool:
    """Say what was done; the row stays."""
    now = iso(eraser.engine.clock.calendar())
    done = replace(erasure, status=Status.DONE, step=Step.PROVE, done_at=now, cursor={})
    eraser.files.keep_proof(done.id, _proof(done))
    _put(done)
    telemetry.count(Metric.CONTACTS_ERASED)
    telemetry.note("contact erased", erasure=done.id, deleted=dict(done.deleted))
    return False


STEPS: Mapping[Step, Callable[[Erasure, Eraser, Budget], bool]] = {
    Step.FIND: find,
    Step.LEAVE: end_journeys,
    Step.DELETE: delete,
    Step.ARCHIVE: clean_archive,
    Step.PROVE: prove,
}


def _counted(erasure: Erasure, tally: Tally, step: Step) -> None:
    _save(
        erasure,
        step=step,
        deleted=erasure.with_deleted(tally.deleted),
        identities=_united(erasure.identities, tally.hashes),
        cursor=tally.cursor,
    )


def _save(erasure: Erasure, **changes: Any) -> Erasure:
    return _put(replace(erasure, **changes))


def _put(erasure: Erasure) -> Erasure:
    try:
        return store.put_erasure(erasure)
    except (
        StaleWriteError
    ) as error:  # this very write, if its answer was lost: the step is repeated, and reads again
        raise StoreBusyError("erasure") from error


def _proof(erasure: Erasure) -> dict[str, Any]:
    return {"erasure": erasure.id, **erasure.as_json()}


def _united(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))
