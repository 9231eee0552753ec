"""Pure parts: when it happened, what it is called, how large and how deep it may be."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bench.ingest import an_event
from bench.units import size_of
from sojourn.clock import iso, parse_iso
from sojourn.events.encode import decode, encode
from sojourn.events.envelope import Envelope
from sojourn.events.identifiers import as_text
from sojourn.events.insertion import _parameters
from sojourn.events.normalise import generated_message_id, normalise
from sojourn.events.parts import merged
from sojourn.events.times import occurred, skew_of

WALL = parse_iso("2026-11-21T10:00:00.000Z")
CALENDAR = parse_iso("1997-02-01T00:00:00.000Z")


def envelope(**body: Any) -> Envelope:
    return Envelope.of(body, source="shop", received=WALL, wall=WALL)


@pytest.mark.parametrize(
    ("sent_at", "at", "flag"),
    [
        (None, "2026-11-20T10:00:00.000Z", ""),
        ("2026-11-21T09:00:00Z", "2026-11-20T11:00:00.000Z", ""),  # an hour slow
        ("2026-11-21T11:00:00Z", "2026-11-20T09:00:00.000Z", ""),  # an hour fast
        ("nonsense", "2026-11-20T10:00:00.000Z", ""),
        ("1997-01-01T00:00:00Z", "2026-11-20T10:00:00.000Z", "skew_over_a_year"),
        ({"a": 1}, "2026-11-20T10:00:00.000Z", ""),
    ],
)
def test_a_wrong_clock_is_put_right(sent_at: Any, at: str, flag: str):
    when = occurred("2026-11-20T10:00:00Z", skew_of(sent_at, wall=WALL), received=WALL)

    assert (iso(when.at), when.client_time, when.flag) == (at, "2026-11-20T10:00:00.000Z", flag)


def test_a_replay_of_old_events_keeps_their_times():
    # The local cloud: the wall is 2026, the calendar is 1997, the client's sentAt is the wall's.
    when = occurred("1997-01-31T08:00:00Z", skew_of("2026-11-21T10:00:00Z", wall=WALL), received=CALENDAR)

    assert (iso(when.at), when.flag) == ("1997-01-31T08:00:00.000Z", "")


@pytest.mark.parametrize(("ahead", "clamped"), [(299, False), (301, True), (86_400, True)])
def test_the_future_is_now(ahead: int, clamped: bool):
    when = occurred(iso(WALL + timedelta(seconds=ahead)), skew_of(None, wall=WALL), received=WALL)

    assert (when.at == WALL) is clamped
    assert when.flag == ("timestamp_future" if clamped else "")


def test_an_event_s_own_sent_at_comes_first():
    item = {
        "type": "page",
        "userId": "1",
        "timestamp": "2026-11-20T10:00:00Z",
        "sentAt": "2026-11-21T09:00:00Z",
    }

    event = normalise(item, envelope(batch=[item], sentAt="2026-11-21T08:00:00Z")).event

    assert iso(event.at) == "2026-11-20T11:00:00.000Z"


def test_a_generated_id_depends_on_the_event_alone():
    first = generated_message_id({"event": "x", "userId": 1, "sentAt": "a", "writeKey": "k"}, "track")

    assert first == generated_message_id({"userId": 1, "event": "x", "type": "track"}, "track")
    assert first != generated_message_id({"userId": 2, "event": "x"}, "track")


def test_the_one_above_is_heard():
    assert merged({"a": {"b": 1, "c": 1}, "d": 1}, {"a": {"b": 2}, "d": {}}) == {
        "a": {"b": 2, "c": 1},
        "d": {},
    }


@pytest.mark.parametrize("pk", ["u#1", "a#é#|"])
def test_the_id_in_the_key_is_not_written_twice(pk: str):
    field = {"u": "userId", "a": "anonymousId"}[pk[0]]
    payload = {"traits": {"a": "é\ud800"}, field: pk[2:]}

    text, size = encode(pk, payload)

    assert field not in json.loads(text)
    assert size == len(text.encode())
    assert decode(pk, text) == payload


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "7"), (7.0, "7"), (7.5, "7.5"), (10**400, "1" + "0" * 400), (True, None), ([], None)],
)
def test_an_id_is_written_as_its_number_would_be(value: object, text: str | None):
    assert as_text(value) == text


def test_an_event_of_950_bytes_is_one_write_unit():
    item = {**an_event(1), "properties": {}}
    item["properties"] = {"x": "y" * (950 - len(json.dumps(item)) - len('"x": ""'))}
    assert len(json.dumps(item)) == 950

    done = normalise(item, envelope(batch=[item], sentAt="2026-11-21T10:00:00.123456+00:00"))

    names = (
        "pk",
        "sk",
        "type",
        "event",
        "at",
        "received_at",
        "source",
        "message_id",
        "payload",
        "trust",
        "ttl",
    )
    assert size_of(dict(zip(names, _parameters(done.event, done.text, "1829858521"), strict=True))) <= 1024
