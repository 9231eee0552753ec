"""What moving a run needs of the outside."""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.clock import Clock
from sojourn.journeys.machine import Machines
from sojourn.journeys.news import MAX_AGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The clock, Step Functions, and how due rows are spread."""

    clock: Clock
    machines: Machines
    due_shards: int
    max_age: timedelta = MAX_AGE  # of an event on arrival: what is older is no news
