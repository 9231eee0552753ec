"""Keys and hooks by the API: shown once, found in lists by what is no secret, closed at a word; an admin's."""

import json
from typing import Any

import pytest

from functions.api.world import world
from sojourn import config
from sojourn.audit.store import changes_before
from sojourn.http.keys import Key, Keys, key_row_id
from sojourn.intake.hooks import get_hook
from tests.functions.test_api import call, dynamodb, press

__all__ = ["dynamodb", "press"]  # fixtures


def made(**said: Any) -> Any:
    answer = call("POST", "/api/keys", json.dumps(said))
    assert answer.status == 201, answer.body
    return answer.body


def found(kind: str, presented: str) -> Key:
    key = Keys(world().clock).find(kind, presented)
    assert key
    return key


def listed() -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in call("GET", "/api/keys").body["items"]}


def test_a_key_is_shown_once_and_opens_what_its_role_may():
    key = made(kind="api", name="ci", role="editor")

    assert found("api", key["key"]).role == "editor"
    assert listed()[key["id"]] | {"made_at": None} == {
        "id": key["id"], "kind": "api", "name": "ci", "role": "editor", "state": "in use", "made_at": None,
        "last_used": None, "origins": [],
    }  # fmt: skip
    assert key["key"] not in json.dumps(listed())
    (line, *_) = changes_before(None, 1)[0]
    assert (line["did"], line["after"]) == (
        "POST /api/keys",
        {"id": key["id"], "name": "ci", "role": "editor"},
    )
    assert key["key"] not in json.dumps(line)


def test_a_rotated_key_has_two_until_the_older_is_closed():
    old = made(kind="write", name="shop", browser=True, origins=["https://Shop.example"])
    new = call("POST", f"/api/keys/{old['id']}/rotate", "").body

    assert listed()[new["id"]]["origins"] == ["https://shop.example"]
    assert call("DELETE", f"/api/keys/{old['id']}").body["state"] == "revoked"
    assert call("DELETE", f"/api/keys/{old['id']}").status == 200  # closed twice it is closed
    assert Keys(world().clock).find("write", old["key"]) is None
    assert found("write", new["key"]).name == "shop"
    assert call("POST", f"/api/keys/{old['id']}/rotate", "").status == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "link", "name": "x"}, "kind"),
        ({"kind": "api", "name": "a#b"}, "name"),
        ({"kind": "api"}, "name"),
        ({"kind": "api", "name": "x", "role": "owner"}, "role"),
        ({"kind": "api", "name": "x", "browser": True}, "browser"),
        ({"kind": "write", "name": "x", "role": "admin"}, "role"),
        ({"kind": "write", "name": "x", "browser": 1}, "browser"),
        ({"kind": "write", "name": "x", "origins": ["https://a.example"]}, "origins"),
        ({"kind": "write", "name": "x", "browser": True, "origins": ["a/b"]}, "origins"),
    ],
    ids=json.dumps,
)
def test_what_cannot_be_a_key_says_which_field(said: dict[str, Any], field: str):
    answer = call("POST", "/api/keys", json.dumps(said))

    assert (answer.status, answer.body["field"]) == (400, field)
    assert "--" not in answer.body["message"]  # no word of the command line's


@pytest.mark.parametrize(
    "key", ["api-0000000000000000", "api-x", "link-0000000000000000", "api-000000000000000#"]
)
def test_a_key_that_nobody_made_is_not_found(key: str):
    assert call("DELETE", f"/api/keys/{key.replace('#', '%23')}").status == 404


def test_secrets_turn_and_the_one_of_links_stays_inside():
    assert call("POST", "/api/secrets/link/rotate", "").body == {"name": "link", "number": "k2"}
    first = call("POST", "/api/secrets/calls/rotate", "").body
    second = call("POST", "/api/secrets/calls/rotate", '{"only": true}').body

    row = config.get("KEY", "calls")
    assert row
    assert row.data == {"active": "c2", "keys": {"c2": second["secret"]}}
    assert first["secret"] != second["secret"]
    assert call("POST", "/api/secrets/api/rotate", "").status == 404


def test_an_editor_sees_no_keys():
    config.put("KEY", key_row_id("api", "sj_ed"), {"name": "ed", "active": True, "role": "approver"})

    assert call("GET", "/api/keys", key="sj_ed").status == 403
    assert call("GET", "/api/hooks", key="sj_ed").status == 403


def test_a_hook_opens_takes_a_second_secret_and_closes():
    first = call("POST", "/api/hooks", '{"name": "crm", "provider": "standard"}')
    second = call("POST", "/api/hooks", '{"name": "crm", "provider": "standard", "secret": "whsec_abcd"}')

    assert first.status == second.status == 201
    assert first.body["url"] == "https://mail.example.org/hooks/crm"
    assert "secret" not in second.body
    hook = get_hook("crm")
    assert hook
    assert hook.secrets == (first.body["secret"], "whsec_abcd")
    assert call("POST", "/api/hooks", '{"name": "crm", "provider": "stripe"}').status == 409
    assert call("DELETE", "/api/hooks/crm").body["state"] == "closed"
    assert call("DELETE", "/api/hooks/crm").status == 404
    (item,) = call("GET", "/api/hooks").body["items"]
    assert (item["state"], item["secrets"]) == ("closed", 0)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "Not So", "provider": "stripe"}, "name"),
        ({"name": "x", "provider": "nobody"}, "provider"),
        ({"name": "x", "provider": "stripe", "secret": 5}, "secret"),
    ],
    ids=json.dumps,
)
def test_what_cannot_be_a_hook_says_which_field(said: dict[str, Any], field: str):
    answer = call("POST", "/api/hooks", json.dumps(said))

    assert (answer.status, answer.body["field"]) == (400, field)
