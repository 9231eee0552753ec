"""Two contacts become one: in one transaction what must never be half true, and after it what may be repeated.

The transaction: the survivor's profile with everything of the loser, the loser's tombstone, the consent of both, and a
row that says why. Rows stay where they lie, and readers go over `profile.collections`. What is left then (runs of one
journey that both were in, identities that name the loser) is done by whoever reads `merging`, as often as needed.
"""

from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from sojourn.clock import iso
from sojourn.consent.union.store import union_writes
from sojourn.contacts.merge import Merge, Why, merged, ranked
from sojourn.contacts.model import Profile
from sojourn.contacts.store import record_merge, repoint, tombstone_of, write_of
from sojourn.errors import StaleWriteError
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrol import MERGED, leave, run_side_by_side
from sojourn.journeys.enrolment import Enrolment, Status
from sojourn.journeys.versions import published
from sojourn.segments.announce import adopted, numbered
from sojourn.segments.members.store import forget
from sojourn.transactions import transact


def unite(one: Profile, other: Profile, *, why: Why, identity: str, event: Event) -> Profile:
    """The survivor as it now stands in the table, with whatever both had folded and not yet written.

    StaleWriteError when somebody wrote to either meanwhile; ProfileTooLargeError when together they are too much.
    """
    survivor, loser = ranked(one, other)
    united = numbered(adopted(survivor, merged(survivor, loser), loser))
    merge = Merge(
        survivor=survivor.contact,
        loser=loser.contact,
        at=iso(event.received_at),
        why=why.value,
        identity=identity,
        event=event.key,
        source=event.source,
    )
    writes = [write_of(united), tombstone_of(loser, survivor.contact), record_merge(merge)]
    consents = union_writes(survivor.contact, loser.contact, event.received_at, event.key)
    if transact([*writes, *consents]):
        raise StaleWriteError(survivor.contact)
    return replace(united, revision=united.revision + 1)


def finish(profile: Profile, *, engine: Engine) -> Profile:
    """Do what merges left to do; `merging` is empty then, from the next write of the profile on."""
    if not profile.merging:
        return profile
    side = attrgetter("journey", "key")
    for _, runs in groupby(sorted(_runs(profile), key=side), key=side):
        _continue_once(profile.contact, list(runs), engine)
    if profile.segments or profile.unsaid:
        for contact in profile.merging:
            forget(contact)  # the survivor has rows of its own in the lists of members
    repoint(profile.identities, profile.contact, absorbed=profile.merging)
    return replace(profile, merging=())


def _runs(profile: Profile) -> list[Enrolment]:
    return [run for contact in profile.collections for run in store.enrolments_of(contact)]


def _continue_once(survivor: str, runs: list[Enrolment], engine: Engine) -> None:
    """Of the runs of one journey (and key) the survivor's goes on, else the older; those ended before are stopped
    again. Where one person may be in it several times at once, all go on."""
    active = [run for run in runs if run.status is Status.ACTIVE]
    if len(active) > 1 and run_side_by_side(published(active[0].journey, active[0].version)[0]):
        active = active[:1]
    ended = [run for run in runs if run.reason == MERGED]
    active.sort(key=lambda run: (run.contact != survivor, run.entered_at, run.contact, run.entry))
    for run in active[1:]:
        leave(run, MERGED, engine=engine)
    for run in ended:
        engine.machines.stop(run)  # whoever ended it may have died before this
