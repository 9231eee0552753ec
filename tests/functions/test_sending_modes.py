"""How far messages go: each mode with the real functions, drafts that people release, and the API's words for both."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from functions.api import quota
from functions.api.quota import SesQuota, of_account
from functions.api.world import world as api
from sojourn import config
from sojourn.bootstrap import first_sending, settings
from sojourn.due.store import due_under
from sojourn.http.keys import key_row_id
from sojourn.journeys.breaker import BREAKER
from sojourn.journeys.live import LIVE, live
from sojourn.journeys.modes import sending_of, set_sending
from sojourn.tables import ConfigRow
from tests.faults.invariants import people
from tests.faults.people import does, introduces
from tests.functions.reasons.messages import UNVERIFIED
from tests.functions.reasons.stage import DAY, HOUR, MAIL, MINUTE, SEND, Stage, a_stage, cleared
from tests.functions.test_api import call

MODE, RELEASE = "/api/workspace/mode", "/api/journeys/play/release"
WAITING = "/api/messages?state=waiting"
TWO = f"{SEND}  - {{send: Say it again, template: welcome}}\n"


@contextmanager
def stubbed_ses() -> Iterator[Stubber]:
    quota._client.cache_clear()
    with Stubber(quota._client()) as stub:
        yield stub
    quota._client.cache_clear()


def comes(stage: Stage, user: str) -> None:
    introduces(stage.world, user, email=f"{user}@example.org", phone=None)
    does(stage.world, "Go", user)
    stage.after(timedelta())


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture
def stage(made: Stage) -> Stage:
    return cleared(made)


def messages() -> list[tuple[str, str]]:
    return sorted((row["state"], row.get("reason", "")) for row in people("MSG#"))


def said(stage: Stage, mode: str, *allow: str) -> Any:
    return stage.asks("PUT", MODE, {"mode": mode, "allow": list(allow)})


def test_off_writes_decisions_down_and_sends_nothing(stage: Stage):
    said(stage, "off")

    stage.play(TWO)

    assert messages() == [("skipped", "mode")] * 2
    assert stage.world.services.mails == []


def test_an_allow_list_lets_named_addresses_through_however_they_are_written(stage: Stage):
    said(stage, "allow_list", "ANN@example.org")

    stage.play()

    assert messages() == [("sent", "")]


def test_the_mode_takes_force_at_the_next_message(stage: Stage):
    stage.play(f"{SEND}  - {{wait: Rest, for: 1 hour}}\n  - {{send: Say it again, template: welcome}}\n")
    said(stage, "off")

    stage.after(2 * HOUR)

    assert messages() == [("sent", ""), ("skipped", "mode")]


def test_a_journeys_own_mode_holds_where_the_workspace_is_live(stage: Stage):
    stage.play(MAIL, "mode: off")

    assert messages() == [("skipped", "mode")]


def test_a_draft_goes_when_somebody_releases_it(stage: Stage):
    stage.play(MAIL, "mode: draft")
    assert messages() == [("planned", "draft")]
    (row,) = people("MSG#")
    id = f"{row['pk'].removeprefix('C#')}-{row['sk'].removeprefix('MSG#')}"  # noqa: A001

    stage.asks("POST", f"/api/messages/{id}/release")
    stage.after(MINUTE)

    assert messages() == [("sent", "")]
    assert stage.asks("POST", f"/api/messages/{id}/release", status=409)["code"] == "not_a_draft"
    stage.after(2 * DAY)
    assert messages() == [("sent", "")]
    assert list(due_under("draft#play")) == []


def test_every_draft_of_a_journey_goes_at_one_word_and_what_comes_later_waits(stage: Stage):
    stage.play(TWO, "mode: draft")

    stage.asks("POST", RELEASE)
    stage.after(5 * MINUTE)

    assert messages() == [("planned", "draft"), ("sent", "")]
    assert len(list(due_under("draft#play"))) == 1


def test_a_draft_that_nobody_releases_expires(stage: Stage):
    stage.play(MAIL, "mode: draft")

    stage.after(DAY + MINUTE)

    assert messages() == [("skipped", "expired")]
    assert list(due_under("draft#play")) == []


def test_a_released_draft_is_asked_every_other_gate_again(stage: Stage):
    stage.play(MAIL, "mode: draft")
    stage.asks("PUT", "/api/suppressions", {"channel": "email", "address": "ann@example.org"})

    stage.asks("POST", RELEASE)
    stage.after(5 * MINUTE)

    assert messages() == [("skipped", "suppressed")]


def test_a_reader_whom_the_sandbox_does_not_know_is_skipped_and_trips_no_breaker(stage: Stage):
    stage.says("MessageRejected", words=UNVERIFIED)
    stage.play(f"{SEND}  - {{exit: Over, reason: over}}\n")
    stage.after(MINUTE)

    assert messages() == [("skipped", "sandbox")]
    assert [(row["status"], row["reason"]) for row in people("ENROL#")] == [("exited", "over")]
    told = stage.asks("GET", "/api/journeys/play/report")["messages"]
    assert (told["failed"], told["skipped"]) == (0, {"sandbox": 1})
    assert config.get(*BREAKER) is None


def test_going_live_is_said_twice_and_tells_what_would_happen(stage: Stage):
    said(stage, "off")
    stage.play()
    asked = {"mode": "live", "accept_default_host": True}

    refused = stage.asks("PUT", MODE, asked, status=409)

    told = ("people_waiting", "mails_a_day", "mails_a_day_allowed", "usd_a_day")
    assert refused["code"] == "confirm_live"
    assert {name: refused[name] for name in told} == dict(zip(told, (1, 1, 200, 0.0001), strict=True))
    assert "of 200 a day (SES's quota)" in refused["message"]
    shown = stage.asks("GET", f"{MODE}/live")
    assert {name: shown[name] for name in told} == {name: refused[name] for name in told}
    assert stage.asks("GET", MODE)["mode"] == "off"
    assert stage.asks("PUT", MODE, {**asked, "confirm": True})["mode"] == "live"
    lines = [line for line in stage.asks("GET", "/api/audit")["items"] if line["did"] == f"PUT {MODE}"]
    changes = [(line["before"]["mode"], line["after"]["mode"]) for line in lines]
    assert sorted(changes) == [("live", "off"), ("off", "live")]


@pytest.mark.parametrize(
    ("own", "of_ses", "allowed", "words"),
    [
        (50, SesQuota(200, True), 50, "of 50 a day (the workspace's quota), about"),
        (500, SesQuota(200, False), 200, "SES keeps the account in its sandbox"),
        (0, SesQuota(-1, True), None, "and the workspace names no quota, about"),
        (50, None, 50, "of 50 a day (the workspace's quota); SES's own quota is unknown"),
        (0, None, None, "SES's own quota is unknown, for it could not be read"),
    ],
    ids=["the workspace's", "SES's", "none", "one unknown", "all unknown"],
)
def test_mails_a_day_are_told_against_the_smaller_quota(
    stage: Stage, own: int, of_ses: SesQuota | None, allowed: int | None, words: str
):
    stage.settles(email_quota=own)
    said(stage, "off")
    api().quota = lambda: of_ses
    try:
        refused = stage.asks("PUT", MODE, {"mode": "live", "accept_default_host": True}, status=409)
    finally:
        api().quota = of_account

    assert refused["mails_a_day_allowed"] == allowed
    assert words in refused["message"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException"])
def test_what_ses_does_not_tell_is_unknown(code: str):
    with stubbed_ses() as ses:
        ses.add_client_error("get_account", code)
        ses.add_client_error("get_account", code)
        assert of_account() is None
        ses.add_response("get_account", {})
        assert of_account() is None


def test_drafts_are_listed_page_by_page_and_those_that_went_are_not(stage: Stage):
    for user in ("ann", "bob", "cem"):
        stage.play(MAIL, "mode: draft") if user == "ann" else comes(stage, user)

    first = stage.asks("GET", f"{WAITING}&limit=2")
    rest = stage.asks("GET", f"{WAITING}&limit=2&cursor={first['next']}")
    items = [*first["items"], *rest["items"]]
    stage.asks("POST", f"/api/messages/{items[0]['id']}/release")
    stage.after(MINUTE)

    assert sorted(each["user_id"] for each in items) == ["ann", "bob", "cem"]
    assert {(each["journey"], each["step"], each["channel"]) for each in items} == {
        ("play", "Say it", "email")
    }
    assert items[0]["expires_at"] == "2026-01-06T20:00:00.000Z"
    assert rest["next"] is None
    left = stage.asks("GET", f"{WAITING}&journey=play")["items"]
    assert [each["id"] for each in left] == [each["id"] for each in items[1:]]


def test_a_discarded_draft_is_skipped_its_run_goes_on_and_the_log_says_why(stage: Stage):
    stage.play(TWO, "mode: draft")
    (draft,) = stage.asks("GET", WAITING)["items"]
    path, body = f"/api/messages/{draft['id']}/discard", {"reason": "the price is wrong"}

    for _ in range(2):
        stage.asks("POST", path, body)
    stage.after(MINUTE)

    assert messages() == [("planned", "draft"), ("skipped", "discarded")]
    assert stage.asks("POST", f"/api/messages/{draft['id']}/release", status=409)["code"] == "not_a_draft"
    assert [each["step"] for each in stage.asks("GET", WAITING)["items"]] == ["Say it again"]
    lines = [line for line in stage.asks("GET", "/api/audit")["items"] if line["did"].endswith("/discard")]
    assert [line["after"]["why"] for line in lines] == ["the price is wrong"] * 2


def test_a_message_that_is_on_its_way_is_not_discarded(stage: Stage):
    stage.play()
    (row,) = people("MSG#")
    name = f"{row['pk'].removeprefix('C#')}-{row['sk'].removeprefix('MSG#')}"

    refused = stage.asks("POST", f"/api/messages/{name}/discard", {"reason": "no"}, status=409)

    assert (refused["code"], messages()) == ("not_a_draft", [("sent", "")])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("GET", "/api/messages", None, 400, "state"),
        ("GET", "/api/messages?state=sent", None, 400, "state"),
        ("GET", f"{WAITING}&journey=nobodys", None, 404, None),
        ("POST", "/api/messages/x-0123456789abcdef/discard", {"reason": " "}, 400, "reason"),
        ("POST", "/api/messages/x-0123456789abcdef/discard", {"reason": "w" * 201}, 400, "reason"),
        ("POST", "/api/messages/x-0123456789abcdef/discard", {"reason": "why"}, 404, None),
    ],
)
def test_what_names_no_draft_is_refused_by_name(
    stage: Stage, method: str, path: str, body: Any, status: int, field: str | None
):
    assert stage.asks(method, path, body, status=status).get("field") == field


def test_on_aws_links_on_the_apis_own_address_are_to_be_accepted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    said(stage, "off")
    wanted = {"mode": "live", "confirm": True}
    monkeypatch.setenv("PUBLIC_URL", "https://abc.execute-api.us-east-1.amazonaws.com/live")
    settings.cache_clear()
    try:
        assert stage.asks("PUT", MODE, wanted, status=409)["code"] == "default_host"
        assert stage.asks("PUT", MODE, {**wanted, "accept_default_host": True})["mode"] == "live"
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_an_approver_may_tighten_and_only_an_admin_goes_live(stage: Stage):
    config.put("KEY", key_row_id("api", "sj_second"), {"name": "bo", "active": True, "role": "approver"})

    def asked(mode: str) -> int:
        return call("PUT", MODE, json.dumps({"mode": mode}), key="sj_second").status

    assert [asked(mode) for mode in ("draft", "live", "off")] == [200, 403, 200]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "on"},
        {"mode": "off", "allow": "me"},
        {"mode": "off", "allow": ["me"]},
        {"mode": "off", "x": 1},
    ],
    ids=["nothing", "no such mode", "no list", "no address", "another field"],
)
def test_what_is_no_mode_is_refused(stage: Stage, body: dict[str, Any]):
    stage.asks("PUT", MODE, body, status=400)


def test_a_stack_from_before_there_were_modes_goes_on_sending(stage: Stage):
    stage.publish()
    row = config.get(*LIVE)
    assert row is not None
    config.put(*LIVE, {name: facts for name, facts in row.data.items() if name == "play"})

    assert stage.asks("GET", MODE)["mode"] == "live"


def test_a_new_stack_on_aws_writes_to_its_sender_alone(stage: Stage):
    ConfigRow.get(*LIVE).delete()
    told = stage.asks("GET", MODE)

    stage.play()

    assert (told["mode"], told["allow"]) == ("allow_list", [settings().email_from])
    assert messages() == [("skipped", "mode")]
    assert live().keys() == {"play"}
    row = config.get(*LIVE)
    assert row is not None
    assert sending_of(row.data) == first_sending()
    set_sending(first_sending())
