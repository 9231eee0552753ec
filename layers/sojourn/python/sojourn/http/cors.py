"""Which browsers may call, and what they may read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A scheme, a host, perhaps a port: what a browser sends. "null" (a sandboxed frame, a file) is nobody's page.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,300}")
ONE_DAY = "86400"


@dataclass(frozen=True, slots=True)
class Cors:
    """Any well-formed origin may call; no cookies are ever read, so an origin proves nothing."""

    headers: tuple[str, ...]
    # Without it a browser's client cannot see how long to wait, and comes back after half a second.
    exposed: tuple[str, ...] = ("Retry-After", "X-RateLimit-Reset")

    def answer_headers(self, origin: str | None) -> dict[str, str]:
        """What stands on every answer, errors too: else a page cannot read why it was refused."""
        allowed = allowed_origin(origin)
        if allowed is None:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Expose-Headers": ", ".join(self.exposed),
            "Vary": "Origin",
        }

    def preflight_headers(self, origin: str | None, methods: Iterable[str]) -> dict[str, str]:
        """What stands on the answer to OPTIONS for a path that has these methods."""
        return {
            **self.answer_headers(origin),
            "Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS")),
            "Access-Control-Allow-Headers": ", ".join(self.headers),
            "Access-Control-Max-Age": ONE_DAY,
        }


def allowed_origin(origin: str | None) -> str | None:
    """`*` for callers that name no origin, the origin itself when it is one, None when it is not."""
    if origin is None:
        return "*"
    return origin if ORIGIN.fullmatch(origin) else None
