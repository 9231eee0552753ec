"""Views of rehearsals: what a journey would do, how people behaved so far, a version's own text."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.journeys import checked, live_version, wanted_journey
from functions.api.routing import route
from functions.api.world import world
from sojourn.clock import parse_iso
from sojourn.contacts.workspace import workspace
from sojourn.errors import NotFoundError, Problem
from sojourn.insight.store import figures_of
from sojourn.journeys.versions import get_version

if TYPE_CHECKING:
    from sojourn.planning.habits import Behaviour
    from sojourn.planning.people import People
    from sojourn.planning.rehearse import Plan

rehearsals = Blueprint(__name__)
Text = tuple[str, Any, int | None]  # source, definition, number
MOST_CONTACTS, MOST_DAYS = 2_000, 400
USUAL_CONTACTS, USUAL_DAYS = 500, 90
FIRST_YEAR, LAST_YEAR = 1900, 9900  # time zones and waits may not carry a moment out of the calendar
LONGEST = 20.0  # seconds: an answer later than 29 comes to nobody
WAY_OUT = "rehearse it where there is time: `sojourn rehearse FILE --contacts … --days …`"
FIELDS = {
    "journey", "source", "definition", "contacts", "start", "days", "until", "behaviour", "learned", "seed", "diary",
}  # fmt: skip


@route(rehearsals, "/api/journeys/rehearse", "POST")
def rehearse_journey(request: Request) -> dict[str, Any]:
    """Play a journey with contacts on a virtual clock: nothing is sent, nothing is written."""
    from sojourn.planning.people import ContactsRefusedError

    sent = sent_object(request)
    refuse_unknown(sent, FIELDS)
    try:
        plan = _plan(sent)
        return _diary(plan, sent["diary"]) if "diary" in sent else _figures(plan)
    except ContactsRefusedError as refused:
        raise Problem(422, "contacts_refused", str(refused), field="contacts") from None


@route(rehearsals, "/api/journeys/{name}/behaviour")
def show_behaviour(request: Request, name: str) -> dict[str, Any]:
    """How people behaved with its messages so far: what a rehearsal takes as `behaviour`."""
    from sojourn.planning.learned import learned

    wanted_journey(name)
    return learned(figures_of(name))


@route(rehearsals, "/api/journeys/{name}/versions/{which}")
def show_version(request: Request, name: str, which: str) -> dict[str, Any]:
    """The text of a version: of its number, of the one that is `live`, or of the `draft`."""
    numbered = _numbered(name, which)
    found: Text | None = numbered
    if which == "live":
        live = live_version(name)
        found = (live.source, live.definition, live.number) if live else None
    elif which == "draft":
        draft, _ = wanted_journey(name)
        found = (draft.source, draft.definition, None) if draft else None
    if found is None:
        wanted_journey(name)
        raise Problem(404, "version_not_found", f"{name} has no version {which[:20]}")
    return {"name": name, "source": found[0], "definition": found[1], "version": found[2]}


def _numbered(name: str, which: str) -> Text | None:
    try:
        version = get_version(name, int(which)) if which.isdecimal() and len(which) < 6 else None
    except NotFoundError:
        return None
    return (version.source, version.definition, version.number) if version else None


def _plan(sent: dict[str, Any]) -> "Plan":
    from sojourn.planning.rehearse import Plan

    definition = _definition(sent)
    behaviour = _behaviour(sent, definition["journey"])
    start, until = _span(sent)
    seed = _whole(sent, "seed", 0, 2**31)
    people = _people(sent, behaviour, seed)
    return Plan(definition, behaviour.said, people, start, until, seed, workspace())


def _definition(sent: dict[str, Any]) -> dict[str, Any]:
    """Of the text that was sent, or of a journey by name: its draft, or what is live."""
    if isinstance(sent.get("source"), str):
        return checked(sent["source"], _name_of(sent["source"]))
    if isinstance(sent.get("definition"), dict):
        import json

        return checked(json.dumps(sent["definition"]), str(sent["definition"].get("journey", "")))
    if not isinstance(sent.get("journey"), str):
        raise Problem(400, "missing_field", "name a `journey`, or send its `source`", field="journey")
    draft, live = wanted_journey(sent["journey"])
    found = draft or live
    assert found is not None
    return dict(found.definition)


def _name_of(source: str) -> str:
    """The name that the text itself says: nothing in the address does."""
    from sojourn.journeys.load import examine

    journey = examine(source).journey
    return journey.name if journey else "journey"


def _behaviour(sent: dict[str, Any], name: str) -> "Behaviour":
    from sojourn.planning.habits import BehaviourRefusedError, behaviour_of
    from sojourn.planning.learned import learned

    said = sent.get("behaviour") or {}
    known = learned(figures_of(name)) if sent.get("learned") else {"steps": {}}
    try:
        behaviour_of(said)
        return behaviour_of({**said, "steps": {**known["steps"], **(said.get("steps") or {})}})
    except BehaviourRefusedError as refused:
        message = f"behaviour: {refused}"
        raise Problem(422, "behaviour_refused", message, field=f"behaviour.{refused.field}") from None


def _span(sent: dict[str, Any]) -> tuple[datetime, datetime]:
    now = world().clock.calendar().replace(minute=0, second=0, microsecond=0)
    start = _moment(sent, "start") or now
    until = _moment(sent, "until") or start + timedelta(days=_whole(sent, "days", USUAL_DAYS, 3_660))
    if until <= start:
        said = "it ends before it begins: let `until` lie after `start`, or say `days`"
        raise Problem(422, "invalid_field", said, field="until")
    if until - start > timedelta(days=MOST_DAYS):
        said = f"here at most {MOST_DAYS} days are played; {WAY_OUT}"
        raise Problem(422, "too_many_days", said, field="days", at_most=MOST_DAYS)
    return start, until


def _people(sent: dict[str, Any], behaviour: "Behaviour", seed: int) -> "People":
    from sojourn.planning.people import Listed, MadeUp

    said = sent.get("contacts", USUAL_CONTACTS)
    count = len(said) if isinstance(said, list) else said
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        message = "`contacts` is a number of contacts to make up, or a list of them"
        raise Problem(400, "invalid_field", message, field="contacts")
    if count > MOST_CONTACTS:
        said_so = f"here at most {MOST_CONTACTS:,} contacts are played; {WAY_OUT}"
        raise Problem(422, "too_many_contacts", said_so, field="contacts", at_most=MOST_CONTACTS)
    return Listed(tuple(said)) if isinstance(said, list) else MadeUp(count, behaviour, seed)


def _figures(plan: "Plan") -> dict[str, Any]:
    from sojourn.planning.answer import answer_of
    from sojourn.planning.rehearse import rehearse

    began = time.monotonic()

    def watch(done: int) -> None:
        if time.monotonic() - began > LONGEST and done < len(plan.people):
            said = f"after {LONGEST:g} seconds {done:,} of {len(plan.people):,} were played: send fewer; {WAY_OUT}"
            raise Problem(422, "takes_too_long", said, field="contacts", played=done)

    total, _ = rehearse(plan, progress=watch)
    return answer_of(plan, total)


def _diary(plan: "Plan", contact: Any) -> dict[str, Any]:
    from sojourn.planning.rehearse import diary

    lines = diary(plan, str(contact))
    if lines is None:
        raise Problem(422, "contact_not_there", "nobody of this name is among the contacts", field="diary")
    return {"contact": str(contact), "diary": lines}


def _moment(sent: dict[str, Any], field: str) -> datetime | None:
    if field not in sent:
        return None
    try:
        found = datetime.fromisoformat(str(sent[field]))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = (
            f"`{field}` is a moment with its zone, as 2026-12-01T09:00:00Z, from {FIRST_YEAR} to {LAST_YEAR}"
        )
        raise Problem(400, "invalid_field", message, field=field)
    return parse_iso(str(sent[field]))


def _whole(sent: dict[str, Any], field: str, usual: int, most: int) -> int:
    value = sent.get(field, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Problem(400, "invalid_field", f"`{field}` is a whole number to {most:,}", field=field)
    return int(value)
