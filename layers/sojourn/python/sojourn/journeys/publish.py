"""Make a draft live: compile it, give it to Step Functions as a version, then let react see it. Repeatable.

Order: machine version → Config version → LIVE. A crash between leaves a version that nobody names; publishing again
makes the next. What is live already is not published twice.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sojourn.asl.model import to_text
from sojourn.clock import Clock, iso
from sojourn.delivery.modes import EVERYBODY, Sending
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.journeys.approving import Approvals, ApprovalsMissingError, approvals_of
from sojourn.journeys.beside import known_here
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.content import content_hash, templates_now
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import State
from sojourn.journeys.load import Examined, JourneyRefusedError, examine
from sojourn.journeys.model import Journey, machine_name
from sojourn.journeys.modes import beside
from sojourn.journeys.schedules import schedule_all
from sojourn.journeys.versions import (
    LiveJourney,
    Version,
    get_draft,
    get_version,
    live,
    put_version,
    set_live,
)
from sojourn.rules.findings import Finding
from sojourn.settings import PublisherSettings

TRIES = 5
# Step Functions' quota for changes is 1 a second: the client waits, patiently, before it gives up.
PATIENT = {"mode": "adaptive", "total_max_attempts": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What publishing needs of the outside."""

    clock: Clock
    stack: str
    client: Any  # Step Functions
    settings: PublisherSettings
    due_shards: int = 1
    first: Sending = EVERYBODY  # how far messages go on a stack on which nothing was ever published


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The answer to a publish: which version is live now, and whether that is news."""

    name: str
    version: int
    version_arn: str
    changed: bool
    warnings: tuple[Finding, ...] = ()


def publish(name: str, *, press: Press) -> Published:
    """Publish a journey's draft. NotFoundError without a draft, JourneyRefusedError with every error in it,
    ApprovalsMissingError when too few have agreed to this revision."""
    draft = get_draft(name)
    if draft is None:
        raise NotFoundError(f"there is no journey {name}; PUT /api/journeys/{name} saves one")
    examined = examine(draft.source, file=f"{name}.journey.yaml", known=known_here(name))
    journey, warnings = _sound(examined), examined.warnings
    templates = templates_now(journey)
    content = content_hash(journey, templates)
    there = live().get(name)
    if there and _is_live(there, content):
        # Whoever published it may have died before this.
        schedule_all(there, clock=press.clock, shards=press.due_shards)
        arn = there.version_arn
        return Published(name=name, version=there.version, version_arn=arn, changed=False, warnings=warnings)
    approval = _agreed(approvals_of(draft, journey, content))
    number = there.version + 1 if there else 1
    arn = _press(journey, number, press)
    put_version(
        Version(
            name=name,
            number=number,
            source=draft.source,
            definition=journey.to_definition(),
            content_hash=content,
            version_arn=arn,
            published_at=iso(press.clock.calendar()),
            templates=templates,
            approval=approval,
        )
    )
    _go_live(journey, number, arn, press)
    return Published(name=name, version=number, version_arn=arn, changed=True, warnings=warnings)


def _sound(examined: Examined) -> Journey:
    if examined.journey is None or examined.findings:
        raise JourneyRefusedError(examined.findings)
    return examined.journey


def _is_live(there: LiveJourney, content: str) -> bool:
    known = get_version(there.name, there.version).content_hash == content
    return known and there.state is not State.STOPPED


def _agreed(approvals: Approvals) -> dict[str, Any]:
    """What the version remembers of who saved it and who agreed."""
    if approvals.missing:
        raise ApprovalsMissingError(approvals)
    return {"revision": approvals.revision, "saved_by": approvals.saved_by, **approvals.to_json()}


def _press(journey: Journey, number: int, press: Press) -> str:
    """Create or update the machine and publish it; the answer is the version's ARN."""
    asl = to_text(compile_journey(journey, version=number, target=_target(press)))
    machine = machine_name(press.stack, journey.name)
    role = press.settings.journey_role_arn
    try:
        return _create_or_update(press.client, machine, asl, role)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidDefinition":
            raise StoreBusyError("states") from error
        problem = "Step Functions refuses the compiled machine"
        raise JourneyRefusedError(
            [Finding(journey.name, 1, "", problem, "report this as a bug of Sojourn")]
        ) from error


def _target(press: Press) -> Target:
    return Target(
        send_function_arn=press.settings.send_message_function_arn,
        park_function_arn=press.settings.park_token_function_arn,
        step_function_arn=press.settings.take_step_function_arn,
        call_function_arn=press.settings.call_out_function_arn,
        pace=press.clock.pace,
    )


def _create_or_update(client: Any, machine: str, asl: str, role: str) -> str:
    try:
        answer = client.create_state_machine(
            name=machine, definition=asl, roleArn=role, type="STANDARD", publish=True
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"StateMachineAlreadyExists", "ConflictException"}:
            raise
        arn = _arn_of(client, machine, role)
        answer = client.update_state_machine(stateMachineArn=arn, definition=asl, roleArn=role, publish=True)
    return str(answer["stateMachineVersionArn"])


def _arn_of(client: Any, machine: str, role: str) -> str:
    account, region = role.split(":")[4], client.meta.region_name
    partition = role.split(":")[1]
    return f"arn:{partition}:states:{region}:{account}:stateMachine:{machine}"


def _go_live(journey: Journey, number: int, arn: str, press: Press) -> None:
    news = LiveJourney(
        name=journey.name,
        version=number,
        version_arn=arn,
        entries=journey.entries,
        heard=heard_by(journey),
        starts=iso(journey.starts) if journey.starts else "",
        ends=iso(journey.ends) if journey.ends else "",
    )
    for _ in range(TRIES):
        try:
            set_live(news, first=beside(press.first))
            break
        except StaleWriteError:
            continue  # another journey went live in the same moment
    else:
        raise StoreBusyError("live")
    schedule_all(news, clock=press.clock, shards=press.due_shards)
