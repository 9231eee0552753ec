"""The door, row by row: I1 to I31 of the cases, and their siblings."""

import base64
import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.collect import app
from sojourn.clock import parse_iso
from sojourn.events import wire
from sojourn.events.model import EventType
from tests.door import BASIC, KEY, Door, a_door
from tests.partiql import empty

CALLS = ["/beacon/v1/batch", *(f"/v1/{kind}" for kind in (*EventType, *"itpsgab", "batch", "import"))]
GOOD = {"event": "Signed Up", "userId": "42", "messageId": "m-1"}
MB = 1024 * 1024


@pytest.fixture(scope="module")
def cloud() -> Iterator[Door]:
    with a_door() as door:
        yield door


@pytest.fixture
def door(cloud: Door) -> Door:
    empty("Events", "RejectedEvents", "Counters")
    return cloud


def only(events: list[Any]) -> Any:
    assert len(events) == 1
    return events[0]


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    ("row", "body", "status", "code"),
    [
        ("I1 nothing", b"", 400, "body_not_object"),
        ("I1 no body", None, 400, "body_not_object"),
        ("I1 spaces", b" \n\t", 400, "body_not_object"),
        ("I1 a mark and nothing", b"\xef\xbb\xbf", 400, "body_not_object"),
        ("I1 null", b"null", 400, "body_not_object"),
        ("I1 list", b"[]", 400, "body_not_object"),
        ("I1 text", b'"x"', 400, "body_not_object"),
        ("I1 number", b"42", 400, "body_not_object"),
        ("I1 NaN", b"NaN", 400, "body_not_object"),
        ("I1 true", b"true", 400, "body_not_object"),
        ("I2 open", b"{", 400, "malformed_json"),
        ("I2 trailing comma", b'{"a":1,}', 400, "malformed_json"),
        ("I2 two objects", b"{}{}", 400, "malformed_json"),
        ("I2 trailing text", b"{} x", 400, "malformed_json"),
        ("I2 single quotes", b"{'a':1}", 400, "malformed_json"),
        ("I2 a comment", b"{}//", 400, "malformed_json"),
        ("I2 raw line break", b'{"a":"\n"}', 400, "malformed_json"),
        ("I2 bad escape", b'{"a":"\\x"}', 400, "malformed_json"),
        ("I2 a form", b"data=%7B%7D", 400, "malformed_json"),
        ("I7 latin-1", '{"userId":"é"}'.encode("latin-1"), 400, "invalid_utf8"),
        ("I7 cut letter", b'{"a":"\xe2\x82"}', 400, "invalid_utf8"),
        ("I7 overlong", b'{"a":"\xc0\xaf"}', 400, "invalid_utf8"),
        ("I7 encoded surrogate", b'{"a":"\xed\xa0\x80"}', 400, "invalid_utf8"),
        ("I8 UTF-16 with mark", '{"a":1}'.encode("utf-16"), 400, "invalid_utf8"),
        ("I8 UTF-16 LE", '{"a":1}'.encode("utf-16-le"), 400, "invalid_utf8"),
        ("I8 UTF-16 BE", '{"a":1}'.encode("utf-16-be"), 400, "invalid_utf8"),
        ("I8 UTF-32", '{"a":1}'.encode("utf-32"), 400, "invalid_utf8"),
        ("I9 33", nested(33), 400, "too_deep"),
        ("I9 500", nested(500), 400, "too_deep"),
        ("I9 1,500", nested(1_500), 400, "too_deep"),
        ("I9 100,000", nested(100_000), 400, "too_deep"),
        ("I9 lists", b"[" * 100_000, 400, "too_deep"),
        ("I9 in properties", b'{"event":"x","userId":"1","properties":' + nested(40) + b"}", 400, "too_deep"),
        ("I14", b'{"a":"' + b"x" * 6 * MB + b'"}', 413, "body_too_large"),
        ("I14 zipped", gzip.compress(b'{"a":"' + b"x" * 6 * MB + b'"}'), 413, "body_too_large"),
        ("I20 cut", gzip.compress(json.dumps(GOOD).encode())[:-9], 400, "malformed_gzip"),
        ("I20 only magic", b"\x1f\x8b", 400, "malformed_gzip"),
        ("I20 bad CRC", gzip.compress(json.dumps(GOOD).encode())[:-8] + b"\0" * 8, 400, "malformed_gzip"),
        ("I20 two members", gzip.compress(b"{}") * 2, 400, "malformed_gzip"),
        ("I20 trailing bytes", gzip.compress(b"{}") + b"x", 400, "malformed_gzip"),
        ("I20 zipped twice", gzip.compress(gzip.compress(b"{}")), 400, "invalid_utf8"),
        ("I20 zipped nothing", gzip.compress(b""), 400, "body_not_object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
def test_a_body_that_cannot_be_read(door: Door, path: str, row: str, body: bytes, status: int, code: str):
    answer = door.post(path, body)

    assert (answer[0], answer[1]["code"]) == (status, code)
    assert door.rows() == []


def test_malformed_json_says_where(door: Door):
    assert door.post("/v1/track", b'{"a":1}{}')[1]["offset"] == 7


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, br", "BR"])
def test_other_codings_than_gzip_are_415(door: Door, coding: str):
    assert door.post("/v1/track", GOOD, headers={"Content-Encoding": coding})[0] == 415
    assert door.post("/v1/track", gzip.compress(b"{}"), headers={"content-encoding": coding})[0] == 415


def test_gzip_that_a_text_channel_damaged_is_415(door: Door):
    damaged = gzip.compress(json.dumps(GOOD).encode()).decode("utf-8", "replace").encode()

    assert door.post("/v1/track", damaged)[0] == 415


def test_a_bomb_is_refused_early_and_cheaply(door: Door):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeeze.compress(b"\0" * MB) for _ in range(200)) + squeeze.flush()
    door.post("/v1/track", GOOD)
    tracemalloc.start()
    started = time.process_time()

    status, content, _ = door.post("/v1/track", bomb)

    took, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (status, content["limit"]) == (413, 5 * MB)
    assert took < 0.05
    assert peak < 15 * MB


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", "", "x"]
)
@pytest.mark.parametrize("coding", ["gzip", "", "identity", "GZIP"])
def test_the_body_is_looked_at_not_its_labels(door: Door, content_type: str, coding: str):
    headers = {"Content-Type": content_type, "Content-Encoding": coding}

    assert door.post("/v1/track", gzip.compress(json.dumps(GOOD).encode()), headers=headers)[0] == 200
    assert door.post("/v1/track", {**GOOD, "messageId": "m-2"}, headers=headers)[0] == 200
    assert len(door.rows()) == 2


