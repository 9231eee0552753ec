"""Who a journey is rehearsed with: contacts of a file, or made-up ones. Pure but for reading the file.

A line of the file is a JSON object, or a row of CSV: `user_id` or `contact` says who it is, `consent` what they
allowed, `segments` what they are in, `entry` the properties of the event that lets them in; all else are attributes.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from sojourn.clock import iso
from sojourn.consent.model import MESSAGING, Channel, Consent, Purpose, Standing, Word, slot_of
from sojourn.contacts.model import Profile
from sojourn.contacts.store import new_contact_id
from sojourn.errors import Hopeless
from sojourn.planning.chance import lots
from sojourn.planning.habits import Behaviour

OWN = {"contact", "user_id", "userId", "consent", "segments", "entry", "suppressed", "at"}
ANY = "*"
SAID_AT = "1970-01-01T00:00:00.000Z"


class ContactsRefusedError(Hopeless):
    """A list of contacts that cannot be read; the text names the line, the problem and the remedy."""


@dataclass(frozen=True, slots=True)
class Person:
    """One contact at the door."""

    profile: Profile
    consent: Consent
    suppressed: Mapping[str, str] = field(default_factory=dict)  # channel → reason
    segments: frozenset[str] = frozenset()
    entry: Mapping[str, Any] = field(default_factory=dict)  # properties of the event that lets them in
    at: str = ""  # when they come in; "" as the behaviour says
    is_made_up: bool = False

    @property
    def contact(self) -> str:
        """Their id."""
        return self.profile.contact


class People(Protocol):
    """Contacts by their place."""

    def __len__(self) -> int:
        """How many they are."""
        ...

    def between(self, first: int, last: int) -> Iterator[Person]:
        """Those from the first place up to, but not with, the last."""
        ...


@dataclass(frozen=True, slots=True)
class MadeUp:
    """So many contacts that nobody ever met, the same for the same seed."""

    count: int
    behaviour: Behaviour
    seed: int = 0

    def __len__(self) -> int:
        return self.count

    def between(self, first: int, last: int) -> Iterator[Person]:
        """Drawn one by one."""
        for place in range(first, min(last, self.count)):
            yield self._person(place)

    def _person(self, place: int) -> Person:
        said, contact = self.behaviour.people, f"made{place:016d}"
        phone, where, email, sms = lots(self.seed, contact, "person")
        traits = {**said.get("attributes", {}), "email": f"contact{place}@example.org"}
        traits["timezone"] = weighed(said.get("zones") or {"UTC": 1}, where)
        if phone < said.get("phone", 0):
            traits["phone"] = f"+1212555{100 + place % 100:04d}"
        consent = said.get("consent") or {}
        said_yes = {"email": email < consent.get("email", 1), "sms": sms < consent.get("sms", 1)}
        consents = [name for name, yes in said_yes.items() if yes]
        return person_of({"contact": contact, "consent": consents, **traits}, is_made_up=True)


@dataclass(frozen=True, slots=True)
class Listed:
    """Contacts that were sent along."""

    rows: tuple[Mapping[str, Any], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def between(self, first: int, last: int) -> Iterator[Person]:
        """As they stand in the list."""
        for number, row in enumerate(self.rows[first:last], first + 1):
            yield _read(row, f"contact {number}")


@dataclass(frozen=True, slots=True)
class Filed:
    """Contacts of a file of JSON lines or CSV; only what is asked for is read into memory."""

    path: Path
    count: int

    @classmethod
    def of(cls, path: Path) -> "Filed":
        """Counts the file's contacts."""
        try:
            return cls(path, sum(1 for _ in _rows(path)))
        except OSError as error:
            raise ContactsRefusedError(f"{path}: {error.strerror} — check the path") from None

    def __len__(self) -> int:
        return self.count

    def between(self, first: int, last: int) -> Iterator[Person]:
        """In the order of the file."""
        for number, row in islice(enumerate(_rows(self.path), 1), first, last):
            yield _read(row, f"{self.path}, contact {number}")


