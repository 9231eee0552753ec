"""Keys that stand on pages: what they open, what they prove, whose pages they are for; and what browsers load."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.collect import browsers
from sojourn.events.model import Trust
from sojourn.events.proofs import user_hash
from tests.door import BASIC, KEY, OLD_SECRET, SECRET, SHOP, Door, a_door
from tests.partiql import empty

PAGE = "Basic " + base64.b64encode(b"page:").decode()
DEED = {"event": "Signed Up", "userId": "42", "messageId": "m-1"}
RIGHT, OLDER = user_hash(SECRET, "42"), user_hash(OLD_SECRET, "42")


@pytest.fixture(scope="module")
def cloud() -> Iterator[Door]:
    with a_door() as door:
        yield door


@pytest.fixture
def door(cloud: Door) -> Door:
    empty("Events", "RejectedEvents", "Counters")
    return cloud


def stored(door: Door) -> Any:
    (event,) = door.events()
    return event


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/v1/i", "identify", {"userId": "42"}),
        ("/v1/t", "track", DEED),
        ("/v1/p", "page", {"userId": "42", "name": "Home"}),
        ("/v1/s", "screen", {"anonymousId": "9"}),
        ("/v1/g", "group", {"userId": "42", "groupId": "7"}),
        ("/v1/a", "alias", {"userId": "42", "previousId": "9"}),
        ("/v1/b", "track", {"batch": [{"type": "track", **DEED}]}),
        ("/v1/import", "track", {"batch": [{"type": "track", **DEED}]}),
    ],
)
def test_each_path_of_segment_s_clients(door: Door, path: str, kind: str, body: dict[str, Any]):
    assert door.post(path, body)[:2] == (200, {"success": True})

    event = stored(door)
    assert (event.type, event.trust) == (kind, Trust.SERVER)
    assert event.is_imported == (path == "/v1/import")
    assert event.source == ("import:shop" if path == "/v1/import" else "shop")


def test_a_short_path_says_the_type_too(door: Door):
    (told,) = door.post("/v1/t", {**DEED, "type": "page"})[1]["rejected"]

    assert (told["code"], told["field"]) == ("type_mismatch", "type")


def test_a_beacon_brings_its_key_in_the_query(door: Door):
    body = json.dumps({"batch": [{"type": "track", **DEED}]}).encode()
    plain = {"Content-Type": "text/plain;charset=UTF-8", "Origin": SHOP}

    def send(**query: list[str]) -> int:
        return int(door.call("POST", "/beacon/v1/batch", body, plain, query=query)[0])

    assert send(writeKey=["page"]) == 200
    assert stored(door).trust is Trust.BROWSER
    assert [send(), send(writeKey=[""]), send(writeKey=["x"]), send(key=["page"])] == [401] * 4
    both = {**plain, "Authorization": BASIC}
    assert door.call("POST", "/beacon/v1/batch", body, both, query={"writeKey": ["page"]})[0] == 401


def test_a_beacon_may_bring_its_key_in_the_body(door: Door):
    body = {"batch": [{"type": "track", **DEED}], "writeKey": "page"}

    for path in ("/v1/batch", "/v1/b", "/beacon/v1/batch"):
        assert door.post(path, body, key=None, headers={"Content-Type": "text/plain"})[0] == 200
    assert stored(door).source == "web"


HASHES: list[tuple[str, dict[str, Any], Trust, str | None]] = [
    ("none", {}, Trust.BROWSER, None),
    ("null", {"userHash": None}, Trust.BROWSER, None),
    ("right", {"userHash": RIGHT}, Trust.PROVED, None),
    ("in capitals", {"userHash": RIGHT.upper()}, Trust.PROVED, None),
    ("of an older secret", {"userHash": OLDER}, Trust.PROVED, None),
    ("in the context", {"context": {"userHash": RIGHT}}, Trust.PROVED, None),
    (
        "the event's own before the context's",
        {"userHash": RIGHT, "context": {"userHash": "x"}},
        Trust.PROVED,
        None,
    ),
    ("wrong", {"userHash": "0" * 64}, Trust.BROWSER, "userHash"),
    ("wrong in the context", {"context": {"userHash": "x"}}, Trust.BROWSER, "userHash"),
    ("another user's", {"userHash": user_hash(SECRET, "43")}, Trust.BROWSER, "userHash"),
    ("an unknown secret's", {"userHash": user_hash("guess", "42")}, Trust.BROWSER, "userHash"),
    ("empty", {"userHash": ""}, Trust.BROWSER, "userHash"),
    ("no text", {"userHash": 7}, Trust.BROWSER, "userHash"),
    ("an object", {"userHash": {}}, Trust.BROWSER, "userHash"),
    ("letters of afar", {"userHash": "é😀\ud800"}, Trust.BROWSER, "userHash"),
    ("of nobody", {"userHash": RIGHT, "userId": None, "anonymousId": "9"}, Trust.BROWSER, None),
]


@pytest.mark.parametrize(("row", "change", "trust", "field"), HASHES, ids=[row for row, *_ in HASHES])
def test_what_a_browser_s_call_proves(
    door: Door, row: str, change: dict[str, Any], trust: Trust, field: str | None
):
    told = door.post("/v1/track", {**DEED, **change}, key=PAGE)[1].get("rejected", [])

    event = stored(door)
    assert event.trust is trust
    assert [(each["code"], each["field"]) for each in told] == (
        [("invalid_user_hash", field)] if field else []
    )
    assert event.payload.get("flags", []) == (["invalid_user_hash"] if field else [])
    assert "Hash" not in json.dumps(event.payload).replace("user_hash", "")
    assert RIGHT not in json.dumps([door.rows(), door.rows("RejectedEvents")])


def test_a_number_is_proved_as_its_text(door: Door):
    door.post("/v1/identify", {"userId": 42, "userHash": RIGHT}, key=PAGE)

    assert stored(door).trust is Trust.PROVED


@pytest.mark.parametrize(
    ("previous", "trust"),
    [(None, Trust.BROWSER), (user_hash(SECRET, "9"), Trust.PROVED), ("x", Trust.BROWSER)],
)
def test_an_alias_is_proved_when_both_are(door: Door, previous: str | None, trust: Trust):
    alias = {"userId": "42", "previousId": "9", "userHash": RIGHT, "previousHash": previous}

    told = door.post("/v1/alias", alias, key=PAGE)[1].get("rejected", [])

    assert stored(door).trust is trust
    assert [each["field"] for each in told] == (["previousHash"] if previous == "x" else [])


def test_a_proof_in_a_batch_is_judged_event_by_event(door: Door):
    mine = {"type": "track", **DEED}
    batch = [mine, {**mine, "userId": "43", "messageId": "m-2"}]

    told = door.post("/v1/batch", {"batch": batch, "context": {"userHash": RIGHT}}, key=PAGE)[1]["rejected"]

    assert [each["index"] for each in told] == [1]
    assert {event.pk: event.trust for event in door.events()} == {"u#42": Trust.PROVED, "u#43": Trust.BROWSER}


def test_a_server_needs_no_proof_and_leaves_none_behind(door: Door):
    door.post("/v1/track", {**DEED, "userHash": "x", "context": {"userHash": RIGHT, "ip": "192.0.2.1"}})

    event = stored(door)
    assert event.trust is Trust.SERVER
    assert "userHash" not in event.context


def test_the_same_event_with_and_without_a_proof_is_one(door: Door):
    for proof in ({}, {"userHash": RIGHT}):
        door.post(
            "/v1/track",
            {"event": "x", "userId": "42", "timestamp": "2026-11-21T10:00:00Z", **proof},
            key=PAGE,
        )

    assert len(door.rows()) == 1


@pytest.mark.parametrize("origin", [SHOP, "HTTPS://SHOP.EXAMPLE", None])
def test_a_page_that_the_key_is_for(door: Door, origin: str | None):
    headers = {"Origin": origin} if origin else {}

    assert door.post("/v1/track", {**DEED, "writeKey": "shop-page"}, key=None, headers=headers)[0] == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://shop.example", "https://shop.example:8443", "null"]
)
def test_another_page_is_told_so_and_can_read_it(door: Door, origin: str):
    for answer in (
        door.post("/v1/track", {**DEED, "writeKey": "shop-page"}, key=None, headers={"Origin": origin}),
        door.post("/v1/track", DEED, key="Bearer shop-page", headers={"Origin": origin}),
        door.call("GET", "/v1/projects/shop-page/settings", headers={"Origin": origin}),
    ):
        assert (answer[0], answer[1]["code"], answer[1]["field"]) == (403, "origin_not_allowed", "Origin")
        assert "--origin" in answer[1]["message"]
        assert answer[2].get("Access-Control-Allow-Origin") == (None if origin == "null" else origin)
    assert door.rows() == []


def test_a_browser_s_key_imports_nothing(door: Door):
    status, content, _ = door.post("/v1/import", {"batch": [{"type": "track", **DEED}]}, key=PAGE)

    assert (status, content["code"], content["field"]) == (403, "server_key_needed", "writeKey")
    assert door.rows() == []


# What browsers load.


def settings_of(door: Door, *, headers: dict[str, str] | None = None, **context: Any) -> dict[str, Any]:
    status, content, answered = door.call(
        "GET", "/v1/projects/page/settings", headers=headers, context=context
    )
    assert (status, answered["Content-Type"]) == (200, "application/json")
    assert answered["Access-Control-Allow-Origin"] == "*"
    return content


@pytest.mark.parametrize(
    ("headers", "context", "host", "protocol"),
    [
        ({"Host": "127.0.0.1:4000"}, {}, "127.0.0.1:4000/v1", "http"),
        ({"Host": "localhost"}, {}, "localhost/v1", "http"),
        ({"Host": "[::1]:80"}, {}, "[::1]:80/v1", "http"),
        ({"Host": "evil.example"}, {"domainName": "mail.shop.example"}, "mail.shop.example/v1", "https"),
        (
            {},
            {
                "domainName": "a1.execute-api.eu-west-1.amazonaws.com",
                "path": "/live/v1/projects/page/settings",
            },
            "mail.example.org/v1",
            "https",
        ),
    ],
)
def test_the_settings_name_the_place_that_was_reached(
    door: Door, headers: dict[str, str], context: dict[str, str], host: str, protocol: str
):
    segment = settings_of(door, headers=headers, **context)["integrations"]["Segment.io"]

    assert (segment["apiHost"], segment["protocol"], segment["apiKey"]) == (host, protocol, "page")


def test_the_settings_switch_off_what_would_reach_others(door: Door):
    settings = settings_of(door)

    assert list(settings["integrations"]) == ["Segment.io"]
    assert settings["metrics"]["sampleRate"] == 0
    assert not settings["remotePlugins"]


@pytest.mark.parametrize("path", ["/v1/projects/{}/settings", "/analytics.js/v1/{}/analytics.min.js"])
@pytest.mark.parametrize(
    "key", ["nobody", "revoked", "old-page", "forged", "admin", "x" * 300, "%2e%2e", "é"]
)
def test_an_unknown_key_is_like_no_path_at_all(door: Door, path: str, key: str):
    nowhere = door.call("GET", "/v1/nothing")

    assert door.call("GET", path.format(key)) == nowhere


@pytest.mark.parametrize("path", [f"/v1/projects/{KEY}/settings", f"/analytics.js/v1/{KEY}/analytics.min.js"])
def test_a_server_s_key_is_warned_off_the_page(door: Door, path: str):
    status, content, _ = door.call("GET", path)

    assert (status, content["code"]) == (403, "server_key")
    assert "--browser" in content["message"]


@pytest.fixture
def client_files(tmp_path: Path) -> Iterator[Path]:
    """Stand-ins for the npm package's files."""
    before, browsers.ASSETS = browsers.ASSETS, tmp_path
    for name in ("standalone.js", "queryString.bundle.34b193.js"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(name.encode()))
    yield tmp_path
    browsers.ASSETS = before


