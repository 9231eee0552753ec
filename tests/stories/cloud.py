"""What a story does and sees: events in, mails and texts out, the admin API, and faults to order."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from infra.local import stack
from infra.local.state import Local
from sojourn.clock import iso

T = TypeVar("T")
PATIENCE = 300.0  # seconds; only what fails takes them, and a busy machine is no failure
TRIES, OUT_OF_TIME = (
    5,
    {502, 504},
)  # what the gateway says when a function began too slowly: a person tries again
AREA_CODES = (212, 213, 214, 215, 216, 217, 224, 225, 229, 231, 234, 239, 240, 248, 251, 252, 253, 254, 256)


def eventually(look: Callable[[], T], *, within: float = PATIENCE, every: float = 0.1) -> T:
    """The first truth that `look` finds; fails when there is none within these seconds."""
    deadline, pause = time.monotonic() + within, threading.Event()
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still {found!r} after {within} s")
        pause.wait(every)
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def _phone() -> str:
    """A number that hardly another story has, one of 190,000: whoever shares one shares its STOP.

    The hundred that are kept for fiction are too few: one person in seven met another of the same run.
    """
    area, line = divmod(uuid.uuid4().int % (len(AREA_CODES) * 10_000), 10_000)
    return f"+1{AREA_CODES[area]}555{line:04d}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody that only one story knows."""

    user_id: str = field(default_factory=lambda: f"story-{uuid.uuid4().hex[:12]}")
    phone: str = field(default_factory=_phone)
    timezone: str = "America/New_York"

    @property
    def email(self) -> str:
        return f"{self.user_id}@example.org"

    def traits(self) -> dict[str, str]:
        """As `identify` takes them."""
        return {"email": self.email, "phone": self.phone, "timezone": self.timezone, "firstName": "Ada"}

    def consents(self, *channels: str) -> dict[str, Any]:
        """The context of a call that gives consent for these channels, or for both, and to be measured in mails."""
        given = [
            {"channel": channel, "purpose": "marketing", "source": "story", "wording": "Yes, write to me"}
            for channel in channels or ("email", "sms")
        ]
        return {"consent": [*given, {"channel": "email", "purpose": "tracking", "source": "story"}]}


