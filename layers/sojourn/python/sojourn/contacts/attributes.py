"""What may be kept of somebody's traits: a name, a size, and the type that the workspace holds for the name.

check({"plan": 7})      →  {"plan": 7}, []                       `plan` is a number from now on
check({"plan": "pro"})  →  {}, [Fault("attribute_type_conflict", …, "plan")]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sojourn.contacts.datatypes import DataType, fits, inferred

MOST_ATTRIBUTES = 10_000
LONGEST_NAME = 200
LARGEST_VALUE = 32 * 1024
# What the engine itself reads. These never change.
BUILT_IN = dict.fromkeys(("email", "phone", "phone_country", "timezone"), DataType.TEXT)


class Teacher(StrEnum):
    """Who said first what type an attribute has."""

    OPERATOR = "operator"
    SERVER = "server"
    BROWSER = "browser"  # its key is public


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a trait is left out."""

    code: str
    message: str
    name: str


class Registry(Protocol):
    """Whoever holds the types of a workspace."""

    def type_of(self, name: str, value: Any, by: Teacher) -> DataType | None:
        """The type that holds for this name, told by the value where none does; None when there is no room."""
        ...


_registries: list[Registry] = []


def use_registry(registry: Registry | None) -> None:
    """Hold types by this from now on; whatever names the tables says so. None: any type will do."""
    _registries[:] = [registry] if registry else []


def check(traits: Mapping[str, Any], *, by: Teacher = Teacher.SERVER) -> tuple[dict[str, Any], list[Fault]]:
    """The traits that may be kept, and a fault for each other one."""
    clean: dict[str, Any] = {}
    faults = []
    for name, value in traits.items():
        fault = _fault_of_form(name, value) or _conflict(name, value, by)
        if fault:
            faults.append(fault)
        else:
            clean[name] = value
    return clean, faults


def name_fault(name: str) -> Fault | None:
    """Why an attribute cannot be called so."""
    if name.strip() and len(name) <= LONGEST_NAME and _is_whole(name):
        return None
    return Fault("invalid_trait_name", f"a trait has a name of 1 to {LONGEST_NAME} characters", name)


def _fault_of_form(name: str, value: Any) -> Fault | None:
    if fault := name_fault(name):
        return fault
    if _is_larger(value, LARGEST_VALUE):
        return Fault("trait_too_large", f"the value of a trait may have {LARGEST_VALUE} bytes", name)
    return None


def _conflict(name: str, value: Any, by: Teacher) -> Fault | None:
    if value is None or not _registries:  # null takes a trait away and has no type
        return None
    held = BUILT_IN.get(name) or _registries[0].type_of(name, value, by)
    if held is None:
        return Fault("too_many_attributes", f"a workspace has {MOST_ATTRIBUTES} attributes at most", name)
    if fits(value, held):
        return None
    way = f"send a {held}, or give the {inferred(value)} another name"
    return Fault("attribute_type_conflict", f"this attribute is a {held}: {way}", name)


def _is_larger(value: Any, limit: int) -> bool:
    """Whether the value takes more bytes than that; looked at only as far as it takes to know."""
    left, waiting = limit, [value]
    while waiting and left >= 0:
        part = waiting.pop()
        if isinstance(part, str):
            left -= len(part if part.isascii() else part.encode("utf-8", "replace"))
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
        left -= 2
    return left < 0


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
