"""Where a call may go, told by its address alone: out into the world, encrypted, and without a password in it.

A name that leads to a private address is found out when the call is made.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from sojourn.calling.addresses import LONGEST_URL, LOOPBACK, PORTS, is_public

Said = tuple[str, str]
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
INWARD = (".local", ".internal", ".localhost", ".localdomain", ".home.arpa", ".lan", ".intranet", ".corp")
EXAMPLE = "write `url: https://example.com/hook`"


def address_flaw(url: str, *, loopback: bool = False) -> Said | None:
    """Why a call may not go there. `loopback`: on the local cloud this machine may be called."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or re.search(r"[\s\\]", url):
        return "`url` is too long, or has letters that no address has", EXAMPLE
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "`url` cannot be read", EXAMPLE
    if loopback and parts.scheme in {"http", "https"} and host in LOOPBACK:
        return None
    if parts.scheme != "https":
        return f"`url` begins with '{parts.scheme[:20]}'", "calls go by https alone"
    if parts.username is not None or parts.password is not None:
        return "`url` has a user or a password in it", "take it out: each call is signed"
    if port not in {None, *PORTS} or parts.fragment:
        return "`url` has a port other than 443 and 8443, or a `#` in it", EXAMPLE
    return _host_flaw(host)


def _host_flaw(host: str) -> Said | None:
    said = f"`url` leads to '{host[:60]}'"
    try:
        ip_address(host)
    except ValueError:
        labels = host.split(".")
        last = labels[-1]
        if len(labels) < 2 or f".{host}".endswith(INWARD):
            return f"{said}, a name of a private network", "name a host that everybody can reach"
        if not all(map(LABEL.fullmatch, labels)) or last.isdigit() or last.startswith("0x"):
            return f"{said}, which is no host's name", EXAMPLE
        return None
    if is_public(host):
        return None
    return f"{said}, which is no public address", "name a host that everybody can reach"
