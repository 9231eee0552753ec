"""Asking to be forgotten, or for everything: a row that says so, and a state machine that does it.

ask_erasure("42", by="ops", desk=desk)      by contact id, userId or identity; asking again gives the same answer
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from sojourn.clock import Clock, iso, parse_iso
from sojourn.contacts.memory import identity_hash, recall, remember
from sojourn.contacts.memory.store import memory_key
from sojourn.contacts.model import CONTACT_ID_LENGTH
from sojourn.contacts.store import find_contact, new_contact_id
from sojourn.errors import StaleWriteError
from sojourn.privacy import store
from sojourn.privacy.model import Erasure, Export, Status, Step

IDENTITIES = ("u#", "a#", "e#", "p#", "x#")
LONGEST = 2_000  # of what may be a key


class Starter(Protocol):
    """Starts a platform machine; a name that is taken was taken by an earlier try."""

    def start(self, machine: str, name: str, job: str) -> bool:
        """Start it with the id of a job; False when the name is taken."""
        ...

    def is_over(self, machine: str, name: str) -> bool:
        """Whether this execution ended, or never was."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What asking needs of the outside."""

    clock: Clock
    starter: Starter
    erase_machine: str
    export_machine: str


def ask_erasure(named: str, *, by: str, desk: Desk) -> Erasure:
    """The erasure of whoever goes by this name; of nobody, where nobody does."""
    now = iso(desk.clock.calendar())
    contact = _contact_of(named)
    if contact is None:
        return _of_nobody(named, by=by, now=now)
    erasure = store.get_erasure(contact) or _put(Erasure(id=contact, asked_at=now, by=by))
    if store.stand_of(contact) is None:  # the profile is yet to be written, so nobody else knows the name
        remember(_as_identity(named), at=parse_iso(erasure.asked_at), erasure=erasure.id)
    if erasure.status is Status.DONE and store.is_alive(contact):
        erasure = _put(replace(erasure, status=Status.RUNNING, step=Step.FIND, attempt=erasure.attempt + 1))
    return _running(erasure, desk)


def _running(erasure: Erasure, desk: Desk) -> Erasure:
    """Make sure that somebody works on it: an execution that failed, after a day of trying, is followed by another."""
    if erasure.status is Status.DONE:
        return erasure
    if desk.starter.start(desk.erase_machine, erasure.execution, erasure.id):
        return erasure  # to ask how it is would be too early: it may not be seen yet
    if desk.starter.is_over(desk.erase_machine, erasure.execution):
        there = store.get_erasure(erasure.id) or erasure
        if there.status is Status.RUNNING:
            there = _put(replace(there, attempt=there.attempt + 1))
            desk.starter.start(desk.erase_machine, there.execution, there.id)
        return there
    return erasure


def _of_nobody(named: str, *, by: str, now: str) -> Erasure:
    """Erased before, or never known. What is on its way and not yet looked at is dropped when it comes."""
    identity = _as_identity(named)
    known = recall(identity)
    if known is not None and (erasure := store.get_erasure(known.erasure)):
        remember(identity, at=parse_iso(now), erasure=erasure.id)
        return erasure
    name = new_contact_id(identity_hash(identity, memory_key.made()))
    remember(identity, at=parse_iso(now), erasure=name)
    there = store.get_erasure(name)
    return there or _put(
        Erasure(id=name, asked_at=now, by=by, status=Status.DONE, step=Step.PROVE, done_at=now)
    )


def ask_export(contact: str, *, by: str, desk: Desk, id: str = "") -> Export:  # noqa: A002  the row's own word
    """A file with everything of this contact: a new one, or under an id of the asker's own the same at every asking."""
    there = store.get_export(id) if id else None
    wanted = Export(id=id or uuid.uuid4().hex, contact=contact, asked_at=iso(desk.clock.calendar()), by=by)
    export = there or _put_export(wanted)
    if export.status is Status.DONE or desk.starter.start(desk.export_machine, export.execution, export.id):
        return export
    return _restarted(export, desk)


def _restarted(export: Export, desk: Desk) -> Export:
    """One that was begun before: where its execution failed, another follows."""
    if not desk.starter.is_over(desk.export_machine, export.execution):
        return export
    there = store.get_export(export.id) or export
    if there.status is Status.RUNNING:
        there = _put_export(replace(there, attempt=there.attempt + 1))
        desk.starter.start(desk.export_machine, there.execution, there.id)
    return there


def _put_export(export: Export) -> Export:
    try:
        return store.put_export(export)
    except StaleWriteError:
        return store.get_export(export.id) or export  # somebody asked at the same moment


def _put(erasure: Erasure) -> Erasure:
    try:
        return store.put_erasure(erasure)
    except StaleWriteError:
        return store.get_erasure(erasure.id) or erasure  # somebody asked at the same moment


def _contact_of(named: str) -> str | None:
    """The contact that this may mean, as it is called now; one that is erased goes by its erasure."""
    if len(named.encode("utf-8", "replace")) > LONGEST:
        return None
    for contact in _candidates(named):
        stand = store.survivor_of(contact)
        if stand is not None:
            return stand.erasure or stand.contact
        if contact != named:
            return contact  # an identity whose profile is yet to be written
    return None


def _candidates(named: str) -> Iterator[str]:
    if named.startswith(IDENTITIES):
        yield from filter(None, [find_contact(named)])
    elif named:
        if len(named) == CONTACT_ID_LENGTH and named.isalnum():
            yield named
        yield from filter(None, [find_contact(f"u#{named}")])


def _as_identity(named: str) -> str:
    if named.startswith(IDENTITIES):
        return named
    return f"u#{named}"
