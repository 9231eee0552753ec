"""What the doors of this function have in common: reading a form, and answering with a page."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

from functions.preferences.world import settings
from sojourn.events.surroundings import truncated_ip
from sojourn.tracking.forms import fields_of
from sojourn.tracking.pages import filled

PAGES = Path(__file__).parent / "page.html"
FORMS = [
    "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json",
    "application/octet-stream",
]  # fmt: skip
LONGEST_AGENT = 300
BLANKS: Mapping[str, Any] = {"note": "", "what": "", "is_over": False, "download": "", "postal": ""}

Fields = set[tuple[str, str]]


class Page(StrEnum):
    """What a page is for."""

    CHOICES = "choices"
    NOTED = "noted"
    CONFIRM = "confirm"
    CONFIRMED = "confirmed"
    ENDED_CONFIRM = "ended_confirm"
    ENDED = "ended"
    FRESH = "fresh"
    EXPORT = "export"
    EXPORTING = "exporting"
    EXPORTED = "exported"
    ERASE = "erase"
    ERASED = "erased"
    ENDED_RIGHT = "ended_right"
    GONE = "gone"
    NOT_FOUND = "not_found"
    BUSY = "busy"


def answered(page: Page, status: int = 200, **facts: Any) -> Response:
    """A page with facts in it."""
    made = filled(PAGES, page, settings().from_name, {**BLANKS, **facts})
    return Response(made.body, dict(made.headers), status)


def fields(request: Request) -> Fields:
    """What the form says."""
    raw = request.raw_body
    body = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    return fields_of(body, request.headers.get("content-type", ""))


def seen(request: Request) -> dict[str, str]:
    """What proves, later, that somebody pressed."""
    ip = truncated_ip(str((request.context.get("identity") or {}).get("sourceIp") or ""))
    agent = request.headers.get("user-agent", "").strip()[:LONGEST_AGENT]
    return {name: value for name, value in (("ip_prefix", ip), ("user_agent", agent)) if value}
