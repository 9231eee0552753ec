"""Journeys as data: versions that never change (drafts.py: what does; live.py: the one row that says what is live).

Config rows: `JOURNEY` / `<name>#<00001>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sojourn.config import get, put
from sojourn.errors import NotFoundError
from sojourn.journeys.drafts import Draft, drafts, get_draft, save_draft
from sojourn.journeys.live import LIVE, LiveJourney, live, live_of, set_live
from sojourn.journeys.model import Journey

__all__ = [
    "LIVE", "Draft", "LiveJourney", "Version", "drafts", "get_draft", "get_version", "live", "live_of", "published",
    "put_version", "save_draft", "set_live",
]  # fmt: skip


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
    approval: Mapping[str, Any] = field(
        default_factory=dict
    )  # the revision it was, who saved it, and who agreed


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
            "approval": dict(version.approval),
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
