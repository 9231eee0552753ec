"""Drafts of journeys: what an author saved last, and every revision before it.

Config rows: `JOURNEY` / `<name>#draft` is the latest; `DRAFT` / `<name>#<00001>` is each that another took the place
of, so that a conflict can show what changed since, and who saved what stays known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn.config import Row, get, put, put_next, query
from sojourn.errors import StaleWriteError

KIND, OLDER = "JOURNEY", "DRAFT"
LATEST = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author saved; `revision` is what the next save must name."""

    name: str
    revision: int
    source: str
    definition: Mapping[str, Any]
    saved_by: str = ""  # whose key; "" when nobody's did: what ships
    saved_at: str = ""


def save_draft(draft: Draft) -> Draft:
    """Write the revision after the one named; StaleWriteError when somebody saved in between.

    The revision that goes is kept first: a crash between leaves it twice, and the next save writes the same again.
    """
    there = get(KIND, _id(draft.name))
    if there and there.revision != draft.revision:
        raise StaleWriteError(f"{KIND} {_id(draft.name)}")
    if there:
        put(OLDER, _older_id(draft.name, there.revision), there.data)
    data = {"source": draft.source, "definition": draft.definition}
    data |= {"saved_by": draft.saved_by, "saved_at": draft.saved_at}
    saved = replace(draft, revision=draft.revision + 1)
    try:
        put_next(Row(KIND, _id(draft.name), draft.revision, data))
    except StaleWriteError:
        if get_draft(draft.name) != saved:
            raise  # else the SDK asked twice, and what the second found is our own write
    return saved


def get_draft(name: str) -> Draft | None:
    """The draft as last saved."""
    row = get(KIND, _id(name))
    return Draft(name=name, revision=row.revision, **row.data) if row else None


def get_revision(name: str, revision: int) -> Draft | None:
    """A draft as it was saved at that revision."""
    row = get(OLDER, _older_id(name, revision))
    return Draft(name=name, revision=revision, **row.data) if row else None


def drafts() -> Iterator[Draft]:
    """Every journey that was ever saved."""
    for row in query(KIND):
        name, _, which = row.id.partition("#")
        if which == LATEST:
            yield Draft(name=name, revision=row.revision, **row.data)


def _id(name: str) -> str:
    return f"{name}#{LATEST}"


def _older_id(name: str, revision: int) -> str:
    return f"{name}#{revision:05d}"
