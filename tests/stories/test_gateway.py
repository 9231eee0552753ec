"""Bad input through the gateway: what unit tests cannot see, because API Gateway and the proxy stand in between."""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from tests.stories.cloud import Answer, Cloud, Person, eventually

CALLS = ["identify", "track", "page", "screen", "group", "alias", "batch", "import", *"itpsgab"]
MIB = 1024 * 1024


def _event(**changes: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "gate", "event": "Knocked", "messageId": uuid.uuid4().hex, **changes}


def _post(cloud: Cloud, body: bytes | str, path: str = "/v1/batch", **headers: str) -> Answer:
    ours = {"Authorization": f"Bearer {cloud.local.write_key}", "Content-Type": "application/json"}
    return cloud.ask(
        "POST", path, body, ours | {name.replace("_", "-"): value for name, value in headers.items()}
    )


def _batch(*events: Mapping[str, Any]) -> str:
    return json.dumps({"batch": events})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body_not_object"),
        (b"null", 400, "body_not_object"),
        (b"[]", 400, "body_not_object"),
        (b'"x"', 400, "body_not_object"),
        (b"42", 400, "body_not_object"),
        (b'{"batch": [],}', 400, "malformed_json"),
        (b"{}{}", 400, "malformed_json"),
        (b'{"batch": ["\xff\xfe\xc3\x28"]}', 400, "invalid_utf8"),
        ('{"batch": []}'.encode("utf-16"), 400, None),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"a":' * 1_500 + b"1" + b"}" * 1_500, 400, "too_deep"),
        (gzip.compress(b'{"batch": []}')[:-6], 400, None),
        (gzip.compress(b'{"batch": []}')[:-8] + b"\0" * 8, 400, None),
        (gzip.compress(b'{"batch": []}') + gzip.compress(b"{}"), 400, None),
        (gzip.compress(b"0" * 200_000_000), 413, None),
        (b'{"batch": ["' + b"x" * (6 * MIB) + b'"]}', 413, None),
        (gzip.compress(b'{"batch": ["' + b"x" * (6 * MIB) + b'"]}'), 413, None),
        (_batch(*[{}] * 10_001).encode(), 413, None),
    ],
    ids=["empty", "null", "list", "text", "number", "comma", "garbage", "utf8", "utf16", "deep-list", "deep-object",
         "gzip-cut", "gzip-crc", "gzip-member", "gzip-bomb", "6MB", "6MB-gzip", "10001"],
)  # fmt: skip
def test_a_body_that_cannot_be_taken(cloud: Cloud, body: bytes, status: int, code: str | None):
    answer = _post(cloud, body)

    assert answer.status == status
    if answer.headers["content-type"] == "application/problem+json":
        assert answer.json["code"] == (code or answer.json["code"])
        assert answer.json["status"] == status
    else:
        assert code is None


def test_a_coding_that_nobody_speaks(cloud: Cloud):
    assert _post(cloud, b"xx", Content_Encoding="br").status == 415


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream", ""])
@pytest.mark.parametrize("coding", ["gzip", ""])
def test_gzip_is_known_by_its_look(cloud: Cloud, content_type: str, coding: str):
    headers = {"Content_Type": content_type, **({"Content_Encoding": coding} if coding else {})}

    answer = _post(cloud, gzip.compress(_batch(_event()).encode()), **headers)

    assert (answer.status, answer.json) == (200, {"success": True})


def test_strange_characters_come_through_whole(cloud: Cloud):
    person, odd = Person(), "nul\0 line\u2028 \u202ertl 😀 👩‍👩‍👧 \x07 </script>"
    text = "\ufeff" + json.dumps(_event(userId=person.user_id, properties={"odd": odd}), ensure_ascii=False)
    twice = text.replace('"event":', '"event": "First", "event":')

    answer = _post(cloud, twice.encode(), "/v1/track")

    assert (answer.status, answer.json) == (200, {"success": True})
    stored = eventually(lambda: cloud.api("GET", f"/contacts/{person.user_id}/events").json.get("items"))[0]
    assert stored["properties"]["odd"] == odd
    assert stored["event"] == "Knocked"


def test_one_bad_event_among_good_ones(cloud: Cloud):
    person = Person()
    good = [_event(userId=person.user_id) for _ in range(9)]
    bad = {**_event(), "userId": None}
    large = _event(userId=person.user_id, properties={"x": "y" * 70_000})

    answer = _post(cloud, _batch(*good, bad, large))

    assert answer.status == 200
    assert answer.json["success"] is True
    assert [(each["index"], each["messageId"]) for each in answer.json["rejected"]] == [
        (9, bad["messageId"]),
        (10, large["messageId"]),
    ]
    assert {each["code"] for each in answer.json["rejected"]} >= {"event_too_large"}
    eventually(
        lambda: (
            len(cloud.api("GET", f"/contacts/{person.user_id}/events?limit=50").json.get("items", [])) == 9
        )
    )


