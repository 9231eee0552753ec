"""`sojourn attributes` and `sojourn workspace`, against a small server on loopback."""

from __future__ import annotations

import json

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


def test_what_holds_for_all_messages_is_changed_one_by_one(run, server):
    there = {"hours": {"sms": "09:00-19:00"}, "caps": [{"at most": 3, "per": "1 week"}]}
    said = {"country": "FR", "timezone": None, "delivery": {**there, "email_rate": 14}}
    server.answers = [(200, {"country": "FR", "timezone": None, "delivery": there}), (200, said)] * 3

    told = run("workspace", "set", "--email-rate", "14")
    run("workspace", "set", "--cap", "1 sms per day", "--cap", "{at most: 5, per: 1 week, on cap: skip}")
    run("workspace", "set", "--no-caps", "--sms-hours", "")

    assert told.output == (
        "country FR, time zone –\nsms 09:00-19:00\nat most 3 per 1 week\n14 mails a second\n"
    )
    sent = [json.loads(body) for body in server.bodies if body]
    assert sent[0] == {"delivery": {**there, "email_rate": 14.0}}
    assert sent[1]["delivery"]["caps"] == [
        {"at most": 1, "per": "day", "channel": "sms"},
        {"at most": 5, "per": "1 week", "on cap": "skip"},
    ]
    assert sent[2] == {"delivery": {}}


def test_a_cap_that_is_none_is_refused_before_anybody_is_asked(run, server):
    server.answers = [(200, {"country": None, "timezone": None})]

    assert "3 per 1 week" in run("workspace", "set", "--cap", "three").output
    assert [method for method, _, _ in server.asked] == ["GET"]
