"""Tells what changed: the row that lists members, and an event like any other. May be repeated: it is said once.

A change stands in the profile (`unsaid`) from the write that made it until its own event has come back, or a later
write said it again. Whoever dies in between leaves it to whoever reads the profile next.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sojourn.clock import parse_iso
from sojourn.contacts.model import Profile
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, internal_event
from sojourn.events.store import insert
from sojourn.segments.members.store import note
from sojourn.segments.model import ENTERED, LEFT, OUR_EVENTS, Change

STEPS = 1_000  # changes of one write, which number on from its revision

Unsaid = Mapping[str, Any]


def with_unsaid(profile: Profile, changes: Sequence[Change]) -> Profile:
    """The profile with changes that are still to be told."""
    if not changes:
        return profile
    partition = next(iter(profile.partitions), "")
    told = (change.told_of(profile.contact, partition) for change in changes)
    return replace(profile, unsaid=(*profile.unsaid, *told))


def heard(profile: Profile, event: Event) -> Profile:
    """The profile without the change that this event tells: it was told."""
    if not profile.unsaid or event.event not in OUR_EVENTS or not event.is_internal:
        return profile
    rest = tuple(each for each in profile.unsaid if each["id"] != event.message_id)
    return replace(profile, unsaid=rest) if rest != profile.unsaid else profile


def numbered(profile: Profile) -> Profile:
    """As it is about to be written: each new change gets its place, so that an older one never undoes a newer."""
    if all("step" in each for each in profile.unsaid):
        return profile
    first = (profile.revision + 1) * STEPS
    steps = (
        each if "step" in each else {**each, "step": first + place}
        for place, each in enumerate(profile.unsaid)
    )
    return replace(profile, unsaid=tuple(steps))


def adopted(survivor: Profile, united: Profile, loser: Profile) -> Profile:
    """The survivor of a merge: what the other was in is theirs, which only the list of members must be told."""
    inherited = [
        _row_only(united, name, number, mark)
        for name, marks in united.segments.items()
        for number, mark in marks.items()
        if mark["said"] and number not in survivor.segments.get(name, {})
    ]
    of_loser = [{**each, "only": "event"} for each in loser.unsaid if each.get("only") != "row"]
    if not inherited and not of_loser:
        return united
    return replace(united, unsaid=(*survivor.unsaid, *of_loser, *inherited))


def announce(contact: str, unsaid: Iterable[Unsaid]) -> None:
    """Say it: first the list of members, then the events; both are as they were if they were said before."""
    told = list(unsaid)
    for each in told:
        if each.get("only") != "event":
            note(contact, each)
    events = list(_events(told))
    if events and insert(events).failed:
        raise StoreBusyError("events")


def _events(told: Iterable[Unsaid]) -> Iterator[Event]:
    for each in told:
        if each["pk"] and each.get("only") != "row":
            yield internal_event(
                each["pk"],
                ENTERED if each["entered"] else LEFT,
                at=parse_iso(each["at"]),
                message_id=each["id"],
                properties={
                    "segment": each["segment"],
                    "cause": each["cause"],
                    "generation": each["generation"],
                },
            )


def _row_only(united: Profile, name: str, number: str, mark: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "segment": name,
        "generation": int(number),
        "entered": True,
        "cause": "merge",
        "by": "",
        "at": mark["at"],
        "since": mark["at"],
        "pk": "",
        "id": f"merge {name} {number}",
        "only": "row",
    }