def test_a_text_body_is_taken_as_it_is(door: Door):
    event = {
        "path": "/v1/track",
        "httpMethod": "POST",
        "headers": {"x-write-key": KEY},
        "body": json.dumps({**GOOD, "userId": "é😀"}, ensure_ascii=False),
        "isBase64Encoded": False,
    }

    assert app.handler(event, None)["statusCode"] == 200
    assert only(door.events()).pk == "u#é😀"


@pytest.mark.parametrize(
    ("raw", "properties"),
    [
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":NaN,"b":Infinity,"c":-Infinity}', {"a": None, "b": None, "c": None}),
        (b'{"a":1e400,"b":-1e999}', {"a": None, "b": None}),
        (b'{"a":123456789012345678901234567890123456789}', {"a": 123456789012345678901234567890123456789}),
        (b'{"a":' + b"9" * 5_000 + b"}", {"a": None}),
        (b'{"a":1.1,"b":-0.0,"c":0}', {"a": 1.1, "b": -0.0, "c": 0}),
        (b'{"a":"\\u0000\\u001f\\u2028\\u202e"}', {"a": "\0\x1f\u2028\u202e"}),
        ('{"a":"😀👨‍👩‍👧 é"}'.encode(), {"a": "😀👨‍👩‍👧 é"}),
        (b'{"a":"\\ud800","\\udc00":1}', {"a": "\ud800", "\udc00": 1}),
        (b'{"":1,"__proto__":2," a b ":3}', {"": 1, "__proto__": 2, " a b ": 3}),
    ],
)
def test_properties_are_kept_as_they_came(door: Door, raw: bytes, properties: dict[str, Any]):
    body = b'{"event":"x","userId":"1","properties":' + raw + b"}"

    assert door.post("/v1/track", body)[:2] == (200, {"success": True})
    assert only(door.events()).properties == properties


