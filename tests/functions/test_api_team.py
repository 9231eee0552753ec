"""The team by the API: invited, given another role, put out; with the log of changes, and an end to their sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.api.world import world
from sojourn import config
from sojourn.audit.store import changes_before
from sojourn.http import sessions
from sojourn.http.keys import key_row_id
from tests.around import FakeTeam, people_of
from tests.console import FakePool
from tests.functions.test_api import call, dynamodb, press

__all__ = ["dynamodb", "press"]  # fixtures
ADA = "ada@example.org"


@pytest.fixture
def team(press: Any) -> FakeTeam:
    people, fake = people_of(FakePool())
    world().team = lambda: people
    fake.pool.add("boss@example.org", "admin")
    return fake


def invited(email: str = ADA, role: str = "editor", **more: Any) -> Any:
    return call("POST", "/api/team", json.dumps({"email": email, "role": role, **more}))


def listed() -> dict[str, tuple[str, str]]:
    return {each["email"]: (each["role"], each["state"]) for each in call("GET", "/api/team").body["items"]}


def begin_session(person: str) -> None:
    sessions.begin(person, "secret", email=ADA, now=world().clock.wall())


def is_in(person: str) -> bool:
    return sessions.find(person, "secret", now=world().clock.wall()) is not None


def test_an_invitation_is_mailed_once_and_logged_by_id(team):
    first, second, third = invited("Ada@Example.org"), invited(), invited(again=True)

    assert [each.status for each in (first, second, third)] == [201, 200, 200]
    assert [each.body["mailed"] for each in (first, second, third)] == [True, False, True]
    assert team.mailed == [ADA, ADA]
    assert listed() == {"boss@example.org": ("admin", "active"), ADA: ("editor", "invited")}
    line = changes_before(None, 3)[0][-1]
    assert line["after"] == {"id": first.body["id"], "role": "editor"}
    assert "ada" not in json.dumps(line)


def test_another_role_ends_the_sessions(team):
    ada = invited().body["id"]
    begin_session(ada)

    assert call("PUT", f"/api/team/{ada}", '{"role": "approver"}').status == 200

    assert listed()[ADA][0] == "approver"
    assert not is_in(ada)
    assert team.signed_out == [ada]


def test_who_is_disabled_is_out_until_let_in_again(team):
    ada = invited().body["id"]
    begin_session(ada)

    assert call("PUT", f"/api/team/{ada}", '{"state": "disabled"}').status == 200
    assert (listed()[ADA][1], is_in(ada)) == ("disabled", False)
    assert call("PUT", f"/api/team/{ada}", '{"state": "active"}').status == 200
    assert listed()[ADA][1] == "invited"


def test_who_lost_their_authenticator_signs_in_by_password_alone(team):
    ada = invited().body["id"]
    team.pool.people[ADA].code = "123456"

    assert call("DELETE", f"/api/team/{ada}/authenticator").status == 200
    assert team.pool.people[ADA].code == ""
    assert call("DELETE", "/api/team/nobody/authenticator").status == 404


def test_who_is_removed_is_gone_and_not_found_then(team):
    ada = invited().body["id"]
    begin_session(ada)

    assert call("DELETE", f"/api/team/{ada}").status == 200
    assert (ADA in listed(), is_in(ada)) == (False, False)
    assert call("DELETE", f"/api/team/{ada}").status == 404
    assert call("PUT", f"/api/team/{ada}", '{"role": "viewer"}').status == 404


def test_the_only_admin_stays(team):
    [boss] = [each["id"] for each in call("GET", "/api/team").body["items"]]

    for answer in (
        call("DELETE", f"/api/team/{boss}"),
        call("PUT", f"/api/team/{boss}", '{"role": "viewer"}'),
        call("PUT", f"/api/team/{boss}", '{"state": "disabled"}'),
    ):
        assert (answer.status, answer.body["code"]) == (409, "last_admin")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"email": "nobody", "role": "viewer"}, "invalid_email"),
        ({"email": ADA, "role": "owner"}, "invalid_field"),
        ({"email": ADA}, "invalid_field"),
        ({"email": ADA, "role": "viewer", "password": "x"}, "unknown_field"),
    ],
    ids=json.dumps,
)
def test_what_is_no_invitation_is_told(team, said: dict[str, str], code: str):
    answer = call("POST", "/api/team", json.dumps(said))

    assert (answer.status, answer.body["code"]) == (400, code)


def test_an_approver_sees_no_team(team):
    config.put("KEY", key_row_id("api", "sj_ap"), {"name": "ap", "active": True, "role": "approver"})

    assert call("GET", "/api/team", key="sj_ap").status == 403
    assert call("POST", "/api/team", "{}", key="sj_ap").status == 403
