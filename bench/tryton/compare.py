"""CPU of an executed step: ours beside Tryton's marketing_automation, a comparable two-mail scenario, in one run.

    python -m bench.tryton.compare     makes .sojourn/tryton on first use (requirements/tryton.txt)

Five steps each: a person enters, gets a mail, waits for a click, did not click, gets the second mail.

- **Theirs**, on SQLite in memory: the scenario's trigger over parties that are there already, then three rounds of its
  cron, two days apart. Each mail is rendered by Genshi, its links are rewritten, it is built as MIME and handed to
  nobody. Steps come in batches of a hundred, and share a transaction.
- **Ours**: react (twenty sign-ups a batch, each of somebody new: identity, profile, enrolment, StartExecution),
  send_message (decide, claim, render, SES, settle), park_token (the wait for a click, and its look back), send_message.
  Each mail and each wait is an invocation of its own. Every request is made and signed as it would leave, and answered
  before the socket; every answer is read. That nobody clicked is Step Functions' doing and costs no CPU of ours.

Neither side is charged for what brings people in, nor for reports of delivery. Both only in part: Tryton has the
database in its process, we leave it, and the waiting, to services; that is the point of it.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measures import Measure, judged
from bench.react import Watched, plug_in, record, watch
from bench.send import CONTACT, ENROLMENT, one_mail, rows
from bench.stub import answer
from tests.cloud import ENVIRONMENT

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".sojourn" / "tryton"
PYTHON = VENV / "bin" / "python"
SCENARIO = Path(__file__).parent / "scenario.py"
PARTIES, CONTACTS, BATCH = 100, 200, 20
STEPS = 5
FAR = "2099-01-01T00:00:00.000Z"
GOAL = 10  # times less
PARK = {
    "enrolment": ENROLMENT,
    "leg": 1,
    "step": "Clicked the guide?",
    "token": "t" * 600,
    "seconds": 172_800,
}
STARTED = (
    b'{"executionArn":"arn:aws:states:us-east-1:123456789012:execution:sojourn-j-welcome:x","startDate":1}'
)


def measure() -> list[Measure]:
    """The ratio, and the milliseconds of each side."""
    theirs = tryton()
    ours = sojourn()
    ratio = round(theirs / ours, 1)
    return [
        {
            "name": "tryton_ratio",
            "value": ratio,
            "unit": "× less CPU a step",
            "goal": GOAL,
            "holds": ratio >= GOAL,
        },
        judged("tryton_cpu_ms_a_step", round(theirs, 2), "ms", None),
        judged("sojourn_cpu_ms_a_step", round(ours, 2), "ms", None),
    ]


def tryton() -> float:
    """Milliseconds of CPU a step."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        locked = ["--require-hashes", "-r", str(ROOT / "requirements" / "tryton.txt")]
        subprocess.run([str(PYTHON), "-m", "pip", "install", "--quiet", *locked], check=True)
    told = subprocess.run(
        [str(PYTHON), "-W", "ignore", str(SCENARIO), str(PARTIES)], check=True, capture_output=True, text=True
    )
    facts = json.loads(told.stdout.splitlines()[-1])
    assert facts["mails"] == 2 * PARTIES, facts
    return float(facts["cpu_seconds"]) * 1_000 / int(facts["steps"])


def sojourn() -> float:
    """The same of ours: one entry, two mails, one wait."""
    with contextlib.redirect_stdout(io.StringIO()):
        os.environ.update({**ENVIRONMENT, "MAX_EVENT_AGE_HOURS": "240000"})
        _, _, send = one_mail()
        mail = _cpu_ms(send, CONTACTS)
        wait = _cpu_ms(_parking(), CONTACTS)
        entry = _cpu_ms(_entering(), CONTACTS // BATCH) / BATCH
    return (entry + 2 * mail + wait) / STEPS


def _parking() -> Callable[[], None]:
    """A wait for a click is registered; nobody clicked so far."""
    from functions.park_token.app import handler
    from sojourn import bootstrap
    from sojourn.events import wire
    from sojourn.tables import connection

    _anew()
    run = next(item for (_, _, sk), item in rows().items() if sk.startswith("ENROL#"))
    waits = {
        "at": PARK["step"],
        "wait_step": PARK["step"],
        "wait_kind": "event",
        "wait_state": "waiting",
        "until": FAR,
    }
    known = {name: {"S": str(value)} for name, value in waits.items()}
    moved = json.dumps({"Attributes": {**run, **known}}).encode()
    table = Watched({**rows(), **_sent()})

    def answers(operation: str, body: bytes) -> bytes:
        return moved if operation == "UpdateItem" else table.answers(operation, body)

    answer(connection().client, answers)
    wire.bind(bootstrap.settings(), region=bootstrap.region(), clock=bootstrap.clock())
    answer(wire.wire().client, answers)

    def wait() -> None:
        handler(PARK, None)

    return wait


def _sent() -> dict[tuple[str, str, str], Any]:
    """The mail that may be clicked."""
    from sojourn.messages.model import Message, MessageState, message_digest
    from sojourn.messages.store import MessageRow

    digest = message_digest(ENROLMENT, "Send the welcome")
    message = Message(
        contact=CONTACT,
        digest=digest,
        enrolment=ENROLMENT,
        journey="welcome",
        version=1,
        step="Send the welcome",
        channel="email",
        template="welcome",
        template_version=1,
        identity="u#c00004",
        state=MessageState.SENT,
        purpose="marketing",
    )
    row = MessageRow.of(message)
    return {("People", row.pk, row.sk): row.serialize()}


def _entering() -> Callable[[], None]:
    """A batch of sign-ups lets as many people in."""
    from functions.react.app import handler
    from sojourn import bootstrap

    crowd = _Newcomers()
    watch(crowd)
    _anew()
    plug_in()
    started: list[str] = []

    def states(operation: str, body: bytes) -> bytes:
        started.append(operation)
        return STARTED

    answer(bootstrap.client("stepfunctions"), states)
    numbers = iter(range(10**9))

    def enter() -> None:
        started.clear()
        records = [record(next(numbers), "track", "Signed Up", 10**6) for _ in range(BATCH)]
        handler({"Records": records}, None)
        assert len(started) == BATCH, "each of them enters"
        crowd.requests.clear()

    return enter


def _anew() -> None:
    """Clients that nobody has answered for so far."""
    from sojourn import bootstrap

    for kept in (bootstrap.settings, bootstrap.engine, bootstrap.reader, bootstrap.client):
        kept.cache_clear()
    bootstrap.settings()


class _Newcomers(Watched):
    """Nobody is known, and the welcome journey is live."""

    def __init__(self) -> None:
        config = {key: item for key, item in rows().items() if key[0] == "Config"}
        live = {"welcome": {"version": 1, "version_arn": _arn(), "entry": "Signed Up", "listens": []}}
        config["Config", "LIVE", "journeys"] = {
            "pk": {"S": "LIVE"}, "sk": {"S": "journeys"}, "data": {"S": json.dumps(live)},
        }  # fmt: skip
        super().__init__(config)


def _arn() -> str:
    return str(
        next(item for (_, _, sk), item in rows().items() if sk.startswith("ENROL#"))["version_arn"]["S"]
    )


def _cpu_ms(work: Callable[[], Any], times: int) -> float:
    work()
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) * 1_000 / times


if __name__ == "__main__":
    for figure in measure():
        print(json.dumps(figure))
