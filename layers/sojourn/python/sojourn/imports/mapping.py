"""What each column of a file becomes. A mapping is JSON: the column's name → a target, or `{to, type, format}`.

    userId · anonymousId · externalId.<type> · traits.<name>           who, and what is known of them
    consent.<channel>[.<topic>] · unsubscribed.<channel>[.<topic>]     what they allow: yes or no
    evidence.<at|how|source|wording|wording_version|form|page|ip>      how that can be proved
    event · timestamp · properties.<name>                              what they did, and when
    ignore

`"Attributes.*": "traits.*"` is for every column that begins so. `role_addresses` and `disposable_addresses` say what
becomes of people with such an address: `warn` counts them, `skip` leaves their rows out. `list` names a list that all
the people of the file are put on: a segment can ask for it, and so find them again.
"""

import re
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from typing import Any

from sojourn.contacts.addresses import AddressFlag
from sojourn.imports.model import Kind
from sojourn.imports.refusals import ImportRefusedError
from sojourn.imports.values import CONVERSIONS

IGNORE = "ignore"
CHANNELS = ("email", "sms")
EVIDENCE = ("at", "how", "source", "wording", "wording_version", "form", "page", "ip")
SHARED = r"userId|anonymousId|externalId\.\w{1,40}|traits\.\S.{0,199}|ignore"
SAYS = r"(consent|unsubscribed)\.(email|sms)(\.[^|]{1,100})?"
GRAMMAR = {
    Kind.CONTACTS: re.compile(rf"{SHARED}|{SAYS}|evidence\.({'|'.join(EVIDENCE)})|optOut|channelType"),
    Kind.EVENTS: re.compile(
        r"userId|anonymousId|traits\.email|event|timestamp|properties\.\S.{0,199}|ignore"
    ),
}
WARN, SKIP = "warn", "skip"
POLICIES = {"role_addresses": AddressFlag.ROLE, "disposable_addresses": AddressFlag.DISPOSABLE}
FIELDS = {"columns", "event", "country", "list", "pinpoint", *POLICIES}
LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class Target:
    """Where the cells of a column go, and what they are."""

    to: str
    type: str = "text"
    format: str = ""

    @property
    def place(self) -> str:
        """The first word: userId, traits, consent, …"""
        return self.to.partition(".")[0]

    @property
    def name(self) -> str:
        """The rest."""
        return self.to.partition(".")[2]

    def as_json(self) -> str | dict[str, str]:
        """As short as it can be written."""
        more = {key: value for key, value in (("type", self.type), ("format", self.format)) if value}
        return self.to if more == {"type": "text"} else {"to": self.to, **more}


@dataclass(frozen=True, slots=True)
class Mapping:
    """The targets of all columns; `event` names the event where no column does, `country` reads national numbers,
    `joins` is the list that everybody is put on."""

    kind: Kind
    columns: Mapped[str, Target]
    event: str = ""
    country: str = ""
    is_pinpoint: bool = False
    skips: frozenset[AddressFlag] = frozenset()
    joins: str = ""
    _wild: tuple[tuple[str, Target], ...] = field(default=(), compare=False)

    def target(self, column: str) -> Target | None:
        """What a column becomes; None where nobody said, which is: nothing."""
        if found := self.columns.get(column):
            return None if found.to == IGNORE else found
        for prefix, target in self._wild:
            if column.startswith(prefix):
                to = target.to[:-1] + column.removeprefix(prefix)
                return Target(to, target.type, target.format)
        return None

    @property
    def claims_consent(self) -> bool:
        """Whether a column says that people allowed something."""
        return any(target.place == "consent" for target in self.columns.values())

    @property
    def shows_evidence(self) -> bool:
        """Whether columns tell when consent was given, and how or where."""
        shown = {target.name for target in self.columns.values() if target.place == "evidence"}
        return "at" in shown and bool(shown & {"how", "source", "form"})

    def as_json(self) -> dict[str, Any]:
        """As people write it."""
        told: dict[str, Any] = {"columns": {name: each.as_json() for name, each in self.columns.items()}}
        told |= {"event": self.event} if self.event else {}
        told |= {"country": self.country} if self.country else {}
        told |= {"list": self.joins} if self.joins else {}
        told |= {name: SKIP for name, flag in POLICIES.items() if flag in self.skips}
        return told | ({"pinpoint": True} if self.is_pinpoint else {})