CLIENT = "/analytics.js/v1/page/analytics.min.js"


@pytest.mark.parametrize("accepts", ["", "gzip, deflate, br"])
@pytest.mark.parametrize(
    ("path", "name", "age"),
    [
        (CLIENT, "standalone.js", 86_400),
        ("/analytics-next/bundles/queryString.bundle.34b193.js", "queryString.bundle.34b193.js", 31_536_000),
    ],
)
def test_the_client_is_served_and_kept(
    door: Door, client_files: Path, accepts: str, path: str, name: str, age: int
):
    answer = door.raw("GET", path, headers={"Accept-Encoding": accepts})

    body, headers = base64.b64decode(answer["body"]), answer["headers"]
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert (gzip.decompress(body) if accepts else body) == name.encode()
    assert headers.get("Content-Encoding") == ("gzip" if accepts else None)
    assert f"max-age={age}" in headers["Cache-Control"]
    assert headers["Content-Type"].startswith("text/javascript")
    assert "Accept-Encoding" in headers["Vary"]
    assert door.raw("HEAD", path)["body"] == ""


@pytest.mark.parametrize(
    "name",
    [
        "standalone.js",
        "x.bundle.1.js",
        "..%2Fapp.py",
        "%2e%2e",
        ".bundle.",
        "queryString.bundle.34b193.js.gz",
    ],
)
def test_other_files_are_not_served(door: Door, client_files: Path, name: str):
    assert door.call("GET", f"/analytics-next/bundles/{name}")[0] == 404


def test_a_build_without_the_client_says_what_to_do(door: Door, client_files: Path):
    (client_files / "standalone.js.gz").unlink()

    status, content, _ = door.call("GET", CLIENT)

    assert (status, content["code"]) == (404, "client_not_built")
    assert "make" in content["message"]


@pytest.mark.parametrize("path", ["/v1/projects/page/settings", CLIENT, "/sojourn.js"])
def test_what_is_only_read(door: Door, path: str):
    status, _, headers = door.call("OPTIONS", path, headers={"Origin": SHOP})

    assert (status, headers["Access-Control-Allow-Methods"]) == (204, "GET, OPTIONS")
    assert door.call("POST", path, {})[2]["Allow"] == "GET, HEAD, OPTIONS"
