"""What everybody has a right to: all that is known of them, /p/export/<token>, and to be forgotten, /p/erase/<token>.

The preference page only asks. Its link may lie in a mail that was passed on, so what it asks for sends a mail to the
person's own address, as the profile has it by then; the link in that is for one purpose and ends; its page says what
will happen, and only its button begins it. Whoever presses again finds the same job.
"""

import hashlib
from dataclasses import dataclass

from chalice.app import Blueprint, Request, Response

from functions.preferences.pages import FORMS, Page, answered, fields, seen
from functions.preferences.world import centre, rights, settings
from sojourn import telemetry
from sojourn.consent.model import Channel
from sojourn.contacts.addresses import address_hash
from sojourn.messages.model import split_message_id
from sojourn.privacy import store
from sojourn.privacy.model import Erasure, Export, Status
from sojourn.privacy.request import ask_erasure, ask_export
from sojourn.tables import store_errors_translated
from sojourn.tracking.preferences import Visitor, request_noted, stop, visitor_of
from sojourn.tracking.tokens import Action, Token

BY = "the person, by the link in a mail"
EVENT_OF = {Action.EXPORT: "Data Requested", Action.ERASE: "Erasure Requested"}
FILE = "my-data.json"

doors = Blueprint(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a link. No visitor: it is none of ours, or the person is gone; of the erased there is the job."""

    token: Token
    is_good: bool
    visitor: Visitor | None
    erasure: Erasure | None


@doors.route("/p/export/{token}", methods=["GET", "OPTIONS"])
def show_export(token: str) -> Response:
    """What will happen; then how far it is; then the file."""
    with store_errors_translated():
        holder = _holder_of(token, Action.EXPORT)
        return _refused(holder) or _export(store.get_export(_job_of(holder)))


@doors.route("/p/export/{token}", methods=["POST"], content_types=FORMS)
def begin_export(token: str) -> Response:
    """The button: one file, however often it is pressed."""
    with store_errors_translated():
        holder = _holder_of(token, Action.EXPORT)
        pressed = _pressed()
        if answer := _refused(holder, pressed):
            return answer
        if pressed != "export" or holder.visitor is None:
            return _export(store.get_export(_job_of(holder)))
        job = ask_export(holder.visitor.contact, by=BY, desk=rights().desk, id=_job_of(holder))
        telemetry.note("export begun", export=job.id)
        return _export(job)


@doors.route("/p/erase/{token}", methods=["GET", "OPTIONS"])
def show_erasure(token: str) -> Response:
    """What will happen; then how far it is, and what stays."""
    with store_errors_translated():
        return _refused(_holder_of(token, Action.ERASE)) or answered(Page.ERASE)


@doors.route("/p/erase/{token}", methods=["POST"], content_types=FORMS)
def begin_erasure(token: str) -> Response:
    """The button: no more marketing for the address, and then nothing of the person."""
    with store_errors_translated():
        holder = _holder_of(token, Action.ERASE)
        pressed = _pressed()
        if answer := _refused(holder, pressed):
            return answer
        if pressed != "erase" or holder.visitor is None:
            return answered(Page.ERASE)
        stop(holder.visitor, centre=centre())
        job = ask_erasure(holder.visitor.contact, by=BY, desk=rights().desk)
        telemetry.note("erasure begun", erasure=job.id)
        return _erased(job)


def asked(visitor: Visitor, action: Action) -> Response:
    """Note it, and say that a mail comes: an address is never shown, nor taken from the request."""
    request_noted(visitor, EVENT_OF[action], gate=centre().gate)
    return answered(Page.NOTED, what=action.name.lower(), postal=settings().postal_address)


def _refused(holder: Holder, pressed: str = "") -> Response | None:
    """The answer to a link that begins nothing (any more), kindly."""
    if holder.erasure:
        return _erased(holder.erasure)
    if holder.is_good:
        return None if holder.visitor else answered(Page.GONE)
    if pressed != "fresh":
        return answered(Page.ENDED_RIGHT)
    if holder.visitor:
        request_noted(holder.visitor, EVENT_OF[holder.token.action], gate=centre().gate)
    return answered(Page.FRESH)


def _holder_of(text: str, action: Action) -> Holder:
    gate = centre().gate
    token = gate.token(text, action)
    if token is None:
        return Holder(Token(action, ""), True, None, None)
    erasure = _erasure_of(token)
    visitor = None if erasure else visitor_of(text, seen=seen(_request()), centre=centre(), action=action)
    is_good = token.is_good(gate.clock.wall()) and (visitor is None or _is_theirs(visitor))
    return Holder(token, is_good, visitor, erasure)


def _is_theirs(visitor: Visitor) -> bool:
    """Whether the mail went to the address that the person has now: an old mailbox may be somebody else's."""
    address = visitor.profile.email
    return bool(address) and address_hash(Channel.EMAIL, address or "") == visitor.message.address_hash


def _erasure_of(token: Token) -> Erasure | None:
    """The erasure of whom the mail went to, begun or done; not one of before a table was restored."""
    parts = split_message_id(token.message_id)
    stand = store.survivor_of(parts[0]) if parts else None
    if stand is None:
        return None
    found = store.get_erasure(stand.erasure or stand.contact)
    return found if found and (stand.erasure or found.status is Status.RUNNING) else None


def _job_of(holder: Holder) -> str:
    """One file for one mail."""
    return hashlib.sha256(f"export|{holder.token.message_id}".encode()).hexdigest()[:32]


def _export(job: Export | None) -> Response:
    if job is None:
        return answered(Page.EXPORT)
    if job.status is Status.RUNNING:
        return answered(Page.EXPORTING)
    if not job.found:
        return answered(Page.GONE)
    return answered(Page.EXPORTED, download=rights().files().link(job.key, FILE))


def _erased(job: Erasure) -> Response:
    return answered(Page.ERASED, is_over=job.status is Status.DONE)


def _pressed() -> str:
    return next((value for name, value in fields(_request()) if name == "action"), "")


def _request() -> Request:
    return doors.current_request
