"""Where a call may go. A name proves nothing: every address that it leads to must be one of the public internet.

`ipaddress.is_global` is no guard alone: it takes multicast, addresses that stand for others (6to4, Teredo, NAT64) and
the address under which a large cloud answers its own machines.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import SplitResult, urlsplit

from sojourn.calling.model import CallFailedError, Failure

LONGEST_URL = 2_000
PORTS = {443, 8443}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
UNICAST = ip_network("2000::/3")  # of IPv6 nothing else is the public internet
NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # between a provider and its customers
            "168.63.129.16/32",  # Azure's own services
            "192.0.0.0/24",  # protocols
            "192.88.99.0/24",  # relays of 6to4
            "2001::/23",  # protocols, among them Teredo: an IPv4 address inside
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address inside
            "3fff::/20",  # documentation
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be called, as far as its text tells."""

    host: str
    port: int
    path: str
    is_encrypted: bool = True
    is_loopback: bool = False

    @classmethod
    def of(cls, url: str, *, loopback: bool = False) -> Self:
        """CallFailedError for whatever is not https to a port of the web. `loopback`: this machine may be called."""
        parts, port = _split(url)
        host, encrypted = (parts.hostname or "").rstrip("."), parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if loopback and host in LOOPBACK and parts.scheme in {"http", "https"}:
            return cls(host, port, path, encrypted, is_loopback=True)
        named = host and parts.username is None and parts.password is None
        if not encrypted or not named or port not in PORTS:
            raise CallFailedError(Failure.ADDRESS_REFUSED)
        return cls(host, port, path)

    def leads_to(self, url: str) -> bool:
        """Whether another URL is at the same host; this machine has many, by their ports."""
        other = urlsplit(url)
        host = (other.hostname or "").rstrip(".")
        if self.is_loopback:
            return host in LOOPBACK and (other.port or 80) == self.port
        return host == self.host

    def allowed(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """The addresses, when each of them may be called; CallFailedError when one may not."""
        found = tuple(dict.fromkeys(addresses))
        if not found:
            raise CallFailedError(Failure.NAME_UNKNOWN)
        if not all(is_public(each) or (self.is_loopback and _is_this_machine(each)) for each in found):
            raise CallFailedError(Failure.ADDRESS_REFUSED)
        return found


def is_public(address: str) -> bool:
    """Whether an address, as the system writes it, is one of the public internet."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, IPv6Address) and found not in UNICAST:
        return False
    return not any(found in network for network in NOT_PUBLIC if _is_alike(found, network))


def _is_alike(address: IPv4Address | IPv6Address, network: object) -> bool:
    return isinstance(network, IPv6Network) == isinstance(address, IPv6Address)


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _split(url: str) -> tuple[SplitResult, int]:
    """The URL's parts, and its port, said or not."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise CallFailedError(Failure.ADDRESS_REFUSED)
    try:
        parts = urlsplit(url)
        usual = 443 if parts.scheme == "https" else 80
        return parts, usual if parts.port is None else parts.port
    except ValueError:
        raise CallFailedError(Failure.ADDRESS_REFUSED) from None
