"""The console's cookies: what a request brought, and what an answer sets. No script ever reads one but the zone's."""

from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from chalice.app import Request, Response

from functions.api.console.addresses import HOME, is_secure, prefix_of

SESSION, ACCESS, REFRESH = "session", "access", "refresh"
FLASH, CHALLENGE, STRANGER = "flash", "challenge", "stranger"
ZONE, THEME = "sojourn_zone", "sojourn_theme"  # written by our own script
LONGEST = 4_000  # what browsers keep of one


@dataclass(slots=True)
class Cookies:
    """What came, and what is to be set; read and written by one request."""

    came: dict[str, str]
    path: str = HOME
    is_secure: bool = True
    changes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> "Cookies":
        """Those of a request; what no browser would send is passed over."""
        return cls(_read(request), prefix_of(request) + HOME, is_secure(request))

    def get(self, name: str) -> str:
        """The value; empty when there is none."""
        return self.came.get(name, "")

    def put(self, name: str, value: str, *, seconds: int) -> None:
        """From the next request on."""
        self.came[name] = value
        self.changes[name] = self._line(name, value, seconds)

    def drop(self, *names: str) -> None:
        """Gone from the browser, if it was there."""
        for name in names:
            if self.came.pop(name, None) is not None or name in self.changes:
                self.changes[name] = self._line(name, "", 0)

    def onto(self, response: Response) -> Response:
        """The answer, with what changed."""
        if self.changes:
            response.headers = {**response.headers, "Set-Cookie": list(self.changes.values())}
        return response

    def _line(self, name: str, value: str, seconds: int) -> str:
        secure = "; Secure" if self.is_secure else ""
        return f"{name}={value}; Path={self.path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _read(request: Request) -> dict[str, str]:
    event = request.to_original_event()
    named = {name.lower(): value for name, value in (event.get("multiValueHeaders") or {}).items()}
    lines = named.get("cookie") or [request.headers.get("cookie", "")]
    try:
        found = SimpleCookie("; ".join(lines))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items() if len(morsel.value) <= LONGEST}