def person_of(row: Mapping[str, Any], *, is_made_up: bool = False) -> Person:
    """The person of a row; without a word on consent they allow whatever they have an address for."""
    user = str(row.get("user_id") or row.get("userId") or row.get("contact") or "")
    contact = str(row.get("contact") or new_contact_id(f"u#{user}"))
    traits = {name: value for name, value in row.items() if name not in OWN and value not in (None, "")}
    entry = row.get("entry")
    profile = Profile(
        contact=contact,
        revision=1,
        traits=traits,
        identities=(f"u#{user}",) if user else (),
        created_at=SAID_AT,
        is_known=True,
    )
    return Person(
        profile=profile,
        consent=Consent(contact, 1, _consents(row)),
        suppressed=dict.fromkeys(_words(row, "suppressed"), "manual"),
        segments=frozenset(_words(row, "segments")),
        entry=entry if isinstance(entry, Mapping) else {},
        at=_moment(row.get("at")) if row.get("at") else "",
        is_made_up=is_made_up,
    )


def weighed(weights: Mapping[str, float], share: float) -> str:
    """The name that a drawn share falls to, by weight."""
    upto, place = 0.0, share * sum(weights.values())
    for name, weight in weights.items():
        upto += weight
        if place < upto:
            return name
    return list(weights)[-1]


def _consents(row: Mapping[str, Any]) -> dict[str, Standing]:
    """`["email", "sms"]`, or a mapping of channel, or channel|purpose|topic, to a status; unsaid: all of marketing."""
    said = row.get("consent")
    try:
        if isinstance(said, Mapping):
            return _standings(said)
        return _given(tuple(each.value for each in MESSAGING) if said is None else _words(row, "consent"))
    except ValueError as error:
        words = ", ".join(each.value for each in Word)
        raise ValueError(f"`consent`: {error} — channels, each with one of {words}") from None


def _standings(said: Mapping[str, Any]) -> dict[str, Standing]:
    words = {str(name): Word(word) for name, word in said.items()}
    return {_slot(name): Standing.said(word, SAID_AT, "rehearsal") for name, word in words.items()}


@lru_cache(maxsize=256)  # there are few ways to say yes, and nobody changes what they are answered
def _given(channels: tuple[str, ...]) -> dict[str, Standing]:
    return {_slot(name): Standing.said(Word.GIVEN, SAID_AT, "rehearsal") for name in channels}


def _slot(name: str) -> str:
    if "|" in name:
        return name
    return slot_of(Channel(name), Purpose.MARKETING, None)


def _words(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list, or the words of a text."""
    said = row.get(key) or ()
    if isinstance(said, str):
        return tuple(said.replace(",", " ").split())
    if not isinstance(said, list | tuple):
        raise ValueError(f"`{key}` is {said!r} — a list, or words with commas between them, is wanted")
    return tuple(str(each) for each in said)


def _moment(said: Any) -> str:
    """When they come in; a day, or a time without its zone, is UTC's."""
    try:
        found = datetime.fromisoformat(str(said))
        return iso(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ValueError(f"`at` is {said!r} — a day or a moment is wanted, as 2026-12-01T09:00:00Z") from None


def _read(row: Any, where: str) -> Person:
    if not isinstance(row, Mapping) or not any(row.get(name) for name in ("contact", "user_id", "userId")):
        raise ContactsRefusedError(f"{where}: nobody knows who it is — give it a `user_id` or a `contact`")
    try:
        return person_of(row)
    except ValueError as error:
        raise ContactsRefusedError(f"{where}: {error}") from None


def _rows(path: Path) -> Iterator[Any]:
    try:
        yield from _read_rows(path)
    except UnicodeDecodeError:
        raise ContactsRefusedError(f"{path}: it is not UTF-8 text — save it as UTF-8") from None
    except csv.Error as error:
        raise ContactsRefusedError(f"{path}: no CSV: {error} — mend the quotes, or save it anew") from None


def _read_rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        if path.suffix == ".csv":
            header = lines.readline()
            lines.seek(0)
            for row in csv.DictReader(lines, delimiter=";" if header.count(";") > header.count(",") else ","):
                row.pop(None, None)  # what a row has more than the header
                yield row
        else:
            yield from _decoded(path, lines)


def _decoded(path: Path, lines: Iterable[str]) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            raise ContactsRefusedError(
                f"{path}:{number}: it is no JSON — one object a line, or a .csv file"
            ) from None
