"""Addresses that a person proved to be theirs, by a press on the page that a mail led to. By hash only. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

OURS, CONFIRMED, HOW = "sojourn", "Consent Given", "double_opt_in"
NEWEST = 10


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{hash of the address: when}."""
    said, ours = deed.properties, deed.source == OURS and deed.name == CONFIRMED
    evidence = said.get("evidence") if ours and said.get("how") == HOW else None
    address = evidence.get("address") if isinstance(evidence, Mapping) else None
    if not isinstance(address, str) or not address:
        return dict(fact) if fact else None
    return join(fact or {}, {address: deed.at})


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses of both, the newest ten."""
    latest = {address: max(one.get(address, ""), other.get(address, "")) for address in {*one, *other}}
    newest = sorted(latest, key=lambda address: (latest[address], address), reverse=True)[:NEWEST]
    return {address: latest[address] for address in sorted(newest)}
