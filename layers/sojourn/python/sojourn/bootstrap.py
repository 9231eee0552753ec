"""Wires the collaborators, each once per container and on first use. Only functions, the CLI and tests import it.

What one collaborator needs is imported where it is made: a function that sends nothing loads no template engine.
"""

import functools
import os
from typing import TYPE_CHECKING, Any

from sojourn.clients import named
from sojourn.clock import Clock, machine_clock
from sojourn.events import store as events_store
from sojourn.settings import PublisherSettings, Settings
from sojourn.tables import bind, store_errors_translated

if TYPE_CHECKING:
    import botocore.session
    from botocore.config import Config

    from sojourn.delivery.deliver import Desk
    from sojourn.journeys.publish import Press
    from sojourn.journeys.wait import Engine

__all__ = ["client", "clock", "desk", "engine", "press", "settings", "store_errors_translated"]


@functools.cache
def settings() -> Settings:
    """What the environment says; the tables get their names here."""
    found = Settings.from_env()
    bind(found, region=region())
    events_store.bind(found, clock=clock(), region=region())
    return found


def region() -> str:
    """The Region that Lambda names, or the shell."""
    return os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]


@functools.cache
def clock() -> Clock:
    """The system's clock, paced on the local cloud."""
    return machine_clock()


@functools.cache
def client(service: str, config: "Config | None" = None) -> Any:
    """A botocore client; botocore alone imports in half the time of boto3 and makes the same clients."""
    return _session().create_client(service, region_name=region(), config=config)


@functools.cache
def engine() -> "Engine":
    """What waits and enrolments need."""
    from sojourn.journeys.machine import StepFunctions
    from sojourn.journeys.wait import Engine

    shards = int(settings().due_shards)
    return Engine(clock=clock(), machines=StepFunctions(client("stepfunctions")), due_shards=shards)


@functools.cache
def desk() -> "Desk":
    """What sending needs."""
    from sojourn.consent.store import suppressed
    from sojourn.delivery.compose import Composer
    from sojourn.delivery.deliver import Desk
    from sojourn.delivery.providers import ONE_ATTEMPT
    from sojourn.delivery.ses import SesSender
    from sojourn.delivery.sns import SnsSender
    from sojourn.tracking.keys import link_keys

    known = settings()
    sender = f"{known.from_name} <{known.email_from}>" if known.from_name else known.email_from
    ses = SesSender(client("sesv2", ONE_ATTEMPT), sender=sender, configuration_set=known.configuration_set)
    composer = Composer(
        public_url=known.public_url.rstrip("/"), postal_address=known.postal_address, keys=link_keys
    )
    return Desk(
        clock=clock(),
        email=ses,
        sms=SnsSender(client("sns", ONE_ATTEMPT)),
        composer=composer,
        suppressed=suppressed,
    )


@functools.cache
def press() -> "Press":
    """What publishing needs."""
    from botocore.config import Config

    from sojourn.journeys.publish import PATIENT, Press

    return Press(
        clock=clock(),
        stack=settings().stack_name,
        client=client("stepfunctions", Config(retries=PATIENT)),
        settings=PublisherSettings.from_env(),
    )


@functools.cache
def _session() -> "botocore.session.Session":
    import botocore.session

    return named(botocore.session.get_session())
