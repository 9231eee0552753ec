"""The first step of a run: read the file through, cut it into pieces, and see that nobody else has it."""

import json
from dataclasses import asdict, replace
from typing import Any, BinaryIO

from sojourn.imports import store
from sojourn.imports.files import Files, changed, unpacked
from sojourn.imports.model import Chunk, Import, Kind, Status, digest
from sojourn.imports.pieces import ROWS, cut


def plan(job: Import, *, files: Files, rows: int = ROWS) -> dict[str, Any]:
    """The list of pieces that are still to do, as a file of its own, and how many they are."""
    if not job.content:
        job = _read_through(job, files, rows)
    if job.status is Status.DUPLICATE:
        return {"import": job.id, "pieces": 0, "key": ""}
    done = store.progress_of(job.id).done
    chunks = [chunk for chunk in _chunks(job, files) if chunk.number not in done]
    if chunks:
        _require_same(job, files)
    key = f"{job.folder}/pieces-{job.attempt}.json"
    files.write(key, [json.dumps([{"import": job.id, "piece": asdict(chunk)} for chunk in chunks]).encode()])
    return {"import": job.id, "pieces": len(chunks), "key": key}


def text_key(job: Import) -> str:
    """Where the text lies that is read in pieces: a packed file is unpacked once, for a piece is some bytes."""
    return f"{job.folder}/unpacked" if job.dialect.is_gzip else job.key


def open_text(job: Import, files: Files, start: int = 0, end: int | None = None) -> BinaryIO:
    """Some of the text; refused when somebody put another file in its place."""
    return files.open(text_key(job), start, end, etag="" if job.dialect.is_gzip else job.etag)


def _require_same(job: Import, files: Files) -> None:
    """What was cut is only right for the file that was cut; of a packed one we have a copy of our own."""
    if job.dialect.is_gzip:
        return
    facts = files.facts(job.key)
    if facts is None or facts.etag != job.etag:
        raise changed()


def _read_through(job: Import, files: Files, rows: int) -> Import:
    if job.dialect.is_gzip:
        with files.open(job.key, etag=job.etag) as packed:
            files.write(text_key(job), unpacked(packed))
    with open_text(job, files) as raw:
        pieces = cut(raw, job.dialect, rows=rows)
    files.write(
        f"{job.folder}/pieces.json", [json.dumps([asdict(chunk) for chunk in pieces.chunks]).encode()]
    )
    changes: dict[str, Any] = {"content": pieces.content, "rows": pieces.rows, "chunks": len(pieces.chunks)}
    if not job.is_dry and (owner := _owner(replace(job, content=pieces.content))) != job.id:
        changes |= {
            "status": Status.DUPLICATE,
            "same_as": owner,
            "reason": f"the import {owner} has this very file",
        }
    return store.change_import(job.id, **changes)


def _owner(job: Import) -> str:
    """The import that has this content. People may come again by another mapping; what they did happened once."""
    meant = {"content": job.content, "kind": job.kind}
    if job.kind is Kind.CONTACTS:
        meant |= {"mapping": digest(job.mapping), "statement": digest(job.statement)}
    owner = store.claim_file(digest(meant), job.id)
    if owner == job.id:
        return owner
    other = store.find_import(owner)
    if other and (other.status in (Status.RUNNING, Status.COMPLETED) and not _came_to_nothing(other)):
        return owner
    if store.progress_of(owner).tally.events:
        return owner
    return store.take_over(digest(meant), owner=owner, by=job.id)


def _came_to_nothing(other: Import) -> bool:
    return other.status is Status.COMPLETED and not store.progress_of(other.id).tally.events


def _chunks(job: Import, files: Files) -> list[Chunk]:
    with files.open(f"{job.folder}/pieces.json") as raw:
        return [Chunk.from_json(each) for each in json.load(raw)]
