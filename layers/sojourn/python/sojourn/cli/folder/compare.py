"""What would change: the folder against the workspace, and the draft of each journey against what is live."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sojourn.cli.api import Api
from sojourn.cli.folder.things import JOURNEY, SEGMENT, TEMPLATE, Key, Thing, ordered
from sojourn.journeys.migrating.difference import difference as text_difference


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
    revision: int = 0  # of the draft that it would take the place of

    @property
    def is_to_do(self) -> bool:
        """Whether `apply` has something to do."""
        return self.differs in {Differs.NEW, Differs.CHANGED, Differs.NOT_LIVE}

    @property
    def is_saved(self) -> bool:
        """Whether the draft there says it already."""
        is_draft = self.thing.kind == SEGMENT or self.revision > 0
        return self.differs is Differs.NOT_LIVE and is_draft

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        about = {"kind": self.thing.kind, "name": self.thing.name, "differs": self.differs.value}
        return {**about, "changes": [dict(change) for change in self.changes]} if self.changes else about


def compared(here: Mapping[Key, Thing], there: Mapping[Key, Thing], api: Api) -> list[Compared]:
    """Everything of both, in the order in which it would be applied; what is only there comes last."""
    found: list[Compared] = []
    for thing in ordered(here):  # templates first
        fresh = {each.thing.name for each in found if each.thing.kind == TEMPLATE and each.is_to_do}
        found.append(_with(fresh, _one(thing, there.get(thing.key), api)))
    left = [Compared(thing, Differs.ONLY_THERE) for key, thing in sorted(there.items()) if key not in here]
    return found + left


def difference(here: Thing | None, there: Thing | None) -> Iterator[str]:
    """The two texts as a unified diff, the workspace's first."""
    old, new = (each.text if each else "" for each in (there, here))
    known = here or there
    assert known is not None
    name = f"{known.kind} {known.name}"
    yield from text_difference(old, new, names=(f"{name} (workspace)", f"{name} (folder)"))


def _with(fresh: Collection[str], found: Compared) -> Compared:
    """A journey is pinned to the templates of its version: what is saved anew is not what people get."""
    is_stale = found.thing.kind == JOURNEY and any(name in fresh for name in _templates(found.thing.said))
    return replace(found, differs=Differs.NOT_LIVE) if is_stale and found.differs is Differs.SAME else found


def _templates(said: Any) -> Iterator[str]:
    """Every template that a definition names, however deep."""
    if isinstance(said, Mapping):
        if isinstance(name := said.get("template"), str):
            yield name
        said = list(said.values())
    for each in said if isinstance(said, list) else []:
        yield from _templates(each)


def _one(here: Thing, there: Thing | None, api: Api) -> Compared:
    if there is None:
        return Compared(here, Differs.NEW)
    is_same = here.said == there.said
    if here.kind == JOURNEY:
        return _journey(here, api, is_same=is_same, revision=there.revision)
    if here.kind == SEGMENT and is_same and not _is_in_force(here, api):
        return Compared(here, Differs.NOT_LIVE)
    return Compared(here, Differs.SAME if is_same else Differs.CHANGED)


def _journey(here: Thing, api: Api, *, is_same: bool, revision: int) -> Compared:
    told = api.post("journeys", here.name, "plan", body=here.body)
    is_live = told["live_version"] is not None and not told["is_changed"]
    differs = Differs.SAME if is_live else Differs.NOT_LIVE
    changes = tuple(told["changes"])
    how = differs if is_same else Differs.CHANGED
    return Compared(here, how, changes, told["live_version"], revision)


def _is_in_force(here: Thing, api: Api) -> bool:
    told = api.get("segments", here.name)
    return told["live"] is not None or told["pending"] is not None
