"""A profile as rules look at it. Pure; facts and traces are only worked out when a rule asks for them."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from sojourn.clock import parse_iso
from sojourn.consent.model import Consent
from sojourn.contacts.facts import labels, stage, value
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
from sojourn.contacts.zones import places
from sojourn.rules.traces import to_trace
from sojourn.rules.view import MessageSeen, Trace, View

# What we do, or note ourselves: nobody was here because of it.
OURS = ("Message ", "Segment ", "SMS ", "Unsubscribed")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is not part of a profile."""

    consent: Consent = field(default_factory=lambda: Consent(""))
    reachable: frozenset[str] = frozenset()
    messages: Sequence[MessageSeen] = ()


NOTHING = Loaded()


def view_of(profile: Profile, now: datetime, *, workspace: Workspace, loaded: Loaded = NOTHING) -> View:
    """The contact, now. Which segments it is in, and its quantiles, are filled in by whoever judges."""
    return View(
        contact=profile.contact,
        now=now,
        zone=zone_of(profile, workspace),
        attributes=profile.attributes,
        facts=Facts(profile),
        events=profile.events,
        traces=Traces(profile.traces),
        consent=Consents(loaded.consent),
        reachable=loaded.reachable,
        messages=loaded.messages,
    )


def zone_of(profile: Profile, workspace: Workspace) -> tzinfo:
    """Whose wall clock counts days: the contact's, else the workspace's, else UTC's."""
    return _zone(profile.timezone, profile.phone, workspace)


@functools.lru_cache(maxsize=4_096)  # most of a crowd live in a few
def _zone(timezone: str | None, phone: str | None, workspace: Workspace) -> tzinfo:
    place = next(places(timezone, phone, workspace), None)
    return place.zones[0] if place else UTC


@dataclass(slots=True, eq=False)
class Facts(Mapping[str, Any]):
    """The facts of rules/facts.py, each worked out once."""

    profile: Profile
    _known: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = FACTS[name](self.profile)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)


@dataclass(slots=True, eq=False)
class Traces(Mapping[str, Trace]):
    """The traces of a profile, each unpacked once."""

    packed: Mapping[str, Mapping[str, Any]]
    _known: dict[str, Trace] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Trace:
        if name not in self._known:
            self._known[name] = to_trace(self.packed[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)


@dataclass(slots=True, eq=False)
class Consents(Mapping[tuple[str, str, str], str]):
    """(channel, purpose, topic) → what holds, a word on all topics being one on each."""

    said: Consent

    def __getitem__(self, asked: tuple[str, str, str]) -> str:
        channel, purpose, topic = asked
        status = self.said.status(channel, purpose, topic or None)
        return status.value if status else UNKNOWN

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        for slot in self.said.state:
            channel, purpose, topic = slot.split("|", 2)
            yield channel, purpose, "" if topic == "*" else topic

    def __len__(self) -> int:
        return len(self.said.state)


def _moment(text: str) -> datetime | None:
    return parse_iso(text) if text else None


def _last_seen(profile: Profile) -> datetime | None:
    own = [seen["last"] for name, seen in profile.events.items() if not name.startswith(OURS)]
    return _moment(max(own, default=""))


def _end_of_orders(end: str) -> Callable[[Profile], datetime | None]:
    return lambda profile: _moment(profile.facts.get("value", {}).get(end, ""))


def _orders(profile: Profile) -> int:
    return int(sum(total["orders"] for total in value.totals(profile.facts.get("value")).values()))


def _answered(measure: str) -> Callable[[Profile], datetime | None]:
    def last(profile: Profile) -> datetime | None:
        channels = profile.facts.get("engagement", {}).values()
        return _moment(max((said[measure]["last"] for said in channels if measure in said), default=""))

    return last


def _labels(kind: str) -> Callable[[Profile], list[str]]:
    return lambda profile: labels.held(profile.facts.get("labels"), kind)


def _value(profile: Profile) -> Any:
    return {name: each["value"] for name, each in value.totals(profile.facts.get("value")).items()}


FACTS: Mapping[str, Callable[[Profile], Any]] = {
    "created_at": lambda profile: _moment(profile.created_at),
    "last_seen": _last_seen,
    "first_order": _end_of_orders("first"),
    "last_order": _end_of_orders("last"),
    "orders": _orders,
    "value": _value,
    "stage": lambda profile: stage.current(profile.facts.get("stage")),
    "tags": _labels("tags"),
    "lists": _labels("lists"),
    "groups": lambda profile: sorted(profile.facts.get("groups", {})),
    "last_open": _answered("opened"),
    "last_click": _answered("clicked"),
    "identified": lambda profile: profile.is_known,
}
