"""What there is at a glance: what is live and how far messages go, by three reads; what all is called, by three."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.coming import coming
from functions.api.hidden import is_hidden
from functions.api.paging import parameter
from functions.api.routing import route
from functions.api.world import world
from sojourn.bootstrap import first_sending
from sojourn.config import Row, get
from sojourn.errors import Problem
from sojourn.journeys.drafts import drafts
from sojourn.journeys.live import LIVE, LiveJourney, live_of
from sojourn.journeys.mending.store import how_many_failed
from sojourn.journeys.modes import sending_of
from sojourn.journeys.reputation import standing_of

overview = Blueprint(__name__)
MOST_FAILED = 100  # counted


@route(overview, "/api/overview")
def show_overview(request: Request) -> dict[str, Any]:
    """The row of what is live, and the names of the drafts."""
    row = get(*LIVE)
    running = live_of(row)
    return {
        "journeys": [_journey(running[name]) for name in sorted(running)],
        "drafts": sorted({draft.name for draft in drafts()} - set(running)),
        "failed_runs": how_many_failed(most=MOST_FAILED),
        "coming": coming(running.values(), world().clock.calendar()),
        **_sending(row),
    }


@route(overview, "/api/names")
def list_names(request: Request) -> dict[str, Any]:
    """What journeys, segments and templates are called, or those of one kind: of everything that was ever saved."""
    asked = parameter(request, "of")
    if asked and asked not in NAMES:
        raise Problem(400, "invalid_parameter", f"`of` is one of {', '.join(NAMES)}", field="of")
    return {kind: sorted(of()) for kind, of in NAMES.items() if asked in (None, kind)}


def _segment_names() -> Iterator[str]:
    from sojourn.segments.store import drafts as segment_drafts

    return (draft.name for draft in segment_drafts() if not is_hidden(draft.name))


def _template_names() -> Iterable[str]:
    from sojourn.messages.library import latest_versions

    return latest_versions()


NAMES: Mapping[str, Callable[[], Iterable[str]]] = {
    "journeys": lambda: (draft.name for draft in drafts()),
    "segments": _segment_names,
    "templates": _template_names,
}


def _journey(journey: LiveJourney) -> dict[str, Any]:
    return {
        "name": journey.name,
        "version": journey.version,
        "state": journey.state.value,
        "since": journey.since or None,
        "why": journey.why or None,
    }


def _sending(row: Row | None) -> dict[str, Any]:
    data = row.data if row else {}
    now, there = sending_of(data, first=first_sending()), standing_of(data)
    return {
        "mode": now.mode.value,
        "restored": now.restored,
        "marketing_paused": {"cause": there.cause, "since": there.since} if there.is_paused else None,
    }
