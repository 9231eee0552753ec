"""Let a contact in: the row first, then the execution; both may be repeated (house law 2)."""

from datetime import datetime

from sojourn.clock import iso
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.machine import Machines
from sojourn.journeys.model import first_state
from sojourn.journeys.versions import LiveJourney, published

ONCE = 1  # re-entry is `once` in this version of the language: the first entry is the only one


def enrol(
    contact: str, event: Event, live: LiveJourney, *, machines: Machines, now: datetime
) -> Enrolment | None:
    """Admit the contact and start the first leg; None when it was in before.

    The same event comes here again after a crash: it finds its own row and starts the same execution name.
    """
    journey, _ = published(live.name, live.version)
    wanted = Enrolment(
        contact=contact,
        journey=live.name,
        entry=ONCE,
        version=live.version,
        version_arn=live.version_arn,
        entered_by=event.key,
        entered_at=iso(event.at),
        identity=event.pk,
        at=first_state(journey),
        until=iso(now),
        started_at=iso(now),
    )
    admitted = store.admit(wanted)
    if admitted is not None and admitted.leg == 1:
        machines.start(admitted)
    return admitted
