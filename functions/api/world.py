"""What the views work with, made once per container."""

import functools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from functions.api import around
from functions.api.prover import by_function
from functions.api.quota import SesQuota, of_account
from sojourn import bootstrap
from sojourn.clock import Clock
from sojourn.events import store as events
from sojourn.http.keys import Keys
from sojourn.http.tokens import Tokens, tokens_of
from sojourn.http.uses import Uses
from sojourn.limits.limiter import Limiter
from sojourn.settings import ApiSettings
from sojourn.tracking.keys import LinkKeys

if TYPE_CHECKING:
    from sojourn.account.people import People
    from sojourn.account.queues import Queues
    from sojourn.imports.begin import Desk
    from sojourn.journeys.engine import Engine
    from sojourn.privacy.files import Files
    from sojourn.privacy.request import Desk as PrivacyDesk
    from sojourn.segments.publish import Desk as SegmentDesk

CURSOR_KEYS_KEPT = (
    3600.0  # seconds: what an older key signed is still read, and a newer one is fetched when it is met
)


class Publisher(Protocol):
    """Whoever turns a draft into a version: the function publish_journey, which alone may make state machines."""

    def publish(self, name: str) -> dict[str, Any]:
        """What it answered; `error` when it raised."""
        ...


@dataclass(frozen=True, slots=True)
class LambdaPublisher:
    """Asks the function and waits for its answer."""

    function: str
    client: Callable[[], Any]

    def publish(self, name: str) -> dict[str, Any]:
        """The function's answer; a raised exception is `{"error": <its class>}`."""
        payload = json.dumps({"journey": name})
        answer = self.client().invoke(FunctionName=self.function, Payload=payload)
        told: dict[str, Any] = json.loads(answer["Payload"].read() or "{}") or {}
        return {"error": str(told.get("errorType", ""))} if "FunctionError" in answer else told


@dataclass(slots=True, kw_only=True)
class World:
    """The collaborators; tests put others in their place."""

    clock: Clock
    keys: Keys
    limiter: Limiter
    uses: Uses
    publisher: Publisher
    privacy: "Callable[[], PrivacyDesk]"
    files: "Callable[[], Files]"
    tokens: Callable[[], Tokens]
    engine: "Callable[[], Engine]" = bootstrap.engine
    prove: Callable[[Mapping[str, Any]], dict[str, Any]] = by_function  # a template to somebody of the team
    quota: Callable[[], SesQuota | None] = of_account
    team: "Callable[[], People]" = around.team
    queues: "Callable[[], Queues]" = around.queues
    mail: Callable[[], Any] = around.mail  # SES, to look at
    link_keys: LinkKeys = field(default_factory=lambda: LinkKeys(kept_seconds=CURSOR_KEYS_KEPT))


@functools.cache
def world() -> World:
    """Read the environment and name the tables."""
    clock = bootstrap.clock()
    events.bind(bootstrap.settings(), region=bootstrap.region(), clock=clock)
    own = ApiSettings.from_env()
    publisher = LambdaPublisher(own.publish_journey_function, lambda: bootstrap.client("lambda"))
    files = functools.partial(_files, own.files_bucket)
    return World(
        clock=clock,
        keys=Keys(clock),
        limiter=Limiter(clock),
        uses=Uses(clock),
        publisher=publisher,
        privacy=_privacy,
        files=files,
        tokens=_tokens,
    )


@functools.cache
def _tokens() -> Tokens:
    from sojourn.clock import is_on_loopback

    own = ApiSettings.from_env()
    # The local cloud signs in the name of AWS, and publishes the keys itself.
    endpoint = os.environ["AWS_ENDPOINT_URL"] if is_on_loopback() else ""
    return tokens_of(own.user_pool_id, own.user_pool_client_id, clock=bootstrap.clock(), endpoint=endpoint)


@functools.cache
def _privacy() -> "PrivacyDesk":
    from sojourn.privacy.machines import MachineStarter
    from sojourn.privacy.request import Desk as PrivacyDesk

    own = ApiSettings.from_env()
    return PrivacyDesk(
        clock=bootstrap.clock(),
        starter=MachineStarter(lambda: bootstrap.client("stepfunctions")),
        erase_machine=own.erase_contact_machine_arn,
        export_machine=own.export_contact_machine_arn,
    )


@functools.cache
def _files(bucket: str) -> "Files":
    from botocore.config import Config

    from sojourn.privacy.files import Files

    # Addresses are signed by version 4 alone: the older one is refused in newer Regions.
    return Files(bootstrap.client("s3", Config(signature_version="s3v4")), bucket, "")


@functools.cache
def imports() -> "Desk":
    """What imports need; made when somebody first asks for one."""
    from botocore.config import Config

    from sojourn.imports.begin import Desk
    from sojourn.imports.files import Bucket
    from sojourn.imports.machine import ImportMachine

    own = ApiSettings.from_env()
    # botocore still signs addresses of S3 by version 2 unless it is told otherwise.
    files = Bucket(bootstrap.client("s3", Config(signature_version="s3v4")), own.files_bucket)
    machine = ImportMachine(bootstrap.client("stepfunctions"), own.import_machine_arn)
    return Desk(files, machine, world().clock)


@functools.cache
def segments() -> "SegmentDesk":
    """What publishing a segment needs; made when somebody first asks for one."""
    from sojourn.segments.publish import Desk
    from sojourn.segments.runs.machine import BackfillMachine

    machine = BackfillMachine(bootstrap.client("stepfunctions"), ApiSettings.from_env().backfill_machine_arn)
    return Desk(machine, world().clock)
