"""Imports and exports as the callers of the API see them, every answer held against openapi.yaml."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.api.world import imports as desk
from functions.api.world import world
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import record
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.imports.finish import finish
from sojourn.imports.model import Chunk, Import
from sojourn.imports.plan import plan
from sojourn.imports.store import get_import
from sojourn.imports.work import work
from tests.cloud import REGION
from tests.functions.test_api import call, dynamodb, press
from tests.insight_rows import NOW
from tests.partiql import teach_moto

__all__ = ["dynamodb", "press"]
PEOPLE = b"id,email,opted in\nu1,ada@example.org,yes\nu2,,\n,,x\n"
KEY = "imports/people.csv"
STATEMENT = {
    "channels": ["email"],
    "how": "form",
    "when": "March 2025",
    "wording": "Yes, write to me",
    "declared_by": "Grace Hopper, CRM",
}


class Machine:
    """Runs until it is stopped."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.is_alive = True

    def start(self, job: Import) -> None:
        self.started.append(job.id)

    def is_running(self, job: Import) -> bool:
        return self.is_alive


@pytest.fixture(autouse=True)
def machine(press: Any, dynamodb: Any) -> Iterator[Machine]:
    teach_moto()
    boto3.client("s3", region_name=REGION).create_bucket(Bucket="files")
    desk.cache_clear()
    made = Machine()
    object.__setattr__(desk(), "machine", made)  # frozen for everybody else
    desk().files.write(KEY, [PEOPLE])
    yield made
    desk.cache_clear()


def post(path: str, **body: Any) -> Any:
    return call("POST", path, json.dumps(body))


def run(id: str) -> None:  # noqa: A002
    """As the state machine would."""
    files = desk().files
    said = plan(get_import(id), files=files)
    if said["pieces"]:
        with files.open(said["key"]) as raw:
            for piece in json.load(raw):
                work(get_import(id), Chunk.from_json(piece["piece"]), files=files, clock=world().clock)
    finish(get_import(id), files=files)


def test_an_upload_has_a_place_of_its_own_and_one_that_is_there_need_not_come_again():
    answer = call("POST", "/api/uploads", json.dumps({"name": "my list.csv", "size": 5, "sha256": "a" * 64}))
    desk().files.write(answer.body["key"], [b"12345"])
    again = call("POST", "/api/uploads", json.dumps({"name": "my list.csv", "size": 5, "sha256": "a" * 64}))

    assert answer.status == 201
    assert answer.body["key"] == f"imports/uploads/{'a' * 64}/my-list.csv"
    assert "Signature" in answer.body["url"]
    assert (answer.body["exists"], again.body["exists"]) == (False, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"size": 3 * 1024**3}, 413),
        ({"sha256": "../x"}, 400),
        ({"folder": "x"}, 400),
        ({"back": "javascript:alert(1)"}, 400),
        ({"back": "https://shop.example/?x"}, 400),
    ],
)
def test_an_upload_that_cannot_be_is_refused(body, status):
    assert post("/api/uploads", **body).status == status


def test_a_first_look_shows_what_the_columns_become():
    answer = post("/api/imports/preview", kind="contacts", key=KEY)

    assert answer.status == 200
    assert answer.body["mapping"]["columns"] == {
        "id": "userId",
        "email": "traits.email",
        "opted in": "consent.email",
    }
    assert (answer.body["claims_consent"], answer.body["shows_evidence"]) == (True, False)
    assert answer.body["sample"][0][0]["traits"] == {"email": "ada@example.org"}


@pytest.mark.parametrize("policy", ["warn", "skip"])
def test_a_first_look_counts_addresses_of_functions_and_says_what_becomes_of_them(policy: str):
    """C9."""
    desk().files.write("imports/shop.csv", [b"email\nabuse@shop.example\nada@example.org\n"])
    mapping = {"columns": {"email": "traits.email"}, "role_addresses": policy}

    answer = post("/api/imports/preview", kind="contacts", key="imports/shop.csv", mapping=mapping)

    assert answer.body["role_addresses"] == {"policy": policy, "in_sample": 1}
    assert answer.body["disposable_addresses"] == {"policy": "warn", "in_sample": 0}
    assert [fault["code"] for fault in answer.body["faults"]] == (
        ["role_address"] if policy == "skip" else []
    )
    job = post("/api/imports", kind="contacts", key="imports/shop.csv", mapping=mapping).body
    run(job["id"])
    shown = call("GET", f"/api/imports/{job['id']}").body
    assert shown["figures"]["role_addresses"] == 1
    assert shown["figures"]["imported"] == (1 if policy == "skip" else 2)
    assert "role_addresses" in shown["remedies"]


def test_consent_that_is_claimed_must_be_proved():
    assert post("/api/imports", kind="contacts", key=KEY).body["code"] == "consent_evidence_required"


def test_an_import_from_asking_to_its_errors(machine: Machine):
    asked = {"kind": "contacts", "key": KEY, "consent": STATEMENT}

    begun = post("/api/imports", **asked)
    run(begun.body["id"])
    shown = call("GET", f"/api/imports/{begun.body['id']}")
    again = post("/api/imports", **asked)
    errors = call("GET", f"/api/imports/{begun.body['id']}/errors")

    assert (begun.status, begun.body["status"]) == (202, "running")
    assert shown.body["status"] == "completed"
    assert shown.body["figures"]["imported"] == 2
    assert shown.body["figures"]["unmailable"] == 1
    assert "double opt-in" in shown.body["remedies"]["unmailable"]
    assert (again.status, again.body["id"]) == (200, begun.body["id"])
    assert machine.started == [begun.body["id"]]
    assert errors.status == 200
    assert [job["id"] for job in call("GET", "/api/imports").body["items"]] == [begun.body["id"]]


