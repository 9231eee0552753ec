"""Every fault at every call of an import: asked for again, retried as the machine retries, it ends as undisturbed."""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from functions.import_file.app import handler
from functions.react.app import handler as react
from infra.lint.stacks import ROOT
from sojourn import bootstrap
from sojourn.asl.walk import Crash
from sojourn.bootstrap import client, clock, import_files, store_errors_translated
from sojourn.consent.model import Refusal
from sojourn.consent.store import get_consent
from sojourn.contacts.model import content
from sojourn.contacts.store import find_contact, get_profile
from sojourn.errors import SojournError
from sojourn.events.store import history
from sojourn.imports import store
from sojourn.imports.begin import Asked, Desk, begin
from sojourn.imports.machine import ImportMachine
from sojourn.imports.model import Import
from sojourn.imports.model import Kind as FileKind
from sojourn.imports.plan import plan
from sojourn.journeys.refold import refolded
from tests.cloud import ENVIRONMENT
from tests.faults.network import Call, Fault, Kind
from tests.faults.room import Outcome, Room, Step, a_room, assert_no_harm, objects, table, walk

KEY = "imports/people.csv"
ROWS_A_PIECE = 4
FILE = (
    "id,email,opted in,agreed at,agreed how\n"
    + "".join(f"u{n},p{n}@example.org,yes,2025-03-0{n},form\n" for n in range(1, 5))
    + ",nobody,yes,2025-03-01,form\n"
    + "u6,p6@example.org,no,,\n"
    + 'u7,"p7@example.org,yes,2025-03-01,form\n'
)
COLUMNS = {
    "id": "userId",
    "email": "traits.email",
    "opted in": "consent.email",
    "agreed at": "evidence.at",
    "agreed how": "evidence.how",
}
STATES = json.loads((ROOT / "statemachines" / "import.asl.json").read_text())["States"]
PIECE = STATES["Import"]["ItemProcessor"]["States"]["Piece"]
LATER = {"received_at", "ttl"}  # what a second call may say otherwise


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    wired = (bootstrap.engine, bootstrap.reader)
    with a_room(ready=lay_down, wired=wired, environment={"MAX_EVENT_AGE_HOURS": "24"}) as room:
        client("s3").create_bucket(Bucket="files")
        yield room


def lay_down() -> None:
    """The file, uploaded."""
    import_files().write(KEY, [FILE.encode()])


def test_an_import_survives_every_fault(room: Room):
    lines = walk(room, steps(room), came_of_it)

    assert_no_harm(lines, at_least=90)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_profiles_are_what_the_raw_events_make_them_though_an_insert_died(room: Room, number: int):
    """Whoever is in the file has one profile, the fold of what was inserted; 0: nobody died."""
    room.empty()
    inserts = 0

    def dies(call: Call) -> None:
        nonlocal inserts
        inserts += call.operation == "BatchExecuteStatement"
        if call.operation == "BatchExecuteStatement" and inserts == number:
            room.network.fault = Fault(Kind.DEATH_AFTER, call.number)

    room.network.noticed = dies
    for step in steps(room):
        step()
    room.network.noticed = lambda call: None
    room.call("react", lambda: react({"Records": room.services.streams["Events"]}, None))

    assert (room.network.fault is not None) is (number > 0)
    for user in (1, 2, 3, 4, 6):
        profile = get_profile(find_contact(f"u#u{user}") or "")
        assert content(profile) == content(refolded(profile))
        assert profile.email == f"p{user}@example.org"
        refusal = get_consent(profile.contact).refusal("email", "marketing", None)
        assert refusal is (Refusal.NO_CONSENT if user == 6 else None)
        assert len(list(history(profile.partitions))) == (1 if user == 6 else 2)
    assert find_contact("u#u7") is None


def steps(room: Room) -> Iterator[Step]:
    """Asked for until it is answered; then as the machine plays it."""

    def ask() -> None:
        job = room.until_it_answers("api", asked_for)
        assert f"{job.id}-{job.attempt}" in room.machines.started, "nothing was started"

    yield ask
    (job,) = store.list_imports()
    yield lambda: played(room, STATES["Plan"], lambda: cut_small(job))
    pieces = json.loads(objects("files")[f"imports/{job.id}/pieces-1.json"])
    for piece in pieces:
        yield functools.partial(
            played, room, PIECE, functools.partial(handler, {"step": "piece", **piece}, None)
        )
    yield lambda: played(room, STATES["Finish"], lambda: handler({"step": "finish", "import": job.id}, None))


def came_of_it() -> Outcome:
    """What the operator and the profiles see of it; who has to ask twice asks later, and makes a second attempt."""
    ((job, kept),) = [(job, job.as_json()) for job in store.list_imports()]
    return {
        "import": {**kept, "attempt": 0, "at": ""},
        "claims": [row["data"] for row in table("Config") if row["pk"] != store.KIND],
        "events": [{name: row[name] for name in row if name not in LATER} for row in table("Events")],
        "files": {name: body for name, body in objects("files").items() if "/pieces-" not in name},
        "progress": store.progress_of(job.id),
        "figures": job.figures,
    }


def asked_for() -> Import:
    """As functions/api does."""
    asked = Asked(kind=FileKind.CONTACTS, key=KEY, mapping={"columns": COLUMNS}, idempotency_key="once")
    with store_errors_translated():
        return begin(asked, desk=desk())


def cut_small(job: Import) -> dict[str, Any]:
    """The step `plan`, with pieces of some rows."""
    with store_errors_translated():
        return plan(store.get_import(job.id), files=import_files(), rows=ROWS_A_PIECE)


def played(room: Room, task: Mapping[str, Any], do: Callable[[], Any]) -> Any:
    """As Step Functions plays a task: again, after the errors that its Retry names."""
    (retry,) = task["Retry"]
    for _ in range(1 + retry["MaxAttempts"]):
        try:
            return room.call("import_file", do)
        except (Crash, SojournError) as error:
            name = error.error if isinstance(error, Crash) else type(error).__name__
            if name not in retry["ErrorEquals"]:
                raise AssertionError(f"{name} fails the task") from error
    raise AssertionError("the task failed")


def desk() -> Desk:
    """As functions/api has it."""
    return Desk(
        import_files(), ImportMachine(client("stepfunctions"), ENVIRONMENT["IMPORT_MACHINE_ARN"]), clock()
    )
