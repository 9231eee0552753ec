"""What is believed of traits: addresses in the one form that is stored, types as the workspace holds them.

    check_traits({"phone": "0612345678", "country": "FR", "age": "old"})
        →  {"phone": "+33612345678", "phone_country": "FR", "country": "FR"},  [a rejection of `age`, a number so far]

What is wrong is left out alone, whoever sends it: the API, an import, a shop's webhook. Null takes a trait away.
"""

import functools
import importlib.resources
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.contacts import addresses, attributes
from sojourn.contacts.attributes import Teacher
from sojourn.contacts.workspace import workspace
from sojourn.events.model import Trust
from sojourn.events.rejections import LONGEST_ECHO, Rejection

Traits = Mapping[str, Any]


def check_traits(traits: Traits, *, trust: Trust = Trust.SERVER) -> tuple[dict[str, Any], list[Rejection]]:
    """The traits as they are stored, and a rejection for each that is not."""
    clean, rejections = dict(traits), []
    for name, (read, remedy) in READERS.items():
        if traits.get(name) is None:
            continue
        found = read(traits[name], traits) if isinstance(traits[name], str) else None
        if found is None:
            del clean[name]
            rejections.append(Rejection(f"invalid_{name}", remedy, f"traits.{name}"))
        else:
            clean |= found
    if "phone" in clean and clean["phone"] is None:
        clean["phone_country"] = None
    teacher = Teacher.BROWSER if trust is Trust.BROWSER else Teacher.SERVER
    kept, faults = attributes.check(clean, by=teacher)
    return kept, rejections + [_rejection(fault) for fault in faults]


def odd_addresses(traits: Traits) -> list[str]:
    """What is worth a warning of an address that was believed: see addresses.flags."""
    email = traits.get("email")
    return [flag.value for flag in addresses.flags(email)] if isinstance(email, str) else []


def is_timezone(text: str) -> bool:
    """Whether the tz database has a zone of exactly this name."""
    return text in _timezones()


def _rejection(fault: attributes.Fault) -> Rejection:
    return Rejection(fault.code, fault.message, f"traits.{fault.name[:LONGEST_ECHO]}")


def _email(text: str, _: Traits) -> dict[str, str] | None:
    found = addresses.email(text)
    return {"email": found} if found else None


def _phone(text: str, traits: Traits) -> dict[str, str] | None:
    home = "" if text.lstrip().startswith("+") else _home_of(traits)
    found = addresses.phone(text, home)
    return {"phone": found.e164, "phone_country": found.country} if found else None


def _timezone(text: str, _: Traits) -> dict[str, str] | None:
    return {"timezone": text} if is_timezone(text) else None


def _home_of(traits: Traits) -> str:
    """The country in which a number without + is dialled: the person's, else the workspace's."""
    address = traits.get("address")
    of_address = address.get("country") if isinstance(address, dict) else None
    return addresses.country(traits.get("country")) or addresses.country(of_address) or workspace().country


@functools.cache
def _timezones() -> frozenset[str]:
    # tzdata carries a list of its zones; asking zoneinfo would open 600 files, or take a name from a path.
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text().split())


READERS: dict[str, tuple[Callable[[str, Traits], dict[str, str] | None], str]] = {
    "email": (_email, "email must be an address like ada@example.org"),
    "phone": (_phone, "phone must be a number like +12025550123; without + the country must be known"),
    "timezone": (_timezone, "timezone must be a name of the tz database, like Europe/Paris"),
}
