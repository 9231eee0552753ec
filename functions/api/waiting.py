"""Views of drafts: those that wait, and a person's word on them."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.journeys import wanted_journey
from functions.api.paging import Fetched, Position, listing, parameter
from functions.api.parts import PARTS, parts_asked
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.bootstrap import settings
from sojourn.clock import iso
from sojourn.errors import Problem
from sojourn.journeys import letting_go
from sojourn.journeys.live import live
from sojourn.journeys.waiting import Draft, waiting
from sojourn.messages.model import Message
from sojourn.messages.store import find_message

drafts = Blueprint(__name__)
WAITING = "waiting"
LONGEST_REASON = 200


@route(drafts, "/api/messages")
def list_waiting(request: Request) -> dict[str, Any]:
    """The drafts of every journey, or of one, those that expire next first."""
    if parameter(request, "state") != WAITING:
        said = "say which: `?state=waiting`, the drafts; `sojourn explain` shows a contact's messages"
        raise Problem(400, "missing_parameter", said, field="state")
    journey, parts = parameter(request, "journey"), parts_asked(request)
    if journey:
        wanted_journey(journey)

    def fetch(limit: int, after: Position | None) -> Fetched:
        place = (after[0], after[1]) if after else None
        found, more = waiting([journey] if journey else live(), most=limit, after=place, parts=parts)
        return [_shown(each) for each in found], list(more) if more else None

    of = {"state": WAITING, **({"journey": journey} if journey else {})}
    return listing(request, fetch, of=of, besides={PARTS})


@route(drafts, "/api/journeys/{name}/release", "POST")
def release_journey(request: Request, name: str) -> dict[str, Any]:
    """Let go every draft of a journey that waits by now: the sweep does it within a minute, page after page."""
    _nothing_sent(request)
    wanted_journey(name)
    said = letting_go.ask(name, clock=world().clock, shards=int(settings().due_shards))
    return {"name": name, "until": said}


@route(drafts, "/api/messages/{message}/release", "POST")
def release_message(request: Request, message: str) -> dict[str, Any]:
    """Let one draft go. It is held or skipped all the same where another gate is closed."""
    _nothing_sent(request)
    found = _wanted(message)
    if not letting_go.release_message(found, engine=world().engine()):
        raise _no_draft(found)
    return {"id": found.id, "state": found.state.value, "released": True}


@route(drafts, "/api/messages/{message}/discard", "POST")
def discard_message(request: Request, message: str) -> dict[str, Any]:
    """One draft does not go, and its run goes on as from any message that is skipped."""
    sent = sent_object(request)
    refuse_unknown(sent, {"reason"})
    why = _reason(sent.get("reason"))
    found = _wanted(message)
    if not letting_go.discard_message(found, why, engine=world().engine()):
        raise _no_draft(found)
    changed({"state": "planned"}, {"state": "skipped", "why": why})
    telemetry.note("draft discarded", message_id=found.id)
    return {"id": found.id, "state": "skipped", "reason": letting_go.DISCARDED}


def _shown(draft: Draft) -> dict[str, Any]:
    message = draft.message
    user = message.identity.removeprefix("u#") if message.identity.startswith("u#") else None
    return {
        "id": message.id,
        "contact": message.contact,
        "user_id": user,
        "journey": message.journey,
        "version": message.version,
        "step": message.step,
        "channel": message.channel,
        "template": message.template,
        "waits_since": message.due or None,
        "expires_at": iso(draft.expires),
        "released": bool(message.released),
    }


def _reason(said: Any) -> str:
    text = said.strip() if isinstance(said, str) else ""
    if not 0 < len(text) <= LONGEST_REASON:
        problem = (
            f"say why it does not go, in at most {LONGEST_REASON} characters: `sojourn explain` shows it"
        )
        raise Problem(400, "invalid_field", problem, field="reason")
    return text


def _wanted(message: str) -> Message:
    found = find_message(message)
    if found is None:
        said = "there is no such message: `sojourn message list --waiting` shows the drafts"
        raise Problem(404, "message_not_found", said)
    return found


def _no_draft(message: Message) -> Problem:
    now = find_message(message.id) or message
    state = f"{now.state.value}{f' ({now.reason})' if now.reason else ''}"
    return Problem(409, "not_a_draft", f"the message waits for nobody: it is {state}")


def _nothing_sent(request: Request) -> None:
    if request.raw_body:
        refuse_unknown(sent_object(request), set())
