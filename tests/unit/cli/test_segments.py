"""`sojourn segment`, with a server that answers as it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.test_commands import Server, run, server

__all__ = ["run", "server"]
SOUND = "segment: payers\nrule: [{attribute: plan, is: pro}]\n"
DONE = {
    "id": "r",
    "status": "done",
    "stage": "settle",
    "pages": 2,
    "pages_done": 2,
    "reason": None,
    "members": 3,
}
PAYERS = {
    "name": "payers",
    "revision": 1,
    "source": SOUND,
    "live": 1,
    "pending": None,
    "invalid": [],
    "live_since": "2026-11-22T00:00:00.000Z",
    "means": "plan is pro",
    "members": 3,
    "evaluated_at": "2026-11-22T01:00:00.000Z",
    "run": DONE,
    "used_by": {"segments": [], "journeys": ["win-back"]},
    "days": [{"day": "2026-11-22", "entered": 3, "left": 0, "members": 3}],
}
PREVIEW = {
    "count": 300,
    "low": 200,
    "high": 400,
    "is_exact": False,
    "looked_at": 1_000,
    "of": 100_000,
    "means": "plan is pro",
    "uncut": [],
    "examples": [{"id": "c1", "identities": ["u#ada"], "email": None}],
    "warnings": [],
}
DRIFT = {
    "contacts": 1,
    "missing": 1,
    "surplus": 0,
    "mislisted": 0,
    "by_segment": {"payers": {"missing": 1, "surplus": 0, "mislisted": 0}},
    "examples": ["contact-ada"],
    "repaired": 0,
    "on_its_way": 2,
    "by_profile": 0,
}
VERIFIED = {
    "id": "verify-payers.00001",
    "kind": "verify",
    "segments": ["payers"],
    "status": "done",
    "stage": "verify",
    "reason": None,
    "percent": 100.0,
    "begun_at": "2026-11-22T00:00:00.000Z",
    "ended_at": "2026-11-22T00:01:00.000Z",
    "progress": {"seen": 1_200, "estimated": 1_200},
    "judged": 400,
    "drift": DRIFT,
}
BEGUN = {**VERIFIED, "status": "running", "ended_at": None, "drift": {**DRIFT, "contacts": 0}}


def test_sound_files_are_told_so(run: Any):
    Path("payers.segment.yaml").write_text(SOUND, encoding="utf-8")

    assert "Sound" in run("segment", "check", ".").output


def test_every_error_of_a_file_is_on_a_line_with_its_remedy(run: Any):
    Path("a.segment.yaml").write_text("segment: a\nrule: [{attribute: plan, iz: pro}]\n", encoding="utf-8")

    result = run("segment", "check", "a.segment.yaml")

    assert result.exit_code == 1
    assert "a.segment.yaml:2" in result.output
    assert "—" in result.output


@pytest.mark.parametrize("path", [".", "missing.segment.yaml"])
def test_no_file_is_a_clear_error(run: Any, path: str):
    result = run("segment", "check", path)

    assert result.exit_code == 1
    assert "segment" in result.output


def test_a_preview_of_a_file_tells_its_interval_and_some_of_them(run: Any, server: Server):
    Path("payers.segment.yaml").write_text(SOUND, encoding="utf-8")
    server.answers = [(200, PREVIEW)]

    output = run("segment", "preview", "payers.segment.yaml").output

    assert server.asked[0][:2] == ("POST", "/api/segments/preview")
    assert "about 300 of 100,000" in output
    assert "200 to 400" in output
    assert "u#ada" in output


def test_publishing_a_file_saves_it_waits_and_tells_the_head_count(run: Any, server: Server):
    Path("payers.segment.yaml").write_text(SOUND, encoding="utf-8")
    begun = {**DONE, "status": "running"}
    told = {"name": "payers", "generation": 1, "changed": True, "run": begun, "warnings": []}
    server.answers = [(200, {}), (202, told), (200, PAYERS)]

    output = run("segment", "publish", "payers.segment.yaml").output

    assert [asked[:2] for asked in server.asked] == [
        ("PUT", "/api/segments/payers"),
        ("POST", "/api/segments/payers/publish"),
        ("GET", "/api/segments/payers"),
    ]
    assert "members 3" in output
    assert "Nobody enters a journey by this" in output


def test_a_contact_is_explained_as_a_tree(run: Any, server: Server):
    leaf = {"condition": "plan is pro", "holds": False, "seen": "free", "flips_at": None, "parts": []}
    rule = {"condition": "all of", "holds": False, "seen": None, "flips_at": None, "parts": [leaf]}
    server.answers = [
        (
            200,
            {
                "segment": "payers",
                "contact": "c1",
                "is_live": True,
                "is_in": False,
                "since": None,
                "rule": rule,
            },
        )
    ]

    output = run("segment", "explain", "payers", "ada").output

    assert server.asked[0][1] == "/api/segments/payers/explain?contact=ada"
    assert "not in" in output
    assert "✗ plan is pro · seen: free" in output


def test_members_are_asked_for_page_by_page(run: Any, server: Server):
    page = {"items": [{"contact": "c1", "since": "2026"}], "next": "more"}
    server.answers = [(200, page), (200, {**page, "next": None})]

    output = run("segment", "members", "payers").output

    assert [asked[1] for asked in server.asked][1].endswith("cursor=more")
    assert output.count("c1") == 2


def test_watching_ends_with_how_it_stands(run: Any, server: Server):
    server.answers = [(200, PAYERS), (200, PAYERS)]

    output = run("segment", "watch", "payers").output

    assert "win-back" in output


def test_a_verification_is_waited_for_and_drift_is_the_exit_code(run: Any, server: Server):
    server.answers = [(202, BEGUN), (200, VERIFIED)]

    result = run("segment", "verify", "payers", "--percent", "10")

    assert [asked[:2] for asked in server.asked] == [
        ("POST", "/api/segments/payers/verify"),
        ("GET", "/api/segments/runs/verify-payers.00001"),
    ]
    assert result.exit_code == 1
    assert "1 contacts have drifted" in result.output
    assert "contact-ada" in result.output
    assert "--repair" in result.output


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"drift": {**DRIFT, "repaired": 1}}, 0),
        ({"drift": {**DRIFT, "contacts": 0}}, 0),
        ({}, 1),
        ({"status": "failed", "reason": "States.Timeout", "drift": {**DRIFT, "contacts": 0}}, 1),
        ({"status": "interrupted", "drift": {**DRIFT, "contacts": 0}}, 1),
    ],
    ids=["repaired", "none", "drift", "failed", "interrupted"],
)
def test_what_a_verification_of_all_came_to(run: Any, server: Server, told: dict[str, Any], code: int):
    server.answers = [(202, {**VERIFIED, **told})]

    result = run("segment", "verify", "--json")

    assert server.asked[0][:2] == ("POST", "/api/segments/verify")
    assert (result.exit_code, json.loads(result.output)) == (code, {**VERIFIED, **told})


def test_nobody_need_wait_for_a_verification(run: Any, server: Server):
    server.answers = [(202, BEGUN), (200, VERIFIED)]

    begun = run("segment", "verify", "payers", "--no-wait")
    looked = run("segment", "run", "verify-payers.00001")

    assert (begun.exit_code, looked.exit_code) == (0, 0)
    assert "running" in begun.output
    assert "1,200" in looked.output


@pytest.mark.parametrize("percent", ["0", "101", "some"])
def test_a_part_that_is_none_is_refused_before_anything_is_asked(run: Any, server: Server, percent: str):
    assert run("segment", "verify", "payers", "--percent", percent).exit_code == 2
    assert server.asked == []
