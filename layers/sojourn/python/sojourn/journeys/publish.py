"""Make a draft live: compile it, give it to Step Functions as a version, then let react see it. Repeatable.

Order: machine version → Config version → LIVE. A crash between leaves a version that nobody names; publishing again
makes the next. What is live already is not published twice.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sojourn.asl.model import to_text
from sojourn.clock import Clock, iso
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.journeys.beside import known_here
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import State
from sojourn.journeys.load import JourneyRefusedError, load_journey
from sojourn.journeys.model import Journey, machine_name
from sojourn.journeys.schedules import schedule_all
from sojourn.journeys.steps import Send
from sojourn.journeys.versions import (
    LiveJourney,
    Version,
    get_draft,
    get_version,
    live,
    put_version,
    set_live,
)
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
    due_shards: int = 1


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
    journey = load_journey(draft.source, file=f"{name}.journey.yaml", known=known_here(name))
    known = latest_versions()
    templates = {template: known[template][0] for template in _templates(journey)}
    content = _content_hash(journey, templates)
    there = live().get(name)
    if (
        there
        and there.state is not State.STOPPED
        and get_version(name, there.version).content_hash == content
    ):
        schedule_all(
            there, clock=press.clock, shards=press.due_shards
        )  # whoever published it may have died before
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
    _go_live(journey, number, arn, press)
    return Published(name=name, version=number, version_arn=arn, changed=True)


def _templates(journey: Journey) -> Iterator[str]:
    """Those of its messages, and of the messages that go instead."""
    for step in steps_by_name(journey).values():
        if isinstance(step, Send):
            yield step.template
            if step.instead:
                yield step.instead.template


def _content_hash(journey: Journey, templates: Mapping[str, int]) -> str:
    content = {"journey": journey.to_definition(), "templates": dict(templates)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


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
            set_live(news)
            break
        except StaleWriteError:
            continue  # another journey went live in the same moment
    else:
        raise StoreBusyError("live")
    schedule_all(news, clock=press.clock, shards=press.due_shards)