def test_a_byte_order_mark_is_passed_over(door: Door):
    assert door.post("/v1/track", b"\xef\xbb\xbf" + json.dumps(GOOD).encode())[0] == 200
    assert len(door.rows()) == 1


REJECTED: list[tuple[str, dict[str, Any], str]] = [
    ("no identity", {"userId": None, "anonymousId": None}, "missing_identity"),
    ("empty id", {"userId": ""}, "invalid_user_id"),
    ("blank id", {"userId": "  "}, "invalid_user_id"),
    ("long id", {"userId": "x" * 2_000}, "invalid_user_id"),
    ("257", {"userId": "x" * 257}, "invalid_user_id"),
    ("boolean id", {"userId": True}, "invalid_user_id"),
    ("object id", {"userId": {"a": 1}}, "invalid_user_id"),
    ("list id", {"userId": ["a"]}, "invalid_user_id"),
    ("half a pair", {"userId": "\ud800"}, "invalid_user_id"),
    ("bad anonymousId", {"anonymousId": []}, "invalid_anonymous_id"),
    ("long anonymousId", {"userId": None, "anonymousId": "x" * 300}, "invalid_anonymous_id"),
    ("no event", {"event": None}, "missing_event"),
    ("empty event", {"event": ""}, "missing_event"),
    ("event a number", {"event": 7}, "missing_event"),
    ("event an object", {"event": {}}, "missing_event"),
    ("long event", {"event": "x" * 1_000}, "invalid_event"),
    ("201", {"event": "x" * 201}, "invalid_event"),
    ("half a pair in event", {"event": "\udfff"}, "invalid_event"),
    ("other type", {"type": "identify"}, "type_mismatch"),
    ("messageId an object", {"messageId": {}}, "invalid_message_id"),
    ("messageId true", {"messageId": True}, "invalid_message_id"),
    ("long messageId", {"messageId": "x" * 257}, "invalid_message_id"),
    ("wide messageId", {"messageId": "😀" * 100}, "invalid_message_id"),
    ("half a pair in messageId", {"messageId": "\ud800"}, "invalid_message_id"),
    ("properties a list", {"properties": [1]}, "invalid_properties"),
    ("context a text", {"context": "x"}, "invalid_context"),
    ("traits a number", {"traits": 1}, "invalid_traits"),
    ("70 KB", {"properties": {"a": "x" * 70_000}}, "event_too_large"),
    ("64 KB of two bytes", {"properties": {"a": "é" * 33_000}}, "event_too_large"),
]


