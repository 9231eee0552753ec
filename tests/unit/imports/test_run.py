"""A whole import: asked for, cut, worked, finished; killed at any point it goes on, and nothing is there twice."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest

from sojourn import config
from sojourn.clock import ManualClock, iso
from sojourn.consent.addresses.store import suppress
from sojourn.consent.model import Channel, ConsentChange, Purpose
from sojourn.consent.model import Status as Said
from sojourn.consent.store import record
from sojourn.consent.suppression import Reason
from sojourn.contacts.store import claim_identity
from sojourn.events import store as events_store
from sojourn.imports import finish as ending
from sojourn.imports import store
from sojourn.imports.begin import Asked, Desk, begin, resume
from sojourn.imports.evidence import Statement
from sojourn.imports.files import Bucket
from sojourn.imports.finish import errors_key, finish
from sojourn.imports.model import Chunk, Import, Kind, Status
from sojourn.imports.pieces import cut
from sojourn.imports.plan import plan
from sojourn.imports.refusals import ImportRefusedError
from sojourn.imports.work import work
from tests.cloud import REGION, SETTINGS, moto_cloud
from tests.feedback import before_first
from tests.insight_rows import NOW
from tests.partiql import empty, teach_moto

KEY = "imports/uploads/1/people.csv"
PEOPLE = "id,email,name\n" + "".join(f"u{n},p{n}@example.org,P{n}\n" for n in range(1, 121))
STATEMENT = {
    "channels": ["email"],
    "how": "form",
    "when": "March 2025",
    "wording": "Yes, write to me",
    "declared_by": "Grace Hopper, CRM",
}


@dataclass
class Machine:
    """Keeps what it is told to start."""

    started: list[tuple[str, int]] = field(default_factory=list)
    alive: set[tuple[str, int]] = field(default_factory=set)

    def start(self, job: Import) -> None:
        self.started.append((job.id, job.attempt))
        self.alive.add((job.id, job.attempt))

    def is_running(self, job: Import) -> bool:
        return (job.id, job.attempt) in self.alive


@pytest.fixture(scope="module")
def cloud() -> Iterator[Any]:
    teach_moto()
    with moto_cloud() as settings:
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket="files")
        events_store.bind(settings, clock=ManualClock(NOW), region=REGION)
        yield client


@pytest.fixture
def desk(cloud: Any) -> Desk:
    empty("Config", "Counters", "Events", "Identity", "People", "Suppression")
    events_store.bind(SETTINGS, clock=ManualClock(NOW), region=REGION)
    return Desk(Bucket(cloud, "files"), Machine(), ManualClock(NOW))


def put(desk: Desk, text: str | bytes, key: str = KEY) -> None:
    desk.files.write(key, [text.encode() if isinstance(text, str) else text])


def asked(**more: Any) -> Asked:
    return Asked(**{"kind": Kind.CONTACTS, "key": KEY, **more})


def pieces_of(desk: Desk, job: Import) -> list[dict[str, Any]]:
    """What the map is given; the shape of functions/import_file."""
    said = plan(store.get_import(job.id), files=desk.files)
    if not said["pieces"]:
        return []
    with desk.files.open(said["key"]) as raw:
        found = json.load(raw)
    assert len(found) == said["pieces"]
    return list(found)


def work_on(desk: Desk, piece: dict[str, Any]) -> None:
    job = store.get_import(piece["import"])
    work(job, Chunk.from_json(piece["piece"]), files=desk.files, clock=desk.clock)


def run(desk: Desk, job: Import) -> Import:
    for piece in pieces_of(desk, job):
        work_on(desk, piece)
    return finish(store.get_import(job.id), files=desk.files)


def events_there() -> list[Any]:
    table = boto3.resource("dynamodb", region_name=REGION).Table("Events")
    return list(table.scan()["Items"])


def test_people_come_in_once_whoever_asks_again(desk: Desk):
    put(desk, PEOPLE)

    ended = run(desk, begin(asked(), desk=desk))
    again = begin(asked(), desk=desk)

    assert (ended.status, ended.rows, ended.figures["imported"]) == (Status.COMPLETED, 120, 120)
    assert again == ended
    assert len(events_there()) == 120
    assert {item["source"] for item in events_there()} == {ended.source}


def test_without_consent_they_are_counted_as_unmailable(desk: Desk):
    put(desk, PEOPLE)

    assert run(desk, begin(asked(), desk=desk)).figures["unmailable"] == 120
    assert run(desk, begin(asked(statement=STATEMENT), desk=desk)).figures["unmailable"] == 0


def test_a_claim_of_consent_without_evidence_is_refused(desk: Desk):
    put(desk, "email,opted in\nada@example.org,yes\n")

    with pytest.raises(ImportRefusedError) as refused:
        begin(asked(), desk=desk)

    assert (refused.value.status, refused.value.code) == (400, "consent_evidence_required")
    assert begin(asked(statement=STATEMENT), desk=desk).status is Status.RUNNING


def test_who_unsubscribed_is_counted_and_stays_so(desk: Desk):
    put(desk, PEOPLE)
    claim_identity("u#u1", "a" * 20)
    claim_identity("e#p2@example.org", "b" * 20)
    for contact in ("a" * 20, "b" * 20):
        record(
            contact,
            ConsentChange(
                channel=Channel.EMAIL,
                purpose=Purpose.MARKETING,
                topic=None,
                status=Said.WITHDRAWN,
                at=NOW,
                source="test",
            ),
        )
    suppress("email", "p3@example.org", reason=Reason.UNSUBSCRIBE, at=NOW, source="test")

    ended = run(desk, begin(asked(statement=STATEMENT), desk=desk))

    assert ended.figures["unsubscribed"] == 3
    assert ended.figures["imported"] == 120


def test_a_dry_run_counts_and_writes_nothing(desk: Desk):
    put(desk, PEOPLE)

    ended = run(desk, begin(asked(is_dry=True), desk=desk))

    assert (ended.figures["imported"], ended.figures["events"]) == (120, 120)
    assert events_there() == []
    assert run(desk, begin(asked(), desk=desk)).status is Status.COMPLETED
    assert len(events_there()) == 120


def test_a_piece_that_runs_twice_is_counted_once(desk: Desk):
    put(desk, PEOPLE)
    job = begin(asked(), desk=desk)
    (piece,) = pieces_of(desk, job)

    work_on(desk, piece)
    work_on(desk, piece)

    assert store.progress_of(job.id).tally.imported == 120
    assert len(events_there()) == 120


def test_a_run_that_was_killed_goes_on_where_it_stood(desk: Desk, cloud: Any):
    put(desk, PEOPLE)
    job = begin(asked(), desk=desk)
    job = _in_small_pieces(desk, job)
    pieces = pieces_of(desk, job)
    work_on(desk, pieces[0])
    desk.machine.alive.clear()  # type: ignore[attr-defined]

    again = begin(asked(), desk=desk)
    left = pieces_of(desk, again)
    ended = run(desk, again)

    assert again.attempt == 2
    assert [each["piece"]["number"] for each in left] == [each["piece"]["number"] for each in pieces[1:]]
    assert (ended.status, ended.figures["rows"]) == (Status.COMPLETED, 120)
    assert len(events_there()) == 120


def test_pieces_that_failed_leave_it_incomplete(desk: Desk):
    put(desk, PEOPLE)
    job = _in_small_pieces(desk, begin(asked(), desk=desk))
    pieces = pieces_of(desk, job)
    work_on(desk, pieces[0])

    ended = finish(store.get_import(job.id), files=desk.files)

    assert ended.status is Status.INCOMPLETE
    assert "start it again" in ended.reason
    assert run(desk, resume(ended, desk=desk)).status is Status.COMPLETED


def test_two_who_ask_at_once_run_one(desk: Desk):
    put(desk, PEOPLE)

    first, second = begin(asked(), desk=desk), begin(asked(), desk=desk)

    assert first.id == second.id
    assert desk.machine.started == [(first.id, 1)]  # type: ignore[attr-defined]


def test_two_who_ask_at_one_instant_run_one(desk: Desk):
    """C10."""
    put(desk, PEOPLE)

    with before_first("PutItem", lambda: begin(asked(), desk=desk)):
        job = begin(asked(), desk=desk)

    assert desk.machine.started == [(job.id, 1), (job.id, 1)], "the second start of a name is none"  # type: ignore[attr-defined]
    assert run(desk, job).figures["imported"] == len(events_there()) == 120


def test_the_same_file_under_another_name_is_told_from_a_new_one(desk: Desk):
    put(desk, PEOPLE)
    put(desk, gzip.compress(PEOPLE.encode()), "imports/other.csv.gz")
    first = run(desk, begin(asked(), desk=desk))

    second = run(desk, begin(asked(key="imports/other.csv.gz"), desk=desk))

    assert (second.status, second.same_as) == (Status.DUPLICATE, first.id)
    assert len(events_there()) == 120


def test_what_people_did_happened_once_whatever_the_mapping(desk: Desk):
    put(desk, "customer_id,date,total\nu1,2026-01-01,5\n")
    deeds = asked(kind=Kind.EVENTS, event="Order Completed")
    first = run(desk, begin(deeds, desk=desk))

    second = run(desk, begin(replace(deeds, event="Order Paid"), desk=desk))

    assert (second.status, second.same_as) == (Status.DUPLICATE, first.id)
    assert len(events_there()) == 1


def test_a_mapping_that_came_to_nothing_may_be_mended(desk: Desk):
    put(desk, "customer,date,total\nu1,01.02.2026,5\n")
    columns = {"customer": "userId", "total": "properties.total"}
    wrong = {"columns": {**columns, "date": "timestamp"}, "event": "Order Completed"}
    right = {
        "columns": {**columns, "date": {"to": "timestamp", "format": "%d.%m.%Y"}},
        "event": "Order Completed",
    }

    first = run(desk, begin(asked(kind=Kind.EVENTS, mapping=wrong), desk=desk))
    second = run(desk, begin(asked(kind=Kind.EVENTS, mapping=right), desk=desk))

    assert (first.figures["failed"], first.figures["events"]) == (1, 0)
    assert (second.status, second.figures["events"]) == (Status.COMPLETED, 1)


def test_a_packed_file_is_unpacked_and_its_copy_goes(desk: Desk):
    put(desk, gzip.compress(PEOPLE.encode()))

    job = begin(asked(), desk=desk)
    ended = run(desk, job)

    assert (ended.status, ended.figures["imported"]) == (Status.COMPLETED, 120)
    assert desk.files.facts(f"{job.folder}/unpacked") is None


@pytest.mark.parametrize("packed", [b"\x1f\x8b broken", gzip.compress(PEOPLE.encode())[:-9]])
def test_a_damaged_archive_is_refused(desk: Desk, packed: bytes):
    put(desk, packed)

    with pytest.raises(ImportRefusedError) as refused:
        run(desk, begin(asked(), desk=desk))

    assert refused.value.code == "malformed_gzip"


def test_the_errors_are_a_table_without_formulas(desk: Desk):
    put(desk, "id,email,=cmd\nu1,nobody,x\n,,y\nu3,p3@example.org,z\n")
    mapping = {
        "columns": {"id": "userId", "email": "traits.email", "=cmd": {"to": "traits.n", "type": "number"}}
    }

    ended = run(desk, begin(asked(mapping=mapping), desk=desk))
    with desk.files.open(errors_key(ended)) as raw:
        lines = raw.read().decode().splitlines()

    assert (ended.figures["imported"], ended.figures["failed"], ended.figures["left_out"]) == (2, 1, 4)
    assert lines[0] == "line,column,code,reason,left out"
    assert "2,'=cmd,not_a_number,must be a number like 12.50,field" in lines
    assert any(line.startswith("3,") and line.endswith(",row") for line in lines)


def test_a_file_that_changed_meanwhile_is_not_imported(desk: Desk):
    put(desk, PEOPLE)
    job = begin(asked(), desk=desk)
    put(desk, PEOPLE + "u0,p0@example.org,P\n")

    with pytest.raises(ImportRefusedError) as refused:
        plan(job, files=desk.files)
    failed = ending.fail(job, error="ImportRefusedError", cause=str(refused.value))

    assert refused.value.code == "file_changed"
    assert failed.status is Status.FAILED


def test_a_file_that_changes_under_its_pieces_costs_no_row_and_makes_none_up(desk: Desk):
    put(desk, PEOPLE)
    job = _in_small_pieces(desk, begin(asked(), desk=desk))
    first, second, *_ = pieces_of(desk, job)
    work_on(desk, first)
    put(desk, PEOPLE.replace("u", "w"))

    for refused in (lambda: work_on(desk, second), lambda: pieces_of(desk, job)):
        with pytest.raises(ImportRefusedError, match="ask for the import again"):
            refused()

    assert all(item["pk"].startswith("u#u") for item in events_there())


def test_one_of_two_takes_over_a_file_of_which_nothing_came(desk: Desk):
    store.claim_file("content", "nothing")

    assert [store.take_over("content", owner="nothing", by=by) for by in ("a", "b", "a")] == ["a", "a", "a"]


@pytest.mark.parametrize(
    ("key", "code"), [("imports/nothing.csv", "file_not_found"), ("exports/x.csv", "invalid_key")]
)
def test_what_is_not_there_is_not_imported(desk: Desk, key: str, code: str):
    with pytest.raises(ImportRefusedError) as refused:
        begin(asked(key=key), desk=desk)
    assert refused.value.code == code


def test_a_key_of_idempotency_is_for_one_file(desk: Desk):
    put(desk, PEOPLE)
    put(desk, PEOPLE + "u0,p0@example.org,P\n", "imports/other.csv")
    begin(asked(idempotency_key="k1"), desk=desk)

    assert begin(asked(idempotency_key="k1"), desk=desk).status is Status.RUNNING
    with pytest.raises(ImportRefusedError) as refused:
        begin(asked(key="imports/other.csv", idempotency_key="k1"), desk=desk)
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")


def test_a_table_without_rows_is_completed(desk: Desk):
    put(desk, "id,email\n")

    ended = run(desk, begin(asked(), desk=desk))

    assert (ended.status, ended.rows, ended.chunks) == (Status.COMPLETED, 0, 0)


def test_an_import_is_the_same_when_it_was_written_down(desk: Desk):
    put(desk, PEOPLE)
    job = begin(asked(statement=STATEMENT), desk=desk)
    row = config.get(store.KIND, job.id)

    assert row is not None
    kept = store.get_import(job.id)
    assert kept.headers == job.headers
    assert kept.dialect == job.dialect
    assert kept.at == iso(NOW)
    assert Statement.read(kept.statement) == Statement.read(STATEMENT)


def _in_small_pieces(desk: Desk, job: Import) -> Import:
    """As a large file would be cut."""
    plan(job, files=desk.files)
    with desk.files.open(job.key) as raw:
        pieces = cut(raw, job.dialect, rows=50)
    kept = [
        {"number": c.number, "start": c.start, "end": c.end, "row": c.row, "line": c.line}
        for c in pieces.chunks
    ]
    desk.files.write(f"{job.folder}/pieces.json", [json.dumps(kept).encode()])
    return store.change_import(job.id, chunks=len(kept))
