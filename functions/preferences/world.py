"""What the doors work with, made once per container."""

import functools
import os

from sojourn import tables
from sojourn.clock import machine_clock
from sojourn.consent.settings import measured_unasked, read_topics
from sojourn.events import store as events
from sojourn.settings import Settings
from sojourn.tracking.preferences import Centre, Visitor, request_noted
from sojourn.tracking.visits import Gate


@functools.cache
def settings() -> Settings:
    """What the environment says."""
    return Settings.from_env()


@functools.cache
def centre() -> Centre:
    """Name the tables and take the clock."""
    clock, region = machine_clock(), os.environ["AWS_REGION"]
    tables.bind(settings(), region=region)
    events.bind(settings(), region=region, clock=clock)
    gate = Gate(clock=clock)
    return Centre(
        gate=gate,
        topics=read_topics,
        measured_unasked=measured_unasked,
        export=functools.partial(_noted, "Data Requested"),
        erase=functools.partial(_noted, "Erasure Requested"),
    )


def _noted(name: str, visitor: Visitor) -> None:
    request_noted(visitor, name, gate=centre().gate)
