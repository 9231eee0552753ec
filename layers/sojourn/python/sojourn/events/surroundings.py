"""What a context says of the place and of the person's other ids: kept as far as it may be, and fits a key."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from sojourn.events.identifiers import LONGEST_ID, as_text
from sojourn.events.rejections import Rejection

KEPT_BITS = {4: 24, 6: 48}  # of an address: enough for a city, too little for a household
OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
PLAIN_IPV4 = re.compile(rf"({OCTET}\.{OCTET}\.{OCTET})\.{OCTET}")
MOST_EXTERNAL_IDS = 20
LONGEST_ID_TYPE = 64  # x#<type>#<id> is a hash key of 2,048 bytes


def check_surroundings(context: Mapping[str, Any], *, ip: str = "") -> tuple[dict[str, Any], list[Rejection]]:
    """The context as it is stored; `ip` is the caller's own address, for a context that says none."""
    stored, rejections = dict(context), []
    said = context.get("ip") or ip
    shortened = truncated_ip(said) if isinstance(said, str) else None
    if shortened:
        stored["ip"] = shortened
    elif stored.pop("ip", None):
        rejections.append(Rejection("invalid_ip", "context.ip must be an IP address", "context.ip"))
    if context.get("externalIds") is not None:
        stored["externalIds"], wrong = _external_ids(context["externalIds"])
        rejections += wrong
    return stored, rejections


def truncated_ip(text: str) -> str | None:
    """The network that an address lies in: /24, or /48 of IPv6. None when it is no address."""
    if plain := PLAIN_IPV4.fullmatch(text):  # most are; ipaddress takes thirty times as long
        return f"{plain[1]}.0"
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    address = _plain(address)
    return str(ip_network((address, KEPT_BITS[address.version]), strict=False).network_address)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address in IPv6's clothes is what it was: its /48 would keep nothing, its end everything."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _external_ids(stated: Any) -> tuple[list[Any], list[Rejection]]:
    if not isinstance(stated, list):
        return [], [_refused("context.externalIds", "context.externalIds must be a list")]
    right, rejections = [], []
    for number, each in enumerate(stated):
        place = f"context.externalIds[{number}]"
        if number >= MOST_EXTERNAL_IDS:
            rejections.append(_refused(place, f"an event may carry {MOST_EXTERNAL_IDS} external ids"))
            break
        if (
            isinstance(each, dict)
            and _is_key_part(each.get("type"), LONGEST_ID_TYPE)
            and "#" not in each["type"]
        ):
            id = as_text(each.get("id"))  # noqa: A001  the context's own word
            if _is_key_part(id, LONGEST_ID):
                right.append({**each, "id": id})
                continue
        rejections.append(
            _refused(
                place,
                f"an external id is a type of {LONGEST_ID_TYPE} characters without # and an id of {LONGEST_ID}",
            )
        )
    return right, rejections


def _is_key_part(text: Any, longest: int) -> bool:
    if not isinstance(text, str) or not text.strip() or len(text) > longest:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(place: str, remedy: str) -> Rejection:
    return Rejection("invalid_external_id", remedy, place)