@dataclass(frozen=True, slots=True)
class Cloud:
    """The running local cloud, from outside."""

    local: Local

    # The public side

    def now(self) -> datetime:
        """What the calendar shows."""
        return self.local.clock.calendar()

    def ask(
        self, method: str, url: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, its redirect not followed; a path means the public address. Again, if a function timed out."""
        for _ in range(TRIES - 1):
            answer = self._ask(method, url, body, headers)
            if answer.status not in OUT_OF_TIME:
                return answer
        return self._ask(method, url, body, headers)

    def _ask(
        self, method: str, url: str, body: bytes | str | None, headers: Mapping[str, str] | None
    ) -> Answer:
        parts = urlsplit(url if "://" in url else self.local.collect_url)
        target = url if "://" not in url else parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        try:
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            pairs = [(name.lower(), value) for name, value in answer.getheaders()]
            cookies = tuple(value for name, value in pairs if name == "set-cookie")
            return Answer(answer.status, dict(pairs), answer.read(), cookies)
        finally:
            connection.close()

    def collect(self, call: str, body: Mapping[str, Any]) -> Answer:
        """One of Segment's calls, under our write key."""
        headers = {"Authorization": f"Bearer {self.local.write_key}", "Content-Type": "application/json"}
        return self.ask("POST", f"/v1/{call}", json.dumps(body), headers)

    def identify(self, person: Person, **context: Any) -> None:
        """Who they are, now."""
        body = {
            "userId": person.user_id,
            "traits": person.traits(),
            "context": context,
            "timestamp": iso(self.now()),
        }
        assert self.collect("identify", body).json == {"success": True}

    def track(self, person: Person, event: str, **properties: Any) -> str:
        """What they did, now; the messageId."""
        message_id = uuid.uuid4().hex
        body = {
            "userId": person.user_id,
            "event": event,
            "properties": properties,
            "timestamp": iso(self.now()),
            "messageId": message_id,
        }
        assert self.collect("track", body).json == {"success": True}
        return message_id

    def enter(self, event: str, *channels: str, person: Person | None = None) -> Person:
        """Somebody new, with consent for these channels (or for both), who just did this."""
        new = person or Person()
        self.identify(new, **new.consents(*channels))
        self.track(new, event)
        return new

    # The post office

    def mails(self, person: Person) -> list[dict[str, Any]]:
        """What lies in their mailbox, the oldest first."""
        return list(self._office("GET", f"/messages?{urlencode({'to': person.email})}").json["items"])

    def texts(self, person: Person) -> list[dict[str, Any]]:
        """What came to their phone, the oldest first."""
        return list(self._office("GET", f"/sms?{urlencode({'to': person.phone})}").json["items"])

    def raw(self, mail: Mapping[str, Any]) -> bytes:
        """The bytes of a mail."""
        return self._office("GET", f"/messages/{mail['id']}/raw").body

    def act(self, mail: Mapping[str, Any], what: str, **how: Any) -> Any:
        """Open, click, unsubscribe; or deliver, bounce, complain."""
        answer = self._office("POST", f"/messages/{mail['id']}/{what}", how)
        assert answer.status == 200, answer.body
        return answer.json

    def reply(self, person: Person, text: str) -> None:
        """Their phone answers."""
        answer = self._office("POST", f"/sms/{quote(person.phone)}/reply", {"text": text})
        assert answer.status == 200, answer.body

    def mail_number(self, person: Person, number: int, *, within: float = PATIENCE) -> dict[str, Any]:
        """Their n-th mail, as soon as it is there."""
        return eventually(lambda: self.mails(person)[number - 1 :], within=within)[0]

    def _office(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        said = json.dumps(body) if body is not None else None
        url = f"{self.local.post_office_url}{path}"
        return self.ask(method, url, said, {"Content-Type": "application/json"})

    # The admin API

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The private API, under our key."""
        said = body if isinstance(body, str) or body is None else json.dumps(body)
        ours = {"Authorization": f"Bearer {self.local.api_key}", "Content-Type": "application/json"}
        return self.ask(method, f"/api{path}", said, {**ours, **headers})

    def messages(self, person: Person) -> dict[str, dict[str, Any]]:
        """Their messages by step."""
        answer = self.api("GET", f"/contacts/{person.user_id}/messages")
        return {each["step"]: each for each in answer.json["items"]} if answer.status == 200 else {}

    def explain(self, person: Person, journey: str) -> Any:
        """Why, why not, and when next."""
        return self.api("GET", f"/explain?contact={person.user_id}&journey={journey}").json

    def enrolment(self, person: Person, journey: str) -> dict[str, Any]:
        """Where they stand in a journey; nothing while they are not in it."""
        return dict(self.explain(person, journey).get("enrolment") or {})

    def ended(self, person: Person, journey: str, *, within: float = PATIENCE) -> dict[str, Any]:
        """Their enrolment, as soon as it is over."""

        def over() -> dict[str, Any] | None:
            found = self.enrolment(person, journey)
            return found if found.get("status") in {"completed", "exited", "failed"} else None

        found = eventually(over, within=within, every=0.25)
        assert found
        return found

    def message(self, person: Person, step: str, state: str, *, within: float = PATIENCE) -> dict[str, Any]:
        """The message of a step, as soon as it is in this state."""

        def there() -> dict[str, Any] | None:
            found = self.messages(person).get(step)
            return found if found and found["state"] == state else None

        found = eventually(there, within=within, every=0.2)
        assert found
        return found

    def settled(self, person: Person) -> dict[str, dict[str, Any]]:
        """Their messages by step, as soon as each has come to something."""

        def there() -> dict[str, dict[str, Any]]:
            found = self.messages(person)
            is_open = {each["state"] for each in found.values()} & {"planned", "sending", "unknown"}
            return {} if is_open else found

        return eventually(there, every=0.2)

    def ensure_journey(self, name: str, source: str) -> int:
        """Save and publish, whoever else does the same at this moment; the version."""

        def published() -> int | None:
            saved = self.api("PUT", f"/journeys/{name}", source)
            if saved.status == 428:  # a draft is there already
                saved = self.api("PUT", f"/journeys/{name}", source, **{"If-Match": "*"})
            assert saved.status in {200, 409}, saved.body
            answer = self.api("POST", f"/journeys/{name}/publish")
            return int(answer.json["version"]) if answer.status == 200 else None

        version = eventually(published)
        assert version
        return version

    def hurry_queues(self) -> None:
        """A record whose reader died comes back in seconds, not in minutes."""
        sqs = self.aws("sqs")
        for url in sqs.list_queues()["QueueUrls"]:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})

    # Faults

    def provider_fails(self, person: Person, kind: str, *, operation: str = "SendEmail", **how: Any) -> None:
        """The provider's next answer to a message for this person: throttle, reject, error500 or timeout_after."""
        match = person.email if operation == "SendEmail" else person.phone
        fault = {"operation": operation, "kind": kind, "match": match, **how}
        assert self._office("POST", "/faults", fault).status == 200

    def worker_dies(
        self, function: str, when: str, operation: str = "", *, match: str, call: int = 1
    ) -> None:
        """The next worker of a function that is handed `match` dies around its n-th call of an AWS operation."""
        death = {
            "function": function,
            "when": when,
            "operation": operation,
            "match": match,
            "call": call,
        }
        answer = self.ask("POST", f"{self.local.endpoint_url}/_sojourn/deaths", json.dumps(death))
        assert answer.status == 200

    # Inside

    def aws(self, service: str) -> Any:
        """A client of MiniStack."""
        return stack.client(service, self.local.endpoint_url)

    def executions(self, execution: str) -> list[str]:
        """How Step Functions says that an execution stands: a list of one, or of none."""
        found = []
        client = self.aws("stepfunctions")
        for machine in client.list_state_machines()["stateMachines"]:
            for each in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
                if each["name"] == execution:
                    found.append(each["status"])
        return found
