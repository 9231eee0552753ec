"""The public address passes everything on as it came."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator

import pytest

from infra.local.proxy import Proxy

APIS = {"PublicApiId": "pub", "PrivateApiId": "prv"}


@pytest.fixture
def proxy(web) -> Iterator[Proxy]:
    """A proxy before the small web."""
    _, url = web
    server = Proxy(0, url)
    server.apis = APIS
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(proxy, method, path, body=b"", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.server_address[1], timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), read


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/batch", "/_aws/execute-api/pub/live/v1/batch"),
        ("/c/v1.k.a%2Fb?x=1&x=%20", "/_aws/execute-api/pub/live/c/v1.k.a%2Fb?x=1&x=%20"),
        ("/api/contacts/a%40b", "/_aws/execute-api/prv/live/api/contacts/a%40b"),
        ("/api?x=1", "/_aws/execute-api/prv/live/api?x=1"),
        ("/console/journeys?x=1", "/_aws/execute-api/prv/live/console/journeys?x=1"),
        ("/", "/_aws/execute-api/prv/live/"),
        ("/apiary", "/_aws/execute-api/pub/live/apiary"),
    ],
)
def test_each_path_goes_to_its_api(web, proxy, path, target):
    behind, _ = web
    ask(proxy, "GET", path)
    assert behind.asked[0].target == target


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_every_method_and_each_byte_comes_through(web, proxy, method):
    behind, _ = web
    body = b"" if method in {"GET", "HEAD"} else b"\x1f\x8b\x00\xff"

    status, headers, answer = ask(proxy, method, "/v1/track", body, Authorization="Basic a2V5Og==")

    (asked,) = behind.asked
    assert (asked.method, asked.body, asked.headers["authorization"]) == (method, body, "Basic a2V5Og==")
    assert (status, headers["Location"], answer) == (
        200,
        "https://example.org/",
        b"" if method == "HEAD" else b"here",
    )


def test_a_chunked_body_arrives_whole(web, proxy):
    behind, _ = web
    connection = http.client.HTTPConnection("127.0.0.1", proxy.server_address[1], timeout=60)
    connection.request(
        "POST", "/v1/batch", iter([b"ab", b"cd"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True
    )
    connection.getresponse().read()
    connection.close()
    assert behind.asked[0].body == b"abcd"


def test_before_the_deployment_it_says_so(proxy):
    proxy.apis = {}
    status, _, _ = ask(proxy, "GET", "/v1/track")
    assert status == 503
