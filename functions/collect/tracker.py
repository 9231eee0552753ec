"""GET /sojourn.js: our own tracker, the same bytes for every page, kept by browsers for a day.

What is served is the file beside this one without its comments and spaces: nobody needs a build for it.
"""

import functools
import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from chalice.app import Request, Response

SOURCE = Path(__file__).parent / "sojourn.js"
# Not + and -: two of them that come together mean something else. Regular expressions hold no spaces, see the test.
ROOMY = re.compile(r"""("[^"]*")|[ ]*(?P<sign>[=(){},;:?<>|&*]+)[ ]*""")
HEADERS = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "public, max-age=86400, stale-while-revalidate=604800",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # The same for every page, so that a cache keeps one copy and `integrity` can be used.
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Script:
    """The tracker as it goes out, in one coding."""

    body: bytes
    coding: str

    @property
    def etag(self) -> str:
        """Changes with the bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:24]}"'

    @property
    def headers(self) -> dict[str, str | list[str]]:
        """Those of every answer, and this one's own."""
        coding = {"Content-Encoding": self.coding} if self.coding else {}
        return {**HEADERS, **coding, "ETag": self.etag}


def tracker(request: Request) -> Response:
    """The script, packed for callers that can unpack it; 304 for those who have it."""
    script = scripts()["gzip" in request.headers.get("accept-encoding", "").lower()]
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or script.etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(b"", script.headers, 304)
    return Response(script.body, script.headers)


@functools.cache
def scripts() -> dict[bool, Script]:
    """The script by whether it is packed."""
    plain = stripped(SOURCE.read_text(encoding="utf-8")).encode()
    return {False: Script(plain, ""), True: Script(gzip.compress(plain, 9, mtime=0), "gzip")}


def stripped(source: str) -> str:
    """The script without lines of comment, indentation and the spaces round signs; what is in quotes stays."""
    lines = (line.strip() for line in source.splitlines())
    return "".join(f"{ROOMY.sub(_tight, line)}\n" for line in lines if line and not line.startswith("//"))


def _tight(match: re.Match[str]) -> str:
    return match["sign"] or match[0]
