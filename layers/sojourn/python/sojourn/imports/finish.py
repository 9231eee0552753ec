"""The last step of a run: one table of all faults, and how the import stands."""

from collections.abc import Iterator
from dataclasses import asdict

from sojourn.imports import store
from sojourn.imports.files import BLOCK, Files
from sojourn.imports.formulas import table
from sojourn.imports.model import Import, Status
from sojourn.imports.pieces import blocks
from sojourn.imports.plan import text_key
from sojourn.imports.work import error_key

HEADER = ("line", "column", "code", "reason", "left out")
LONGEST_REASON = 300


def finish(job: Import, *, files: Files) -> Import:
    """Completed when every piece is done; else the same import again does the rest."""
    if job.status is Status.DUPLICATE:
        return job
    progress = store.progress_of(job.id)
    if progress.with_errors:
        files.write(errors_key(job), _gathered(job, sorted(progress.with_errors), files))
    is_done = len(progress.done) == job.chunks
    if is_done and job.dialect.is_gzip:
        files.delete(text_key(job))
    reason = (
        "" if is_done else f"{job.chunks - len(progress.done)} of {job.chunks} pieces failed: start it again"
    )
    status = Status.COMPLETED if is_done else Status.INCOMPLETE
    return store.change_import(job.id, status=status, reason=reason, figures=asdict(progress.tally))


def fail(job: Import, *, error: str, cause: str) -> Import:
    """Nothing can come of it as it is."""
    return store.change_import(job.id, status=Status.FAILED, reason=f"{error}: {cause}"[:LONGEST_REASON])


def errors_key(job: Import) -> str:
    """Where the table of all faults lies."""
    return f"{job.folder}/errors.csv"


def _gathered(job: Import, numbers: list[int], files: Files) -> Iterator[bytes]:
    yield table([HEADER]).encode()
    for number in numbers:
        with files.open(error_key(job, number)) as raw:
            yield from blocks(raw, BLOCK)
