"""Writes by hand say what PynamoDB would say: the same row, the same conditions, the same changes."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from sojourn.errors import StoreBusyError
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status
from sojourn.journeys.model import END
from sojourn.journeys.store import EnrolmentRow, Stand
from sojourn.messages.model import MessageState
from sojourn.messages.store import MessageRow, item_of
from sojourn.tables import PeopleRow, SuppressionRow
from sojourn.transactions import ABSENT, find, put, read, text, transact
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import a_message, an_enrolment


@pytest.fixture(autouse=True)
def cloud():
    with moto_cloud():
        yield


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"values": {"1": ["a b", "ö"]}, "parts": 2, "held": 1},
        {"state": MessageState.PLANNED, "due": "", "topic": ""},
    ],
)
def test_a_message_is_the_row_that_pynamodb_would_write(more: dict[str, Any]):
    message = replace(a_message(), **more)

    assert item_of(message) == MessageRow.of(message).serialize()


@pytest.mark.parametrize("to", ["Wait two days", END])
def test_a_step_forward_is_what_the_final_write_of_a_task_sets(to: str):
    by_hand, alone = an_enrolment(), replace(an_enrolment(), entry=2)
    for each in (by_hand, alone):
        store.admit(each)

    assert transact([store.step_forward(by_hand, Stand(at=to, until="2030-01-03T10:00:00.000Z"))]) == set()
    store.move_to(alone.id, alone.leg, at=to, until="2030-01-03T10:00:00.000Z")

    rows = {
        item["sk"]: item
        for item in boto3.resource("dynamodb", region_name=REGION).Table("People").scan()["Items"]
    }
    one, other = rows["ENROL#welcome#1"], rows["ENROL#welcome#2"]
    assert {**one, "sk": ""} == {**other, "sk": ""}


@pytest.mark.parametrize("wrong", [{"leg": 2}, {"at": "elsewhere"}])
def test_a_step_forward_is_for_the_leg_that_runs_from_where_it_was_seen(wrong: dict[str, Any]):
    enrolment = an_enrolment()
    store.admit(enrolment)

    assert transact([store.step_forward(replace(enrolment, **wrong), Stand(at="next", until="2030"))]) == {0}


def test_a_run_that_is_over_runs_no_more():
    enrolment = an_enrolment()
    store.admit(enrolment)
    assert transact([store.still_runs(store.key_of(enrolment.id), enrolment.leg)]) == set()

    store.end(enrolment.id, Status.EXITED, reason="goal", now="2030-01-01T00:00:00.000Z")

    assert transact([store.still_runs(store.key_of(enrolment.id), enrolment.leg)]) == {0}


def test_what_fails_without_a_condition_is_a_busy_store():
    with pytest.raises(StoreBusyError):
        transact([put({"pk": text("C#a"), "sk": text("")}, ABSENT, {})])


def test_rows_are_read_in_one_request_and_those_that_are_not_there_left_out():
    message = a_message()
    MessageRow.of(message).save()

    (row,) = read([(f"C#{message.contact}", f"MSG#{message.digest}"), (f"C#{message.contact}", "PROFILE")])

    assert isinstance(row, MessageRow)
    assert row.to_message() == message


def test_a_row_is_found_by_its_key_or_is_none():
    message = a_message()
    MessageRow.of(message).save()

    found = find(MessageRow, f"C#{message.contact}", f"MSG#{message.digest}")

    assert found is not None
    assert found.to_message() == message
    assert find(MessageRow, f"C#{message.contact}", "MSG#0") is None
    assert find(SuppressionRow, "nobody") is None


@pytest.mark.parametrize("row", [MessageRow.of(a_message()), EnrolmentRow.of(an_enrolment())])
def test_a_row_of_people_is_the_one_that_pynamodb_would_read(row: PeopleRow):
    kept = {**row.serialize(), "unheard_of": {"S": "?"}, "reason": {"NULL": True}}

    ours, theirs = PeopleRow.from_raw_data(kept), super(PeopleRow, PeopleRow).from_raw_data(kept)

    assert type(ours) is type(theirs) is type(row)
    assert vars(ours) == vars(theirs)


def test_a_row_of_another_kind_is_refused_and_one_of_no_kind_is_taken_for_what_was_asked():
    kept = MessageRow.of(a_message()).serialize()

    with pytest.raises(ValueError, match="Cannot instantiate"):
        EnrolmentRow.from_raw_data(kept)

    del kept["kind"]
    assert MessageRow.from_raw_data(kept).to_message() == a_message()
