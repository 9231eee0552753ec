"""What became of a proof. Pure."""

import re
from dataclasses import dataclass

TAGGED = re.compile(r"proof-([0-9a-f]{16})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One test of a template; `asked` is a digest of what was asked for, so that no address stands in it."""

    id: str
    asked: str
    name: str
    version: int
    at: str
    state: str
    reason: str = ""
    outcome: str = ""  # what the provider reported: delivered, bounced, complained, or why it was thrown away

    @property
    def tag(self) -> str:
        """Under which the provider speaks of it."""
        return tag_of(self.id)


def tag_of(id: str) -> str:  # noqa: A002  the row's own word
    """No message's id has a contact of this name."""
    return f"proof-{id}"


def id_in(tag: str) -> str | None:
    """Of which proof the provider speaks, if of one."""
    found = TAGGED.fullmatch(tag)
    return found[1] if found else None
