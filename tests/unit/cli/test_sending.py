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


def test_drafts_are_released(server: Server):
    server.answers = [(200, {"name": "cart", "until": "2026-01-05T12:00:00.000Z"})]

    result = run(server, "journey", "release", "cart")

    assert server.asked[0][:2] == ("POST", "/api/journeys/cart/release")
    assert "within minutes" in result.output