@pytest.mark.parametrize(("row", "change", "code"), REJECTED, ids=[row for row, _, _ in REJECTED])
def test_a_bad_event_is_listed_kept_for_the_operator_and_not_stored(
    door: Door, row: str, change: dict[str, Any], code: str
):
    item = {**GOOD, **change}
    told = only(door.post("/v1/track", item)[1]["rejected"])
    batched = {"batch": [{"type": "track", **GOOD}, {"type": "track", **item}]}
    if "type" not in change:
        assert only(door.post("/v1/batch", batched)[1]["rejected"])["index"] == 1
        assert len(door.rows()) == 1

    assert (told["index"], told["code"]) == (0, code)
    assert told["message"]
    assert told["messageId"] == (item["messageId"][:256] if isinstance(item["messageId"], str) else None)
    kept = door.rows("RejectedEvents")[0]
    assert kept["code"]["S"] == code
    assert kept["source"]["S"] == "shop"
    assert int(kept["ttl"]["N"]) > time.time() + 29 * 86_400


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (None, "event_not_object"),
        ([], "event_not_object"),
        ("track", "event_not_object"),
        ({"userId": "1"}, "unknown_type"),
        ({"userId": "1", "type": None}, "unknown_type"),
        ({"userId": "1", "type": ["track"]}, "unknown_type"),
        ({"userId": "1", "type": "Track", "event": "x"}, "unknown_type"),
        ({"userId": "1", "type": "batch"}, "unknown_type"),
        ({"userId": "1", "type": "alias"}, "missing_previous_id"),
        ({"previousId": "1", "type": "alias", "anonymousId": "2"}, "missing_user_id"),
        ({"userId": "1", "type": "group"}, "missing_group_id"),
        ({"userId": "1", "type": "group", "groupId": {}}, "invalid_group_id"),
        ({"type": "page"}, "missing_identity"),
        ({"userId": "1", "type": "track", "event": "x", "properties": json.loads(nested(40))}, "too_deep"),
        (
            {"userId": "1", "type": "track", "event": "x", "messageId": "m", "a": json.loads(nested(900))},
            None,
        ),
        ({"userId": "1", "type": "track", "event": "x", "properties": json.loads(nested(900))}, "too_deep"),
    ],
)
def test_one_bad_item_leaves_the_rest_of_its_batch_alone(door: Door, item: Any, code: str | None):
    good = [{"type": "page", "userId": "1", "messageId": str(number)} for number in range(99)]

    status, content, _ = door.post("/v1/batch", {"batch": [*good[:50], item, *good[50:]]})

    assert status == 200
    assert [(told["index"], told["code"]) for told in content.get("rejected", [])] == (
        [(50, code)] if code else []
    )
    assert len(door.rows()) == (99 if code else 100)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (42, "u#42"),
        (42.0, "u#42"),
        (1.5, "u#1.5"),
        (10**38, f"u#{10**38}"),
        ("é", "u#é"),
        ("x" * 256, "u#" + "x" * 256),
    ],
)
def test_an_id_may_be_a_number(door: Door, sent: Any, stored: str):
    door.post("/v1/track", {**GOOD, "userId": sent})

    event = only(door.events())
    assert event.pk == stored
    assert event.payload["userId"] == stored[2:]


@pytest.mark.parametrize(
    ("path", "body", "pk", "payload"),
    [
        (
            "identify",
            {"userId": "1", "traits": {"plan": "free"}},
            "u#1",
            {"traits": {"plan": "free"}, "userId": "1"},
        ),
        ("identify", {"anonymousId": "9", "userId": None}, "a#9", {"anonymousId": "9"}),
        ("page", {"userId": "1", "name": "Home"}, "u#1", {"name": "Home", "userId": "1"}),
        ("screen", {"userId": "1", "anonymousId": "9"}, "u#1", {"userId": "1", "anonymousId": "9"}),
        ("group", {"userId": "1", "groupId": 7}, "u#1", {"userId": "1", "groupId": "7"}),
        ("alias", {"userId": "1", "previousId": "a"}, "u#1", {"userId": "1", "previousId": "a"}),
        ("track", {"event": "X", "userId": "1"}, "u#1", {"userId": "1"}),
    ],
)
def test_each_call_is_stored(door: Door, path: str, body: dict[str, Any], pk: str, payload: dict[str, Any]):
    assert door.post(f"/v1/{path}", {**body, "writeKey": KEY})[:2] == (200, {"success": True})

    event = only(door.events())
    assert (event.pk, event.type, event.source) == (pk, path, "shop")
    assert event.payload == payload
    assert event.event == body.get("event", "")


def test_the_write_key_is_never_stored(door: Door):
    door.post("/v1/track", {**GOOD, "writeKey": KEY})
    door.post("/v1/track", {"userId": "1", "writeKey": KEY})

    assert KEY not in json.dumps([door.rows(), door.rows("RejectedEvents")])


