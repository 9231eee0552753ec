"""Changes to the contact, written as events like everybody's, each under an id made of run, step and round.

Attributes are set by an identify call; tags, lists and the stage by the events that tell of them. What is changed by
what it was (counted up, added to) goes by a tally, so that of two journeys at the same moment neither is lost. A branch
behind the step is judged with the changes made, though the events are still on their way.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import stamp_of
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.events.model import INTERNAL_SOURCE, Event, EventType, internal_event, sort_key
from sojourn.events.store import insert
from sojourn.journeys.deeds import fold_in
from sojourn.journeys.news import MAX_AGE
from sojourn.journeys.steps import Change, Update, Verb
from sojourn.journeys.taking.task import Here
from sojourn.journeys.tallies.store import get_tally, put_tally
from sojourn.journeys.views import ENTRY, REPLY
from sojourn.rules.values import at_path, is_number

STAGE = "stage"
LABELS = {
    ("tags", Verb.ADD): ("Tag Added", "tag"),
    ("tags", Verb.REMOVE): ("Tag Removed", "tag"),
    ("lists", Verb.ADD): ("List Joined", "list"),
    ("lists", Verb.REMOVE): ("List Left", "list"),
}
OUTRIGHT = {Verb.SET, Verb.UNSET}  # whatever it was before
TRIES = 8
MISSING = object()
NO_SEQUENCE = "0"  # the stream has not numbered it yet


def take(here: Here) -> dict[str, Any]:
    """Write the events, then move on."""
    assert isinstance(here.step, Update)
    events = list(_events(here, here.step))
    if events and insert(events).failed:
        raise StoreBusyError("events")
    for event in events:
        here.profile, _ = fold_in(here.contact, event, sequence=NO_SEQUENCE, max_age=MAX_AGE)
    return here.go_on(here.task.next)


def again(here: Here) -> dict[str, Any]:
    """What was answered: done is done."""
    return {"path": dict(here.run.carried)}


def looked_up(here: Here, value: Any) -> Any:
    """The value itself; of `entry.<property>` and `reply.<call>.<field>` what they stand for, MISSING for nothing."""
    if not isinstance(value, str):
        return value
    word, dot, rest = value.partition(".")
    known: Mapping[str, Any] = {ENTRY: here.run.facts, REPLY: here.run.replies}.get(word, {})
    if not dot or word not in {ENTRY, REPLY}:
        return value
    found = at_path(known, tuple(rest.split(".")))
    return MISSING if found is None else found


def event_id(here: Here, what: str = "") -> str:
    """The same at every attempt."""
    said = f"{here.run.id}|{here.step.name}|{here.round}|{what}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _events(here: Here, step: Update) -> Iterator[Event]:
    traits: dict[str, Any] = {}
    counted: dict[str, list[tuple[Change, Any]]] = {
        each.attribute: [] for each in step.changes if each.verb not in OUTRIGHT
    }
    for number, change in enumerate(step.changes):
        value = looked_up(here, change.value)
        if value is MISSING:
            continue  # what is not known changes nothing
        if (change.attribute, change.verb) in LABELS or change.attribute == STAGE:
            yield from _labelled(here, number, change, value)
        elif change.attribute in counted:
            counted[change.attribute].append((change, value))
        else:
            traits[change.attribute] = _changed(change, None, value)
    if traits:
        yield _identify(here, traits, event_id(here), here.arrived)
    for attribute, changes in counted.items():
        if changes:
            yield _counted(here, attribute, changes)


def _labelled(here: Here, number: int, change: Change, value: Any) -> Iterator[Event]:
    """Tags, lists and the stage: an event tells of each."""
    label = LABELS.get((change.attribute, change.verb))
    if label is None:
        reason = f"{here.run.journey}: {here.step.name}"
        yield _told(here, "Stage Changed", {STAGE: value, "reason": reason}, str(number))
        return
    name, field = label
    for each in value if isinstance(value, list) else [value]:
        yield _told(here, name, {field: each}, f"{number} {each}")


def _counted(here: Here, attribute: str, changes: Sequence[tuple[Change, Any]]) -> Event:
    """What becomes of an attribute that is changed by what it was: of its newest value, be it a profile's or that of
    another journey whose event is still on its way. Later than that, and the same whoever asks again."""
    id_ = event_id(here, f"={attribute}")
    for _ in range(TRIES):
        tally = get_tally(here.contact.contact, attribute)
        if said := tally.said_by(id_):
            return _identify(here, {attribute: said[1]}, id_, parse_iso(said[0]))
        value, known = here.contact.attributes.get(attribute), here.contact.trait_at.get(attribute, "")
        if tally.stamp > known:
            value, known = tally.value, tally.stamp
        for change, by in changes:
            value = _changed(change, value, by)
        event = _identify(here, {attribute: value}, id_, _later_than(known, here.arrived))
        try:
            put_tally(tally.after(id_, iso(event.at), stamp_of(iso(event.at), event.key), value))
        except StaleWriteError:
            continue
        return event
    raise StoreBusyError(attribute)


def _later_than(stamp: str, at: datetime) -> datetime:
    """A moment that goes before whatever was said until then: the step's own, where nothing is newer."""
    known = stamp.partition("|")[0]
    return max(at, parse_iso(known) + timedelta(milliseconds=1)) if known else at


def _changed(change: Change, there: Any, value: Any) -> Any:
    """The attribute's new value; None takes it away."""
    if change.verb in OUTRIGHT:
        return value if change.verb is Verb.SET else None
    if change.verb is Verb.INCREMENT:
        return (there if is_number(there) else 0) + (value if is_number(value) else 1)
    held = there if isinstance(there, list) else []
    each = value if isinstance(value, list) else [value]
    if change.verb is Verb.ADD:
        return [*held, *(one for one in each if one not in held)]
    return [one for one in held if one not in each]


def _told(here: Here, name: str, properties: Mapping[str, Any], what: str) -> Event:
    return internal_event(
        here.run.identity, name, at=here.arrived, message_id=event_id(here, what), properties=properties
    )


def _identify(here: Here, traits: Mapping[str, Any], id_: str, at: datetime) -> Event:
    return Event(
        pk=here.run.identity,
        sk=sort_key(iso(at), INTERNAL_SOURCE, id_),
        type=EventType.IDENTIFY.value,
        event="",
        at=at,
        received_at=at,
        source=INTERNAL_SOURCE,
        message_id=id_,
        payload={"traits": dict(traits)},
    )
