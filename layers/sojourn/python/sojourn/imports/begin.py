"""To ask for an import. The same file, asked for in the same way, is one import, however often it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sojourn.clock import Clock, iso
from sojourn.errors import StaleWriteError
from sojourn.imports import store
from sojourn.imports.evidence import Statement, require_evidence
from sojourn.imports.examine import examine, guessed, known_types
from sojourn.imports.files import Bucket
from sojourn.imports.mapping import read_mapping
from sojourn.imports.model import Import, Kind, Status, digest, import_id
from sojourn.imports.refusals import ImportRefusedError

ENDED_WELL = {Status.COMPLETED, Status.DUPLICATE}
FOLDER = "imports/"


class Machine(Protocol):
    """Whoever runs imports: the state machine."""

    def start(self, job: Import) -> None:
        """Run this attempt; a second start of the same is none."""
        ...

    def is_running(self, job: Import) -> bool:
        """Whether this attempt runs still."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for; an empty mapping is the guessed one."""

    kind: Kind
    key: str
    mapping: Mapping[str, Any] | None = None
    statement: Mapping[str, Any] | None = None
    event: str = ""
    is_dry: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What beginning needs."""

    files: Bucket
    machine: Machine
    clock: Clock


def begin(asked: Asked, *, desk: Desk) -> Import:
    """The import, running; or as it stands when it is done, or runs already."""
    job = _prepared(asked, desk)
    if asked.idempotency_key:
        first = store.claim_key(digest(asked.idempotency_key), job.id)
        if first != job.id:
            raise ImportRefusedError(
                "idempotency_key_reused", f"this Idempotency-Key began the import {first}", status=422
            )
    known = store.find_import(job.id)
    return resume(known, desk=desk) if known else _started(job, desk)


def resume(job: Import, *, desk: Desk) -> Import:
    """Run what is left of an import that was killed or is incomplete; what is done stays done."""
    if job.status in ENDED_WELL or (job.status is Status.RUNNING and desk.machine.is_running(job)):
        return job
    return _started(replace(job, status=Status.RUNNING, attempt=job.attempt + 1, reason=""), desk)


def _started(job: Import, desk: Desk) -> Import:
    try:
        written = store.put_import(job)
    except StaleWriteError:
        # Somebody asked for the same at this moment, or this write was tried twice: a second start is none.
        written = store.get_import(job.id)
    desk.machine.start(written)
    return written


def _prepared(asked: Asked, desk: Desk) -> Import:
    if not asked.key.startswith(FOLDER) or ".." in asked.key.split("/"):
        raise ImportRefusedError("invalid_key", f"`key` begins with {FOLDER}", field="key")
    found = examine(desk.files, asked.key, asked.options)
    types = known_types() if asked.mapping is None else {}
    guess = asked.mapping or guessed(found, asked.kind, event=asked.event, types=types).as_json()
    mapping = read_mapping(asked.kind, guess)
    statement = Statement.read(asked.statement) if asked.statement is not None else None
    require_evidence(mapping, statement)
    told, declared = mapping.as_json(), statement.as_json() if statement else None
    facts = found.facts
    meant = {
        "kind": asked.kind,
        "etag": facts.etag,
        "size": facts.size,
        "mapping": told,
        "statement": declared,
    }
    named = import_id(**meant)
    return Import(
        id=f"dry-{named[:20]}" if asked.is_dry else named,
        kind=asked.kind,
        key=asked.key,
        size=facts.size,
        etag=facts.etag,
        dialect=found.dialect,
        headers=found.headers,
        mapping=told,
        statement=declared,
        is_dry=asked.is_dry,
        at=iso(desk.clock.calendar()),
    )
