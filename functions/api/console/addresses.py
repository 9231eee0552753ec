"""Where the console is: what the gateway puts before its paths, and which places a visitor may be sent to."""

import re

from chalice.app import Request

from sojourn.http.address import Address

HOME = "/console"
LONGEST = 1_000
# A path of ours as browsers read it: no second slash, backslash, control character or scheme that leads elsewhere.
OWN = re.compile(r"/console(?:[/?][\x21-\x7e]*)?")


def prefix_of(request: Request) -> str:
    """`/live` behind API Gateway's own name, nothing behind a domain of one's own or the local cloud's door."""
    if not request.context.get("domainName"):
        return ""
    whole = str(request.context.get("path") or "")
    path = str(request.to_original_event()["path"])
    return whole.removesuffix(path) if whole.endswith(path) else whole.partition(HOME)[0]


def is_secure(request: Request) -> bool:
    """Whether browsers come by https: everywhere but on the local cloud."""
    return Address.of(request, public_url="").scheme == "https"


def origin_of(request: Request) -> str:
    """What browsers call the place that they have just reached."""
    domain = request.context.get("domainName")
    host = domain or request.headers.get("host", "localhost")
    return f"{'https' if is_secure(request) else 'http'}://{host}"


def own(path: str) -> str:
    """The path, if it is one of ours; else home: nobody is sent elsewhere by a link that begins here."""
    is_ours = len(path) <= LONGEST and OWN.fullmatch(path) and "//" not in path and "\\" not in path
    return path if is_ours and "/../" not in path else HOME
