"""Journeys as data: drafts that change, versions that never do (and live.py: the one row that says what is live).

Config rows: `JOURNEY` / `<name>#draft` and `<name>#<00001>`; `LIVE` / `journeys`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sojourn.config import Row, get, put, put_next, query
from sojourn.errors import NotFoundError
from sojourn.journeys.live import LIVE, LiveJourney, live, live_of, set_live
from sojourn.journeys.model import Journey

__all__ = [
    "LIVE", "Draft", "LiveJourney", "Version", "drafts", "get_draft", "get_version", "live", "live_of", "published",
    "put_version", "save_draft", "set_live",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an author saved; `revision` is what the next save must name."""

    name: str
    revision: int
    source: str
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published, immutable journey version."""

    name: str
    number: int
    source: str
    definition: Mapping[str, Any]
    content_hash: str
    version_arn: str
    published_at: str
    templates: Mapping[str, int]  # the version of each template that this version of the journey writes with


def save_draft(draft: Draft) -> Draft:
    """Write the revision after the one named; StaleWriteError when somebody saved in between."""
    data = {"source": draft.source, "definition": draft.definition}
    revision = put_next(Row("JOURNEY", f"{draft.name}#draft", draft.revision, data))
    return Draft(name=draft.name, revision=revision, source=draft.source, definition=draft.definition)


def get_draft(name: str) -> Draft | None:
    """The draft as last saved."""
    row = get("JOURNEY", f"{name}#draft")
    return Draft(name=name, revision=row.revision, **row.data) if row else None


def put_version(version: Version) -> None:
    """Write a version; repeating it writes the same."""
    put(
        "JOURNEY",
        f"{version.name}#{version.number:05d}",
        {
            "source": version.source,
            "definition": version.definition,
            "content_hash": version.content_hash,
            "version_arn": version.version_arn,
            "published_at": version.published_at,
            "templates": dict(version.templates),
        },
    )


def get_version(name: str, number: int) -> Version:
    """One published version; NotFoundError when there is none."""
    row = get("JOURNEY", f"{name}#{number:05d}")
    if row is None:
        raise NotFoundError(f"journey {name} has no version {number}")
    return Version(name=name, number=number, **row.data)


@lru_cache(maxsize=256)
def published(name: str, number: int) -> tuple[Journey, Mapping[str, int]]:
    """A published version's model and its templates' versions: immutable, so read once per container."""
    version = get_version(name, number)
    return Journey.from_definition(version.definition), version.templates


def drafts() -> Iterator[Draft]:
    """Every journey that was ever saved."""
    for row in query("JOURNEY"):
        name, _, kind = row.id.partition("#")
        if kind == "draft":
            yield Draft(name=name, revision=row.revision, **row.data)
