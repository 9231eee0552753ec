"""What stands on every answer of the console, pages and refusals and files alike."""

from collections.abc import Mapping
from typing import Any

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Pages show people: neither a proxy nor the next user of a browser may read them again.
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}


def secured(answer: dict[str, Any], *, is_secure: bool) -> dict[str, Any]:
    """The answer with what it lacks: a preview or a file says for itself what differs."""
    there = {name.lower() for name in answer["headers"]}
    wanted = {**HEADERS, **(STRICT_TRANSPORT if is_secure else {})}
    added = {name: value for name, value in wanted.items() if name.lower() not in there}
    return {**answer, "headers": {**answer["headers"], **added}}
