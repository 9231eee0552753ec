"""Each way into the API asks for a role, and whatever changes something leaves a line that names who did it."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.api.app import rooms
from functions.api.changes import TOLD
from functions.api.roles import OTHERWISE, Role, needed
from functions.api.world import world as api_world
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.http.keys import key_row_id
from sojourn.http.uses import last_uses
from sojourn.tables import ConfigRow
from tests.around import FakeMail, people_of
from tests.cloud import moto_cloud
from tests.console import FakePool
from tests.functions.test_api import call
from tests.insight_rows import NOW
from tests.partiql import teach_moto

KEYS = {role: f"sj_{role.word}" for role in Role}
ROUTES = [
    (method, path)
    for path, entries in rooms.whole().routes.items()
    for method in entries
    if path != "/api/openapi.json"
]
GUARDED = [route for route in ROUTES if needed(*route) > Role.VIEWER]
OPEN_TO_ALL = [route for route in ROUTES if needed(*route) is Role.VIEWER]
TEXT = {"channel": "sms", "purpose": "transactional", "text": "Hello."}


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    teach_moto()
    with moto_cloud():
        yield
    api_world.cache_clear()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUBLISH_JOURNEY_FUNCTION", "publish")
    api_world.cache_clear()
    config.put("KEY", "link", {"active": "k1", "keys": {"k1": base64.b64encode(b"s" * 32).decode()}})
    api_world().clock = api_world().uses.clock = ManualClock(NOW)
    api_world().quota = lambda: None  # SES is not asked
    api_world().mail = FakeMail
    api_world().team = lambda: people_of(FakePool())[0]
    for role, key in KEYS.items():
        config.put("KEY", key_row_id("api", key), {"name": role.word, "active": True, "role": role.word})
    config.put("KEY", key_row_id("api", "sj_old"), {"name": "old", "active": True})
    config.put("KEY", key_row_id("api", "sj_odd"), {"name": "odd", "active": True, "role": "owner"})
    yield
    for row in list(ConfigRow.scan()):
        row.delete()


def changes(**query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = call("GET", f"/api/audit?{asked}", key=KEYS[Role.ADMIN])
    assert answer.status == 200, answer.body
    return answer.body


def there(path: str) -> str:
    return re.sub(r"\{\w+\}", "x", path)


def pass_a_second() -> None:
    clock = api_world().clock
    assert isinstance(clock, ManualClock)
    clock.advance(1)


def test_the_table_of_roles_names_routes_that_there_are():
    assert set(OTHERWISE) <= set(ROUTES)


@pytest.mark.parametrize(("method", "path"), GUARDED, ids=map(" ".join, GUARDED))
def test_each_role_that_is_too_low_is_refused_before_anything_is_looked_at(method: str, path: str):
    least = needed(method, path)

    for role in (role for role in Role if role < least):
        answer = call(method, there(path), "{}" if method != "GET" else None, key=KEYS[role])
        assert (answer.status, answer.body["code"]) == (403, "role_too_low"), (role, answer.body)
        assert least.word in answer.body["message"]

    assert list(config.query("AUDIT")) == []


@pytest.mark.parametrize(("method", "path"), OPEN_TO_ALL, ids=map(" ".join, OPEN_TO_ALL))
def test_whoever_has_a_key_may_look_and_leaves_no_line(method: str, path: str):
    answer = call(method, there(path), "{}" if method != "GET" else None, key=KEYS[Role.VIEWER])

    assert answer.status != 403, answer.body
    assert list(config.query("AUDIT")) == []


def test_a_key_older_than_roles_may_everything_and_a_role_that_is_none_may_look():
    assert call("GET", "/api/audit", key="sj_old").status == 200
    assert call("GET", "/api/audit", key="sj_odd").status == 403
    assert call("GET", "/api/templates", key="sj_odd").status == 200
    assert call("PUT", "/api/templates/hello", json.dumps(TEXT), key="sj_odd").status == 403


def test_a_change_leaves_a_line_with_before_and_after():
    for zone in ("Europe/Paris", "Europe/Rome"):
        body = json.dumps({"country": "FR", "timezone": zone})
        assert call("PUT", "/api/workspace", body, key=KEYS[Role.ADMIN]).status == 200
        pass_a_second()

    latest, first = changes()["items"]

    assert (latest["who"], latest["role"], latest["did"]) == ("admin", "admin", "PUT /api/workspace")
    assert latest["before"]["timezone"] == first["after"]["timezone"] == "Europe/Paris"
    assert latest["after"]["timezone"] == "Europe/Rome"


def test_a_draft_leaves_its_name_and_version():
    assert call("PUT", "/api/templates/hello", json.dumps(TEXT), key=KEYS[Role.EDITOR]).status == 200

    (line,) = changes()["items"]

    assert (line["who"], line["on"], line["after"]["version"]) == ("editor", {"name": "hello"}, 1)


def test_a_line_tells_nothing_of_the_request_before_in_the_same_container():
    place = json.dumps({"country": "FR", "timezone": "Europe/Paris"})
    assert call("PUT", "/api/workspace", place, key=KEYS[Role.ADMIN]).status == 200
    pass_a_second()
    assert call("PUT", "/api/templates/hello", json.dumps(TEXT), key=KEYS[Role.EDITOR]).status == 200

    latest, _ = changes()["items"]

    assert (latest["who"], latest["role"], latest["before"]) == ("editor", "editor", None)
    assert latest["after"].keys() <= set(TOLD)


def test_what_was_refused_or_only_looked_at_leaves_none():
    call("PUT", "/api/templates/hello", "{}", key=KEYS[Role.EDITOR])
    call("PUT", "/api/workspace", "{}", key=KEYS[Role.EDITOR])
    call("GET", "/api/templates", key=KEYS[Role.VIEWER])
    call("POST", "/api/segments/preview", "{}", key=KEYS[Role.VIEWER])

    assert changes()["items"] == []


def test_people_are_not_named_by_their_address():
    person = {"userId": "ada@example.org", "traits": {"email": "ada@example.org"}}
    assert call("POST", "/api/contacts", json.dumps(person), key=KEYS[Role.EDITOR]).status < 300

    assert "ada@example.org" not in json.dumps(changes())


def test_the_log_is_read_in_pages_the_latest_first():
    for number in range(5):
        text = {**TEXT, "text": f"Hello {number}."}
        assert call("PUT", "/api/templates/hello", json.dumps(text), key=KEYS[Role.EDITOR]).status == 200
        pass_a_second()

    first = changes(limit="3")
    rest = changes(limit="3", cursor=first["next"])

    versions = [each["after"]["version"] for each in first["items"] + rest["items"]]
    assert versions == [5, 4, 3, 2, 1]
    assert rest["next"] is None


def test_a_key_that_asks_too_often_is_told_to_wait():
    api_world().limiter.clock = api_world().clock  # a busy machine takes longer than a second for five
    config.put(
        "KEY", key_row_id("api", "sj_busy"), {"name": "busy", "active": True, "role": "viewer", "rate": 3}
    )
    api_world().limiter.clock = ManualClock(NOW)  # all of them in one second

    told = [call("GET", "/api/templates", key="sj_busy") for _ in range(5)]

    assert [each.status for each in told] == [200, 200, 200, 429, 429]
    assert told[-1].headers["Retry-After"] == "1"


def test_the_day_of_the_last_use_is_kept():
    call("GET", "/api/templates", key=KEYS[Role.VIEWER])
    call("GET", "/api/templates", key=KEYS[Role.VIEWER])

    assert last_uses() == {"viewer": NOW.date().isoformat()}
