"""The last word of journeys on an attribute that they counted up, or added to: so that of two at the same moment each
finds the other's, though the events of both are still on their way to the profile.

    C#<contact>  TALLY#<attribute>  {revision: 3, stamp: "2026-01-05T20:00:00.001Z|1a2b3c4d", value: "5",
                                     said: {"<id of the event>": "2026-01-05T20:00:00.001Z|5"}}

A step asks under the id of its event, and is answered the same however often it asks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from sojourn.errors import StaleWriteError
from sojourn.tables import PeopleRow, condition_failed

MOST_SAID = 50  # the newest: who asks again does so within minutes


@dataclass(frozen=True, slots=True)
class Tally:
    """`stamp` is of the newest event, as a profile keeps it; revision 0: nothing was written yet."""

    contact: str
    attribute: str
    revision: int = 0
    stamp: str = ""
    value: Any = None
    said: Mapping[str, str] = field(default_factory=dict)

    def said_by(self, event: str) -> tuple[str, Any] | None:
        """When, and what, an event of this id says; None when it was never asked for."""
        if event not in self.said:
            return None
        at, _, value = self.said[event].partition("|")
        return at, json.loads(value)

    def after(self, event: str, at: str, stamp: str, value: Any) -> "Tally":
        """With one event more."""
        newest = dict(sorted(self.said.items(), key=lambda each: each[1])[-MOST_SAID + 1 :])
        said = {**newest, event: f"{at}|{json.dumps(value)}"}
        return replace(self, revision=self.revision + 1, stamp=stamp, value=value, said=said)


class TallyRow(PeopleRow, discriminator="tally"):
    """sk TALLY#<attribute>."""

    revision = NumberAttribute()
    stamp = UnicodeAttribute()
    value = UnicodeAttribute()
    said = JSONAttribute()


def get_tally(contact: str, attribute: str) -> Tally:
    """Read strongly."""
    try:
        row = TallyRow.get(f"C#{contact}", f"TALLY#{attribute}", consistent_read=True)
    except TallyRow.DoesNotExist:
        return Tally(contact, attribute)
    return Tally(contact, attribute, int(row.revision), row.stamp, json.loads(row.value), row.said)


def put_tally(tally: Tally) -> None:
    """Write it; StaleWriteError when it is not the next revision any more."""
    row = TallyRow(
        f"C#{tally.contact}",
        f"TALLY#{tally.attribute}",
        revision=tally.revision,
        stamp=tally.stamp,
        value=json.dumps(tally.value),
        said=dict(tally.said),
    )
    is_first = TallyRow.pk.does_not_exist()
    is_next = is_first if tally.revision == 1 else TallyRow.revision == tally.revision - 1
    try:
        row.save(condition=is_next)
    except PutError as error:
        if not condition_failed(error):
            raise
        raise StaleWriteError(f"{tally.contact} {tally.attribute}") from error
