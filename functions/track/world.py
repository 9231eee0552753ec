"""What the doors work with, made once per container. Not by way of `bootstrap`: a pixel needs no template engine."""

import functools
import os

from sojourn import tables
from sojourn.clock import machine_clock
from sojourn.events import store as events
from sojourn.settings import Settings
from sojourn.tracking.visits import Gate


@functools.cache
def settings() -> Settings:
    """What the environment says."""
    return Settings.from_env()


@functools.cache
def gate() -> Gate:
    """Name the tables and take the clock."""
    clock, region = machine_clock(), os.environ["AWS_REGION"]
    tables.bind(settings(), region=region)
    events.bind(settings(), region=region, clock=clock)
    return Gate(clock=clock)
