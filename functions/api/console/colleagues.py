"""Who it was: the addresses of colleagues whom a page names by id. The API, addresses of pages and logs keep to ids."""

from collections.abc import Iterable, Mapping

from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.http import sessions


def colleagues(session: Session, ids: Iterable[str | None]) -> Mapping[str, str]:
    """Address by id, of those who ever signed in here; in one call, and in none where it was only who looks."""
    others = {each for each in ids if each and each != session.key.name}
    return {session.key.name: session.name, **sessions.owners(others)}


def saved_meanwhile(session: Session, by: str | None) -> str:
    """Who was faster, in words."""
    if not by:
        return _("Somebody saved meanwhile")
    if by == session.key.name:
        return _("You saved meanwhile, in another window")
    return _("%(who)s saved meanwhile") % {"who": colleagues(session, [by]).get(by, by)}
