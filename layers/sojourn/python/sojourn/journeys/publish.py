"""Make a draft live: compile it, give it to Step Functions as a version, then let react see it. Repeatable.

Order: machine version → Config version → LIVE. A crash between leaves a version that nobody names; publishing again
makes the next. What is live already is not published twice.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sojourn.asl.model import to_text
from sojourn.clock import Clock, iso
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.load import JourneyRefusedError, load_journey
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.model import Journey, machine_name
from sojourn.journeys.steps import Condition, ConditionKind, Send, WaitFor
from sojourn.journeys.versions import (
    LiveJourney,
    Version,
    get_draft,
    get_version,
    live,
    put_version,
    set_live,
)
from sojourn.journeys.wait import ENGAGEMENT
from sojourn.messages.library import latest_versions
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The answer to a publish: which version is live now, and whether that is news."""

    name: str
    version: int
    version_arn: str
    changed: bool


def publish(name: str, *, press: Press) -> Published:
    """Publish a journey's draft. NotFoundError without a draft, JourneyRefusedError with every error in it."""
    draft = get_draft(name)
    if draft is None:
        raise NotFoundError(f"there is no journey {name}; PUT /api/journeys/{name} saves one")
    known = latest_versions()
    channels = {template: channel for template, (_, channel) in known.items()}
    journey = load_journey(draft.source, file=f"{name}.journey.yaml", templates=channels)
    templates = {step.template: known[step.template][0] for step in _sends(journey)}
    content = _content_hash(journey, templates)
    there = live().get(name)
    if there and get_version(name, there.version).content_hash == content:
        return Published(name=name, version=there.version, version_arn=there.version_arn, changed=False)
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
        )
    )
    _go_live(journey, number, arn)
    return Published(name=name, version=number, version_arn=arn, changed=True)


def listens(journey: Journey) -> tuple[str, ...]:
    """Names of the events that may end a run or answer a wait."""
    conditions = [
        each
        for step in steps_by_name(journey).values()
        if isinstance(step, WaitFor)
        for each in step.conditions
    ]
    goals = [journey.goal.event] if journey.goal else []
    return tuple(sorted({*goals, *map(_heard_as, conditions)}))


def _heard_as(condition: Condition) -> str:
    return condition.name if condition.kind is ConditionKind.EVENT else ENGAGEMENT[condition.kind]


def _sends(journey: Journey) -> list[Send]:
    return [step for step in steps_by_name(journey).values() if isinstance(step, Send)]


def _content_hash(journey: Journey, templates: Mapping[str, int]) -> str:
    content = {"journey": journey.to_definition(), "templates": dict(templates)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _press(journey: Journey, number: int, press: Press) -> str:
    """Create or update the machine and publish it; the answer is the version's ARN."""
    asl = to_text(
        compile_journey(
            journey,
            version=number,
            send_function_arn=press.settings.send_message_function_arn,
            park_function_arn=press.settings.park_token_function_arn,
            pace=press.clock.pace,
        )
    )
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


def _go_live(journey: Journey, number: int, arn: str) -> None:
    news = LiveJourney(
        name=journey.name,
        version=number,
        version_arn=arn,
        entry=journey.triggers[0].event,
        entry_segment=journey.triggers[0].segment,
        listens=listens(journey),
    )
    for _ in range(TRIES):
        try:
            return set_live(news)
        except StaleWriteError:
            continue  # another journey went live in the same moment
    raise StoreBusyError("live")