def test_large_events_and_batches(door: Door):
    thirty_three = {**GOOD, "properties": {"a": "x" * 33 * 1024}}
    batch = [
        {"type": "track", **GOOD, "messageId": str(number), "properties": {"a": "x" * 5_800}}
        for number in range(99)
    ]

    assert door.post("/v1/track", thirty_three)[1] == {"success": True}
    assert only(door.events()).payload["flags"] == ["over_32kb"]
    assert door.post("/v1/batch", {"batch": batch})[1] == {"success": True}
    assert len(door.rows()) == 100


def test_how_many_events_a_batch_may_have(door: Door):
    assert door.post("/v1/batch", {"batch": []})[:2] == (200, {"success": True})
    status, content, _ = door.post("/v1/batch", {"batch": [{}] * 10_001})
    assert (status, content["code"], content["limit"]) == (413, "too_many_events", 10_000)
    shapes: list[Any] = [None, {}, "x"]
    for wrong in shapes:
        assert door.post("/v1/batch", {"batch": wrong})[1]["code"] == "batch_not_list"


def test_a_shared_context_may_not_grow_into_a_flood(door: Door):
    assert door.post("/v1/batch", {"batch": [{}] * 9_000, "context": {"a": "x" * 9_000}})[0] == 413


def test_the_context_of_a_batch_lies_under_that_of_its_events(door: Door):
    own = {"locale": "de", "app": {"version": "2"}}
    shared = {"locale": "en", "ip": "192.0.2.1", "app": {"name": "shop", "version": "1"}}
    integrations = {"All": False}

    door.post(
        "/v1/batch",
        {
            "batch": [{"type": "page", "userId": "1", "context": own}],
            "context": shared,
            "integrations": integrations,
        },
    )

    event = only(door.events())
    assert event.context == {"locale": "de", "ip": "192.0.2.0", "app": {"name": "shop", "version": "2"}}
    assert event.payload["integrations"] == integrations


def test_the_same_event_is_stored_once_and_counted(door: Door):
    twice = {"batch": [{"type": "track", **GOOD}, {"type": "track", **GOOD}, {"type": "page", "userId": "1"}]}

    assert door.post("/v1/batch", {**twice, "sentAt": "2026-11-21T10:00:00Z"})[1] == {"success": True}
    assert door.post("/v1/batch", {**twice, "sentAt": "2026-11-21T10:00:09Z"})[1] == {"success": True}

    assert len(door.rows()) == 2
    counted = [
        row for row in door.rows("Counters") if row["pk"]["S"] == "events"
    ]  # a key's rate has a row too
    assert only(counted)["duplicates"] == {"N": "4"}


def test_two_keys_may_use_one_message_id(door: Door):
    door.post("/v1/track", GOOD)
    door.post("/v1/track", GOOD, key="Bearer other")

    assert {event.source for event in door.events()} == {"shop", "other"}


@pytest.mark.parametrize(
    ("timestamp", "flag"),
    [
        ("0001-01-01T00:00:00Z", "timestamp_invalid"),
        ("9999-12-31T23:59:59-12:00", "timestamp_invalid"),
        ("2026-02-30T00:00:00Z", "timestamp_invalid"),
        (1795298521000, "timestamp_invalid"),
        ("1795298521000", "timestamp_invalid"),
        ("yesterday", "timestamp_invalid"),
        ("", "timestamp_invalid"),
        ({}, "timestamp_invalid"),
        (True, "timestamp_invalid"),
        ("2026-11-21T10:00:00+99:00", "timestamp_invalid"),
        ("9998-01-01T00:00:00Z", "timestamp_future"),
        ("2999-01-01", "timestamp_future"),
    ],
)
def test_a_time_that_cannot_be_is_the_time_it_came_in(door: Door, timestamp: Any, flag: str):
    assert door.post("/v1/track", {**GOOD, "timestamp": timestamp})[1] == {"success": True}

    event = only(door.events())
    assert event.at == event.received_at
    assert event.payload["flags"] == [flag]
    assert event.payload["originalTimestamp"] == timestamp


