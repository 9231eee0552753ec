"""What the feedback tests share: sample events, queue records, one contact with one message."""

import copy
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import botocore.client
from moto.dynamodb.models import dynamodb_backends

from sojourn.contacts.addresses import address_hash
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.direct import Direct
from sojourn.feedback.letters import Letter
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow

EVENTS = Path(__file__).parent / "events"
NOW = datetime(2026, 11, 20, 10, 0, 10, tzinfo=UTC)
CONTACT, DIGEST = "a" * 20, "0123456789abcdef"
IDENTITY, PHONE, EMAIL = "u#ada", "+12025550123", "ada@example.net"
MESSAGE_ID = f"{CONTACT}-{DIGEST}"


@cache
def _sample(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text()


def sample(name: str, **changes: Any) -> dict[str, Any]:
    """A sample event; `bounce={"bounceType": …}` changes the named part of it."""
    event: dict[str, Any] = json.loads(_sample(name))
    for part, values in changes.items():
        event[part] = {**event[part], **values} if isinstance(values, Mapping) else values
    return event


def tagged(event: Mapping[str, Any], message_id: str, provider_id: str = "") -> dict[str, Any]:
    """The same about another message."""
    other = copy.deepcopy(dict(event))
    other["mail"]["tags"]["message_id"] = [message_id]
    other["mail"]["messageId"] = provider_id or f"ses-{message_id}"
    return other


def cleared() -> None:
    """Empty the tables of moto; making them anew for each test costs a second of clients."""
    for region in dynamodb_backends.values():
        for backend in region.values():
            for table in backend.tables.values():
                table.items.clear()


def letter(event: object, *, receives: int = 1, sent_at: datetime | None = NOW) -> Letter:
    """What a function reads of a queue's record."""
    return Letter(event if isinstance(event, str) else json.dumps(event), sent_at, receives)


def enveloped(event: object) -> str:
    """In the envelope of SNS."""
    return json.dumps({**sample("sns_envelope"), "Message": json.dumps(event)})


def batch(*bodies: object, receives: int = 1) -> dict[str, Any]:
    """An SQS event of Lambda."""
    return {"Records": [_record(body, receives) for body in bodies]}


def _record(body: object, receives: int) -> dict[str, Any]:
    record = sample("sqs_record")
    record["attributes"]["ApproximateReceiveCount"] = str(receives)
    record["attributes"]["SentTimestamp"] = str(int(NOW.timestamp() * 1000))
    text = body if isinstance(body, str) else json.dumps(body)
    return {**record, "messageId": str(uuid.uuid4()), "body": text}


def a_message(**changes: Any) -> Message:
    """A mail to Ada that was handed to SES."""
    message = Message(
        contact=CONTACT,
        digest=DIGEST,
        enrolment=f"{CONTACT}.welcome.1",
        journey="welcome",
        version=3,
        step="Send the welcome",
        channel="email",
        template="welcome",
        template_version=1,
        identity=IDENTITY,
        topic="onboarding",
        state=MessageState.SENDING,
        owner="execution/1",
        decided_at="2026-11-20T09:59:59.000Z",
        address_hash=address_hash("email", EMAIL),
    )
    return replace(message, **changes)


def keep(message: Message) -> Message:
    """Write it down."""
    MessageRow.of(message).save()
    return message


def keep_contact(contact: str = CONTACT, identity: str = IDENTITY, phone: str = PHONE) -> None:
    """Ada or somebody like her: profile, identity and number."""
    put_profile(Profile(contact, identities=(identity,), traits={"email": EMAIL, "phone": phone}))
    claim_identity(identity, contact)
    claim_identity(f"p#{phone}", contact)


class CrashError(BaseException):
    """The function dies; nothing catches it."""


def crash_everywhere(when: str, subject: Callable[[int], Callable[[], object]]) -> Iterator[int]:
    """Die before or after the first call of AWS, the second, …, each time on a subject of its own, then do it again."""
    for point in range(1, 100):
        work = subject(point)
        try:
            with _dying_at(point, when):
                work()
        except CrashError:
            work()
            yield point
        else:
            return


@contextmanager
def before_first(operation: str, action: Callable[[], object]) -> Iterator[None]:
    """Somebody else is faster: the action happens just before the first call of this operation."""
    waiting = [action]

    def call(go: Callable[[], Any], name: str) -> Any:
        if name == operation and waiting:
            waiting.pop()()
        return go()

    with _calls_through(call):
        yield


@contextmanager
def _dying_at(point: int, when: str) -> Iterator[None]:
    calls = 0

    def call(go: Callable[[], Any], name: str) -> Any:
        nonlocal calls
        calls += 1
        dies = calls == point
        if dies and when == "before":
            raise CrashError
        try:
            return go()
        finally:
            if dies:
                raise CrashError  # whatever the answer was

    with _calls_through(call):
        yield


@contextmanager
def _calls_through(call: Callable[[Callable[[], Any], str], Any]) -> Iterator[None]:
    plain, direct = botocore.client.BaseClient._make_api_call, Direct._make_api_call

    def routed(client: Any, name: str, parameters: Any) -> Any:
        return call(lambda: direct(client, name, parameters), name)

    def the_rest(client: Any, name: str, parameters: Any) -> Any:
        if isinstance(client, Direct):  # came through above
            return plain(client, name, parameters)
        return call(lambda: plain(client, name, parameters), name)

    botocore.client.BaseClient._make_api_call = the_rest
    Direct._make_api_call = routed  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        botocore.client.BaseClient._make_api_call = plain
        Direct._make_api_call = direct  # type: ignore[method-assign]