def read_mapping(kind: Kind, told: Any) -> Mapping:
    """The mapping of a JSON object; every column that is wrong is named."""
    if not isinstance(told, Mapped) or not isinstance(told.get("columns"), Mapped):
        raise _refused("a mapping is {columns: {<column>: <target>}, event?, country?}")
    if unknown := sorted(set(told) - FIELDS):
        raise _refused(f"a mapping has no field {str(unknown[0])[:80]!r}")
    columns = {str(name): _target(kind, str(name), target) for name, target in told["columns"].items()}
    wild = tuple((name[:-1], target) for name, target in columns.items() if name.endswith(".*"))
    mapping = Mapping(
        kind,
        columns,
        _word(told, "event"),
        _word(told, "country"),
        told.get("pinpoint") is True,
        _skipped(kind, told),
        _list(kind, told),
        wild,
    )
    _check(mapping)
    return mapping


def _target(kind: Kind, column: str, told: Any) -> Target:
    if told is None:
        return Target(IGNORE)
    if isinstance(told, str):
        told = {"to": told}
    if not isinstance(told, Mapped) or not isinstance(told.get("to"), str):
        raise _refused(f"the column {column[:80]!r}: name a target", column)
    to, type_, form = told["to"], told.get("type", "text"), told.get("format", "")
    if column.endswith(".*") != to.endswith(".*") or not GRAMMAR[kind].fullmatch(to):
        raise _refused(f"the column {column[:80]!r}: {kind.value} have no target {to[:80]!r}", column)
    if type_ not in CONVERSIONS or not isinstance(form, str):
        raise _refused(f"the column {column[:80]!r}: types are {', '.join(CONVERSIONS)}", column)
    return Target(to, type_, form)


def _check(mapping: Mapping) -> None:
    """What a file of this kind cannot do without."""
    targets = [target.to for target in mapping.columns.values() if target.to != IGNORE]
    single = [to for to in targets if not to.endswith("*")]
    if not mapping.is_pinpoint and len(set(single)) < len(single):
        twice = next(to for to in single if single.count(to) > 1)
        raise _refused(f"two columns become {twice}: ignore one of them")
    places = {target.place for target in mapping.columns.values()}
    by_address = {"traits.email", "traits.phone"} & set(targets)
    if not places & {"userId", "anonymousId"} and not by_address and not mapping.is_pinpoint:
        raise ImportRefusedError(
            "identity_required", "no column tells who: map one to userId or traits.email"
        )
    if mapping.kind is Kind.EVENTS:
        _check_events(mapping, places)


def _check_events(mapping: Mapping, places: set[str]) -> None:
    if "timestamp" not in places:
        raise ImportRefusedError("timestamp_required", "no column tells when: map one to timestamp")
    if "event" not in places and not mapping.event:
        raise ImportRefusedError(
            "event_required", "no column tells what: map one to event, or name the event of all rows"
        )


def _skipped(kind: Kind, told: Mapped[str, Any]) -> frozenset[AddressFlag]:
    for name in POLICIES:
        if told.get(name, WARN) not in (WARN, SKIP) or (name in told and kind is Kind.EVENTS):
            raise _refused(f"`{name}` is {WARN} or {SKIP}, and of contacts")
    return frozenset(flag for name, flag in POLICIES.items() if told.get(name) == SKIP)


def _list(kind: Kind, told: Mapped[str, Any]) -> str:
    name = _word(told, "list")
    if len(name) > LONGEST_LIST or (name and kind is Kind.EVENTS):
        raise _refused(f"`list` is a name of at most {LONGEST_LIST} characters, and of contacts")
    return name


def _word(told: Mapped[str, Any], name: str) -> str:
    value = told.get(name) or ""
    if not isinstance(value, str) or len(value) > 200:
        raise _refused(f"`{name}` must be a text of at most 200 characters")
    return value.strip()


def _refused(message: str, column: str = "") -> ImportRefusedError:
    return ImportRefusedError("invalid_mapping", message, field=column[:200])
