"""Everything of one person, as one JSON text that is never in memory whole.

for text in everything(export, exporter=exporter): …

Rows are told as they lie, whatever their kind: what a later version adds to a person is in the file, too. Left out is
what opens something: task tokens, the wrapped key, signed parts of links.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn.clock import Clock, iso
from sojourn.consent.addresses.store import find_suppression
from sojourn.consent.model import Channel
from sojourn.events.archive import Archive, opened
from sojourn.events.archive_line import Line
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.messages.model import Message
from sojourn.privacy import store
from sojourn.privacy.files import Files
from sojourn.privacy.identities import partitions_of
from sojourn.privacy.keys import KeyRing
from sojourn.privacy.model import Export, Status

# Range keys begin with these; whatever begins otherwise is among the other rows.
SECTIONS = {
    "consents": "CONSENT#",
    "consent": "CONSENT",
    "enrolments": "ENROL#",
    "messages": "MSG#",
    "merges": "MERGE#",
}
ELSEWHERE = ("PROFILE", "KEY", *SECTIONS.values())
NOT_TOLD = {
    "pk", "sk", "kind", "revision", "folded", "open", "owner", "values", "version_arn", "wait_token", "wrapped", "ttl",
}  # fmt: skip
CHANNELS = {"e#": Channel.EMAIL, "p#": Channel.SMS}
MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """What an export needs of the outside."""

    clock: Clock
    files: Files
    archive: Archive
    ring: KeyRing


def run_export(id: str, *, exporter: Exporter) -> Export | None:  # noqa: A002  the row's own word
    """Write the file of an export; may be repeated. Of somebody who is erased meanwhile nothing is left behind."""
    export = store.get_export(id)
    if export is None:
        return None
    done = export if export.status is Status.DONE else _written(export, exporter)
    exporter.files.delete_below(export.aside)  # not before: a file that is written again needs it
    return done


def _written(export: Export, exporter: Exporter) -> Export:
    size = 0
    if _stands(export.contact):
        size = exporter.files.write(export.key, everything(export, exporter=exporter))
    found = _stands(export.contact)
    if not found:
        exporter.files.delete_below(export.key)
    now = iso(exporter.clock.calendar())
    done = replace(export, status=Status.DONE, found=found, bytes=size if found else 0, done_at=now)
    return store.put_export(done)


def _stands(contact: str) -> bool:
    stand = store.survivor_of(contact)
    return stand is not None and not stand.erasure


def everything(export: Export, *, exporter: Exporter) -> Iterator[str]:
    """The text, part by part."""
    stand = store.survivor_of(export.contact)
    if stand is None:
        return
    about = {
        "contact": stand.contact,
        "exported_at": iso(exporter.clock.calendar()),
        "merged_contacts": list(stand.merged),
        "identities": list(stand.identities),
        "profile": _rows_of(stand.contact, "PROFILE")[0],
    }
    yield json.dumps(about, ensure_ascii=False)[:-1]
    for name, prefix in SECTIONS.items():
        exact = not prefix.endswith("#")
        yield from _listed(name, _section(stand, prefix, exact=exact))
    yield from _listed("other", _others(stand))
    yield from _listed("suppressed", _suppressed(stand))
    yield from _listed("events", map(_event, history(partitions_of(stand.identities))))
    yield from _listed("archive", _archived(export, exporter))
    yield from _listed("turned_away", map(told, map(json.loads, exporter.files.lines(export.turned_away))))
    yield "}\n"


def _listed(name: str, items: Iterator[Any]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for place, item in enumerate(items):
        yield ("," if place else "") + "\n" + json.dumps(item, ensure_ascii=False)
    yield "]"


def _section(stand: store.Stand, prefix: str, *, exact: bool) -> Iterator[dict[str, Any]]:
    for contact in stand.collections:
        for item in store.items(contact, prefix):
            if not exact or item["sk"]["S"] == prefix:
                yield {"row": item["sk"]["S"], **told(item)}


def _others(stand: store.Stand) -> Iterator[dict[str, Any]]:
    for contact in stand.collections:
        for item in store.items(contact):
            if not item["sk"]["S"].startswith(ELSEWHERE):
                yield {"row": item["sk"]["S"], **told(item)}


def _suppressed(stand: store.Stand) -> Iterator[dict[str, Any]]:
    """Why an address of theirs is not written to, or was not."""
    for identity in stand.identities:
        channel = CHANNELS.get(identity[:2])
        found = find_suppression(channel, identity[2:]) if channel else None
        if found and channel:
            reason = found.reason.value if found.reason else None
            yield {"channel": channel.value, "address": identity[2:], "reason": reason, "at": found.at}


def _rows_of(contact: str, sk: str) -> list[dict[str, Any]]:
    return [told(item) for item in store.items(contact, sk)] or [{}]


def told(item: Mapping[str, Any]) -> dict[str, Any]:
    """A row in plain JSON, without what opens something."""
    return {name: _plain(value) for name, value in sorted(item.items()) if name not in NOT_TOLD}


def _plain(value: Mapping[str, Any]) -> Any:
    (kind, said), *_ = value.items()
    if kind == "S" and said[:1] in ("{", "["):
        try:
            return json.loads(said)
        except ValueError:
            return said
    if kind == "N":
        return json.loads(said)
    if kind == "L":
        return [_plain(each) for each in said]
    if kind == "M":
        return {name: _plain(each) for name, each in said.items()}
    return None if kind == "NULL" else said


def _event(event: Event) -> dict[str, Any]:
    return {
        "identity": event.pk,
        "type": event.type,
        "event": event.event,
        "at": iso(event.at),
        "received_at": iso(event.received_at),
        "source": event.source,
        "message_id": event.message_id,
        "payload": event.payload,
    }


def _archived(export: Export, exporter: Exporter) -> Iterator[dict[str, Any]]:
    """What was put aside of the archive, each line once though it was written twice."""
    for line in _once(map(Line.parse, exporter.files.lines(export.archived))):
        key = exporter.ring.of(line.contact)
        if key is not None:
            what = opened(line, key)
            yield _event(what) if isinstance(what, Event) else _message(what)


def _once(lines: Iterator[Line]) -> Iterator[Line]:
    """Each line once; what was written twice lies close together, so that few need to be remembered."""
    seen: dict[tuple[str, ...], None] = {}
    for line in lines:
        if line.key not in seen:
            yield line
        seen[line.key] = None
        if len(seen) > MOST_REMEMBERED:
            del seen[next(iter(seen))]


def _message(message: Message) -> dict[str, Any]:
    return {
        "message": message.id,
        "journey": message.journey,
        "step": message.step,
        "channel": Channel(message.channel).value,
        "state": message.state.value,
        "reason": message.reason,
        "outcome": message.outcome,
        "sent_at": message.sent_at,
    }
