"""Who was refused, and why: one row a contact and journey, of the newest refusal. The People stream counts them.

`C#<contact>` / `REFUSED#<journey>`. An event that comes again finds its own word and writes nothing, so it is counted
once; so does an event that a newer one followed.
"""

import json
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError

from sojourn.clock import iso
from sojourn.events.model import Event
from sojourn.journeys.reentry import No, Refused
from sojourn.tables import PeopleRow, condition_failed

PREFIX = "REFUSED#"


class RefusalRow(PeopleRow, discriminator="refusal"):
    """sk REFUSED#<journey>."""

    journey = UnicodeAttribute()
    reason = UnicodeAttribute()
    event = UnicodeAttribute()
    at = UnicodeAttribute()
    order = UnicodeAttribute()
    seen = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The newest refusal of somebody by a journey."""

    no: No
    event: str
    at: str


def note(contact: str, journey: str, event: Event, no: No) -> bool:
    """Write it down; False when this event, or a newer one, was refused before."""
    order = f"{iso(event.received_at)}#{event.key}"
    row = RefusalRow(
        f"C#{contact}",
        f"{PREFIX}{journey}",
        journey=journey,
        reason=no.reason.value,
        event=event.key,
        at=iso(event.at),
        order=order,
        seen=json.dumps(no.seen),
    )
    is_newer: Any = RefusalRow.order.does_not_exist() | (RefusalRow.order < order)
    try:
        row.save(condition=is_newer)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def refusal_of(contacts: tuple[str, ...], journey: str) -> Refusal | None:
    """The newest, of all contacts that somebody was; None when they never were refused."""
    found = []
    for contact in contacts:
        try:
            found.append(RefusalRow.get(f"C#{contact}", f"{PREFIX}{journey}", consistent_read=True))
        except RefusalRow.DoesNotExist:
            continue
    if not found:
        return None
    row = max(found, key=lambda each: each.order)
    return Refusal(No(Refused(row.reason), json.loads(row.seen)), row.event, row.at)
