"""The drafts that wait for a person: journey after journey, each in the order in which they expire.

Read from the rows that a word for a whole journey finds, page after page. A row whose message has gone meanwhile is
passed over, so a page may be short; and so it is where no more than a few journeys were to be asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sojourn.due.store import due_under
from sojourn.journeys.letting_go import UNDER, draft_of
from sojourn.messages.model import Message

Place = tuple[str, str]  # a journey, and the row behind which the next page begins
PATIENCE = 8  # times as many journeys are asked while nothing is found


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that somebody may release or discard, and until when."""

    message: Message
    expires: datetime


def waiting(
    journeys: Iterable[str], *, most: int, after: Place | None = None, parts: int | None = None
) -> tuple[list[Draft], Place | None]:
    """A page, and where the next begins when there may be one; `parts` is how many journeys are asked."""
    found: list[Draft] = []
    looked, last = 0, after or ("", "")
    for number, journey in enumerate(sorted(name for name in journeys if name >= last[0])):
        if parts and number >= (parts if found else parts * PATIENCE):
            return found, (journey, "")
        behind = last[1] if journey == last[0] else None
        for row, due in due_under(f"{UNDER}{journey}", after=behind, most=most - looked):
            looked, last = looked + 1, (journey, row.sk)
            if message := draft_of(due):
                found.append(Draft(message, due.at))
        if looked == most:
            return found, last
    return found, None
