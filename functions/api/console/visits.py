"""One visit of one browser: from its cookies to a session, with a new access token where the old one has expired.

A page costs one strong read: the row that says whether the session is still alive.
"""

import secrets
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlencode

from chalice.app import Request

from functions.api.console import cookies as names
from functions.api.console.addresses import is_secure, prefix_of
from functions.api.console.cookies import Cookies
from functions.api.console.flashes import opened
from functions.api.console.formats import zone_named
from functions.api.console.session import Session
from functions.api.console.words import speak
from functions.api.world import world
from sojourn.http import sessions
from sojourn.http.keys import Key

STRANGER_SECONDS = 3_600
SESSION_SECONDS = int(sessions.LIFE.total_seconds())
ACCESS_SECONDS = 900
THEMES = ("light", "dark")


@dataclass(slots=True)
class Visit:
    """What one request knows of its visitor, before and after it was looked up."""

    session: Session
    cookies: Cookies

    def find(self) -> None:
        """Look up who it is; whoever is nobody gets a secret of their own, which their forms are bound to."""
        found = self._known()
        self.session = found or self._stranger()

    def _known(self) -> Session | None:
        secret = self.cookies.get(names.SESSION)
        key = self._key() if secret else None
        standing = sessions.find(key.name, secret, now=world().clock.wall()) if key else None
        if key is None or standing is None:
            self.cookies.drop(names.SESSION, names.ACCESS, names.REFRESH)
            return None
        known = replace(self.session, id=secret, key=key, email=standing.email)
        return replace(known, flash=opened(known, self.cookies.get(names.FLASH)))

    def _key(self) -> Key | None:
        access = self.cookies.get(names.ACCESS)
        if access and (key := world().tokens().find(access)):
            return key
        refresh = self.cookies.get(names.REFRESH)
        fresh = self._refreshed(refresh) if refresh else ""
        return world().tokens().find(fresh) if fresh else None

    def _refreshed(self, refresh: str) -> str:
        from functions.api.console.pool import pool

        fresh = pool().refresh(refresh)
        if fresh:
            self.cookies.put(names.ACCESS, fresh, seconds=ACCESS_SECONDS)
        return fresh

    def _stranger(self) -> Session:
        secret = self.cookies.get(names.STRANGER)
        if not secret:
            secret = secrets.token_urlsafe(24)
            self.cookies.put(names.STRANGER, secret, seconds=STRANGER_SECONDS)
        session = replace(self.session, id=secret)
        return replace(session, flash=opened(session, self.cookies.get(names.FLASH)))


def arrived(request: Request, cookies: Cookies) -> Visit:
    """A visitor of whom nothing was looked up yet."""
    speak(request.headers.get("accept-language", ""))
    session = Session(
        id="",
        prefix=prefix_of(request),
        zone=zone_named(unquote(cookies.get(names.ZONE))),
        theme=cookies.get(names.THEME) if cookies.get(names.THEME) in THEMES else "",
        is_part=request.headers.get("hx-request", "") == "true",
        is_secure=is_secure(request),
        path=_path(request),
        cookies=cookies,
    )
    return Visit(session, cookies)


def _path(request: Request) -> str:
    """The path with its query, as it may be asked for again."""
    path = quote(str(request.to_original_event()["path"]), safe="/:@!$&'()*+,;=-._~", errors="replace")
    multi = request.to_original_event().get("multiValueQueryStringParameters") or {}
    pairs = [(name, value) for name, values in multi.items() for value in values]
    return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path
