"""`sojourn workspace mode`, `journey release`, `message release`: what they ask, and what they show."""

import json

from click.testing import CliRunner

from sojourn.cli.main import main
from tests.unit.cli.test_commands import Server, server
from tests.unit.cli.test_running import run

__all__ = ["server"]
LIVE: dict[str, object] = {"mode": "live", "allow": [], "since": None}
REFUSED = {"code": "confirm_live", "message": "2 people wait: say it again with `confirm`: true (`--yes`)"}


def test_a_mode_is_said_with_who_is_named(server: Server):
    server.answers = [(200, {"mode": "allow_list", "allow": ["me@example.org"], "since": None})]

    result = run(server, "workspace", "mode", "allow_list", "--allow", "me@example.org")

    assert server.asked[0][:2] == ("PUT", "/api/workspace/mode")
    assert result.output.splitlines() == ["allow_list: only these get messages", "  me@example.org"]


def test_going_live_is_asked_about_and_then_said_again(server: Server):
    server.answers = [(409, REFUSED), (200, LIVE)]
    options = ["--api-url", server.url, "--api-key", "k"]

    result = CliRunner().invoke(main, ["workspace", "mode", "live", *options], input="y\n")

    assert "2 people wait. Go live?" in result.output
    said = [json.loads(body) for body in server.bodies]
    assert said == [{"mode": "live"}, {"mode": "live", "confirm": True}]


def test_what_going_live_would_do_is_told_and_changes_nothing(server: Server):
    server.answers = [(200, {"message": "2 people are in live journeys"})]

    told = run(server, "workspace", "mode", "live", "--dry-run")
    refused = run(server, "workspace", "mode", "off", "--dry-run")

    assert [path for _, path, *_ in server.asked] == ["/api/workspace/mode/live"]
    assert told.output == "2 people are in live journeys\n"
    assert refused.exit_code == 2


DRAFT = {
    "id": "c1-5f0c",
    "journey": "cart",
    "step": "Remind",
    "contact": "c1",
    "user_id": "ann",
    "expires_at": "2026-01-06T12:00:00.000Z",
}


def test_drafts_are_listed_page_after_page(server: Server):
    pages = [{"items": [DRAFT], "next": "p2"}, {"items": [{**DRAFT, "user_id": None}], "next": None}]
    server.answers = [(200, page) for page in pages]

    result = run(server, "message", "list", "--waiting", "--journey", "cart")

    paths = [path for _, path, *_ in server.asked]
    assert paths[0] == "/api/messages?state=waiting&limit=200&journey=cart"
    assert paths[1].endswith("&cursor=p2")
    assert "2 wait" in result.output
    assert "discard MESSAGE --reason" in result.output


def test_a_draft_is_discarded_with_a_reason(server: Server):
    server.answers = [(200, {"id": "c1-5f0c", "state": "skipped", "reason": "discarded"})]

    result = run(server, "message", "discard", "c1-5f0c", "--reason", "the price is wrong")

    assert server.asked[0][:2] == ("POST", "/api/messages/c1-5f0c/discard")
    assert json.loads(server.bodies[0]) == {"reason": "the price is wrong"}
    assert result.output == "c1-5f0c does not go; its run goes on\n"


def test_drafts_are_released(server: Server):
    server.answers = [(200, {"name": "cart", "until": "2026-01-05T12:00:00.000Z"})]

    result = run(server, "journey", "release", "cart")

    assert server.asked[0][:2] == ("POST", "/api/journeys/cart/release")
    assert "within minutes" in result.output
