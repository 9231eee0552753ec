"""The whole product in one process: real handlers, a walked Step Functions, DynamoDB in memory, one clock.

    with a_world() as world:
        world.collect({"type": "track", …})
        world.run_until(moment)
        world.diary

Streams, queue, sweep and reconcile are played as Lambda plays them: what fails comes again.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from os import environ
from pathlib import Path
from typing import Any
from zlib import crc32

from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from functions.call_out import app as call_out
from functions.collect import app as collect
from functions.collect.intake import intake
from functions.count_changes import app as count_changes
from functions.erase_contact import app as erase_contact
from functions.export_contact import app as export_contact
from functions.park_token import app as park_token
from functions.preferences import app as preferences
from functions.preferences import world as preferences_world
from functions.publish_journey import app as publish_journey
from functions.react import app as react
from functions.receive_sms import app as receive_sms
from functions.reconcile import app as reconcile
from functions.record_feedback import app as record_feedback
from functions.send_message import app as send_message
from functions.sweep_due import app as sweep_due
from functions.take_step import app as take_step
from functions.track import app as track
from functions.track import world as track_world
from sojourn import bootstrap, config
from sojourn.asl.agenda import Agenda
from sojourn.asl.api import StepFunctions
from sojourn.asl.walk import Crash, FunctionContext, Walker
from sojourn.clock import ManualClock, iso, parse_iso, use_clock
from sojourn.contacts.memory.store import memory_key
from sojourn.delivery.modes import EVERYBODY
from sojourn.due.store import CURSOR, bucket_of
from sojourn.errors import StoreBusyError
from sojourn.http.keys import key_row_id
from sojourn.journeys.modes import set_sending
from sojourn.journeys.reconcile import GRACE
from sojourn.journeys.versions import Draft, get_draft, published, save_draft
from sojourn.messages.check import save
from sojourn.messages.files import read_template, template_files
from sojourn.messages.library import get_template, save_template
from sojourn.segments import store as segments
from sojourn.tracking.keys import link_keys
from tests.cloud import REGION, TABLES, moto_cloud
from tests.faults.network import Network
from tests.faults.services import Mail, Services
from tests.partiql import empty, teach_moto

START = datetime(2026, 1, 5, 20, tzinfo=UTC)  # a Monday, three in the afternoon in New York
JOURNEYS = Path(__file__).parents[2] / "statemachines" / "journeys"
ACCOUNT = "arn:aws:states:us-east-1:123456789012"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function"
ENVIRONMENT = {
    "JOURNEY_ROLE_ARN": "arn:aws:iam::123456789012:role/journey",
    "SEND_MESSAGE_FUNCTION_ARN": f"{LAMBDA}:send_message",
    "PARK_TOKEN_FUNCTION_ARN": f"{LAMBDA}:park_token",
    "TAKE_STEP_FUNCTION_ARN": f"{LAMBDA}:take_step",
    "CALL_OUT_FUNCTION_ARN": f"{LAMBDA}:call_out",
    "MAX_EVENT_AGE_HOURS": "24",
    "FILES_BUCKET": "files",
    "ARCHIVE_BUCKET": "archive",
    "PERSON_KEY_ARN": "alias/people",
    "ERASE_CONTACT_MACHINE_ARN": f"{ACCOUNT}:stateMachine:erase",
    "EXPORT_CONTACT_MACHINE_ARN": f"{ACCOUNT}:stateMachine:export",
}
HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "call_out": call_out.handler,
    "collect": collect.handler,
    "count_changes": count_changes.handler,
    "erase_contact": erase_contact.handler,
    "export_contact": export_contact.handler,
    "park_token": park_token.handler,
    "preferences": preferences.handler,
    "publish_journey": publish_journey.handler,
    "react": react.handler,
    "receive_sms": receive_sms.handler,
    "reconcile": reconcile.handler,
    "record_feedback": record_feedback.handler,
    "send_message": send_message.handler,
    "sweep_due": sweep_due.handler,
    "take_step": take_step.handler,
    "track": track.handler,
}
TASKS = ("send_message", "park_token", "take_step", "call_out", "erase_contact", "export_contact")
READ_BY = {"Events": "react", "People": "count_changes"}
FILTERS = {"People": ("ENROL#", "MSG#", "SEG#", "REFUSED#")}  # of range keys, as the template's
WIRED = (
    bootstrap.settings, bootstrap.caller, bootstrap.clock, bootstrap.client, bootstrap.engine, bootstrap.eraser,
    bootstrap.exporter, bootstrap.key_ring, bootstrap.reader, bootstrap.desk, bootstrap.press, bootstrap._session,
    intake,
    track_world.settings, track_world.gate, preferences_world.settings, preferences_world.centre,
    preferences_world.rights, preferences_world._files,
)  # fmt: skip
WRITE_KEY = "wk_test"
BATCH = 100
MOST_RECEIVES = 5
MOST_FAILURES = 20
VISIBLE_AFTER = timedelta(seconds=60)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
BROWSER = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15"
)


@dataclass(slots=True)
class Letter:
    """A message in a queue."""

    queue: str
    body: str
    visible_at: datetime
    sent_at: datetime
    receives: int = 0


@dataclass(slots=True)
class World:
    """Everything that there is, and how it moves."""

    clock: ManualClock
    walker: Walker
    services: Services
    network: Network
    read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(READ_BY, 0))
    failures: list[str] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)
    stuck: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    ticked: dict[str, datetime] = field(default_factory=dict)
    deliveries: bool = True
    heard: int = 0  # a sum over all answers, some of which a story may keep
    told: int = 0  # how often time went on
    settled: Callable[[], object] = lambda: None

    # What people and clients do

    def collect(self, *calls: Mapping[str, Any]) -> Any:
        """A client's batch, sent again until it is answered."""
        body = json.dumps({"batch": calls, "sentAt": iso(self.clock.calendar())}).encode()
        key = base64.b64encode(f"{WRITE_KEY}:".encode()).decode()
        return self._ask("collect", "POST", "/v1/batch", body, {"Authorization": f"Basic {key}"})

    def get(self, path: str) -> Any:
        """A person opens a link, and tries again when there is an error."""
        return self._ask(_behind(path), "GET", path, None, {"User-Agent": BROWSER})

    def post(self, path: str, body: bytes, kind: str) -> Any:
        """A form, or a mailbox's one click."""
        return self._ask(_behind(path), "POST", path, body, {"User-Agent": BROWSER, "Content-Type": kind})

    def queue(self, function: str, body: Mapping[str, Any]) -> None:
        """Something arrives in a function's queue."""
        now = self.clock.calendar()
        self.letters.append(Letter(function, json.dumps(body), now, now))

    def _ask(
        self, function: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Any:
        event = {
            "httpMethod": method,
            "path": path,
            "headers": dict(headers),
            "multiValueQueryStringParameters": None,
            "requestContext": {"resourcePath": "/{proxy+}"},
            "body": base64.b64encode(body).decode() if body else None,
            "isBase64Encoded": body is not None,
        }
        for _ in range(3):
            answer = self.invoke(function, event)
            if answer is not None and answer["statusCode"] < 500:
                return answer
        raise AssertionError(f"{function} does not answer")

    def reset(self) -> None:
        """As it was before anything happened; what takes long to make stays made."""
        empty(*(table for table in TABLES if table != "Config"))
        config_rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["Config"].items
        for key in [key for key in config_rows if key.value == CURSOR[0]]:
            del config_rows[key]
        self.clock.now = START
        self.walker.executions.clear()
        self.walker.agenda = Agenda(self.clock)
        self.services.forget()
        self.network.forget()
        self.failures.clear()
        self.letters.clear()
        self.dead.clear()
        self.stuck.clear()
        self.ticked.clear()
        self.read = dict.fromkeys(READ_BY, 0)
        self.deliveries, self.heard, self.told = True, 0, 0
        forget_data()
        intake().keys._met.clear()
        track_world.gate().lately._seen.clear()

    # How functions are called

    def call(self, function: str, event: Any) -> Any:
        """One invocation. Whoever dies leaves a cold container behind."""
        with self.network.on_behalf_of(function):
            try:
                return HANDLERS[function](event, FunctionContext(f"{LAMBDA}:{function}", "request"))
            except Crash:
                forget_data()
                raise

    def invoke(self, function: str, event: Any) -> Any:
        """One invocation by a service that will call again; None when it failed."""
        try:
            answer = self.call(function, event)
        except (Crash, StoreBusyError, BatchProcessingError) as error:
            self.failures.append(f"{function}: {type(error).__name__}")
            return None
        self.heard = crc32(repr(answer).encode(), self.heard)
        return answer

    def as_task(self, function: str) -> Callable[[Any, Any], Any]:
        """The function as a state machine calls it: whatever it raises is for the machine."""
        return lambda event, context: self.call(function, event)

    # How time goes on

    def run_until(self, moment: datetime) -> None:
        """Let happen whatever happens until then."""
        self.told += 1
        while True:
            self.pump()
            self.settled()
            due = [(at, name) for name, at in self._next().items() if at is not None and at <= moment]
            if not due:
                break
            self._do(*min(due))
        self.walker.run_until(moment)

    def pump(self) -> None:
        """Streams and queues, until they are empty."""
        while self._pump_streams() or self._pump_letters():
            pass

    def _pump_streams(self) -> bool:
        moved = [self._read_on(table, function) for table, function in READ_BY.items()]
        return any(moved)

    def _read_on(self, table: str, function: str) -> bool:
        """A batch of a stream comes again, a second later, until it is through; the rest waits behind it."""
        there = self.services.streams[table][self.read[table] :]
        size, blocked = self.stuck.get(table, (BATCH, START))
        if not there or self.clock.calendar() < blocked:
            return False
        records, length = _gathered(table, there, size)
        batch, failed = deepcopy(records), len(self.failures)
        if batch:
            self.invoke(function, {"Records": batch})
        if len(self.failures) > failed:
            assert len(self.failures) < MOST_FAILURES, self.failures
            self.stuck[table] = len(batch), self.clock.calendar() + SECOND
        else:
            self.stuck.pop(table, None)
            self.read[table] += length
        return True

    def _pump_letters(self) -> bool:
        now = self.clock.calendar()
        ready = [letter for letter in self.letters if letter.visible_at <= now]
        for letter in ready:
            self._deliver(letter, now)
        return bool(ready)

    def _deliver(self, letter: Letter, now: datetime) -> None:
        letter.receives += 1
        letter.visible_at = now + VISIBLE_AFTER
        answer = self.invoke(letter.queue, {"Records": [_record(letter)]})
        if answer is not None and not answer["batchItemFailures"]:
            self.letters.remove(letter)
        elif letter.receives == MOST_RECEIVES:
            self.letters.remove(letter)
            self.dead.append(letter)

    def _next(self) -> dict[str, datetime | None]:
        """When each thing happens next. A sweep with nothing due, and a reconcile without delay, are left out."""
        return {
            "agenda": self.walker.agenda.next_at(),
            "streams": min((until for _, until in self.stuck.values()), default=None),
            "letters": min((letter.visible_at for letter in self.letters), default=None),
            "sweep_due": self._tick("sweep_due", self._first_due(), MINUTE),
            "reconcile": self._tick("reconcile", self._first_overdue(), HOUR),
        }

    def _tick(self, function: str, wanted: datetime | None, every: timedelta) -> datetime | None:
        """The first tick at or after the moment when the function has something to do."""
        if wanted is None:
            return None
        earliest = max(wanted, self.clock.calendar(), self.ticked.get(function, START) + every)
        behind = (earliest - START) % every
        return earliest + (every - behind if behind else timedelta())

    def _first_due(self) -> datetime | None:
        found = [float(item.attrs["sk"].value.partition("#")[0]) for item in due_rows()]
        return datetime.fromtimestamp(min(found), UTC) if found else None

    def _first_overdue(self) -> datetime | None:
        runs = (item.attrs for item in rows("People") if item.attrs["sk"].value.startswith("ENROL#"))
        found = [run["until"].value for run in runs if "open" in run]  # tasks stand in the same index
        return parse_iso(min(found)) + GRACE + timedelta(milliseconds=1) if found else None

    def _do(self, at: datetime, what: str) -> None:
        if what == "agenda":
            self.walker.agenda.step()
            return
        self.walker.clock.advance(max(0.0, (at - self.clock.calendar()).total_seconds()))
        if what in HANDLERS:
            self.tick(what)

    def tick(self, function: str) -> None:
        """The schedule calls, and does not care what becomes of it."""
        if function == "sweep_due":
            self._skip_idle_sweeps()
        self.ticked[function] = self.clock.calendar()
        self.invoke(function, {})

    def _skip_idle_sweeps(self) -> None:
        """The sweeps of the minutes in which nothing was due did one thing: they moved the cursor."""
        row = config.get(*CURSOR)
        buckets = [int(item.attrs["pk"].value.partition("#")[0]) for item in due_rows()]
        ahead = min([*buckets, bucket_of(self.clock.calendar(), 1)]) - 1
        if row is not None and row.data["bucket"] < ahead:
            config.put(*CURSOR, {"bucket": ahead})

    # What came of it

    @property
    def diary(self) -> list[str]:
        """What people were sent, in order."""
        mails = [f"{mail.at[:16]} mail {mail.subject}" for mail in self.services.mails]
        return sorted([*mails, *(f"{text.at[:16]} text {text.text[:20]}" for text in self.services.texts)])

    def mail(self, subject: str) -> Mail:
        """The mail whose subject begins so."""
        return next(mail for mail in self.services.mails if mail.subject.startswith(subject))

    def _accepted(self, mail: Mail) -> None:
        """The provider tells what became of a mail, a moment later."""
        if self.deliveries:
            self.queue("record_feedback", delivery_of(mail))


def _behind(path: str) -> str:
    """The function behind a public page."""
    return "preferences" if path.startswith("/p/") else "track"


def _gathered(table: str, records: list[dict[str, Any]], most: int) -> tuple[list[dict[str, Any]], int]:
    """A batch of what passes the mapping's filter, and how far it reaches in the stream."""
    taken: list[dict[str, Any]] = []
    for place, record in enumerate(records):
        if not record["dynamodb"]["Keys"].get("sk", {}).get("S", "").startswith(FILTERS.get(table, "")):
            continue
        if len(taken) == most:
            return taken, place
        taken.append(record)
    return taken, len(records)


def rows(table: str) -> Iterator[Any]:
    """What stands in a table, without asking for it."""
    for found in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].items.values():
        yield from [found] if hasattr(found, "attrs") else found.values()


