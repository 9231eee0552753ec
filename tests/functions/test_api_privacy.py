"""Asking the API to forget somebody, or for everything of them; every answer held against openapi.yaml."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import boto3
import pytest

from functions.api.app import handler
from functions.api.openapi import specification
from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.contacts.memory.store import memory_key
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.http.keys import key_row_id
from sojourn.privacy.files import Files
from sojourn.privacy.model import Export, Status
from sojourn.privacy.request import Desk
from sojourn.privacy.store import put_export
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import ADA, NOW, empty
from tests.openapi import assert_described

KEY = "sj_api_0123456789abcdef"
ENVIRONMENT = {
    "PUBLISH_JOURNEY_FUNCTION": "publish",
    "ERASE_CONTACT_MACHINE_ARN": "erase",
    "EXPORT_CONTACT_MACHINE_ARN": "export",
    "IMPORT_MACHINE_ARN": "import",
    "FILES_BUCKET": "files",
}


@dataclass
class Starter:
    """Keeps what it was told to start."""

    started: list[tuple[str, str, str]] = field(default_factory=list)
    over: set[str] = field(default_factory=set)

    def start(self, machine: str, name: str, job: str) -> bool:
        is_new = (machine, name, job) not in self.started
        self.started.append((machine, name, job))
        return is_new

    def is_over(self, machine: str, name: str) -> bool:
        return name in self.over


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with moto_cloud():
        yield boto3.client("dynamodb", region_name=REGION)
    world.cache_clear()


@pytest.fixture(autouse=True)
def starter(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Starter:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    empty(dynamodb, "Config", "Identity", "People")
    memory_key.forget()
    world.cache_clear()
    known, starter = world(), Starter()
    known.clock = ManualClock(NOW)
    asked = Desk(clock=known.clock, starter=starter, erase_machine="erase", export_machine="export")
    known.privacy = lambda: asked
    known.files = lambda: Files(boto3.client("s3", region_name=REGION), "files", "")
    config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})
    config.put("KEY", "link", {"active": "k1", "keys": {"k1": base64.b64encode(b"s" * 32).decode()}})
    claim_identity("u#ada", ADA)
    put_profile(Profile(ADA, traits={"email": "ada@example.org"}, identities=("u#ada",)))
    return starter


def call(method: str, path: str) -> tuple[int, Any, dict[str, str]]:
    event = {
        "path": path,
        "httpMethod": method,
        "headers": {"authorization": f"Bearer {KEY}"},
        "multiValueQueryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": None,
        "isBase64Encoded": False,
    }
    raw = handler(event, None)
    body = json.loads(raw["body"])
    assert_described(specification(), method, path, raw["statusCode"], raw["headers"], body)
    return raw["statusCode"], body, raw["headers"]


@pytest.mark.parametrize("named", [ADA, "ada", "u#ada"])
def test_erasing_is_a_job_under_the_name_of_whoever_asked(starter: Starter, named: str):
    status, told, headers = call("POST", f"/api/contacts/{quote(named, safe='')}/erase")

    assert (status, told["status"], told["asked_by"], told["found"]) == (202, "running", "ops", None)
    assert headers["Location"] == told["status_url"] == f"/api/erasures/{ADA}"
    assert starter.started == [("erase", f"{ADA}-1", ADA)]
    assert call("GET", told["status_url"])[1] == told


def test_the_job_names_nobody():
    call("POST", "/api/contacts/ada/erase")

    row = config.get("ERASURE", ADA)
    assert row
    assert "ada" not in json.dumps(dict(row.data)).replace(ADA, "")


def test_asking_again_is_the_same_job(starter: Starter):
    first = call("POST", "/api/contacts/ada/erase")
    again = call("POST", f"/api/contacts/{ADA}/erase")

    assert first == again
    assert {started[1] for started in starter.started} == {f"{ADA}-1"}  # a name that is taken starts nothing


def test_an_execution_that_is_over_before_its_job_is_followed_by_another(starter: Starter):
    call("POST", "/api/contacts/ada/erase")
    starter.over.add(f"{ADA}-1")

    call("POST", "/api/contacts/ada/erase")

    assert starter.started[-1][1] == f"{ADA}-2"


@pytest.mark.parametrize("named", ["eve", "b" * 20, "e#eve@example.org", "x" * 3_000, "🙂"])
def test_nobody_is_a_job_that_is_done(starter: Starter, named: str):
    path = f"/api/contacts/{quote(named, safe='')}/erase"

    status, told, _ = call("POST", path)

    assert (status, told["status"], told["found"], told["deleted"]) == (202, "done", False, {})
    assert call("POST", path)[1] == told
    assert starter.started == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/erasures/nothing", "erasure_not_found"),
        (f"/api/erasures/{'x' * 3_000}", "erasure_not_found"),
        ("/api/exports/nothing", "export_not_found"),
    ],
)
def test_a_job_that_is_not_there_is_not_found(path: str, code: str):
    status, told, _ = call("GET", path)

    assert (status, told["code"]) == (404, code)


def test_exporting_is_a_job_with_a_file_at_its_end(starter: Starter):
    status, told, _ = call("POST", "/api/contacts/ada/export")

    assert (status, told["status"], told["contact"], told["download_url"]) == (202, "running", ADA, None)
    assert starter.started == [("export", told["id"], told["id"])]

    put_export(
        Export(id="done", contact=ADA, asked_at="-", by="ops", status=Status.DONE, bytes=7, done_at="-")
    )
    done = call("GET", "/api/exports/done")[1]
    assert f"exports/contacts/{ADA}/done.json" in done["download_url"]


def test_a_file_of_somebody_who_is_erased_has_no_address():
    put_export(
        Export(id="gone", contact=ADA, asked_at="-", by="ops", status=Status.DONE, found=False, done_at="-")
    )

    assert call("GET", "/api/exports/gone")[1]["download_url"] is None


def test_nobody_is_not_exported():
    assert call("POST", "/api/contacts/eve/export")[0] == 404