@pytest.mark.parametrize("field", ["timestamp", "originalTimestamp"])
def test_a_time_that_can_be_is_the_event_s(door: Door, field: str):
    door.post("/v1/track", {**GOOD, field: "1997-01-05T12:30:00.123456+02:00"})

    event = only(door.events())
    assert event.at == parse_iso("1997-01-05T10:30:00.123Z")
    assert event.sk == "1997-01-05T10:30:00.123Z#shop#m-1"
    assert "flags" not in event.payload


@pytest.mark.parametrize(
    ("authorization", "extra", "body_key", "status"),
    [
        (BASIC, {}, None, 200),
        (BASIC, {}, KEY, 200),
        ("Basic " + base64.b64encode(KEY.encode()).decode(), {}, None, 200),
        ("basic " + base64.b64encode(KEY.encode()).decode().rstrip("="), {}, None, 200),
        (f"Bearer {KEY}", {}, None, 200),
        (None, {}, KEY, 200),
        (None, {"X-Write-Key": KEY}, None, 200),
        (BASIC, {"x-write-key": KEY}, KEY, 200),
        (None, {}, None, 401),
        (None, {}, "wrong", 401),
        (None, {}, 42, 401),
        (None, {}, "revoked", 401),
        (None, {}, "admin", 401),
        (None, {}, "forged", 401),
        (None, {}, "importer", 401),
        (BASIC, {}, "other", 401),
        (BASIC, {}, {"a": 1}, 401),
        (BASIC, {"X-Write-Key": "other"}, None, 401),
        ("Bearer x", {}, None, 401),
        ("Bearer ", {}, None, 401),
        ("Bearer x", {}, KEY, 401),
        ("Basic !!!", {}, None, 401),
        ("Basic /w==", {}, None, 401),
        ("Basic ", {}, KEY, 401),
        ("Basic Og==", {}, None, 401),
        ("Digest x", {}, None, 401),
        (KEY, {}, None, 401),
        ("Bearer " + "x" * 100_000, {}, None, 401),
        ("Bearer é\ud800", {}, None, 401),
    ],
)
def test_keys(door: Door, authorization: str | None, extra: dict[str, str], body_key: Any, status: int):
    body = {**GOOD, **({} if body_key is None else {"writeKey": body_key})}
    stranger = door.post("/v1/track", GOOD, key=None)

    answer = door.post("/v1/track", body, key=authorization, headers=extra)

    assert answer[0] == status
    assert len(door.rows()) == (status == 200)
    if status == 401:
        assert answer == stranger


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", nested(2_000)])
def test_a_stranger_learns_only_that_the_key_is_missing(door: Door, body: bytes):
    assert door.post("/v1/track", body, key=None) == door.post("/v1/track", GOOD, key="Bearer x")


def test_a_key_in_the_query_is_no_key(door: Door):
    event = {
        "path": "/v1/track",
        "httpMethod": "POST",
        "headers": None,
        "multiValueQueryStringParameters": {"writeKey": [KEY]},
        "body": json.dumps(GOOD),
        "isBase64Encoded": False,
    }

    assert app.handler(event, None)["statusCode"] == 401


@pytest.mark.parametrize("path", CALLS)
def test_preflight(door: Door, path: str):
    status, content, headers = door.call("OPTIONS", path, headers={"Origin": "https://shop.example"})

    assert (status, content) == (204, {})
    assert headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    allowed = headers["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type", "x-retry-count", "anonymousid", "sentat", "x-write-key"} <= set(
        allowed
    )
    assert headers["Access-Control-Expose-Headers"] == "Retry-After, X-RateLimit-Reset"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "evil",
        "javascript:alert(1)",
        "https://a.b, https://c.d",
        "https://a.b\r\nX: y",
        "file://",
        "https://a.b/path",
        "https://user@a.b",
    ],
)
def test_a_bad_origin_is_allowed_nothing(door: Door, origin: str):
    for answer in (
        door.call("OPTIONS", "/v1/track", headers={"origin": origin}),
        door.post("/v1/track", GOOD, headers={"origin": origin}),
    ):
        assert answer[0] in (200, 204)
        assert "Access-Control-Allow-Origin" not in answer[2]


