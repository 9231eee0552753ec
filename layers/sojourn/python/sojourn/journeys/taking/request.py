"""Words to other journeys: let them in, take them out. Events of ours, which whoever reads events acts upon."""

from collections.abc import Mapping
from typing import Any

from sojourn.errors import StoreBusyError
from sojourn.events.model import internal_event
from sojourn.events.store import insert
from sojourn.journeys.language.entering import REQUESTED
from sojourn.journeys.live import END_REQUESTED
from sojourn.journeys.steps import EndJourney, StartJourney
from sojourn.journeys.taking.task import Here
from sojourn.journeys.taking.update import MISSING, event_id, looked_up


def start(here: Here) -> dict[str, Any]:
    """Ask for the contact to be let in; this run goes on at once, whatever becomes of it."""
    assert isinstance(here.step, StartJourney)
    known = ((name, looked_up(here, value)) for name, value in here.step.properties)
    said = {name: value for name, value in known if value is not MISSING}
    _write(here, REQUESTED, {**said, "journey": here.step.journey, "by": here.run.journey})
    return here.go_on(here.task.next)


def end(here: Here) -> dict[str, Any]:
    """Ask for the contact to be taken out of all their runs of that journey."""
    assert isinstance(here.step, EndJourney)
    _write(here, END_REQUESTED, {"journey": here.step.journey, "by": here.run.journey})
    return here.go_on(here.task.next)


def _write(here: Here, name: str, properties: Mapping[str, Any]) -> None:
    event = internal_event(
        here.run.identity, name, at=here.arrived, message_id=event_id(here), properties=properties
    )
    if insert([event]).failed:
        raise StoreBusyError("events")
