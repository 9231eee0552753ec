"""`sojourn plan | apply | pull | diff` against the admin API itself, over a socket on loopback."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from click.testing import CliRunner, Result

from functions.api.app import handler
from functions.api.world import World, world
from sojourn import config
from sojourn.cli.main import main
from sojourn.clock import ManualClock, iso
from sojourn.http.keys import key_row_id
from sojourn.journeys.beside import known_here
from sojourn.journeys.content import templates_now
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import LiveJourney, live, set_live
from sojourn.journeys.load import examine
from sojourn.journeys.migrating.migrate import migration_of
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Version, get_draft, published, put_version, save_draft
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
        if errors := examine(draft.source, known=replace(known_here(name), templates=None)).findings:
            return {"errors": [error.to_json() for error in errors]}
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
                templates=templates_now(journey),
            )
        )
        facts: dict[str, Any] = {"version": number, "version_arn": arn, "entries": journey.entries}
        set_live(LiveJourney(name=name, heard=heard_by(journey), **facts))
        return {"name": name, "version": number, "version_arn": arn, "changed": True}


@dataclass
class Meddler:
    """A clock at whose first look somebody else saves the draft of `hello`."""

    clock: Any
    source: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.clock, name)

    def calendar(self) -> datetime:
        there = get_draft("hello")
        if there is not None and there.source != self.source:
            save_draft(replace(there, source=self.source, saved_by="bob"))
        now: datetime = self.clock.calendar()
        return now


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


def test_what_needs_a_second_person_waits_and_the_rest_goes_on(sojourn, folder, url):
    _only_the_journey(folder)
    texted = JOURNEY.replace("template: hello", "channel: sms\n    template: hello")
    (folder / "hello.journey.yaml").write_text(texted.replace("steps:", "approvals: 1\nsteps:"))
    (folder / "other.journey.yaml").write_text(texted.replace("journey: hello", "journey: other"))
    config.put("KEY", key_row_id("api", "sj_api_bob"), {"name": "bob", "active": True})

    first = sojourn("apply", str(folder), "--yes", "--migrate", "hello:Rest=finish")
    assert first.exit_code == 1
    assert "journey hello is saved as a draft and waits" in first.output
    assert "bob may agree" in first.output
    assert "the same `sojourn apply`" in first.output
    assert set(live()) == {"other"}

    own = sojourn("journey", "approve", "hello", "--yes")
    assert "another person must agree" in own.output
    asked = ["journey", "approve", "hello", "--yes", "--api-url", url, "--api-key", "sj_api_bob"]
    agreed = CliRunner().invoke(main, asked)
    assert "it may go live" in agreed.output

    again = sojourn("apply", str(folder), "--yes")
    assert again.exit_code == 0, again.output
    assert live()["hello"].version == 1
    draft = get_draft("hello")
    assert draft is not None
    assert (draft.revision, draft.saved_by) == (1, "ops")


def test_a_template_that_changed_makes_the_next_version_of_its_journeys(sojourn, folder):
    _only_the_journey(folder)
    sojourn("apply", str(folder), "--yes")
    (folder / "hello.template.yaml").write_text(TEMPLATE.replace("Hello from", "Good day from"))

    plan = sojourn("plan", str(folder))
    done = sojourn("apply", str(folder), "--yes")

    assert "~ template hello: changed" in plan.output
    assert "^ journey hello: not live" in plan.output
    assert "✓ journey hello version 2" in done.output
    draft = get_draft("hello")
    assert draft is not None
    assert draft.revision == 1, "its text is the same"
    assert "nothing to do" in sojourn("plan", str(folder)).output


IN_MJML = """\
template: hello
channel: email
purpose: service
description: Says hello
subject: Hello
mjml: |
  <mjml>
    <!-- for every screen -->
    <mj-body>
      <mj-section><mj-column><mj-text>Hello {{ firstName | default('you') }}</mj-text></mj-column></mj-section>
    </mj-body>
  </mjml>