def due_rows() -> list[Any]:
    """What the sweep will come to; what waits for a journey to go on lies where it never looks."""
    return [item for item in rows("Due") if item.attrs["pk"].value[0].isdigit()]


def delivery_of(mail: Mail, kind: str = "Delivery", **detail: Any) -> dict[str, Any]:
    """What SES publishes of a mail."""
    tags = {name: [value] for name, value in mail.tags.items()}
    return {
        "eventType": kind,
        "mail": {"timestamp": mail.at, "messageId": mail.id, "destination": [mail.to], "tags": tags},
        kind.lower(): {"timestamp": mail.at, "recipients": [mail.to], **detail},
    }


def publish(world: World, name: str, source: str) -> dict[str, Any]:
    """Save a draft and publish it, as the API does."""
    there = get_draft(name)
    save_draft(Draft(name=name, revision=there.revision if there else 0, source=source, definition={}))
    answer: dict[str, Any] = world.call("publish_journey", {"journey": name})
    assert "version_arn" in answer, answer
    return answer


def forget_data() -> None:
    """What a container remembers, a new one does not."""
    published.cache_clear()
    segments.forget()
    get_template.cache_clear()
    link_keys._keys = None
    memory_key.forget()


@contextmanager
def a_world() -> Iterator[World]:
    """A stack that was just deployed, with the shipped journeys and templates, a key for clients and one for links."""
    clock = ManualClock(START)
    use_clock(clock)
    forget()
    try:
        with moto_cloud():
            teach_moto()
            environ.update(ENVIRONMENT)
            world = _made(clock)
            with world.network.plugged_in():
                bootstrap.settings()
                _seed(world)
                yield world
    finally:
        use_clock(None)
        forget()


