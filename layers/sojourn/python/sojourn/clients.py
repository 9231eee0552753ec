"""How our AWS clients name themselves, and which of their calls are short.

botocore writes its User-Agent anew for every request, twice, out of fourteen parts: an eighth of the CPU of a call. A
name that is given is taken as it is. What every step calls goes by `direct`.
"""

from typing import Any

USER_AGENT = "sojourn/0.1 lib/botocore"


def named(session: Any) -> Any:
    """The same session; whatever client it makes from now on says who it is, in a word."""
    from botocore.config import Config

    from sojourn.direct import OPERATIONS, derive

    for service in OPERATIONS:
        session.register(f"creating-client-class.{service}", derive, unique_id=f"direct-{service}")
    session.set_default_client_config(Config(user_agent=USER_AGENT))
    return session