text: Hello
"""


def test_mjml_is_applied_changed_and_pulled_as_it_was_written(sojourn, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    file = here / "hello.template.yaml"
    file.write_text(IN_MJML)
    sojourn("apply", str(here), "--yes")
    changes = [("Says hello", "Greets"), ("for every screen", "whatever the screen"), ("Hello {{", "Hi {{")]
    for old, new in changes:
        file.write_text(file.read_text().replace(old, new))
        assert "~ template hello: changed" in sojourn("plan", str(here)).output
        assert sojourn("apply", str(here), "--yes").exit_code == 0
        assert "nothing to do" in sojourn("plan", str(here)).output

    pulled = sojourn("pull", str(there))

    assert pulled.exit_code == 0, pulled.output
    assert yaml.safe_load((there / "hello.template.yaml").read_text()) == yaml.safe_load(file.read_text())
    assert "mjml: |\n  <mjml>\n    <!-- whatever" in (there / "hello.template.yaml").read_text()
    file.write_text(file.read_text().replace("Hi {{", "Hey {{"))
    assert "+      <mj-section><mj-column><mj-text>Hey" in sojourn("diff", str(here)).output


def test_who_saved_since_the_plan_is_not_overwritten(sojourn, folder, stage):
    """The revision that `apply` read is the one it takes the place of."""
    _only_the_journey(folder)
    sojourn("apply", str(folder), "--yes")
    (folder / "hello.journey.yaml").write_text(JOURNEY.replace("2 days", "3 days"))
    theirs = JOURNEY.replace("2 days", "4 days")
    stage.clock = Meddler(stage.clock, theirs)

    shown = sojourn("apply", str(folder), "--yes")

    assert shown.exit_code == 1
    assert "+    for: 4 days" in shown.output
    draft = get_draft("hello")
    assert draft is not None
    assert draft.source == theirs


RING = (
    "journey: {name}\npurpose: marketing\nentry: {{api: true}}\nsteps:\n  - {{start: Go, journey: {other}}}\n"
)


def _ring(folder: Path, **leads: str) -> None:
    for name, other in leads.items():
        (folder / f"{name}.journey.yaml").write_text(RING.format(name=name, other=other))


def test_journeys_of_a_folder_that_go_round_are_refused_before_any_is_saved(sojourn, tmp_path):
    _ring(tmp_path, a="b", b="a")

    shown = sojourn("apply", str(tmp_path), "--yes")

    assert shown.exit_code == 1
    assert "a → b → a" in shown.output
    assert "put a `wait` before this step" in shown.output
    assert get_draft("a") is None


def test_a_ring_through_what_is_live_is_refused_too(sojourn, tmp_path):
    _ring(tmp_path, a="b")
    sojourn("apply", str(tmp_path), "--yes")
    (tmp_path / "a.journey.yaml").unlink()
    _ring(tmp_path, b="a")

    shown = sojourn("apply", str(tmp_path), "--yes")

    assert shown.exit_code == 1
    assert "b → a → b" in shown.output
    assert set(live()) == {"a"}


def test_a_ring_that_the_folder_undoes_is_none_whatever_goes_live_first(sojourn, tmp_path):
    _ring(tmp_path, b="a", a="c")
    sojourn("apply", str(tmp_path), "--yes")
    _ring(tmp_path, a="b", b="c")

    shown = sojourn("apply", str(tmp_path), "--yes")

    assert shown.exit_code == 0, shown.output
    assert {name: each.version for name, each in live().items()} == {"a": 2, "b": 2}


def _only_the_journey(folder: Path) -> None:
    """Segments need the backfill's machine to take force."""
    for path in folder.glob("*.segment.yaml"):
        path.unlink()


def test_a_project_is_planned_applied_and_then_nothing(sojourn, folder):
    project = "country: US\ntimezone: America/New_York\ncaps: [{at most: 3, per: 1 week}]\nsender: other@example.org\n"
    (folder / "project.yaml").write_text(project)

    planned = sojourn("plan", str(folder))
    applied = sojourn("apply", str(folder), "--yes", "--no-publish")
    again = sojourn("plan", str(folder), "--json")

    assert 'workspace country: null → "US"' in planned.output
    assert "`make deploy GUIDED=1` sets it" in " ".join(planned.output.split())
    assert "workspace country, timezone, delivery" in applied.output
    told = json.loads(again.output)
    assert (told["workspace"], list(told["set_by_deploy"])) == ({}, ["sender"])


