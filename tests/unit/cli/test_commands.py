"""The commands against a small server on loopback: what they ask, what they show, and the way on after a failure."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.main import main
from sojourn.insight.report import report

SOUND = """\
journey: hello
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Say hello
    template: hello
"""


class Server(HTTPServer):
    """Answers every request with the next answer it was given; the last one stays."""

    answers: list[tuple[int, Any]]
    asked: list[tuple[str, str, str]]
    bodies: list[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.server.asked.append((self.command, self.path, self.headers["Authorization"]))
        status, body = self.server.answers[0] if len(self.server.answers) == 1 else self.server.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    do_PUT = do_POST = do_GET  # noqa: N815  # names that http.server looks for

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.answers, server.asked, server.bodies = [], [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in an empty folder in which a local cloud seems to run."""
    monkeypatch.chdir(tmp_path)
    Path(".sojourn").mkdir()
    local = {"api_url": server.url, "api_key": "k"}
    Path(".sojourn/local.json").write_text(json.dumps(local), encoding="utf-8")

    def command(*arguments: str, said: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=said)

    return command


def test_a_report_is_asked_of_the_local_cloud_and_shown(run, server):
    server.answers = [(200, report([]))]

    result = run("report", "welcome")

    assert server.asked == [("GET", "/api/journeys/welcome/report", "Bearer k")]
    assert "enrolled" in result.output
    assert "email" in result.output


def test_json_is_the_answer_itself(run, server):
    server.answers = [(200, {"id": "x"})]

    assert json.loads(run("contact", "show", "u#ada/1", "--json").output) == {"id": "x"}
    assert server.asked[0][1] == "/api/contacts/u%23ada%2F1"


def test_a_contact_is_explained_in_each_journey_that_is_live(run, server):
    live = [{"name": "welcome", "live_version": 1}, {"name": "cart", "live_version": None}]
    told = {"reason": "entry_event_never_seen", "why": "never did that"}
    server.answers = [(200, {"items": live}), (200, told)]

    result = run("contact", "explain", "ada")

    asked = [asked[1] for asked in server.asked]
    assert asked == ["/api/journeys?limit=200", "/api/explain?contact=ada&journey=welcome"]
    assert "entry_event_never_seen" in result.output


def test_with_a_journey_a_contact_is_explained_there(run, server):
    server.answers = [(200, {"why": "because", "enrolment": None, "next": None, "messages": []})]

    assert "because" in run("contact", "explain", "ada", "welcome").output


def test_publishing_a_file_saves_its_draft_first(run, server):
    Path("hello.journey.yaml").write_text(SOUND, encoding="utf-8")
    published = {"name": "hello", "version": 1, "changed": True}
    server.answers = [(404, {"message": "no"}), (200, {}), (200, published)]

    result = run("publish", "hello.journey.yaml")

    assert [asked[:2] for asked in server.asked] == [
        ("GET", "/api/journeys/hello"),
        ("PUT", "/api/journeys/hello"),
        ("POST", "/api/journeys/hello/publish"),
    ]
    assert "sojourn report hello" in result.output


def test_publishing_what_was_saved_already_makes_no_new_revision(run, server):
    Path("hello.journey.yaml").write_text(SOUND, encoding="utf-8")
    warning = {"file": "f.yaml", "line": 1, "step": "", "problem": "no goal", "remedy": "name one"}
    published = {"name": "hello", "version": 1, "changed": True, "warnings": [warning]}
    server.answers = [(200, {"revision": 3, "source": SOUND}), (200, published)]

    result = run("publish", "hello.journey.yaml")

    assert [asked[0] for asked in server.asked] == ["GET", "POST"]
    assert "warning: f.yaml:1: no goal — name one" in result.output


def test_a_conflict_is_shown_as_what_changed(run, server):
    Path("hello.journey.yaml").write_text(SOUND, encoding="utf-8")
    conflict = {
        "message": "revision 4 was saved by bob meanwhile",
        "code": "precondition_failed",
        "diff": ["-a", "+b"],
    }
    server.answers = [(200, {"revision": 3, "source": "older"}), (412, conflict)]

    result = run("publish", "hello.journey.yaml")

    assert result.exit_code == 1
    assert "saved by bob" in result.output
    assert "  -a\n  +b\n" in result.output
    assert "journey show" in result.output


def test_who_agrees_sees_what_would_go_live_first(run, server):
    live = {"version": 2, "source": "for: 2 days\n"}
    there = {"name": "hello", "revision": 4, "source": "for: 3 days\n", "saved_by": "ada", "live": live}
    agreed = {"name": "hello", "revision": 4, "is_new": True, "approvals": {"missing": 0}}
    server.answers = [(200, there), (201, agreed)]

    result = run("journey", "approve", "hello", "--yes")

    assert "revision 4, saved by ada" in result.output
    assert "-for: 2 days" in result.output
    assert "+for: 3 days" in result.output
    assert "sojourn publish hello" in result.output
    assert server.asked[1][:2] == ("POST", "/api/journeys/hello/approvals")


def test_errors_come_with_place_remedy_and_the_way_on(run, server):
    error = {"file": "f.yaml", "line": 7, "step": "Say hello", "problem": "no template", "remedy": "add one"}
    server.answers = [(422, {"message": "refused", "errors": [error]})]

    result = run("publish", "hello")

    assert result.exit_code == 1
    assert "f.yaml:7: Say hello: no template — add one" in result.output


@pytest.mark.parametrize(
    ("status", "way"), [(401, "sojourn keys new"), (404, "sojourn --help"), (503, "repeat")]
)
def test_each_refusal_names_the_next_command(run, server, status, way):
    server.answers = [(status, {"message": "no"})]

    assert way in run("explain", "ada", "welcome").output


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("journey_not_found", "→ `sojourn journey list` shows the journeys"),
        ("contact_not_found", "→ a contact goes by its id or userId"),
    ],
)
def test_what_is_not_there_is_looked_for_in_its_own_place(run, server, code, way):
    server.answers = [(404, {"message": "no", "code": code})]

    assert run("explain", "ada", "welcome").output == f"Error: no\n{way}\n"


def test_another_server_is_told_from_ours(run, server):
    server.answers = [(200, b"<html>")]

    assert "--api-url" in run("report", "welcome").output


def test_without_a_local_cloud_make_up_is_named(run):
    Path(".sojourn/local.json").unlink()

    assert "make up" in run("report", "welcome").output


def test_nobody_listening_is_said(run):
    assert "make up" in run("report", "welcome", "--api-url", "http://127.0.0.1:9", "--api-key", "k").output


def test_check_and_compile_need_no_cloud(run):
    Path("hello.journey.yaml").write_text(SOUND, encoding="utf-8")
    Path("wrong.journey.yaml").write_text(
        SOUND.replace("template: hello", "templat: hello"), encoding="utf-8"
    )

    assert run("check", "hello.journey.yaml").exit_code == 0
    assert "Say hello" in json.loads(run("compile", "hello.journey.yaml").output)["States"]
    wrong = run("check", "wrong.journey.yaml")
    assert wrong.exit_code == 1
    assert "wrong.journey.yaml:6" in wrong.output


def test_the_region_may_be_named_as_the_aws_command_has_it(run, server, monkeypatch):
    """boto3 by itself knows AWS_DEFAULT_REGION alone."""
    ours = {"AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": server.url, "AWS_CONFIG_FILE": "none"}
    for name, value in {**ours, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    server.answers = [(400, {})]

    run("keys", "list", "--stack", "nobody")

    assert "/eu-central-1/cloudformation/" in server.asked[0][2]
