"""Who looks at the console, and from where: what pages and templates may know of a visitor."""

import hashlib
import hmac
from dataclasses import dataclass, field

from functions.api.console.cookies import Cookies
from functions.api.roles import WORDS, Role
from sojourn.http.keys import Key

NOBODY = Key("", role="viewer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A visitor: signed in, or a stranger before the door. `id` is a secret that only their browser's cookie holds."""

    id: str
    key: Key = NOBODY
    email: str = ""
    prefix: str = ""  # what the gateway puts before our paths: its stage, /live
    zone: str = "UTC"
    theme: str = ""  # light or dark, where they chose
    is_part: bool = False  # htmx asks for a part of a page
    is_secure: bool = True
    flash: str = ""
    cookies: Cookies = field(default_factory=lambda: Cookies({}), repr=False, compare=False)
    path: str = ""  # of the page that was asked for, without the prefix

    @property
    def is_signed_in(self) -> bool:
        """Whether we know them."""
        return bool(self.key.name)

    @property
    def role(self) -> str:
        """Their role, as people write it."""
        return self.key.role

    @property
    def name(self) -> str:
        """How the page calls them."""
        return self.email or self.key.name

    def may(self, role: str) -> bool:
        """Whether their role is this one, or above it."""
        return self.is_signed_in and WORDS.get(self.key.role, Role.VIEWER) >= WORDS[role]

    @property
    def csrf(self) -> str:
        """What a form of theirs must bring back: nobody can make it who does not hold the cookie."""
        return self.signed("form")

    def signed(self, text: str) -> str:
        """A mark that only this session's cookie makes of a text."""
        return hmac.new(self.id.encode(), text.encode(), hashlib.sha256).hexdigest()

    def is_signed(self, text: str, mark: str) -> bool:
        """Whether the mark is this session's, compared in constant time."""
        return bool(self.id) and hmac.compare_digest(self.signed(text).encode(), mark.encode())
