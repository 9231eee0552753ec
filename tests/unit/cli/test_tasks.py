"""`sojourn task`, against a small server on loopback: what it asks and shows."""

from typing import Any

from tests.unit.cli.test_commands import Server, run, server  # noqa: F401  fixtures

TASK = {
    "id": "c.welcome.1.0",
    "due": "2026-01-07T20:00:00.000Z",
    "contact": "c",
    "user_id": "ann",
    "step": "Call them",
    "note": "Ask",
    "outcomes": ["reached", "not reached"],
    "outcome": "reached",
    "by": "ops",
}


def test_a_list_is_shown_with_all_its_pages(run: Any, server: Server):  # noqa: F811
    other = {**TASK, "user_id": None, "contact": "dora"}
    server.answers = [
        (200, {"items": [TASK], "next": "more", "open": 2}),
        (200, {"items": [other], "next": None, "open": 2}),
    ]

    result = run("task", "list", "--assign", "sales")

    asked = [asked[1] for asked in server.asked]
    assert asked == ["/api/tasks?assign=sales&limit=200", "/api/tasks?assign=sales&limit=200&cursor=more"]
    assert "2 open" in result.output
    assert "dora" in result.output


def test_a_task_is_settled(run: Any, server: Server):  # noqa: F811
    server.answers = [(200, TASK)]

    result = run("task", "settle", "c.welcome.1.0", "reached", "--by", "ops")

    assert server.asked[0][:2] == ("POST", "/api/tasks/c.welcome.1.0")
    assert "Call them: reached (ops)" in result.output


def test_a_refusal_is_the_apis_own_words(run: Any, server: Server):  # noqa: F811
    server.answers = [(422, {"code": "unknown_outcome", "message": "`outcome` is one of: reached"})]

    result = run("task", "settle", "x", "later")

    assert result.exit_code == 1
    assert "`outcome` is one of: reached" in result.output
