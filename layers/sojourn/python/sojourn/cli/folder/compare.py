"""What would change: the folder against the workspace, and the draft of each journey against what is live."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sojourn.cli.api import Api
from sojourn.cli.folder.things import JOURNEY, SEGMENT, Key, Thing, ordered


class Differs(StrEnum):
    """How a thing of the folder stands to that of the workspace."""

    NEW = "new"
    CHANGED = "changed"
    NOT_LIVE = "not live"  # saved as it is here, and what people meet is another
    SAME = "same"
    ONLY_THERE = "only in the workspace"


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing, how it differs, and for a journey the steps that change with the people who stand there."""

    thing: Thing
    differs: Differs
    changes: tuple[Mapping[str, Any], ...] = ()
    live_version: int | None = None

    @property
    def is_to_do(self) -> bool:
        """Whether `apply` has something to do."""
        return self.differs in {Differs.NEW, Differs.CHANGED, Differs.NOT_LIVE}

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        about = {"kind": self.thing.kind, "name": self.thing.name, "differs": self.differs.value}
        return {**about, "changes": [dict(change) for change in self.changes]} if self.changes else about


def compared(here: Mapping[Key, Thing], there: Mapping[Key, Thing], api: Api) -> list[Compared]:
    """Everything of both, in the order in which it would be applied; what is only there comes last."""
    found = [_one(thing, there.get(thing.key), api) for thing in ordered(here)]
    left = [Compared(thing, Differs.ONLY_THERE) for key, thing in sorted(there.items()) if key not in here]
    return found + left


def difference(here: Thing | None, there: Thing | None) -> Iterator[str]:
    """The two texts as a unified diff, the workspace's first."""
    one, other = (each.text.splitlines() if each else [] for each in (there, here))
    known = here or there
    assert known is not None
    name = f"{known.kind} {known.name}"
    yield from difflib.unified_diff(one, other, f"{name} (workspace)", f"{name} (folder)", lineterm="")


def _one(here: Thing, there: Thing | None, api: Api) -> Compared:
    if there is None:
        return Compared(here, Differs.NEW)
    is_same = here.said == there.said
    if here.kind == JOURNEY:
        return _journey(here, api, is_same=is_same)
    if here.kind == SEGMENT and is_same and not _is_in_force(here, api):
        return Compared(here, Differs.NOT_LIVE)
    return Compared(here, Differs.SAME if is_same else Differs.CHANGED)


def _journey(here: Thing, api: Api, *, is_same: bool) -> Compared:
    told = api.post("journeys", here.name, "plan", body=here.body)
    is_live = told["live_version"] is not None and not told["is_changed"]
    differs = Differs.SAME if is_live else Differs.NOT_LIVE
    changes = tuple(told["changes"])
    return Compared(here, differs if is_same else Differs.CHANGED, changes, told["live_version"])


def _is_in_force(here: Thing, api: Api) -> bool:
    told = api.get("segments", here.name)
    return told["live"] is not None or told["pending"] is not None