def test_refusals_can_be_read_by_pages_too(door: Door):
    for answer in (
        door.post("/v1/track", b"{"),
        door.post("/v1/track", GOOD, key=None),
        door.call("GET", "/v1/x"),
    ):
        assert answer[0] >= 400
        assert answer[2]["Access-Control-Allow-Origin"] == "*"
        assert answer[2]["Access-Control-Expose-Headers"] == "Retry-After, X-RateLimit-Reset"


@pytest.mark.parametrize("method", ["HEAD", "GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", CALLS)
def test_other_methods_are_405(door: Door, path: str, method: str):
    status, _, headers = door.call(method, path)

    assert (status, headers["Allow"]) == (405, "OPTIONS, POST")


NOWHERE = [
    "/", "", "/v1", "/v1/", "/v1/track/", "//v1/track", "/v1//track", "/v1/%2e%2e/v1/track", "/v1/../v1/track",
    "/v1/%74rack", "/v1/track%2F", "/v1/track;x", "/v1/track?x", "/v1/track#x", "/v1/Track", "/v1/T", "/v1/m",
    "/v2/track", "/v1/track/x", "/v1/\0",
]  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
@pytest.mark.parametrize("path", NOWHERE)
def test_other_paths_are_404(door: Door, path: str, method: str):
    assert door.call(method, path, GOOD, {"Authorization": BASIC})[0] == 404


STATEMENT = {
    "channel": "email",
    "purpose": "marketing",
    "topic": "onboarding",
    "source": "form",
    "wording": "Yes",
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"channel": None}, "channel"),
        ({"channel": ["email"]}, "channel"),
        ({"purpose": "spam"}, "purpose"),
        ({"purpose": None}, "purpose"),
        ({"topic": 7}, "topic"),
        ({"topic": "a|b"}, "topic"),
        ({"source": None}, "source"),
        ({"source": ""}, "source"),
        ({"wording": {}}, "wording"),
    ],
)
def test_half_a_consent_is_none(door: Door, change: dict[str, Any], field: str):
    statement = {**STATEMENT, **change}

    named = only(
        door.post("/v1/track", {**GOOD, "event": "Consent Given", "properties": statement})[1]["rejected"]
    )
    assert (named["code"], named["field"]) == (f"invalid_consent_{field}", f"properties.{field}")
    assert door.rows() == []

    context = {"consent": [STATEMENT, statement]}
    attached = only(door.post("/v1/identify", {"userId": "1", "context": context})[1]["rejected"])
    assert (attached["code"], attached["field"]) == (
        f"invalid_consent_{field}",
        f"context.consent[1].{field}",
    )
    event = only(door.events())
    assert event.context["consent"] == [STATEMENT]
    assert event.payload["flags"] == [f"invalid_consent_{field}"]
    assert len(door.rows("RejectedEvents")) == 2


@pytest.mark.parametrize("consent", ["yes", {}, [7], [STATEMENT] * 21])
def test_consents_of_another_shape(door: Door, consent: Any):
    assert only(door.post("/v1/identify", {"userId": "1", "context": {"consent": consent}})[1]["rejected"])


def test_a_whole_consent_is_stored(door: Door):
    least = {"channel": "sms", "purpose": "marketing", "source": "till"}
    for name in ("Consent Given", "Consent Withdrawn"):
        assert door.post("/v1/track", {"userId": "1", "event": name, "properties": least})[1] == {
            "success": True
        }
    assert door.post("/v1/page", {"userId": "1", "context": {"consent": [STATEMENT, least]}})[1] == {
        "success": True
    }


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("email", "ada"), ("email", "ada@"), ("email", "a b@example.org"), ("email", "ada@example"), ("email", 7),
        ("email", "ada@example.org\nBcc: eve@example.org"), ("email", "ada@example.org\n"), ("email", "é@example.org"),
        ("email", "x" * 65 + "@example.org"), ("email", "a..b@example.org"), ("email", "<ada@example.org>"),
        ("phone", "0612345678"), ("phone", "+0123456789"), ("phone", 12025550123), ("phone", "+1234567890123456"),
        ("timezone", "Mars/Phobos"), ("timezone", "../../etc/passwd"), ("timezone", "europe/paris"), ("timezone", ""),
        ("timezone", "UTC+1"), ("timezone", []),
    ],
)  # fmt: skip
def test_a_bad_trait_alone_is_left_out(door: Door, trait: str, value: Any):
    told = only(door.post("/v1/identify", {"userId": "1", "traits": {"n": 1, trait: value}})[1]["rejected"])

    assert (told["code"], told["field"]) == (f"invalid_{trait}", f"traits.{trait}")
    event = only(door.events())
    assert event.traits == {"n": 1}
    assert event.payload["flags"] == [f"invalid_{trait}"]
    assert only(door.rows("RejectedEvents"))["stored"] == {"BOOL": True}


