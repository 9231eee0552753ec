"""Events of people who were erased: what is late is dropped and deleted, what happens later is somebody new's."""

from sojourn import telemetry
from sojourn.contacts.memory import erased_at
from sojourn.events.model import Event
from sojourn.events.removal import is_over, remove_events


def is_forgotten(event: Event) -> bool:
    """Whether the event is of somebody who was erased since; then it is gone from the table, too.

    Asked only where nobody owns its identity, so it costs most events nothing.
    """
    moment = erased_at(event.pk)
    if moment is None or not is_over(event, moment):
        return False
    remove_events([(event.pk, event.sk)])
    telemetry.note("event of an erased contact dropped", source=event.source)
    return True