def test_a_batch_of_half_a_megabyte(cloud: Cloud):
    events = [_event(userId="big", properties={"text": "z" * 5_800}) for _ in range(100)]
    body = _batch(*events)
    assert len(body) > 590_000

    answer = _post(cloud, body)

    assert (answer.status, answer.json) == (200, {"success": True})


@pytest.mark.parametrize("given", ["basic", "basic-no-colon", "body"])
def test_keys_that_open(cloud: Cloud, given: str):
    key, body = cloud.local.write_key, {"batch": [_event()]}
    headers = {"Content-Type": "application/json"}
    if given == "body":
        body["writeKey"] = key  # type: ignore[assignment]
    else:
        pair = f"{key}:" if given == "basic" else key
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()

    assert cloud.ask("POST", "/v1/batch", json.dumps(body), headers).status == 200


@pytest.mark.parametrize("authorization", [None, "Basic !!!", "Bearer x", "Basic eDp5", "api key"])
def test_keys_that_do_not(cloud: Cloud, authorization: str | None):
    given = f"Bearer {cloud.local.api_key}" if authorization == "api key" else authorization

    answer = cloud.ask("POST", "/v1/batch", _batch(_event()), {"Authorization": given} if given else {})

    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_two_different_keys_are_none(cloud: Cloud):
    body = json.dumps({"batch": [_event()], "writeKey": "another"})

    assert _post(cloud, body).status == 401


@pytest.mark.parametrize("call", CALLS)
def test_a_page_asks_first(cloud: Cloud, call: str):
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }

    answer = cloud.ask("OPTIONS", f"/v1/{call}", headers=asked)

    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] in {"*", "https://shop.example"}
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    bad = cloud.ask("OPTIONS", f"/v1/{call}", headers={**asked, "Origin": "https://a b"})
    assert "access-control-allow-origin" not in bad.headers


def test_what_a_browser_loads(cloud: Cloud):
    key, ours = cloud.local.browser_key, cloud.local.collect_url
    settings = cloud.ask("GET", f"/v1/projects/{key}/settings", headers={"Origin": "https://shop.example"})
    segment = settings.json["integrations"]["Segment.io"]
    assert f"{segment['protocol']}://{segment['apiHost']}" == f"{ours}/v1"
    assert settings.headers["access-control-allow-origin"] == "https://shop.example"

    packed = cloud.ask("GET", f"/analytics.js/v1/{key}/analytics.min.js", headers={"Accept-Encoding": "gzip"})
    plain = cloud.ask("GET", f"/analytics.js/v1/{key}/analytics.min.js")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert b"analytics" in plain.body
    assert "max-age" in plain.headers["cache-control"]

    for path in (
        "/v1/projects/nobody/settings",
        "/analytics.js/v1/nobody/analytics.min.js",
        "/analytics-next/x",
    ):
        assert cloud.ask("GET", path).json["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/v1/projects/x/settings", "/analytics.js/v1/x/analytics.min.js", "/sojourn.js"]
)
def test_a_page_asks_first_for_what_it_reads(cloud: Cloud, path: str):
    answer = cloud.ask("OPTIONS", path, headers={"Origin": "https://shop.example"})

    assert (answer.status, answer.headers["access-control-allow-methods"]) == (204, "GET, OPTIONS")


@pytest.mark.parametrize("method", ["HEAD", "GET", "PUT", "PATCH", "DELETE"])
def test_another_method(cloud: Cloud, method: str):
    answer = cloud.ask(method, "/v1/track")

    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/track/",
        "//v1/track",
        "/v1//track",
        "/v1/%2e%2e/v1/track",
        "/v1/..%2ftrack",
        "/v1",
        "/",
        "/v2/track",
    ],
)
def test_another_path(cloud: Cloud, path: str):
    answer = _post(cloud, _batch(), path)

    assert answer.status == 404


def test_tokens_that_are_not_ours(cloud: Cloud):
    person = cloud.enter("Question Asked")
    mail = cloud.mail_number(person, 1)
    url = next(part for part in mail["html"].split('"') if "/c/" in part)
    head, _, token = url.rpartition("/")
    flipped = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    wrong_key = token.replace(".k2.", ".k9.")
    assert wrong_key != token

    for bad in (flipped, token[:-5], wrong_key, "x", "v1.k2.e30.AAAA", "%2e%2e", "a" * 3_000):
        click = cloud.ask("GET", f"{head}/{bad}")
        assert (click.status, click.headers.get("location")) == (404, None), bad
        pixel = cloud.ask("GET", f"{head.replace('/c', '/o')}/{bad}.gif")
        assert (pixel.status, pixel.headers["content-type"]) == (200, "image/gif"), bad
        assert pixel.body.startswith(b"GIF89a")
    for extra in ("?url=https://evil.example", "?r=//evil.example&next=https://evil.example"):
        click = cloud.ask("GET", url + extra)
        assert click.status == 302
        assert "evil" not in click.headers["location"]
        assert click.headers["cache-control"] == "no-store"
