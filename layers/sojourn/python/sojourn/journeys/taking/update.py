"""Changes to the contact, written as events like everybody's, each under an id made of run, step and round.

Attributes are set by an identify call; tags, lists and the stage by the events that tell of them. A branch behind the
step is judged with the changes made, though the events are still on their way.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.clock import iso
from sojourn.contacts.model import stamp_of
from sojourn.errors import StoreBusyError
from sojourn.events.model import INTERNAL_SOURCE, Event, EventType, internal_event, sort_key
from sojourn.events.store import insert
from sojourn.journeys.deeds import fold_in
from sojourn.journeys.news import MAX_AGE
from sojourn.journeys.steps import Change, Update, Verb
from sojourn.journeys.taking.task import Here
from sojourn.journeys.views import ENTRY, REPLY
from sojourn.rules.values import at_path, is_number

STAGE = "stage"
LABELS = {
    ("tags", Verb.ADD): ("Tag Added", "tag"),
    ("tags", Verb.REMOVE): ("Tag Removed", "tag"),
    ("lists", Verb.ADD): ("List Joined", "list"),
    ("lists", Verb.REMOVE): ("List Left", "list"),
}
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
    for number, change in enumerate(step.changes):
        value = looked_up(here, change.value)
        if value is MISSING:
            continue  # what is not known changes nothing
        if label := LABELS.get((change.attribute, change.verb)):
            name, field = label
            for each in value if isinstance(value, list) else [value]:
                yield _told(here, name, {field: each}, f"{number} {each}")
        elif change.attribute == STAGE and change.verb is Verb.SET:
            reason = f"{here.run.journey}: {step.name}"
            yield _told(here, "Stage Changed", {STAGE: value, "reason": reason}, str(number))
        else:
            traits[change.attribute] = _changed(change, value, here, traits)
    if traits:
        yield _identify(here, traits)


def _changed(change: Change, value: Any, here: Here, traits: Mapping[str, Any]) -> Any:
    """The attribute's new value; None takes it away."""
    if change.verb is Verb.SET:
        return value
    if change.verb is Verb.UNSET:
        return None
    if _is_said_already(change.attribute, here):
        return here.contact.attributes.get(change.attribute)
    there = traits.get(change.attribute, here.contact.attributes.get(change.attribute))
    if change.verb is Verb.INCREMENT:
        return (there if is_number(there) else 0) + (value if is_number(value) else 1)
    held = there if isinstance(there, list) else []
    each = value if isinstance(value, list) else [value]
    if change.verb is Verb.ADD:
        return [*held, *(one for one in each if one not in held)]
    return [one for one in held if one not in each]


def _is_said_already(attribute: str, here: Here) -> bool:
    """Whether an attempt that died wrote the event, and it is part of the profile by now: nothing is added twice."""
    event = _identify(here, {})
    return here.contact.trait_at.get(attribute) == stamp_of(iso(event.at), event.key)


def _told(here: Here, name: str, properties: Mapping[str, Any], what: str) -> Event:
    return internal_event(
        here.run.identity, name, at=here.arrived, message_id=event_id(here, what), properties=properties
    )


def _identify(here: Here, traits: Mapping[str, Any]) -> Event:
    at, id_ = here.arrived, event_id(here)
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
