"""What is said once on the next page: in a short cookie that the session signed, and nobody else."""

import base64
import binascii

from functions.api.console.session import Session

LONGEST = 500
SECONDS = 60


def sealed(session: Session, words: str) -> str:
    """As the cookie holds it."""
    said = base64.urlsafe_b64encode(words[:LONGEST].encode()).decode()
    return f"{said}.{session.signed('flash' + said)}"


def opened(session: Session, cookie: str) -> str:
    """What it says, if this session said so."""
    said, _, mark = cookie.partition(".")
    if not session.is_signed("flash" + said, mark):
        return ""
    try:
        return base64.urlsafe_b64decode(said).decode()
    except (binascii.Error, ValueError):
        return ""
