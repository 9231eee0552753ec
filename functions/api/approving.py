"""Views of approvals: a second person agrees to a revision, and what is missing keeps it from going live."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.revisions import followed
from functions.api.roles import WORDS, Role, needed
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn import telemetry
from sojourn.clock import iso
from sojourn.errors import Problem
from sojourn.http.keys import Key, active
from sojourn.journeys.approving import Approvals, OwnRevisionError, approvals_of, approve
from sojourn.journeys.drafts import Draft, get_draft

approving = Blueprint(__name__)
MOST_NAMED = 20
APPROVALS = "/api/journeys/{name}/approvals"


@route(approving, APPROVALS, "POST")
def approve_journey(request: Request, name: str) -> Response:
    """Agree to the revision that was read, by another key than the one that saved it."""
    draft = get_draft(name)
    if draft is None:
        raise Problem(404, "no_draft", f"there is no draft of {name} to agree to")
    sent = sent_object(request) if request.raw_body else {}
    refuse_unknown(sent, {"revision"})
    followed(request, draft, _revision(sent))
    try:
        is_new = approve(draft, by=caller(request), at=iso(world().clock.calendar()))
    except OwnRevisionError:
        raise Problem(403, "own_revision", _own(approvals_of(draft)), **shown(draft)) from None
    if is_new:
        telemetry.note("journey approved", journey=name, revision=draft.revision)
    answer = {"name": name, "revision": draft.revision, "is_new": is_new, **shown(draft)}
    return Response(answer, {"Content-Type": "application/json"}, 201 if is_new else 200)


def shown(draft: Draft) -> dict[str, Any]:
    """How the draft stands, for whoever reads it."""
    return {"approvals": _told(approvals_of(draft))}


def unapproved(draft: Draft) -> Problem | None:
    """Why it may not go live yet; None when enough have agreed, or none need to."""
    stands = approvals_of(draft)
    if not stands.missing:
        return None
    said = f"{draft.name} revision {draft.revision}{_saver(stands)} needs {_more(stands)}. {_who(stands)}"
    way = f"`sojourn journey approve {draft.name}`, or POST /api/journeys/{draft.name}/approvals"
    lapsed = " A template was saved since others agreed: they must agree anew." if stands.lapsed else ""
    remedy = f"{said}: {way}; then publish again.{lapsed}"
    return Problem(
        409,
        "approvals_missing",
        remedy,
        revision=draft.revision,
        missing=stands.missing,
        approvals=_told(stands),
    )


def _revision(sent: dict[str, Any]) -> int | None:
    said = sent.get("revision")
    if said is not None and (not isinstance(said, int) or isinstance(said, bool)):
        raise Problem(400, "invalid_field", "`revision` is a whole number", field="revision")
    return said


def _told(stands: Approvals) -> dict[str, Any]:
    return {**stands.to_json(), "may": _may(stands)[:MOST_NAMED] if stands.missing else []}


def _may(stands: Approvals) -> list[str]:
    """Whose word would count."""
    return sorted({key.name for key in active("api") if _is_approver(key)} - stands.cannot)


def _is_approver(key: Key) -> bool:
    return WORDS.get(key.role, Role.VIEWER) >= needed("POST", APPROVALS)


def _saver(stands: Approvals) -> str:
    return f", saved by {stands.saved_by}," if stands.saved_by else ""


def _more(stands: Approvals) -> str:
    return f"{stands.missing} more approval{'s' if stands.missing > 1 else ''} (of {stands.needed})"


def _who(stands: Approvals) -> str:
    if names := _may(stands)[:MOST_NAMED]:
        return f"{' or '.join(names)} may agree"
    return (
        "Nobody else has a key that may agree (`sojourn keys new api --name <who> --role approver` makes one)"
    )


def _own(stands: Approvals) -> str:
    return f"you saved revision {stands.revision}: another person must agree. {_who(stands)}"
