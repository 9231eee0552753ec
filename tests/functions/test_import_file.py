"""The steps of the machine, in the order in which it takes them; a step that comes again changes nothing."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody

from functions.import_file.app import handler
from sojourn import bootstrap
from sojourn.clock import ManualClock, use_clock
from sojourn.errors import StoreBusyError
from sojourn.events import store as events_store
from sojourn.imports import store
from sojourn.imports.begin import Asked, Desk, begin
from sojourn.imports.files import Bucket
from sojourn.imports.model import Import, Kind, Status
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import NOW
from tests.partiql import batch_execute_statement, empty, teach_moto

PEOPLE = "id,email\n" + "".join(f"u{n},p{n}@example.org\n" for n in range(1, 31)) + ",,\n,nobody\n"
WIRED = (bootstrap.settings, bootstrap.clock, bootstrap.client, bootstrap.import_files, bootstrap._session)


class Machine:
    """A machine that this test plays itself."""

    def start(self, job: Import) -> None:
        """Nothing: the steps are called by hand."""

    def is_running(self, job: Import) -> bool:
        """Until it says how it ended."""
        return True


class Breaking:
    """A client of S3 whose answers end in their middle, which is noticed at their end."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def get_object(self, **asked: Any) -> dict[str, Any]:
        """Half of it."""
        answer = self.client.get_object(**asked)
        raw = io.BytesIO(answer["Body"].read()[: answer["ContentLength"] // 2])
        return {**answer, "Body": StreamingBody(raw, answer["ContentLength"])}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Any]:
    teach_moto()
    with moto_cloud():
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="files")
        yield None


@pytest.fixture
def job(cloud: Any) -> Iterator[Import]:
    use_clock(ManualClock(NOW))
    for each in WIRED:
        each.cache_clear()
    empty("Config", "Counters", "Events")
    events_store.bind(bootstrap.settings(), clock=ManualClock(NOW), region=REGION)
    files = bootstrap.import_files()
    assert isinstance(files, Bucket)
    files.write("imports/people.csv", [PEOPLE.encode()])
    yield begin(
        Asked(kind=Kind.CONTACTS, key="imports/people.csv"), desk=Desk(files, Machine(), ManualClock(NOW))
    )
    use_clock(None)
    teach_moto()
    for each in WIRED:
        each.cache_clear()


def planned(job: Import) -> list[dict[str, Any]]:
    said = handler({"step": "plan", "import": job.id}, None)
    with bootstrap.import_files().open(said["key"]) as raw:
        return list(json.load(raw))


def test_plan_pieces_finish(job: Import):
    pieces = planned(job)

    for piece in pieces:
        assert handler({"step": "piece", **piece}, None) == {"piece": piece["piece"]["number"]}
    ended = handler({"step": "finish", "import": job.id}, None)

    assert ended == {"import": job.id, "status": Status.COMPLETED}
    figures = store.get_import(job.id).figures
    assert (figures["rows"], figures["imported"], figures["failed"]) == (31, 30, 1)


def test_every_step_may_come_again(job: Import):
    (piece,) = planned(job)
    assert planned(job) == [piece]

    for _ in range(2):
        handler({"step": "piece", **piece}, None)
    assert planned(job) == []
    first, second = (handler({"step": "finish", "import": job.id}, None) for _ in range(2))

    assert first == second
    assert store.get_import(job.id).figures["imported"] == 30


def test_a_table_that_is_busy_sends_the_piece_round_again(job: Import):
    (piece,) = planned(job)
    teach_moto(lambda _, statements: [{"Error": {"Code": "ThrottlingError"}} for _ in statements])
    events_store.bind(bootstrap.settings(), clock=ManualClock(NOW), region=REGION, sleep=lambda _: None)

    with pytest.raises(StoreBusyError):
        handler({"step": "piece", **piece}, None)
    assert store.progress_of(job.id).tally.rows == 0
    teach_moto(batch_execute_statement)
    handler({"step": "piece", **piece}, None)

    assert store.progress_of(job.id).tally.imported == 30


def test_a_file_whose_stream_breaks_sends_the_piece_round_again(job: Import):
    (piece,) = planned(job)
    files = bootstrap.import_files()
    whole = files.client
    object.__setattr__(files, "client", Breaking(whole))  # frozen for everybody else

    with pytest.raises(StoreBusyError):
        handler({"step": "piece", **piece}, None)
    object.__setattr__(files, "client", whole)
    handler({"step": "piece", **piece}, None)

    assert store.progress_of(job.id).tally.imported == 30


def test_what_stopped_it_is_written_down(job: Import):
    error = {"Error": "ImportRefusedError", "Cause": "the gzip file is damaged"}

    handler({"step": "fail", "import": job.id, "error": error}, None)

    failed = store.get_import(job.id)
    assert (failed.status, failed.reason) == (Status.FAILED, "ImportRefusedError: the gzip file is damaged")