def test_what_a_project_does_not_say_stays(sojourn, folder):
    assert sojourn("workspace", "set", "--country", "FR", "--cap", "1 per day").exit_code == 0
    (folder / "project.yaml").write_text("timezone: Europe/Paris\nhours: {sms: 10:00-18:00}\n")

    assert sojourn("apply", str(folder), "--yes", "--no-publish").exit_code == 0

    kept = json.loads(sojourn("workspace", "show", "--json").output)
    assert (kept["country"], kept["timezone"]) == ("FR", "Europe/Paris")
    assert kept["delivery"] == {"hours": {"sms": "10:00-18:00"}, "caps": [{"at most": 1, "per": "1 day"}]}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("country: US\ntopic: [news]\n", 2, "nobody knows this key"),
        ("# one\nsender: nobody\n", 2, "no e-mail address"),
        ("purposes: [spam]\n", 1, "no purpose is called spam"),
        ("caps: 3\n", 1, "no list of caps"),
        ("country: [\n", 2, "no readable YAML"),
        ("- one\n", 1, "no project"),
        ("brand: {logo: a.png}\n", 1, "unknown parts"),
    ],
)
def test_what_is_wrong_in_a_project_has_a_line_and_a_remedy(sojourn, folder, text, line, problem):
    (folder / "project.yaml").write_text(text)

    told = sojourn("plan", str(folder))

    assert told.exit_code == 1
    assert f"project.yaml:{line}: " in told.output
    assert problem in told.output
    assert " — " in told.output


SENDER = "hello@example.org"  # of the stack of tests
PROJECT = """\
# Ours.
sender: other@example.org   # who writes
topics: [onboarding, news]

country: US  # where we are
caps:
  - {at most: 3, per: 1 week}

# What letters look like.
brand: {name: Shop}
"""


def test_a_project_that_was_applied_is_pulled_without_loss(sojourn, folder, tmp_path):
    (folder / "project.yaml").write_text(PROJECT)
    sojourn("apply", str(folder), "--yes", "--no-publish")

    assert sojourn("pull", str(folder), "--force").exit_code == 0
    assert sojourn("pull", str(tmp_path / "there")).exit_code == 0

    kept = (folder / "project.yaml").read_text()
    assert kept == PROJECT.replace("other@example.org", SENDER)
    assert sojourn("diff", str(tmp_path / "there")).exit_code == 0
    assert json.loads(sojourn("plan", str(tmp_path / "there"), "--json").output).get("workspace", {}) == {}
    for name in ("country: US", "caps: [{at most: 3, per: 1 week}]"):
        assert name in (tmp_path / "there" / "project.yaml").read_text()


def test_what_was_set_by_command_is_pulled_into_the_lines_of_the_project(sojourn, folder):
    (folder / "project.yaml").write_text(PROJECT.replace("other@example.org", SENDER))
    sojourn("apply", str(folder), "--yes", "--no-publish")
    sojourn("workspace", "set", "--country", "NO", "--timezone", "Europe/Oslo", "--no-caps")
    sojourn("workspace", "set", "--sms-hours", "10:00-18:00")

    differs = sojourn("diff", str(folder))
    kept = sojourn("pull", str(folder))
    pulled = sojourn("pull", str(folder), "--force")

    assert (differs.exit_code, kept.exit_code, pulled.exit_code) == (1, 1, 0)
    assert "-country: 'NO'  # where we are" in differs.output
    assert "it says something else; --force" in kept.output
    text = (folder / "project.yaml").read_text()
    assert "caps:" not in text
    for line in ("country: 'NO'  # where we are", "timezone: Europe/Oslo", "hours: {sms: '10:00-18:00'}"):
        assert f"\n{line}\n" in text
    for line in (
        "# Ours.",
        "topics: [onboarding, news]",
        "\n# What letters look like.",
        "brand: {name: Shop}",
    ):
        assert f"{line}\n" in text
    assert sojourn("diff", str(folder)).exit_code == 0
    assert "nothing to write" in sojourn("pull", str(folder)).output


def test_a_journey_with_a_word_that_the_project_does_not_know_is_named(sojourn, folder):
    (folder / "project.yaml").write_text("country: US\npurposes: [service]\n")

    told = sojourn("plan", str(folder))

    assert told.exit_code == 1
    assert "hello.journey.yaml" in told.output
    assert "project.yaml:2" in told.output