def test_an_import_whose_run_is_gone_is_interrupted_and_can_go_on(machine: Machine):
    id = post("/api/imports", kind="contacts", key=KEY, consent=STATEMENT).body["id"]  # noqa: A001
    machine.is_alive = False

    assert call("GET", f"/api/imports/{id}").body["status"] == "interrupted"
    assert call("POST", f"/api/imports/{id}/resume").status == 202
    assert machine.started == [id, id]


def test_one_key_of_idempotency_is_for_one_file():
    desk().files.write("imports/other.csv", [b"id\nu9\n"])
    first = json.dumps({"kind": "contacts", "key": KEY, "consent": STATEMENT})
    other = json.dumps({"kind": "contacts", "key": "imports/other.csv"})

    assert call("POST", "/api/imports", first, Idempotency_Key="k1").status == 202
    assert call("POST", "/api/imports", first, Idempotency_Key="k1").status == 202
    assert call("POST", "/api/imports", other, Idempotency_Key="k1").status == 422


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "people", "key": KEY}, 400, "invalid_field"),
        ({"kind": "contacts", "key": "exports/all.csv"}, 400, "invalid_field"),
        ({"kind": "contacts", "key": "imports/../exports/all.csv"}, 400, "invalid_key"),
        ({"kind": "contacts", "key": "imports/none.csv"}, 404, "file_not_found"),
        ({"kind": "contacts", "key": "imports/book.xlsx"}, 415, "unsupported_file"),
        ({"kind": "contacts", "key": KEY, "mapping": {"columns": {"x": "y"}}}, 400, "invalid_mapping"),
        (
            {"kind": "contacts", "key": KEY, "consent": {"channels": ["email"]}},
            400,
            "invalid_consent_statement",
        ),
        ({"kind": "contacts", "key": KEY, "dry_run": "yes"}, 400, "invalid_field"),
        ({"kind": "events", "key": KEY}, 400, "timestamp_required"),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(body, status, code):
    desk().files.write("imports/book.xlsx", [b"PK\x03\x04rest"])

    answer = post("/api/imports", **body)

    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/api/imports/none", "/api/imports/none/errors"])
def test_an_import_that_is_not_there(path):
    assert call("GET", path).status == 404


def test_everybody_is_listed_once_and_who_is_gone_is_not(dynamodb: Any):
    for number in range(5):
        put_profile(
            Profile(
                f"{'a' * 19}{'bcdef'[number]}",
                traits={"n": number},
                identities=("u#x",),
                created_at=NOW.isoformat(),
            )
        )
    gone = {
        "pk": {"S": f"C#{'z' * 20}"},
        "sk": {"S": "PROFILE"},
        "kind": {"S": "profile"},
        "revision": {"N": "2"},
    }
    dynamodb.put_item(TableName="People", Item=gone | {"merged_into": {"S": "a" * 19 + "b"}})
    consent = ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.GIVEN,
        at=NOW,
        source="test",
    )
    record("a" * 19 + "b", consent)

    found, path = [], "/api/contacts?limit=2"
    while True:
        answer = call("GET", path)
        found += answer.body["items"]
        if not answer.body["next"]:
            break
        path = f"/api/contacts?limit=2&cursor={answer.body['next']}"

    assert sorted(contact["traits"]["n"] for contact in found) == [0, 1, 2, 3, 4]
    assert [len(contact["consent"]) for contact in sorted(found, key=lambda each: each["traits"]["n"])] == [
        1,
        0,
        0,
        0,
        0,
    ]


def test_a_small_file_can_be_sent_as_it_is_and_lies_there_once():
    first = call("PUT", "/api/uploads/my list.csv", PEOPLE)
    again = call("PUT", "/api/uploads/my list.csv", PEOPLE)

    assert first.status == 201
    assert first.body == {"key": again.body["key"], "size": len(PEOPLE), "exists": False}
    assert again.body["exists"]
    assert first.body["key"].endswith("/my-list.csv")
    assert post("/api/imports/preview", kind="contacts", key=first.body["key"]).body["rows"][0] == [
        "u1",
        "ada@example.org",
        "yes",
    ]


@pytest.mark.parametrize(("content", "status"), [(b"", 400), (b"x" * 4_500_001, 413)], ids=["none", "large"])
def test_a_file_that_cannot_be_sent_so_is_refused(content: bytes, status: int):
    assert call("PUT", "/api/uploads/x.csv", content).status == status


def test_everybody_of_a_file_can_be_put_on_a_list():
    mapping = {"columns": {"id": "userId"}, "list": "spring-fair"}

    begun = post("/api/imports", kind="contacts", key=KEY, mapping=mapping)
    run(begun.body["id"])
    again = post("/api/imports", kind="contacts", key=KEY, mapping=mapping)
    shown = call("GET", f"/api/imports/{begun.body['id']}").body

    assert again.body["id"] == begun.body["id"]
    assert shown["figures"]["imported"] == 2
    assert shown["figures"]["events"] == 4
    assert shown["mapping"]["list"] == "spring-fair"


@pytest.mark.parametrize("asked", [{"kind": "events"}, {"list": "x" * 101}, {"list": ["x"]}], ids=str)
def test_a_list_is_a_name_and_of_contacts(asked: dict[str, Any]):
    kind = asked.get("kind", "contacts")
    columns = {"id": "userId", "at": "timestamp"} if kind == "events" else {"id": "userId"}
    mapping = {"columns": columns, "event": "x", "list": asked.get("list", "x")}

    assert post("/api/imports/preview", kind=kind, key=KEY, mapping=mapping).body["code"] == "invalid_mapping"
