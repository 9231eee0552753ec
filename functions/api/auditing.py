"""The log of changes: each request that changed something leaves a line, and whoever may, reads them."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.paging import Fetched, Position, listing
from functions.api.routing import route
from sojourn.audit.store import changes_before

auditing = Blueprint(__name__)


@route(auditing, "/api/audit")
def list_changes(request: Request) -> dict[str, Any]:
    """What was changed, by whom, from what to what; the latest first."""

    def fetch(limit: int, after: Position | None) -> Fetched:
        found, more = changes_before(after[0] if after else None, limit)
        return found, [more] if more else None

    return listing(request, fetch)