def forget() -> None:
    """As a process that has just begun."""
    for wired in WIRED:
        wired.cache_clear()
    forget_data()


def _made(clock: ManualClock) -> World:
    walker = Walker(clock=clock, functions={})
    services = Services(clock, StepFunctions(walker, account=ACCOUNT))
    world = World(clock, walker, services, Network(services))
    walker.functions = {f"{LAMBDA}:{name}": world.as_task(name) for name in TASKS}
    services.accepted = world._accepted
    return world


def _seed(world: World) -> None:
    secret = base64.b64encode(b"a secret of thirty-two bytes, ok").decode()
    config.put("KEY", "link", {"active": "k1", "keys": {"k1": secret}})
    config.put("KEY", key_row_id("write", WRITE_KEY), {"name": "website", "active": True})
    for path in template_files(JOURNEYS / "templates"):
        source = read_template(path)
        save_template(save(source, version=0), source=source)
    set_sending(EVERYBODY)  # it takes itself for a new stack on AWS, which writes to its sender alone
    publish(world, "welcome", (JOURNEYS / "welcome.journey.yaml").read_text())
    world.network.forget()


def _record(letter: Letter) -> dict[str, Any]:
    return {
        "messageId": f"letter-{letter.sent_at.timestamp()}",
        "receiptHandle": "handle",
        "body": letter.body,
        "attributes": {
            "ApproximateReceiveCount": str(letter.receives),
            "SentTimestamp": str(int(letter.sent_at.timestamp() * 1000)),
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:feedback",
    }
