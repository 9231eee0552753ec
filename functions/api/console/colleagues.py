"""Who it was: the addresses of colleagues whom a page names by id. The API, addresses of pages and logs keep to ids."""

from collections.abc import Iterable, Mapping

from functions.api.console.session import Session
from sojourn.http import sessions


def colleagues(session: Session, ids: Iterable[str | None]) -> Mapping[str, str]:
    """Address by id, of those who ever signed in here; in one call, and in none where it was only who looks."""
    others = {each for each in ids if each and each != session.key.name}
    return {session.key.name: session.name, **sessions.owners(others)}
