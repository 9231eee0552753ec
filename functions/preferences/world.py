"""What the doors work with, made once per container."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass

from sojourn import bootstrap, tables
from sojourn.clock import machine_clock
from sojourn.consent.settings import TrackingDefault, read_topics
from sojourn.events import store as events
from sojourn.privacy.files import Files
from sojourn.privacy.machines import MachineStarter
from sojourn.privacy.request import Desk
from sojourn.settings import PreferencesSettings, Settings
from sojourn.tracking.preferences import Centre
from sojourn.tracking.visits import Gate


@dataclass(slots=True, kw_only=True)
class Rights:
    """Where exports and erasures begin, and where files of exports lie; tests put others in their place."""

    desk: Desk
    files: Callable[[], Files]


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
    return Centre(gate=Gate(clock=clock), topics=read_topics, measured_unasked=TrackingDefault())


@functools.cache
def rights() -> Rights:
    """What few visitors need, made when somebody does."""
    own = PreferencesSettings.from_env()
    desk = Desk(
        clock=centre().gate.clock,
        starter=MachineStarter(lambda: bootstrap.client("stepfunctions")),
        erase_machine=own.erase_contact_machine_arn,
        export_machine=own.export_contact_machine_arn,
    )
    return Rights(desk=desk, files=functools.partial(_files, own.files_bucket))


@functools.cache
def _files(bucket: str) -> Files:
    from botocore.config import Config

    # Addresses are signed by version 4 alone: the older one is refused in newer Regions.
    return Files(bootstrap.client("s3", Config(signature_version="s3v4")), bucket, "")
