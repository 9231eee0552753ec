"""What fell out of the queues: looked into by an admin alone, and brought back once the cause is mended."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.api.world import world
from sojourn import config
from sojourn.account.queues import Queues
from sojourn.audit.store import changes_before
from sojourn.http.keys import key_row_id
from tests.cloud import REGION
from tests.functions.test_api import call, dynamodb, press

__all__ = ["dynamodb", "press"]  # fixtures
NAMES = ("feedback", "feedback_failures", "react_failures")
FELL = "/api/queues/feedback_failures"


@pytest.fixture(autouse=True)
def sqs(press: Any) -> Iterator[Any]:
    client = boto3.client("sqs", region_name=REGION)
    urls = {name: client.create_queue(QueueName=name)["QueueUrl"] for name in NAMES}
    world().queues = lambda: Queues(client, urls, patience=0)
    yield client
    for url in urls.values():
        client.delete_queue(QueueUrl=url)


def fall_out(sqs: Any, name: str, *texts: str) -> None:
    for text in texts:
        sqs.send_message(QueueUrl=world().queues().urls[name], MessageBody=text)


def looked(path: str = FELL) -> list[Any]:
    answer = call("POST", f"{path}/look")
    assert answer.status == 200, answer.body
    found: list[Any] = answer.body["messages"]
    return found


def depths() -> dict[str, int]:
    return {each["name"]: each["waiting"] for each in call("GET", "/api/queues").body["items"]}


def test_what_waits_is_counted_and_says_where_it_may_go_back(sqs):
    fall_out(sqs, "feedback_failures", "{}", "{}")

    items = {each["name"]: each for each in call("GET", "/api/queues").body["items"]}

    assert {name: each["waiting"] for name, each in items.items()} == {
        "feedback": 0,
        "feedback_failures": 2,
        "react_failures": 0,
    }
    assert (items["feedback_failures"]["back_to"], items["react_failures"]["back_to"]) == ("feedback", None)
    assert [name for name, each in items.items() if each["failures"]] == [
        "feedback_failures",
        "react_failures",
    ]


def test_looking_inside_leaves_it_there_and_a_line_in_the_log(sqs):
    fall_out(sqs, "feedback_failures", '{"mail": "ada@example.org"}', "no <b>JSON</b>")

    assert sorted(each["text"] for each in looked()) == ["no <b>JSON</b>", '{"mail": "ada@example.org"}']
    assert len(looked()) == 2  # others see it again at once

    (line,) = changes_before(None, 1)[0]
    assert (line["did"], line["on"]) == ("POST /api/queues/{queue}/look", {"queue": "feedback_failures"})
    assert "ada" not in json.dumps(line)


@pytest.mark.parametrize("act", ["look", "redrive", "discard"])
def test_what_a_message_says_is_for_an_admin(act: str):
    config.put("KEY", key_row_id("api", "sj_ap"), {"name": "ap", "active": True, "role": "approver"})

    assert call("POST", f"{FELL}/{act}", '{"all": true}', key="sj_ap").status == 403


def test_one_message_goes_back_and_the_others_stay(sqs):
    fall_out(sqs, "feedback_failures", "one", "two", "three")
    [two] = [each for each in looked() if each["text"] == "two"]

    told = call("POST", f"{FELL}/redrive", json.dumps({"messages": [two["id"]]})).body
    again = call("POST", f"{FELL}/redrive", json.dumps({"messages": [two["id"]]})).body

    assert (told["done"], again["done"]) == (1, 0)
    assert depths() == {"feedback": 1, "feedback_failures": 2, "react_failures": 0}
    assert sorted(each["text"] for each in looked()) == ["one", "three"]


def test_all_go_back_a_request_s_worth_at_a_time(sqs):
    fall_out(sqs, "feedback_failures", *(str(number) for number in range(23)))

    assert call("POST", f"{FELL}/redrive", '{"all": true}').body == {
        "name": "feedback_failures",
        "done": 23,
        "waiting": 0,
    }
    assert depths()["feedback"] == 23


def test_a_place_in_a_stream_goes_nowhere_and_may_be_thrown_away(sqs):
    fall_out(sqs, "react_failures", "{}")

    assert call("POST", "/api/queues/react_failures/redrive", '{"all": true}').status == 409
    assert call("POST", "/api/queues/feedback/discard", '{"all": true}').status == 409
    assert call("POST", "/api/queues/react_failures/discard", '{"all": true}').body["done"] == 1


@pytest.mark.parametrize(
    "said",
    [{}, {"all": False}, {"messages": []}, {"messages": ["a", 1]}, {"messages": ["a"], "all": True}],
    ids=json.dumps,
)
def test_which_messages_is_said_and_said_once(said: dict[str, Any]):
    assert call("POST", f"{FELL}/redrive", json.dumps(said)).status == 400


def test_a_queue_that_is_not_there_is_not_found():
    assert call("POST", "/api/queues/other/look").status == 404
    assert call("POST", "/api/queues/inbound_sms_failures/redrive", '{"all": true}').status == 404
