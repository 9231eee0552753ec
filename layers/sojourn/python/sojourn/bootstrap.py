"""Wires the collaborators, each once per container and on first use. Only functions, the CLI and tests import it.

What one collaborator needs is imported where it is made: a function that sends nothing loads no template engine.
"""

import functools
import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.clients import named
from sojourn.clock import Clock, machine_clock
from sojourn.events import store as events_store
from sojourn.settings import ArchiveSettings, PrivacySettings, PublisherSettings, ReactSettings, Settings
from sojourn.tables import bind, store_errors_translated

if TYPE_CHECKING:
    import botocore.session
    from botocore.config import Config

    from sojourn.delivery.deliver import Desk
    from sojourn.delivery.modes import Sending
    from sojourn.imports.files import Bucket
    from sojourn.journeys.calls import Caller
    from sojourn.journeys.publish import Press
    from sojourn.journeys.wait import Engine
    from sojourn.privacy.archiving import Archivist
    from sojourn.privacy.erase import Eraser
    from sojourn.privacy.export import Exporter
    from sojourn.privacy.files import Files
    from sojourn.privacy.keys import KeyRing

__all__ = [
    "archivist", "caller", "client", "clock", "desk", "engine", "eraser", "exporter",
    "first_sending", "key_ring", "press", "settings",
    "store_errors_translated",
]  # fmt: skip


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
def reader() -> "Engine":
    """The same for whoever reads events, and must know which of them are news."""
    oldest = timedelta(hours=float(ReactSettings.from_env().max_event_age_hours))
    return replace(engine(), max_age=oldest)


@functools.cache
def desk() -> "Desk":
    """What sending needs."""
    from sojourn.consent.addresses.store import find_suppression, may_ask
    from sojourn.consent.settings import TrackingDefault
    from sojourn.delivery.compose import Composer
    from sojourn.delivery.deliver import Desk
    from sojourn.delivery.providers import ONE_ATTEMPT
    from sojourn.delivery.ses import SesSender
    from sojourn.delivery.sns import SnsSender
    from sojourn.delivery.turns.store import AccountTurns
    from sojourn.tracking.keys import link_keys

    known = settings()
    sender = f"{known.from_name} <{known.email_from}>" if known.from_name else known.email_from
    ses = SesSender(client("sesv2", ONE_ATTEMPT), sender=sender, configuration_set=known.configuration_set)
    composer = Composer(
        public_url=known.public_url.rstrip("/"),
        postal_address=known.postal_address,
        keys=link_keys,
        clock=clock(),
    )
    return Desk(
        clock=clock(),
        email=ses,
        sms=SnsSender(client("sns", ONE_ATTEMPT)),
        composer=composer,
        suppression=find_suppression,
        may_ask=lambda *asked: may_ask(*asked, now=clock().wall()),
        measured_unasked=TrackingDefault(),
        turns=AccountTurns(),
    )


@functools.cache
def caller() -> "Caller":
    """What calls of other systems need."""
    from sojourn.calling.function import Functions
    from sojourn.calling.webhook import Webhooks
    from sojourn.clock import is_on_loopback
    from sojourn.journeys.calls import Caller

    known = settings()
    webhooks = Webhooks(clock=clock(), own=known.public_url, loopback=is_on_loopback())
    return Caller(webhooks, Functions(known.stack_name, _patient_for))


@functools.cache
def _patient_for(seconds: int) -> Any:
    """A client that invokes a function once, and waits so long."""
    from botocore.config import Config

    once = {"total_max_attempts": 1}
    return client("lambda", Config(retries=once, connect_timeout=seconds, read_timeout=seconds))


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
        due_shards=int(settings().due_shards),
        first=first_sending(),
    )


def first_sending() -> "Sending":
    """How far messages go on a stack on which nothing was ever published: on AWS no further than to the sender."""
    from sojourn.clock import is_on_loopback
    from sojourn.delivery.modes import EVERYBODY, Mode, Sending

    if is_on_loopback():
        return EVERYBODY
    return Sending(mode=Mode.ALLOW_LIST, allow=(settings().email_from,))


@functools.cache
def key_ring(key_arn: str) -> "KeyRing":
    """The keys of people, for whoever may ask KMS for the key that wraps them."""
    from sojourn.privacy.keys import key_ring

    return key_ring(client("kms"), key_arn)


@functools.cache
def archivist() -> "Archivist":
    """What archiving needs."""
    from sojourn.contacts.memory import erased_at
    from sojourn.events.archive_line import EVENT, MESSAGE
    from sojourn.privacy.archiving import Archivist
    from sojourn.privacy.posting import Post

    own = ArchiveSettings.from_env()
    streams = {EVENT: own.event_archive, MESSAGE: own.message_archive}
    post = Post(client("firehose"), streams)
    return Archivist(ring=key_ring(own.person_key_arn), post=post, clock=clock(), erased_at=erased_at)


@functools.cache
def eraser() -> "Eraser":
    """What forgetting needs."""
    from sojourn.events.archive import Archive
    from sojourn.privacy.erase import Eraser

    own = PrivacySettings.from_env()
    ring, archive = key_ring(own.person_key_arn), Archive(client("s3"), own.archive_bucket)
    return Eraser(engine=engine(), files=_files(own), archive=archive, ring=ring)


@functools.cache
def exporter() -> "Exporter":
    """What an export needs."""
    from sojourn.events.archive import Archive
    from sojourn.privacy.export import Exporter

    settings()
    own = PrivacySettings.from_env()
    ring, archive = key_ring(own.person_key_arn), Archive(client("s3"), own.archive_bucket)
    return Exporter(clock=clock(), files=_files(own), archive=archive, ring=ring)


def _files(own: PrivacySettings) -> "Files":
    from sojourn.privacy.files import Files

    return Files(client("s3"), own.files_bucket, own.archive_bucket)


@functools.cache
def import_files() -> "Bucket":
    """Where imported files lie."""
    from sojourn.imports.files import Bucket
    from sojourn.settings import ImportSettings

    return Bucket(client("s3"), ImportSettings.from_env().files_bucket)


@functools.cache
def _session() -> "botocore.session.Session":
    import botocore.session

    return named(botocore.session.get_session())
