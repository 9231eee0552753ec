"""Addresses that operators close and open, each answer held against openapi.yaml."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import boto3
import pytest

from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.consent.addresses.store import suppress
from sojourn.consent.suppression import Reason
from sojourn.contacts.store import claim_identity
from sojourn.due.store import bucket_of, due_in
from sojourn.http.keys import key_row_id
from sojourn.settings import ApiSettings
from tests.cloud import REGION, moto_cloud
from tests.functions.test_api import KEY, Answer, call
from tests.insight_rows import ADA, NOW, empty

ADDRESS = {"channel": "email", "address": "Ada@Example.org"}


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with moto_cloud():
        yield boto3.client("dynamodb", region_name=REGION)
    world.cache_clear()


@pytest.fixture(autouse=True)
def _open(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in fields(ApiSettings):
        monkeypatch.setenv(each.name.upper(), "somewhere")
    empty(dynamodb, "Config", "Suppression", "Due", "Identity")
    world.cache_clear()
    world().clock = ManualClock(NOW)
    config.put("KEY", key_row_id("api", KEY), {"name": "ops", "active": True})


def ask(method: str, path: str = "/api/suppressions", **fields: Any) -> Answer:
    return call(method, path, json.dumps({**ADDRESS, **fields}))


def test_whoever_has_the_address_is_judged_again():
    """A segment may be of those who can be reached."""
    claim_identity("e#ada@example.org", ADA)
    ask("PUT")

    now = bucket_of(NOW, 1)
    (due,) = [due for shard in range(2) for _, due in due_in(now, shard)]
    assert (due.kind, due.id, due.task) == ("segments", ADA, {"again": True})


def test_an_operator_closes_and_opens_and_the_history_tells():
    assert ask("POST", "/api/suppressions/find").body["suppressed"] is False

    closed = ask("PUT", note="asked us by letter")
    again = ask("PUT", address="ada@example.org ")
    opened = ask("DELETE")

    assert (closed.body["suppressed"], closed.body["reason"]) == (True, "manual")
    assert again.body["history"] == closed.body["history"]
    assert (opened.status, opened.body["suppressed"]) == (200, False)
    assert [(line["reason"], line["source"]) for line in opened.body["history"]] == [
        ("manual", "operator: asked us by letter"),
        (None, "operator"),
    ]
    assert ask("DELETE").body["history"] == opened.body["history"]


@pytest.mark.parametrize("reason", [Reason.STOP, Reason.COMPLAINT, Reason.UNSUBSCRIBE])
def test_what_its_holder_closed_only_its_holder_opens(reason: Reason):
    suppress("email", ADDRESS["address"], reason=reason, at=NOW, source="x")

    answer = ask("DELETE")

    assert (answer.status, answer.body["code"]) == (409, "closed_by_its_holder")
    assert ask("POST", "/api/suppressions/find").body["reason"] == reason


def test_a_bounce_may_be_an_operators_mistake_to_mend():
    suppress("email", ADDRESS["address"], reason=Reason.BOUNCE, at=NOW, source="ses")

    assert ask("DELETE").body["suppressed"] is False


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "web"}, "channel"),
        ({"address": ""}, "address"),
        ({"address": 7}, "address"),
        ({"address": "x" * 400}, "address"),
        ({"note": "x" * 300}, "note"),
        ({"reason": "bounce"}, "reason"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(fields: dict[str, Any], field: str):
    answer = ask("PUT", **fields)

    assert (answer.status, answer.body["field"]) == (400, field)


def test_it_takes_a_key():
    assert call("PUT", "/api/suppressions", json.dumps(ADDRESS), key=None).status == 401
