"""`sojourn attributes` and `sojourn workspace`, against a small server on loopback."""

from __future__ import annotations

from tests.unit.cli.test_commands import run, server

__all__ = ["run", "server"]  # fixtures

PLAN = {"name": "plan", "type": "text", "taught_by": "server", "seen": True, "built_in": False}


def test_every_page_of_attributes_is_shown(run, server):
    server.answers = [
        (200, {"items": [PLAN], "next": "k1.x"}),
        (200, {"items": [{**PLAN, "name": "score"}], "next": None}),
    ]

    shown = run("attributes", "list")

    assert shown.exit_code == 0
    assert "plan" in shown.output
    assert "score" in shown.output
    assert [path for _, path, _ in server.asked] == [
        "/api/attributes?limit=200", "/api/attributes?limit=200&cursor=k1.x",
    ]  # fmt: skip


def test_a_type_is_said(run, server):
    server.answers = [(200, {"attributes": {"score": "number"}})]

    assert run("attributes", "set", "score", "number").output == "score is a number\n"
    assert server.asked[0][:2] == ("PUT", "/api/attributes")


def test_a_conflict_is_told_with_the_way_on(run, server):
    server.answers = [
        (409, {"code": "attribute_type_conflict", "message": "`score` is a number and has values"})
    ]

    shown = run("attributes", "set", "score", "text")

    assert shown.exit_code == 1
    assert "has values" in shown.output


def test_where_the_company_is(run, server):
    server.answers = [(200, {"country": "FR", "timezone": None})]

    assert run("workspace", "show").output == "country FR, time zone –\n"
    assert run("workspace", "set", "--country", "FR").output == "country FR, time zone –\n"
    assert [method for method, _, _ in server.asked] == ["GET", "PUT"]
