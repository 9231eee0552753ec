"""Imports and exports against the small server of test_commands: shown, followed to the end, and all out again."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from sojourn.imports.formulas import safe
from tests.unit.cli.test_commands import run, server

__all__ = ["run", "server"]
MAPPING = {"columns": {"email": "traits.email", "note": {"to": "traits.note", "type": "number"}}}
PREVIEW = {
    "format": "csv",
    "encoding": "utf-8",
    "columns": ["email", "note"],
    "mapping": MAPPING,
    "faults": [],
}
FIGURES = {"rows": 2, "imported": 1, "failed": 1, "unmailable": 1}


def a_job(status: str, **more: Any) -> dict[str, Any]:
    job = {"id": "i1", "status": status, "dry_run": False, "rows": 2, "figures": FIGURES, "reason": None}
    return {**job, "has_errors": False, "remedies": {"unmailable": "ask them by double opt-in"}, **more}


@pytest.fixture
def file(run: Any) -> Path:
    path = Path("people.csv")
    path.write_text("email,note\nada@example.org,1\n", encoding="utf-8")
    return path


def test_a_file_is_uploaded_shown_and_imported(run, server, file):
    place = {"key": "imports/x.csv", "exists": False, "url": f"{server.url}/put"}
    server.answers = [
        (201, place),
        (200, {}),
        (200, PREVIEW),
        (202, a_job("running")),
        (200, a_job("completed")),
    ]

    result = run("import", "contacts", "people.csv", "--yes")

    assert result.exit_code == 0, result.output
    assert [asked[:2] for asked in server.asked] == [
        ("POST", "/api/uploads"),
        ("PUT", "/put"),
        ("POST", "/api/imports/preview"),
        ("POST", "/api/imports"),
        ("GET", "/api/imports/i1"),
    ]
    for word in ("traits.email", "completed", "not to be written to", "double opt-in"):
        assert word in result.output


@pytest.mark.parametrize("said", ["", "n\n"], ids=["no-terminal", "no"])
def test_nothing_is_imported_that_nobody_agreed_to(run, server, file, said):
    place = {"key": "imports/x.csv", "exists": True, "url": ""}
    server.answers = [(201, place), (200, PREVIEW)]

    result = run("import", "contacts", "people.csv", said=said)

    assert result.exit_code == 1
    assert "traits.email" in result.output
    assert ("POST", "/api/imports") not in [asked[:2] for asked in server.asked]


def test_what_lies_there_does_not_travel_again(run, server, file):
    place = {"key": "imports/x.csv", "exists": True, "url": f"{server.url}/put"}
    server.answers = [(201, place), (200, PREVIEW), (200, a_job("completed"))]

    assert run("import", "contacts", "people.csv", "--yes").exit_code == 0
    assert ("PUT", "/put") not in [asked[:2] for asked in server.asked]


def test_errors_are_fetched_beside_the_file(run, server, file):
    place = {"key": "imports/x.csv", "exists": True, "url": ""}
    done = a_job("completed", has_errors=True)
    table = b"line,column,code,reason,left out\r\n"
    server.answers = [
        (201, place),
        (200, PREVIEW),
        (200, done),
        (200, {"url": f"{server.url}/e"}),
        (200, table),
    ]

    result = run("import", "events", "people.csv", "--event", "Order Completed", "--yes")

    assert result.exit_code == 0, result.output
    assert Path("people.csv.errors.csv").read_bytes() == table


def test_an_import_that_did_not_end_well_fails_and_says_how_to_go_on(run, server, file):
    place = {"key": "imports/x.csv", "exists": True, "url": ""}
    server.answers = [(201, place), (200, PREVIEW), (202, a_job("interrupted"))]

    result = run("import", "contacts", "people.csv", "--yes")

    assert result.exit_code == 1
    assert "sojourn import resume i1" in result.output


def a_contact(id: str, **traits: Any) -> dict[str, Any]:  # noqa: A002
    consent = {"email|marketing|*": {"status": "given", "at": "", "by": ""}}
    known = {"id": id, "identities": [f"u#{id}"], "traits": traits, "consent": consent, "stage": "lead"}
    return {**known, "tags": ["a", "b"], "lists": [], "created_at": "2026-01-01T00:00:00.000Z"}


def test_everybody_goes_into_one_table_without_formulas(run, server):
    first = {"items": [a_contact("c1", name="=HYPERLINK(1)", phone="+12025550123")], "next": "n1"}
    second = {"items": [a_contact("c2", age=-5, tags=["x"])], "next": None}
    server.answers = [(200, first), (200, second)]

    assert run("export", "contacts", "-o", "all.csv").exit_code == 0

    rows = list(csv.DictReader(Path("all.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["traits.name"] for row in rows] == ["'=HYPERLINK(1)", ""]
    assert rows[0]["traits.phone"] == "+12025550123"
    assert (rows[1]["traits.age"], rows[1]["traits.tags"], rows[1]["tags"]) == ("-5", "x", "a; b")
    assert rows[0]["consent.email|marketing|*"] == "given"
    assert [asked[1] for asked in server.asked] == [
        "/api/contacts?limit=200",
        "/api/contacts?limit=200&cursor=n1",
    ]


def test_everybody_goes_into_lines_as_they_are(run, server):
    server.answers = [(200, {"items": [a_contact("c1", name="=1")], "next": None})]

    assert run("export", "contacts", "-o", "all.jsonl", "--format", "jsonl").exit_code == 0
    assert json.loads(Path("all.jsonl").read_text(encoding="utf-8"))["traits"] == {"name": "=1"}


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-cmd", "@x", "\t=1", "\r=1", " =1", "＝1"])
def test_a_formula_becomes_a_text(cell):
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["ada", "-5", "+12025550123", "-0.5", "", "a=b", 7, -7, None])
def test_what_is_no_formula_stays(cell):
    assert safe(cell) == cell
