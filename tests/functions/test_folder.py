"""`sojourn plan | apply | pull | diff` against the admin API itself, over a socket on loopback."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from functions.api.app import handler
from functions.api.world import World, world
from sojourn import config
from sojourn.cli.main import main
from sojourn.clock import ManualClock, iso
from sojourn.http.keys import key_row_id
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import LiveJourney, live, set_live
from sojourn.journeys.migrating.migrate import migration_of
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Version, get_draft, published, put_version
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import NOW, empty
from tests.journeys import ARN, an_enrolment, keep

KEY = "sj_api_0123456789abcdef"
JOURNEY = """\
# For those who sign up.
journey: hello
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Say hello
    template: hello
  - wait: Rest
    for: 2 days
  - send: Say more
    template: hello
"""
SEGMENT = "segment: payers\ndescription: Who pays\nrule: [{attribute: plan, is: pro}]\n"
OF_PAYERS = "segment: german-payers\nrule: [{segment: payers}, {attribute: country, is: DE}]\n"
TEMPLATE = """\
template: hello
channel: sms
text: |
  Hello from Fieldnotes. Reply STOP to stop.
"""


@dataclass
class Press:
    """Publishes as the function does, without Step Functions."""

    def publish(self, name: str) -> dict[str, Any]:
        draft = get_draft(name)
        assert draft is not None
        number = live()[name].version + 1 if name in live() else 1
        journey = Journey.from_definition(draft.definition)
        arn = f"{ARN.rpartition(':')[0]}:{number}"
        put_version(
            Version(
                name=name,
                number=number,
                source=draft.source,
                definition=draft.definition,
                content_hash=str(number),
                version_arn=arn,
                published_at=iso(NOW),
                templates={"hello": 1},
            )
        )
        facts: dict[str, Any] = {"version": number, "version_arn": arn, "entries": journey.entries}
        set_live(LiveJourney(name=name, heard=heard_by(journey), **facts))
        return {"name": name, "version": number, "version_arn": arn, "changed": True}


class Bridge(BaseHTTPRequestHandler):
    """From a socket to the function and back."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        pairs = [pair.split("=", 1) for pair in query.split("&") if pair]
        answer = handler(
            {
                "path": path,
                "httpMethod": self.command,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "multiValueQueryStringParameters": {name: [value] for name, value in pairs} or None,
                "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
                "body": base64.b64encode(body).decode() if body else None,
                "isBase64Encoded": bool(body),
            },
            None,
        )
        self.send_response(answer["statusCode"])
        self.end_headers()
        self.wfile.write((answer["body"] or "").encode())

    do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815  # names that http.server looks for

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with moto_cloud():
        server = HTTPServer(("127.0.0.1", 0), Bridge)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()
    world.cache_clear()


@pytest.fixture
def stage(url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("PUBLISH_JOURNEY_FUNCTION", "publish")
    empty(
        boto3.client("dynamodb", region_name=REGION),
        "Config",
        "Counters",
        "Events",
        "Identity",
        "People",
        "Due",
    )
    world.cache_clear()
    published.cache_clear()
    known = world()
    known.clock, known.publisher = ManualClock(NOW), Press()
    config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})
    config.put("KEY", "link", {"active": "k1", "keys": {"k1": base64.b64encode(b"s" * 32).decode()}})
    return known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    (here / "hello.journey.yaml").write_text(JOURNEY)
    (here / "hello.template.yaml").write_text(TEMPLATE)
    (here / "payers.segment.yaml").write_text(SEGMENT)
    (here / "a-german-payers.segment.yaml").write_text(OF_PAYERS)
    return here


@pytest.fixture
def sojourn(url: str, stage: World) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--api-url", url, "--api-key", KEY])

    return run


def test_a_plan_names_what_would_change_and_changes_nothing(sojourn, folder):
    shown = sojourn("plan", str(folder))

    assert shown.exit_code == 0, shown.output
    assert "+ template hello: new" in shown.output
    assert "+ journey hello: new" in shown.output
    assert "+ segment payers: new" in shown.output
    assert shown.output.index("segment payers") < shown.output.index("segment german-payers")
    assert get_draft("hello") is None


def test_what_is_applied_is_saved_and_live_and_applied_again_is_nothing(sojourn, folder):
    first = sojourn("apply", str(folder), "--no-publish", "--yes")
    second = sojourn("plan", str(folder))

    assert first.exit_code == 0, first.output
    draft = get_draft("hello")
    assert draft is not None
    assert draft.source == JOURNEY
    assert "^ journey hello: not live" in second.output
    assert "template hello" not in second.output


