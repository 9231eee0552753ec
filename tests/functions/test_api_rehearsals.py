"""Rehearsals by the API: bounded, held against openapi.yaml, and nothing of them stays."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from sojourn.insight.counting import CounterKey
from sojourn.insight.store import add
from sojourn.journeys.versions import Draft, Version, put_version, save_draft
from tests.cloud import REGION
from tests.functions.test_api import YAML, call, dynamodb, get, press  # noqa: F401  fixtures
from tests.insight_rows import NOW

PATH = "/api/journeys/rehearse"
START = "2026-03-02T09:00:00Z"
TABLES = ("Config", "Counters", "Events", "Identity", "People")


def rehearsed(status: int = 200, **sent: Any) -> Any:
    answer = call(
        "POST", PATH, json.dumps({"source": YAML, "contacts": 20, "start": START, "days": 20, **sent})
    )
    assert answer.status == status, answer.body
    return answer.body


def rows() -> dict[str, int]:
    client = boto3.client("dynamodb", region_name=REGION)
    return {table: client.scan(TableName=table)["Count"] for table in TABLES}


def test_a_text_is_rehearsed_and_nothing_of_it_stays():
    rehearsed()  # the key's first use of a day is noted
    before = rows()

    told = rehearsed()

    assert told["entered"] == 20
    assert [each["step"] for each in told["messages"]["by_step"]] == ["Send the welcome", "Remind"]
    assert rows() == before


def test_a_draft_is_rehearsed_by_name_with_contacts_that_are_sent_along():
    from sojourn.journeys.load import load_journey

    definition = load_journey(YAML).to_definition()
    save_draft(Draft(name="welcome", revision=0, source=YAML, definition=definition))
    ann = {"user_id": "ann", "email": "ann@example.org", "timezone": "Europe/Berlin"}

    told = rehearsed(source=None, journey="welcome", contacts=[ann], diary="ann")

    assert told["contact"] == "ann"
    assert [line["what"] for line in told["diary"] if line["what"].startswith("sent")] == [
        "sent email welcome",
        "sent email reminder",
    ]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"contacts": 2_001}, 422, "too_many_contacts"),
        ({"days": 401}, 422, "too_many_days"),
        ({"contacts": [{"email": "a@example.org"}]}, 422, "contacts_refused"),
        ({"behaviour": {"email": {"open": {"rate": 7}}}}, 422, "behaviour_refused"),
        ({"source": "journey: x\nsteps: []\n"}, 422, "journey_refused"),
        ({"diary": "nobody"}, 422, "contact_not_there"),
        ({"contacts": "many"}, 400, "invalid_field"),
        ({"start": "soon"}, 400, "invalid_field"),
        ({"start": "9999-12-31T00:00:00Z"}, 400, "invalid_field"),
        ({"start": "0001-01-01T00:00:00Z"}, 400, "invalid_field"),
        ({"days": 0}, 422, "invalid_field"),
        ({"seed": -1}, 400, "invalid_field"),
        ({"sender": "x"}, 400, "unknown_field"),
        ({"source": None}, 400, "missing_field"),
        ({"source": None, "journey": "none"}, 404, "journey_not_found"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_with_the_way_out(sent: dict[str, Any], status: int, code: str):
    assert rehearsed(status, **sent)["code"] == code


def test_what_is_too_much_says_where_there_is_time():
    assert "sojourn rehearse" in rehearsed(422, contacts=100_000)["message"]


def test_rates_are_learned_from_what_was_counted():
    from collections import Counter

    from sojourn.journeys.load import load_journey

    save_draft(Draft(name="welcome", revision=0, source=YAML, definition=load_journey(YAML).to_definition()))
    key = CounterKey("welcome", "2026-03-02", "Send the welcome", "email")
    add({key: Counter({"sent": 980, "opens.human": 793})}, batch=["1"], wall=NOW)

    assert get("/api/journeys/welcome/behaviour")["steps"]["Send the welcome"]["open"]["rate"] == 0.8
    told = rehearsed(source=None, journey="welcome", learned=True, contacts=200)
    (first, _) = told["messages"]["by_step"]
    assert first["opened"] > 140


def test_a_version_is_shown_by_number_and_a_draft_by_its_name():
    from sojourn.journeys.load import load_journey

    definition = load_journey(YAML).to_definition()
    save_draft(Draft(name="welcome", revision=0, source=f"{YAML}# draft\n", definition=definition))
    put_version(
        Version(
            name="welcome", number=3, source=YAML, definition=definition, content_hash="h", version_arn="a:1",
            published_at=START, templates={},
        )
    )  # fmt: skip

    assert get("/api/journeys/welcome/versions/3")["source"] == YAML
    assert get("/api/journeys/welcome/versions/draft")["version"] is None
    for which in ("4", "live", "x"):
        assert call("GET", f"/api/journeys/welcome/versions/{which}").status == 404
