"""What Segment's browser client loads from us instead of from Segment's CDN: its settings, and itself.

The files are the npm package's own, put into assets/ by `make install` (infra/web), never committed.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

from functions.collect.reading import check_origin
from sojourn.errors import Problem
from sojourn.http.address import Address
from sojourn.http.keys import WRITE, Keys

ASSETS = Path(__file__).parent / "assets"
CLIENT = "standalone.js"
A_WHILE, A_DAY, FOREVER = (
    "max-age=120",
    "max-age=86400, stale-while-revalidate=604800",
    "max-age=31536000, immutable",
)


def project_settings(request: Request, key: str, *, keys: Keys, public_url: str) -> Response:
    """Where events go, and with which key; nobody's figures, no third party."""
    _known(request, key, keys)
    address = Address.of(request, public_url=public_url)
    segment = {
        "apiKey": key,
        "apiHost": f"{address.host}/v1",
        "protocol": address.scheme,
        "addBundledMetadata": True,
    }
    body: dict[str, Any] = {
        "integrations": {"Segment.io": segment},
        "metrics": {"sampleRate": 0, "host": segment["apiHost"]},  # else it reports about itself to Segment
        "plan": {},
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "edgeFunction": {},
        "remotePlugins": [],
        "analyticsNextEnabled": True,
        "legacyVideoPluginsEnabled": False,
    }
    return Response(json.dumps(body), _headers("application/json", A_WHILE))


def browser_client(request: Request, key: str, *, keys: Keys) -> Response:
    """The npm package's dist/umd/standalone.js."""
    _known(request, key, keys)
    return _file(request, CLIENT, A_DAY)


def part(request: Request, name: str) -> Response:
    """A file that the client loads on use; its name carries a hash of what it holds."""
    if ".bundle." not in name:
        raise _nothing_here()
    return _file(request, name, FOREVER)


def _known(request: Request, text: str, keys: Keys) -> None:
    key = keys.find(WRITE, text)
    if key is None:
        raise _nothing_here()
    if not key.is_browser:
        remedy = "this is a server's key and must not stand on a page: `sojourn keys new write --browser` makes another"
        raise Problem(403, "server_key", remedy)
    check_origin(key, request)


def _file(request: Request, name: str, age: str) -> Response:
    zipped = {path.name: path for path in ASSETS.glob("*.js.gz")}.get(f"{name}.gz")
    if zipped is None:
        if name != CLIENT:
            raise _nothing_here()
        remedy = "this build lacks Segment's browser client: `make deploy` again where the npm registry can be reached"
        raise Problem(404, "client_not_built", remedy)
    content, headers = zipped.read_bytes(), _headers("text/javascript; charset=utf-8", age)
    headers["Vary"] = "Origin, Accept-Encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(content, {**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(content), headers)


def _headers(content_type: str, age: str) -> dict[str, str | list[str]]:
    return {
        "Content-Type": content_type,
        "Cache-Control": f"public, {age}",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",  # pages that isolate themselves may load it too
    }


def _nothing_here() -> Problem:
    """As for a path that does not exist: whether a key is known is nobody's business."""
    return Problem(404, "not_found", "there is nothing at this path")