def test_a_journey_that_is_live_as_it_is_in_the_file_needs_nothing(sojourn, folder):
    _only_the_journey(folder)
    sojourn("apply", str(folder), "--yes")

    shown = sojourn("plan", str(folder))
    again = json.loads(sojourn("apply", str(folder), "--yes", "--json").stdout)

    assert "nothing to do" in shown.output
    assert again == {"applied": []}
    assert live()["hello"].version == 1


def test_a_plan_tells_who_stands_in_steps_that_change_and_apply_brings_them_on(sojourn, folder):
    _only_the_journey(folder)
    sojourn("apply", str(folder), "--yes")
    keep(an_enrolment(journey="hello", at="Rest", until=iso(NOW)))
    (folder / "hello.journey.yaml").write_text(JOURNEY.replace("wait: Rest", "wait: Sleep"))

    plan = sojourn("plan", str(folder))
    done = sojourn("apply", str(folder), "--yes", "--migrate", "hello:Rest=Sleep")

    assert "Rest: removed, 1 stand there" in plan.output
    assert "Sleep: added" in plan.output
    assert done.exit_code == 0, done.output
    assert "✓ migration hello version 2" in done.output
    migration = migration_of("hello", 2)
    assert migration is not None
    assert migration.to_json()["clauses"] == {"Rest": {"move": "Sleep"}}
    assert migration.by == "ops"


@pytest.mark.parametrize(
    ("clause", "why"),
    [
        ("hello:Rest=Nowhere", "the new version has no step 'Nowhere'"),
        ("hello", "is not JOURNEY:STEP=WHAT"),
    ],
)
def test_a_clause_that_cannot_be_is_refused(sojourn, folder, clause, why):
    _only_the_journey(folder)

    shown = sojourn("apply", str(folder), "--yes", "--migrate", clause)

    assert shown.exit_code != 0
    assert why in shown.output


def test_what_is_pulled_is_what_was_applied(sojourn, folder, tmp_path):
    sojourn("apply", str(folder), "--no-publish", "--yes")

    pulled = sojourn("pull", str(tmp_path / "there"))
    same = sojourn("diff", str(tmp_path / "there"))

    assert pulled.exit_code == 0, pulled.output
    assert (tmp_path / "there" / "hello.journey.yaml").read_text() == JOURNEY
    assert same.exit_code == 0, same.output
    assert "nothing to write" in sojourn("pull", str(tmp_path / "there")).output


def test_pull_writes_over_nothing_unless_forced(sojourn, folder):
    sojourn("apply", str(folder), "--no-publish", "--yes")
    edited = JOURNEY.replace("2 days", "3 days")
    (folder / "hello.journey.yaml").write_text(edited)

    kept = sojourn("pull", str(folder))
    assert kept.exit_code == 1
    assert (folder / "hello.journey.yaml").read_text() == edited

    forced = sojourn("pull", str(folder), "--force")
    assert forced.exit_code == 0, forced.output
    assert (folder / "hello.journey.yaml").read_text() == JOURNEY


def test_a_difference_is_shown_line_by_line(sojourn, folder):
    sojourn("apply", str(folder), "--no-publish", "--yes")
    (folder / "hello.journey.yaml").write_text(JOURNEY.replace("2 days", "3 days"))

    shown = sojourn("diff", str(folder))

    assert shown.exit_code == 1
    assert "-    for: 2 days" in shown.output
    assert "+    for: 3 days" in shown.output


def test_a_file_with_an_error_stops_everything_and_names_it(sojourn, folder):
    (folder / "hello.journey.yaml").write_text(JOURNEY.replace("template", "templte"))

    shown = sojourn("apply", str(folder), "--yes")

    assert shown.exit_code != 0
    assert "unknown key `templte`" in shown.output
    assert get_draft("hello") is None


def test_two_files_of_one_name_are_refused(sojourn, folder):
    (folder / "other.journey.yaml").write_text(JOURNEY)

    shown = sojourn("plan", str(folder))

    assert shown.exit_code != 0
    assert "the journey hello stands in" in shown.output


def _only_the_journey(folder: Path) -> None:
    """Segments need the backfill's machine to take force."""
    for path in folder.glob("*.segment.yaml"):
        path.unlink()
