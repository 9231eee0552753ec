"""A mail by itself in a frame of the console. Pure.

What a mail brings may look as it likes, and can do nothing: neither run, nor ask anybody for anything.
"""

import re

from chalice.app import Response

from functions.api.console.rendering import HTML

CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
HEADERS = {"Content-Type": HTML, "Content-Security-Policy": CSP, "X-Frame-Options": "SAMEORIGIN"}
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
ALWAYS, NEVER = "(min-width: 0)", "(max-width: 0)"
DARK = "<style>:root { color-scheme: dark; background: #16191b; color: #e6e8e9 }</style>"


def framed(html: str, *, dark: bool = False) -> Response:
    """The answer that a frame shows."""
    return Response(darkened(html) if dark else html, dict(HEADERS))


def darkened(html: str) -> str:
    """As a mailbox in the dark shows it, whatever the browser's own looks are."""
    said = SCHEME.sub(lambda found: ALWAYS if found[1].lower() == "dark" else NEVER, html)
    head = HEAD.search(said)
    place = head.end() if head else 0
    return f"{said[:place]}{DARK}{said[place:]}"
