"""Views of the team: who may sign in, and as what. An admin's.

Each act looks first and does nothing twice; whoever dies midway asks again. Who gets another role, or none, is out of
the console at once, and by a token of theirs for a quarter of an hour at most.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.paging import listing, page
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn import telemetry
from sojourn.account.people import ROLES, LastAdminError, NobodyError
from sojourn.errors import Problem
from sojourn.http import sessions

team = Blueprint(__name__)
FIELDS = {"email", "role", "again"}
PERSON = "/api/team/{person}"


@route(team, "/api/team")
def list_team(request: Request) -> dict[str, Any]:
    """Who may sign in, by address."""
    with pool_told():
        everybody = world().team().everybody()
    found = [
        ([each.email, each.id], {"id": each.id, "email": each.email, "role": each.role, "state": each.state})
        for each in everybody
    ]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(team, "/api/team", "POST")
def invite_person(request: Request) -> Response:
    """Let somebody in: a mail with a password for the first time goes to them. `again` sends a new one."""
    sent = sent_object(request)
    refuse_unknown(sent, FIELDS)
    email, role, again = _email(sent), _role(sent), sent.get("again") is True
    with pool_told():
        is_new, before = world().team().invite(email, role, again=again)
        person = world().team().id_of(email)
    if before and before != role:
        _put_out(person)
    changed({"role": before or None} if not is_new else None, {"id": person, "role": role})
    telemetry.note("person invited", person=person, role=role)
    told = {"id": person, "email": email, "role": role, "mailed": is_new or again}
    return Response(told, {"Content-Type": "application/json"}, 201 if is_new else 200)


@route(team, PERSON, "PUT")
def change_person(request: Request, person: str) -> dict[str, Any]:
    """Another role, or whether they may sign in."""
    sent = sent_object(request)
    refuse_unknown(sent, {"role", "state"})
    if not sent:
        raise Problem(400, "invalid_field", "say `role`, or `state`: active or disabled", field="role")
    role, state = (_role(sent) if "role" in sent else ""), _state(sent)
    _refuse_oneself(request, person)
    with pool_told():
        before = world().team().give(person, role) if role else ""
        if state:
            world().team().let(person, is_enabled=state == "active")
    _put_out(person)
    changed({"role": before} if role else None, {**({"role": role} if role else {}), **_said(state)})
    return {"id": person, **({"role": role} if role else {}), **_said(state)}


@route(team, PERSON, "DELETE")
def remove_person(request: Request, person: str) -> dict[str, Any]:
    """Let somebody in no more. Who was removed already is not found."""
    _refuse_oneself(request, person)
    with pool_told():
        before = world().team().remove(person)
    _put_out(person)
    changed({"role": before or None}, None)
    telemetry.note("person removed", person=person)
    return {"id": person, "state": "removed"}


@route(team, f"{PERSON}/authenticator", "DELETE")
def forget_authenticator(request: Request, person: str) -> dict[str, Any]:
    """For whoever lost it: the password is enough again, and their sessions end. Said twice it is said once."""
    _refuse_oneself(request, person)
    with pool_told():
        world().team().forget_authenticator(person)
    _put_out(person)
    changed(None, {"authenticator": "forgotten"})
    return {"id": person}


@contextmanager
def pool_told() -> Iterator[None]:
    """What the user pool refuses, in the API's words."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except NobodyError:
        raise Problem(404, "person_not_found", "nobody of the team is called so") from None
    except LastAdminError:
        said = "this is the only admin: invite or promote another first"
        raise Problem(409, "last_admin", said) from None
    except ClientError as error:
        code = error.response["Error"]["Code"]
        telemetry.warn("user pool refused", error=code)
        if code in BAD:
            raise Problem(400, "invalid_email", "the user pool does not take this address") from None
        raise Problem(503, "team_unavailable", f"the user pool refused ({code}): try again") from None
    except BotoCoreError as error:
        raise Problem(503, "team_unavailable", "the user pool does not answer now: try again") from error


BAD = {"InvalidParameterException", "CodeDeliveryFailureException"}


def _put_out(person: str) -> None:
    """A session knows no role but its token's, so it ends before its owner is somebody else."""
    sessions.end_all(person, now=world().clock.wall())
    with pool_told():
        world().team().sign_out(person)


def _refuse_oneself(request: Request, person: str) -> None:
    if person == caller(request):
        said = "nobody changes their own role or takes it away: another admin does"
        raise Problem(409, "own_account", said)


def _email(sent: dict[str, Any]) -> str:
    from email_validator import EmailNotValidError, validate_email

    said = sent.get("email")
    try:
        return validate_email(
            said if isinstance(said, str) else "", check_deliverability=False
        ).normalized.lower()
    except EmailNotValidError:
        problem = "`email` is an address like you@shop.example"
        raise Problem(400, "invalid_email", problem, field="email") from None


def _role(sent: dict[str, Any]) -> str:
    if sent.get("role") not in ROLES:
        raise Problem(400, "invalid_field", f"`role` is one of {', '.join(ROLES)}", field="role")
    return str(sent["role"])


def _state(sent: dict[str, Any]) -> str:
    if sent.get("state") not in (None, "active", "disabled"):
        raise Problem(400, "invalid_field", "`state` is active or disabled", field="state")
    return str(sent.get("state") or "")


def _said(state: str) -> dict[str, str]:
    return {"state": state} if state else {}
