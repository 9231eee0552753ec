"""The admin API as its callers see it, and every answer held against openapi.yaml."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import boto3
import pytest

from functions.api.app import handler, rooms
from functions.api.openapi import specification
from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock, iso
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import record
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.http.keys import key_row_id
from sojourn.insight.count_changes import count_changes
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.model import Journey
from sojourn.journeys.store import EnrolmentRow
from sojourn.journeys.versions import LiveJourney, Version, put_version, set_live
from sojourn.messages.store import MessageRow
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import ADA, NOW, a_message, an_enrolment, an_event, empty, put_events
from tests.openapi import assert_described

KEY = "sj_api_0123456789abcdef"
YAML = """\
journey: welcome
purpose: marketing
entry: {event: Signed Up}
steps:
  - send: Send the welcome
    template: welcome
  - wait: Wait two days
    for: 2 days
  - send: Remind
    template: reminder
"""
MAIL = {
    "channel": "email",
    "subject": "Hello",
    "html": '<html lang="en"><body><p>Hello</p><p>{{ postal_address }}</p>'
    '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>',
    "text": "Hello\n{{ postal_address }}\nUnsubscribe: {{ unsubscribe_url }}\n",
}


@dataclass
class Press:
    """A Publisher that answers what it is told to, for tests."""

    answer: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def publish(self, name: str) -> dict[str, Any]:
        self.asked.append(name)
        return self.answer


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with moto_cloud():
        yield boto3.client("dynamodb", region_name=REGION)
    world.cache_clear()


@pytest.fixture(autouse=True)
def press(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Press:
    monkeypatch.setenv("PUBLISH_JOURNEY_FUNCTION", "publish")
    empty(dynamodb, "Config", "Counters", "Events", "Identity", "People")
    world.cache_clear()
    known = world()
    known.clock = ManualClock(NOW)
    known.publisher = press = Press(
        {"name": "welcome", "version": 1, "version_arn": "arn:1", "changed": True}
    )
    config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})
    config.put("KEY", key_row_id("write", "sj_write"), {"name": "web", "active": True})
    config.put("KEY", "link", {"active": "k1", "keys": {"k1": base64.b64encode(b"s" * 32).decode()}})
    return press


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


def call(
    method: str, path: str, body: str | bytes | None = None, *, key: str | None = KEY, **headers: str
) -> Answer:
    """One request; the answer is held against the specification on its way."""
    path, _, query = path.partition("?")
    pairs = [pair.split("=", 1) for pair in query.split("&") if pair]
    told = {"authorization": f"Bearer {key}"} if key else {}
    event = {
        "path": path,
        "httpMethod": method,
        "headers": told | {name.replace("_", "-"): value for name, value in headers.items()},
        "multiValueQueryStringParameters": {name: [value] for name, value in pairs} or None,
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }
    raw = handler(event, None)
    answer = Answer(raw["statusCode"], raw["headers"], json.loads(raw["body"]) if raw["body"] else None)
    if raw["body"]:
        assert_described(specification(), method, path, answer.status, answer.headers, answer.body)
    return answer


def get(path: str) -> Any:
    answer = call("GET", path)
    assert answer.status == 200, answer.body
    return answer.body


def ada() -> str:
    """A contact who signed up and clicked."""
    claim_identity("u#ada", ADA)
    claim_identity("a#device-1", ADA)
    put_profile(
        Profile(
            ADA,
            traits={"email": "ada@example.org"},
            events={"Signed Up": {"n": 1, "first": iso(NOW), "last": iso(NOW)}},
            folded={"u#ada": "1"},
            identities=("u#ada", "a#device-1"),
            created_at=iso(NOW),
        )
    )
    return ADA


def a_live_journey() -> None:
    there = {"If_Match": "*"} if call("GET", "/api/journeys/welcome").status == 200 else {}
    definition = call("PUT", "/api/journeys/welcome", YAML, **there).body["definition"]
    arn = an_enrolment().version_arn
    put_version(
        Version(
            name="welcome",
            number=1,
            source=YAML,
            definition=definition,
            content_hash="x",
            version_arn=arn,
            published_at=iso(NOW - timedelta(days=1)),
            templates={"welcome": 1, "reminder": 1},
        )
    )
    journey = Journey.from_definition(definition)
    heard = heard_by(journey)
    set_live(LiveJourney(name="welcome", version=1, version_arn=arn, entries=journey.entries, heard=heard))


# --- the door


def test_routes_are_those_of_the_specification():
    described = {
        (path, method.upper())
        for path, operations in specification()["paths"].items()
        for method in operations
        if method != "parameters"
    }

    assert described == {
        (path, method) for path, entries in rooms.whole().routes.items() for method in entries
    }


def test_every_operation_but_the_specification_wants_a_key():
    for path, entries in rooms.whole().routes.items():
        for method in entries:
            answer = call(method, re.sub(r"\{\w+\}", "x", path), key=None)
            assert answer.status == (200 if path == "/api/openapi.json" else 401), (method, path)


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer x", "Bearer sj_write", f"Basic {KEY}", KEY, "Bearer " + "x" * 9_999]
)
def test_other_keys_open_nothing_and_the_refusal_tells_nothing(authorization):
    refused = call("GET", "/api/journeys", key=None, authorization=authorization)

    assert refused.status == 401
    assert refused.body == call("GET", "/api/journeys", key=None).body
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_specification_is_sound():
    told = get("/api/openapi.json")

    assert told["openapi"].startswith("3.1")
    assert json.loads(json.dumps(told)) == specification()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/journeys/", 404),
        ("DELETE", "/api/journeys", 405),
        ("POST", "/api/contacts/x", 405),
    ],
)
def test_what_is_not_there_is_a_problem(method, path, status):
    answer = call(method, path)

    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert status != 405 or "GET" in answer.headers["Allow"]


# --- contacts


@pytest.mark.parametrize("named", [ADA, "ada", "u#ada", "a#device-1"])
def test_a_contact_is_found_by_id_and_by_identity(named):
    ada()

    assert get(f"/api/contacts/{quote(named, safe='')}")["id"] == ADA


@pytest.mark.parametrize("named", ["bob", "device-1", "u#", "b" * 20, "x" * 3_000, "u%00", "🙂", "C#x"])
def test_a_contact_that_is_not_there_is_not_found(named):
    ada()

    answer = call("GET", f"/api/contacts/{quote(named, safe='')}")

    assert (answer.status, answer.body["code"]) == (404, "contact_not_found")


def test_a_contact_shows_consent_and_nothing_of_the_engine():
    change = ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.GIVEN,
        at=NOW,
        source="form",
    )
    record(ada(), change)

    told = get("/api/contacts/ada")

    assert told["traits"] == {"email": "ada@example.org"}
    assert told["consent"]["email|marketing|*"]["status"] == "given"
    assert "folded" not in told


def test_events_of_all_identities_come_in_pages_latest_first():
    ada()
    put_events(
        an_event(pk, f"Seen {n}", at=NOW + timedelta(minutes=n), message_id=f"m{n}", properties={"n": n})
        for n, pk in enumerate(["u#ada", "a#device-1", "u#ada"])
    )

    first = get("/api/contacts/ada/events?limit=2")
    second = get(f"/api/contacts/ada/events?limit=2&cursor={first['next']}")

    assert [each["event"] for each in first["items"] + second["items"]] == ["Seen 2", "Seen 1", "Seen 0"]
    assert second["next"] is None
    assert first["items"][0]["properties"] == {"n": 2}


def test_messages_come_by_due_time_in_pages():
    ada()
    for n, step in enumerate(["Remind", "Send the welcome", "Text"]):
        MessageRow.of(a_message(step, due=iso(NOW + timedelta(days=n)), values={"1": "secret"})).save()

    seen, path = [], "/api/contacts/ada/messages?limit=1"
    page = get(path)
    while True:
        seen += [each["step"] for each in page["items"]]
        if page["next"] is None:
            break
        page = get(f"{path}&cursor={page['next']}")

    assert seen == ["Remind", "Send the welcome", "Text"]
    assert "secret" not in json.dumps(page)


def test_one_message_by_its_id():
    MessageRow.of(a_message()).save()

    assert get(f"/api/messages/{a_message().id}")["state"] == "sent"
    assert call("GET", f"/api/messages/{a_message().id[:-1]}x").status == 404


# --- pages


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "1" * 5_000, "²"])
def test_a_limit_is_a_whole_number_to_200(limit):
    answer = call("GET", f"/api/journeys?limit={limit}")

    assert (answer.status, answer.body["code"]) == (400, "invalid_limit")


LISTS = ("journeys", "segments", "templates", "contacts", "attributes", "imports")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "asked", ["sort=name; DROP", "order=-__class__", "filter[email]=x", "Limit=1", "__proto__=1"]
)
def test_a_list_has_no_other_order_and_no_filter(path: str, asked: str):
    """S8: who asks for one must not take the whole list for it."""
    answer = call("GET", f"/api/{path}?{asked}")

    assert (answer.status, answer.body["code"]) == (400, "unknown_parameter")
    assert answer.body["field"] == asked.partition("=")[0]


def test_a_cursor_that_was_touched_or_taken_elsewhere_is_refused():
    for name in ("a", "b"):
        call("PUT", f"/api/journeys/{name}", YAML.replace("journey: welcome", f"journey: {name}"))
    cursor = get("/api/journeys?limit=1")["next"]
    assert [each["name"] for each in get(f"/api/journeys?cursor={cursor}")["items"]] == ["b"]

    touched = [cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :] for n in range(len(cursor))]
    for bad in [*touched, cursor[:-1], "x", "..", "k1..", "é", cursor + "A"]:
        answer = call("GET", f"/api/journeys?limit=1&cursor={bad}")
        assert (answer.status, answer.body["code"]) == (400, "invalid_cursor"), bad
    assert call("GET", f"/api/templates?cursor={cursor}").status == 400


def test_a_cursor_outlives_the_rotation_of_its_key():
    for name in ("a", "b"):
        call("PUT", f"/api/journeys/{name}", YAML.replace("journey: welcome", f"journey: {name}"))
    cursor = get("/api/journeys?limit=1")["next"]

    old = config.get("KEY", "link")
    assert old is not None
    keys = dict(old.data["keys"]) | {"k2": base64.b64encode(b"t" * 32).decode()}
    config.put("KEY", "link", {"active": "k2", "keys": keys})

    assert get(f"/api/journeys?cursor={cursor}")["items"]


# --- journeys


@pytest.mark.parametrize(
    "body",
    [
        YAML,
        YAML.encode(),
        json.dumps({"source": YAML}),
        json.dumps({"yaml": YAML, "revision": 0}),
    ],
    ids=["text", "base64", "source", "yaml"],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/yaml", "text/plain", "image/png"])
def test_a_journey_is_saved_whatever_its_label(body, content_type):
    answer = call("PUT", "/api/journeys/welcome", body, content_type=content_type)

    assert (answer.status, answer.body["name"], answer.body["revision"]) == (200, "welcome", 1)
    assert answer.headers["ETag"] == '"1"'
    assert get("/api/journeys/welcome")["source"] == YAML


def test_a_definition_is_saved_as_json_bare_or_wrapped():
    definition = call("PUT", "/api/journeys/welcome", YAML).body["definition"]

    for body in (definition, {"definition": definition}):
        answer = call("PUT", "/api/journeys/welcome", json.dumps(body), If_Match="*")
        assert (answer.status, answer.body["definition"]) == (200, definition)


def test_a_draft_may_come_before_its_templates_and_says_so():
    warnings = call("PUT", "/api/journeys/welcome", YAML).body["warnings"]

    assert [each["step"] for each in warnings if each["hinders"]] == ["Send the welcome", "Remind"]


def test_errors_name_file_line_step_and_remedy():
    answer = call("PUT", "/api/journeys/welcome", YAML.replace("for: 2 days", "for: a while"))

    assert (answer.status, answer.body["code"]) == (422, "journey_refused")
    (error,) = answer.body["errors"]
    assert (error["file"], error["line"], error["step"]) == ("welcome.journey.yaml", 8, "Wait two days")
    assert error["remedy"]
    assert call("GET", "/api/journeys/welcome").status == 404


def test_the_name_in_the_address_is_the_journeys_name():
    answer = call("PUT", "/api/journeys/other", YAML)

    assert answer.status == 422
    assert "other" in answer.body["errors"][0]["problem"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "body_empty"),
        ("   ", "body_empty"),
        ('{"journey": ', "malformed_json"),
        ('{"a": 1}{}', "malformed_json"),
        ("journey: [", "malformed_yaml"),
        ("a: *b", "malformed_yaml"),
        (b"\xff\xfe", "invalid_utf8"),
        (json.dumps({"source": "journey: \ud800"}), "invalid_utf8"),
        ('{"a":' * 3_000, "too_deep"),
        ('{"a":' * 100 + "1" + "}" * 100, "too_deep"),
        (json.dumps({"source": YAML, "version": 7}), "unknown_field"),
        (json.dumps({"definition": {}, "source": YAML}), "unknown_field"),
        (json.dumps({"journey": "welcome", "status": "live"}), "unknown_field"),
        (json.dumps({"source": 7}), "invalid_field"),
        (json.dumps({"definition": "x"}), "invalid_field"),
        (json.dumps({"source": YAML, "revision": "1"}), "invalid_field"),
        (json.dumps({"source": YAML, "revision": True}), "invalid_field"),
    ],
)
def test_what_is_no_journey_at_all_is_a_bad_request(body, code):
    answer = call("PUT", "/api/journeys/welcome", body)

    assert (answer.status, answer.body["code"]) == (400, code)


def test_a_position_stands_by_what_is_malformed():
    assert call("PUT", "/api/journeys/welcome", '{"a": }').body["offset"] == 6
    assert call("PUT", "/api/journeys/welcome", "a: 1\nb: [\n").body["line"] >= 2
    assert (
        call("PUT", "/api/journeys/welcome", json.dumps({"source": YAML, "version": 7})).body["field"]
        == "version"
    )


def test_a_body_too_big_is_refused_by_size():
    assert call("PUT", "/api/journeys/welcome", YAML + "#" * 600_000).status == 413
    assert call("PUT", "/api/templates/welcome", json.dumps({**MAIL, "text": "x" * 1_100_000})).status == 413


def test_publishing_asks_the_publisher(press):
    call("PUT", "/api/journeys/welcome", YAML)

    answer = call("POST", "/api/journeys/welcome/publish")

    told = {"name": "welcome", "version": 1, "version_arn": "arn:1", "changed": True}
    assert answer.body == {**told, "mode": "allow_list"}  # as of a new stack
    assert press.asked == ["welcome"]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"errors": [{"file": "f", "line": 1, "step": "", "problem": "p", "remedy": "r"}]}, 422),
        ({"error": "JourneyRefusedError"}, 422),
        ({}, 422),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_errors(press, told, status):
    call("PUT", "/api/journeys/welcome", YAML)
    press.answer = told

    assert call("POST", "/api/journeys/welcome/publish").status == status


def test_a_publisher_that_fails_is_no_error_of_the_author(press):
    for name in ("welcome", "reminder"):
        assert call("PUT", f"/api/templates/{name}", json.dumps(MAIL)).status == 200
    call("PUT", "/api/journeys/welcome", YAML)
    press.answer = {"error": "StoreBusyError"}

    assert call("POST", "/api/journeys/welcome/publish").status == 502


def test_a_journey_that_is_not_there_is_not_published():
    assert call("POST", "/api/journeys/welcome/publish").status == 404


def test_journeys_are_listed_with_what_is_live():
    a_live_journey()
    call("PUT", "/api/journeys/other", YAML.replace("journey: welcome", "journey: other"))

    assert get("/api/journeys")["items"] == [
        {"name": "other", "revision": 1, "live_version": None, "entry": None, "state": None},
        {"name": "welcome", "revision": 1, "live_version": 1, "entry": "Signed Up", "state": "live"},
    ]
    assert get("/api/journeys/welcome")["live"]["version"] == 1


# --- templates


def test_a_template_is_versioned_by_saving():
    first = call("PUT", "/api/templates/welcome", json.dumps(MAIL))
    again = call("PUT", "/api/templates/welcome", json.dumps(MAIL))
    other = call("PUT", "/api/templates/welcome", json.dumps({**MAIL, "subject": "Good morning"}))

    assert [answer.body["version"] for answer in (first, again, other)] == [1, 1, 2]
    assert get("/api/templates/welcome")["definition"]["subject"] == "Good morning"
    assert get("/api/templates")["items"] == [{"name": "welcome", "version": 2, "channel": "email"}]


@pytest.mark.parametrize(
    "html", ["{{ ''.__class__ }}", "{% include '/etc/passwd' %}", "<a href='javascript:x'>x</a>"]
)
def test_a_template_that_cannot_be_sent_is_refused_with_its_faults(html):
    answer = call("PUT", "/api/templates/welcome", json.dumps({**MAIL, "html": MAIL["html"] + html}))

    assert (answer.status, answer.body["code"]) == (422, "template_refused")
    assert answer.body["errors"]
    assert call("GET", "/api/templates/welcome").status == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "body_not_object"),
        ("[]", 400, "body_not_object"),
        ("{", 400, "malformed_json"),
        (json.dumps({**MAIL, "version": 9}), 400, "unknown_field"),
        (json.dumps({**MAIL, "subject": "half \ud800"}), 400, "invalid_utf8"),
        (json.dumps({**MAIL, "purpose": []}), 422, "template_refused"),
        (json.dumps({**MAIL, "template": "other"}), 422, "name_mismatch"),
    ],
)
def test_what_is_no_template_is_refused(body, status, code):
    answer = call("PUT", "/api/templates/welcome", body)

    assert (answer.status, answer.body["code"]) == (status, code)


# --- insight


def test_a_report_has_the_figures_of_the_journey():
    a_live_journey()
    count_changes(
        [{"dynamodb": {"SequenceNumber": "1", "NewImage": MessageRow.of(a_message()).serialize()}}], wall=NOW
    )

    told = get("/api/journeys/welcome/report")

    assert told["messages"]["by_channel"]["email"]["sent"] == told["messages"]["planned"] == 1
    assert call("GET", "/api/journeys/nothing/report").status == 404


def test_explain_tells_where_a_contact_stands_and_what_comes():
    ada()
    a_live_journey()
    EnrolmentRow.of(an_enrolment()).save()
    MessageRow.of(a_message()).save()

    told = get("/api/explain?contact=ada&journey=welcome")

    assert (told["enrolled"], told["reason"], told["live_version"]) == (True, "active", 1)
    assert told["enrolment"]["step"] == "Wait two days"
    assert [each["state"] for each in told["messages"]] == ["sent"]
    assert (told["next"]["step"], told["next"]["at"]) == ("Remind", "2026-11-23T10:00:00.000Z")


def test_explain_tells_why_a_contact_is_not_in():
    ada()
    call("PUT", "/api/journeys/welcome", YAML)
    assert get("/api/explain?contact=ada&journey=welcome")["reason"] == "journey_not_live"

    a_live_journey()
    assert get(f"/api/explain?contact={ADA}&journey=welcome")["reason"] == "not_admitted"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "missing_parameter"),
        ("?contact=ada", 400, "missing_parameter"),
        ("?contact=bob&journey=welcome", 404, "contact_not_found"),
        ("?contact=ada&journey=nothing", 404, "journey_not_found"),
    ],
)
def test_explain_needs_both(query, status, code):
    ada()

    answer = call("GET", f"/api/explain{query}")

    assert (answer.status, answer.body["code"]) == (status, code)


def test_logs_hold_no_address_and_no_key(caplog):
    ada()
    get("/api/contacts/ada")
    call("PUT", "/api/templates/welcome", json.dumps({**MAIL, "text": "ada@example.org"}))

    logged = " ".join(str(vars(record)) for record in caplog.records if record.name == "sojourn")
    assert "ada@" not in logged
    assert KEY not in logged
