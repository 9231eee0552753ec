"""The People stream's batches reach the report, once, whatever else is in them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.count_changes.app import handler
from sojourn.insight.report import report
from sojourn.insight.store import figures_of
from sojourn.journeys.store import EnrolmentRow
from sojourn.messages.model import MessageState
from sojourn.messages.store import MessageRow
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import ADA, a_message, an_enrolment


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def a_record(number: int, *, old: Any = None, new: Any = None) -> dict[str, Any]:
    """A record with the images of rows as PynamoDB writes them."""
    images = {name: row.serialize() for name, row in (("OldImage", old), ("NewImage", new)) if row}
    return {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": f"{number:021d}", **images}}


def a_batch() -> list[dict[str, Any]]:
    claimed = MessageRow.of(a_message(state=MessageState.SENDING, sent_at=""))
    return [
        a_record(1, new=EnrolmentRow.of(an_enrolment())),
        a_record(2, new=claimed),
        a_record(3, old=claimed, new=MessageRow.of(a_message())),
        a_record(
            4,
            new=MessageRow.of(
                a_message("Text", channel="sms", state=MessageState.SKIPPED, reason="no_phone")
            ),
        ),
    ]


def figures() -> dict[str, Any]:
    return report(figures_of("welcome"))


def test_a_batch_is_in_the_report():
    handler({"Records": a_batch()}, None)

    told = figures()
    assert told["enrolments"] == {
        "enrolled": 1,
        "active": 1,
        "completed": 0,
        "exited": {},
        "failed": 0,
        "converted": 0,
        "skipped": {},
        "holdout": {"enrolled": 0, "converted": 0},
    }
    assert told["messages"]["by_channel"]["email"]["sent"] == 1
    assert told["messages"]["by_channel"]["sms"]["skipped"] == {"no_phone": 1}
    assert (told["messages"]["planned"], told["messages"]["pending"]) == (2, 0)


def test_a_batch_that_comes_again_changes_nothing():
    handler({"Records": a_batch()}, None)
    once = figures()

    handler({"Records": a_batch()}, None)

    assert figures() == once


@pytest.mark.parametrize(
    "poison",
    [
        {},
        {"dynamodb": {}},
        {"dynamodb": {"SequenceNumber": "9", "NewImage": {"sk": {"S": "MSG#1"}}}},
        {
            "dynamodb": {
                "SequenceNumber": "9",
                "NewImage": {"sk": {"S": "ENROL#w#1"}, "status": {"S": "lost"}},
            }
        },
        {"dynamodb": {"SequenceNumber": "9", "NewImage": 7}},
        {"dynamodb": None},
    ],
    ids=json.dumps,
)
def test_poison_is_passed_over(poison):
    first, *rest = a_batch()

    handler({"Records": [first, poison, *rest]}, None)

    assert figures()["messages"]["planned"] == 2


def test_a_batch_that_moves_nothing_writes_nothing():
    row = MessageRow.of(a_message())

    handler({"Records": [a_record(1, old=row, new=row), a_record(2, new=None)]}, None)

    assert boto3.client("dynamodb", region_name=REGION).scan(TableName="Counters")["Count"] == 0


def test_the_log_counts_and_names_nobody(caplog):
    caplog.set_level(logging.DEBUG, logger="sojourn")
    handler({"Records": a_batch()}, None)

    logged = vars(caplog.records[-1])
    assert (logged["records"], logged["rows"], logged["repeated"]) == (4, 6, False)
    assert ADA not in str(logged)