def test_good_traits_are_kept(door: Door):
    traits = {
        "email": "c00004@example.org",
        "phone": "+12025550123",
        "timezone": "America/New_York",
        "firstName": None,
    }

    assert door.post("/v1/identify", {"userId": "1", "traits": traits})[1] == {"success": True}
    assert only(door.events()).traits == {**traits, "phone_country": "US"}


def test_rudder_s_traits_are_found_in_the_context(door: Door):
    door.post("/v1/identify", {"userId": "1", "context": {"traits": {"email": "ada@example.org"}}})

    assert only(door.events()).traits == {"email": "ada@example.org"}


def failing(operation: str, code: str) -> Callable[[], None]:
    """Let every call of this operation be answered with an error, until the answer is called."""
    events = wire.wire().client.meta.events

    def refuse(**_: Any) -> Any:
        from botocore.awsrequest import AWSResponse
        from moto.core.botocore_stubber import MockRawResponse

        body = json.dumps({"__type": code, "message": "no"})
        return AWSResponse("http://x", 400, {}, MockRawResponse(body))

    name = f"before-send.dynamodb.{operation}"
    events.register_first(name, refuse)
    return lambda: events.unregister(name, refuse)


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]
)
def test_what_is_not_stored_is_to_be_sent_again(door: Door, code: str):
    door.post("/v1/page", {"userId": "1"})
    mend = failing("BatchExecuteStatement", code)

    status, content, headers = door.post("/v1/track", GOOD)

    assert (status, content["code"]) == (503, "try_again")
    assert int(headers["Retry-After"]) > 0
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    mend()
    assert door.post("/v1/track", GOOD)[0] == 200
    assert len(door.rows()) == 2


@pytest.mark.parametrize("operation", ["BatchWriteItem", "UpdateItem"])
def test_good_events_do_not_hang_on_the_operator_s_rows(door: Door, operation: str):
    door.post("/v1/track", GOOD)
    mend = failing(operation, "AccessDeniedException")

    status, content, _ = door.post(
        "/v1/batch", {"batch": [{"type": "track", **GOOD}, 7, {"type": "page", "userId": "1"}]}
    )

    mend()
    assert (status, len(content["rejected"]), len(door.rows())) == (200, 1, 2)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["track", "identify", "u"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "type", "event", "userId", "anonymousId", "previousId", "groupId", "messageId", "timestamp", "originalTimestamp",
    "sentAt", "properties", "traits", "context", "integrations", "batch", "name", "writeKey",
]  # fmt: skip
items = st.dictionaries(st.sampled_from(FIELDS[:-1]), json_values, max_size=8)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(path=st.sampled_from(CALLS), body=st.binary(max_size=200), zipped=st.booleans())
def test_no_bytes_break_it(door: Door, path: str, body: bytes, zipped: bool):
    assert door.post(path, gzip.compress(body) if zipped else body)[0] < 500


@FUZZ
@given(path=st.sampled_from(CALLS), item=items, known=st.booleans())
def test_no_json_breaks_it(door: Door, path: str, item: dict[str, Any], known: bool):
    whole = {"type": path[4:], "userId": "1", "event": "Consent Given", **item} if known else item

    assert door.post(path, whole)[0] < 500
    assert door.post("/v1/batch", {**item, "batch": [whole, item]})[0] < 500
