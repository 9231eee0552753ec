"""The traits that the engine acts on: what would send a message astray is left out, the rest of the event stays."""

import functools
import importlib.resources
import re
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.events.rejections import Rejection

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
# ASCII throughout, as SES wants it: other domains come in punycode. No quotes, spaces or control characters.
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
EMAIL = re.compile(rf"{LOCAL_PART}@(?:{LABEL}\.)+{LABEL}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def check_traits(traits: Mapping[str, Any]) -> list[Rejection]:
    """One rejection for each trait that is wrong; null is right, it takes the trait away."""
    return [
        Rejection(f"invalid_{name}", remedy, f"traits.{name}")
        for name, (is_right, remedy) in CHECKS.items()
        if traits.get(name) is not None and not (isinstance(traits[name], str) and is_right(traits[name]))
    ]


def is_email(text: str) -> bool:
    """Whether a mail could be addressed so."""
    return (
        len(text) <= LONGEST_ADDRESS
        and len(text.partition("@")[0]) <= LONGEST_LOCAL_PART
        and EMAIL.fullmatch(text) is not None
    )


def is_phone(text: str) -> bool:
    """Whether it is written in E.164."""
    return E164.fullmatch(text) is not None


def is_timezone(text: str) -> bool:
    """Whether the tz database has a zone of exactly this name."""
    return text in _timezones()


@functools.cache
def _timezones() -> frozenset[str]:
    # tzdata carries a list of its zones; asking zoneinfo would open 600 files, or take a name from a path.
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text().split())


CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "email": (is_email, "email must be an address like ada@example.org"),
    "phone": (is_phone, "phone must be in E.164, like +12025550123"),
    "timezone": (is_timezone, "timezone must be a name of the tz database, like Europe/Paris"),
}
