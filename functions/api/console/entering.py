"""Coming in and going out: what a browser gets after a password, and what is left of it after the end.

Signing out twice is signing out. Dies midway: a session that has no cookie is nobody's, and a cookie without a session
opens nothing.
"""

import secrets
from urllib.parse import quote, unquote

from functions.api.console import cookies as names
from functions.api.console.pool import Challenge, RefusedError, Tokens, pool
from functions.api.console.session import Session
from functions.api.console.visits import ACCESS_SECONDS, SESSION_SECONDS
from functions.api.console.words import _
from functions.api.world import world
from sojourn import telemetry
from sojourn.errors import Problem
from sojourn.http import sessions

CHALLENGE_SECONDS = 180  # as long as Cognito waits for the answer


def let_in(session: Session, tokens: Tokens) -> None:
    """From the next request on this browser is theirs; Problem 403 when nobody gave them a role."""
    key = world().tokens().find(tokens.access)
    if key is None:
        raise Problem(
            403, "no_role", _("you are known here, but have no role yet: ask an admin of your team for one")
        )
    secret = secrets.token_urlsafe(32)
    sessions.begin(key.name, secret, email=tokens.email, now=world().clock.wall())
    session.cookies.put(names.SESSION, secret, seconds=SESSION_SECONDS)
    session.cookies.put(names.ACCESS, tokens.access, seconds=ACCESS_SECONDS)
    session.cookies.put(names.REFRESH, tokens.refresh, seconds=SESSION_SECONDS)
    session.cookies.drop(names.STRANGER, names.CHALLENGE, names.FLASH)
    telemetry.note("signed in", who=key.name, role=key.role)


def put_out(session: Session) -> None:
    """This session is over, and its tokens refresh nothing any more."""
    sessions.end(session.key.name, session.id, now=world().clock.wall())
    if refresh := session.cookies.get(names.REFRESH):
        pool().revoke(refresh)
    session.cookies.drop(names.SESSION, names.ACCESS, names.REFRESH, names.FLASH)
    telemetry.note("signed out", who=session.key.name)


def put_out_everywhere(name: str, access: str) -> None:
    """Every session of this person is over, whoever holds its cookies."""
    sessions.end_all(name, now=world().clock.wall())
    pool().end_everywhere(access)
    telemetry.note("signed out everywhere", who=name)


def renewed(email: str, password: str) -> Tokens | Challenge | None:
    """After a new password: whoever came in by the old one is out, and its owner may come in by this."""
    try:
        first = pool().sign_in(email, password)
        if isinstance(first, Challenge):
            sessions.end_all(first.name, now=world().clock.wall())
            return first
        if key := world().tokens().find(first.access):
            put_out_everywhere(key.name, first.access)
        return pool().sign_in(email, password)
    except RefusedError:
        return None


def remember(session: Session, challenge: Challenge, place: str) -> None:
    """What the pool asked for stands in a cookie until it is answered."""
    parts = (challenge.kind, challenge.session, challenge.name, place)
    session.cookies.put(
        names.CHALLENGE, "|".join(quote(each, safe="") for each in parts), seconds=CHALLENGE_SECONDS
    )


def remembered(session: Session) -> tuple[Challenge, str] | None:
    """The open question, and where to go when it is answered."""
    parts = [unquote(each) for each in session.cookies.get(names.CHALLENGE).split("|")]
    return (Challenge(*parts[:3]), parts[3]) if len(parts) == 4 and parts[0] in KINDS else None


KINDS = {"NEW_PASSWORD_REQUIRED": "/console/login/password", "SOFTWARE_TOKEN_MFA": "/console/login/code"}
