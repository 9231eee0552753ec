"""Who is signed in asks the API as a key would: by role, and each change names them."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from functions.api.world import world
from sojourn.audit.store import changes_before
from sojourn.clock import ManualClock
from sojourn.http.tokens import PoolKeys, Tokens
from sojourn.settings import ApiSettings
from tests.cloud import moto_cloud
from tests.functions.test_api import call
from tests.insight_rows import NOW
from tests.unit.test_tokens import ISSUER, Pool, token


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with moto_cloud():
        for each in fields(ApiSettings):
            monkeypatch.setenv(each.name.upper(), "somewhere")
        world.cache_clear()
        world().clock = clock = ManualClock(NOW)
        tokens = Tokens(ISSUER, frozenset({"page"}), PoolKeys(clock, Pool()))
        world().tokens = lambda: tokens
        yield
    world.cache_clear()


def test_a_viewer_looks_and_changes_nothing():
    of_a_viewer: dict[str, Any] = {"cognito:groups": ["viewer"]}
    viewer = token(**of_a_viewer)

    assert call("GET", "/api/journeys", key=viewer).status == 200
    refused = call("PUT", "/api/templates/x", "{}", key=viewer)

    assert (refused.status, refused.body["code"]) == (403, "role_too_low")
    assert changes_before(None, 10)[0] == []


def test_what_an_editor_changes_is_logged_in_their_name():
    text = '{"channel": "sms", "purpose": "transactional", "text": "Hello."}'

    assert call("PUT", "/api/templates/x", text, key=token()).status in (200, 201)

    (line,) = changes_before(None, 10)[0]
    assert (line["who"], line["role"]) == ("5f0c", "editor")


def test_a_token_of_another_page_is_a_wrong_key():
    assert call("GET", "/api/journeys", key=token(client_id="other")).status == 401
