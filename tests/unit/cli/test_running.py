"""`sojourn journey enrol | pause | resume | stop`: what they ask, and what they show."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from sojourn.cli.main import main
from tests.unit.cli.test_commands import Server, server

__all__ = ["server"]


def run(server: Server, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--api-url", server.url, "--api-key", "k"])


def test_somebody_is_asked_for_by_request(server: Server):
    server.answers = [(202, {"accepted": True, "message_id": "m", "is_new": True})]

    result = run(server, "journey", "enrol", "cart", "ada", "--property", "n=3", "--property", "shop=Ulm")

    assert server.asked[0][:2] == ("POST", "/api/journeys/cart/enrolments")
    assert "sojourn explain ada cart" in result.output


def test_a_property_is_name_and_value(server: Server):
    result = run(server, "journey", "enrol", "cart", "ada", "--property", "shop")

    assert result.exit_code == 2
    assert "NAME=VALUE" in result.output
    assert server.asked == []


@pytest.mark.parametrize(
    ("command", "state", "said"),
    [
        ("pause", "paused", "sojourn journey resume cart"),
        ("resume", "live", "goes on"),
        ("stop", "stopped", "nobody comes in"),
    ],
)
def test_a_journey_is_paused_resumed_and_stopped(server: Server, command: str, state: str, said: str):
    server.answers = [(200, {"name": "cart", "state": state, "since": None, "changed": True})]

    result = run(server, "journey", command, "cart")

    assert server.asked[0][:2] == ("POST", f"/api/journeys/cart/{command}")
    assert said in result.output.replace("\n", " ")
    assert json.loads(run(server, "journey", command, "cart", "--json").output)["state"] == state


def test_who_has_finished_is_let_on_at_a_step(server: Server):
    server.answers = [(202, {"journey": "cart", "version": 3, "to": "Ask", "moved": 0, "status": "running"})]

    result = run(server, "journey", "continue", "cart", "Ask")

    assert server.asked[0][:2] == ("POST", "/api/journeys/cart/continuations")
    assert json.loads(server.bodies[0]) == {"to": "Ask"}
    assert "goes on at 'Ask' in version 3" in result.output.replace("\n", " ")
