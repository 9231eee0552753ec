"""Scripts and styles of our own, built from front/ by `make install`; named by their content, so kept for ever.

asset_path("console.css")                  /console/static/console-1f0c6c5f3d2a4b6e.css
GET /console/static/{name}                 only what the manifest names: nothing else on the disk has an address
"""

import functools
import gzip
import json
from pathlib import Path

from chalice.app import Blueprint, Request, Response

from functions.api.console.words import _
from sojourn.errors import Problem

FOLDER = Path(__file__).parent / "static"
PLACE = "/console/static"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"

assets = Blueprint(__name__)


def asset_path(name: str) -> str:
    """Where a file of the sources lies now that it is built."""
    try:
        return f"{PLACE}/{manifest()[name]}"
    except KeyError:
        raise LookupError(f"{name} is not built: make install") from None


@functools.cache
def manifest() -> dict[str, str]:
    """Built name by the name in the sources."""
    path = FOLDER / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


@assets.route(f"{PLACE}/{{name}}", methods=["GET"])
def show_asset(name: str) -> Response:
    """The file, packed for browsers that can unpack it; 304 for those who have it."""
    request: Request = assets.current_request
    if name not in manifest().values():
        raise Problem(404, "no_such_file", _("there is no such file: load the page that named it again"))
    headers: dict[str, str | list[str]] = {
        "Content-Type": KINDS[Path(name).suffix],
        "Cache-Control": FOR_EVER,
        "ETag": f'"{name}"',
        "Vary": "Accept-Encoding",
    }
    if f'"{name}"' in request.headers.get("if-none-match", ""):
        return Response(b"", headers, 304)
    if "gzip" not in request.headers.get("accept-encoding", "").lower():
        return Response(plain(name), headers)
    return Response(packed(name), {**headers, "Content-Encoding": "gzip"})


@functools.cache
def plain(name: str) -> bytes:
    """The file as it was built."""
    return (FOLDER / name).read_bytes()


@functools.cache
def packed(name: str) -> bytes:
    """The same, gzipped."""
    return gzip.compress(plain(name), 9, mtime=0)
