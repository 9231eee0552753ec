"""The Events table: first wins, throttles are waited for, a person's history is read whole."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend

from sojourn.clock import ManualClock, parse_iso
from sojourn.errors import StoreBusyError
from sojourn.events import store, wire
from sojourn.events.model import Event, internal_event
from tests import partiql
from tests.cloud import REGION, SETTINGS, moto_cloud

T0 = parse_iso("2026-11-21T10:00:00.000Z")


@pytest.fixture(scope="module")
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture
def pauses(cloud: None) -> Iterator[list[float]]:
    partiql.teach_moto()
    partiql.empty("Events")
    pauses: list[float] = []
    store.bind(SETTINGS, clock=ManualClock(T0), region=REGION, sleep=pauses.append)
    yield pauses
    partiql.teach_moto()


def clicked(number: int, **change: Any) -> Event:
    at = T0 + timedelta(minutes=number)
    return internal_event(
        "u#1", "Message Clicked", at=at, message_id=f"m{number}", properties={"n": number, **change}
    )


def test_an_event_comes_back_as_it_was(pauses: list[float]):
    event = clicked(1, name="é😀", big=10**38)

    assert store.insert([event]).written == 1

    back = next(store.history(["u#1"]))
    assert (back.key, back.at, back.received_at) == (event.key, event.at, event.at)
    assert back.properties == event.properties
    assert back.payload["userId"] == "1"
    assert back.is_internal


def test_the_first_one_wins(pauses: list[float]):
    store.insert([clicked(1)])

    inserted = store.insert([clicked(1, changed=True), clicked(2), clicked(2)])

    assert (inserted.written, inserted.duplicates, inserted.failed) == (1, 2, [])
    assert [event.properties for event in store.history(["u#1"])] == [{"n": 1}, {"n": 2}]


def test_sixty_events_are_three_calls(pauses: list[float]):
    assert store.insert(map(clicked, range(60))).written == 60
    assert len(list(store.history(["u#1"]))) == 60


def test_history_asks_for_what_and_since_when(pauses: list[float]):
    store.insert([clicked(1), clicked(2)])
    store.insert([internal_event("u#2", "Message Opened", at=T0, message_id="o", properties={})])

    since = T0 + timedelta(minutes=2)
    assert [event.message_id for event in store.history(["u#1", "u#2"], since)] == ["m2"]
    assert [event.message_id for event in store.history(["u#2", "u#1"], event_name="Message Opened")] == ["o"]
    assert list(store.history([])) == []


def test_the_stream_s_records_are_events(pauses: list[float]):
    store.insert([clicked(1)])
    image = wire.wire().client.scan(TableName="Events")["Items"][0]

    assert store.from_stream({"eventName": "INSERT", "dynamodb": {"NewImage": image}}).key == clicked(1).key


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded", "InternalServerError"])
def test_a_throttled_event_is_tried_again_then_given_up(pauses: list[float], code: str):
    calls = refuse_first(code, rounds=2)
    assert store.insert([clicked(1)]).written == 1
    assert (len(calls), len(pauses)) == (3, 2)

    refuse_first(code, rounds=99)
    inserted = store.insert([clicked(3), clicked(4)])
    assert [event.message_id for event in inserted.failed] == ["m3", "m4"]
    assert len(pauses) == 2 + wire.ROUNDS - 1
    assert all(0 < pause < 1 for pause in pauses)


def test_what_the_table_never_takes_is_not_tried_again(pauses: list[float]):
    refuse_first("ValidationError", rounds=99)

    assert [event.message_id for event in store.insert([clicked(1)]).refused] == ["m1"]
    assert pauses == []


def test_a_missing_table_is_a_busy_store(pauses: list[float]):
    with pytest.raises(StoreBusyError):
        wire.wire().call("query", TableName="Elsewhere")


def test_moto_still_needs_teaching():
    assert DynamoDBBackend.batch_execute_statement is not partiql.ORIGINAL
    with pytest.raises(TypeError, match="Unsupported type"):
        partiql.ORIGINAL(DynamoDBBackend(REGION, "1"), [{"Statement": "INSERT INTO \"T\" VALUE {'pk':?}"}])


def refuse_first(code: str, *, rounds: int) -> list[int]:
    """Let the table refuse every statement of the first calls; the answer counts the calls."""
    calls: list[int] = []

    def answer(backend: DynamoDBBackend, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        calls.append(len(statements))
        if len(calls) <= rounds:
            return [{"Error": {"Code": code, "Message": ""}} for _ in statements]
        return partiql.batch_execute_statement(backend, statements)

    partiql.teach_moto(answer)
    return calls
