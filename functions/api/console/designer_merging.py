"""Two people's work on one journey, brought together: nobody's is lost."""

from dataclasses import dataclass

from functions.api.console.designer_desk import Desk
from functions.api.console.forms import Form
from functions.api.console.texts import Conflict, merged

DIGITS = 9


@dataclass(frozen=True, slots=True)
class Conflicted:
    """What stands there now, and where the two contradict each other."""

    theirs: str
    revision: int
    conflicts: tuple[Conflict, ...]
    title: str  # who was faster


def conflict_of(desk: Desk, *, theirs: str, revision: int, title: str) -> Conflicted:
    """Of a desk that came too late."""
    return Conflicted(theirs, revision, merged(desk.base, desk.text, theirs).conflicts, title)


def brought_together(desk: Desk, said: Form) -> Desk:
    """Both changes in one text, with whose lines were chosen where they contradict; it follows what stands there."""
    theirs = said.raw("theirs").replace("\r\n", "\n")
    theirs = theirs.replace("\n", "\r\n") if "\r\n" in desk.text else theirs
    number = said.get("theirs_revision")[:DIGITS]
    both = merged(desk.base, desk.text, theirs)
    lines = both.text.splitlines(keepends=True)
    for place, each in reversed(list(enumerate(both.conflicts))):
        if said.get(f"choice-{place}") == "theirs":
            start = each.line - 1
            lines[start : start + len(each.mine.splitlines())] = each.theirs.splitlines(keepends=True)
    revision = int(number) if number.isascii() and number.isdigit() else 0
    return Desk(desk.name, "".join(lines), theirs, revision, desk.at)
