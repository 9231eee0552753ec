"""Until when an enrolment stands where it is. Pure."""

from datetime import datetime

from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Wait, WaitFor


def due_after(journey: Journey, next_name: str, now: datetime) -> datetime:
    """The moment until which an enrolment that enters `next_name` now stands there: the row's `until`.

    Of a wait that is not the same for everybody it is now: whoever parks it knows better, and writes it down.
    """
    step = steps_by_name(journey).get(next_name)
    return now + step.lasts if isinstance(step, Wait | WaitFor) else now
