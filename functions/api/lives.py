"""A person's life on one line: what they did, were sent and said, and where they came and went, the latest first.

All rows of a person lie together and are read by one request; their events by one for each identity that has any.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Blueprint, Request

from functions.api import answers, moments
from functions.api.contacts import wanted_contact
from functions.api.moments import Moment
from functions.api.paging import Fetched, Position, listing, parameter
from functions.api.routing import route
from sojourn.consent.model import Consent
from sojourn.consent.store import ConsentRow
from sojourn.consent.store import LedgerRow as SaidRow
from sojourn.contacts.model import CONTACT_ID_LENGTH, Profile
from sojourn.contacts.store import MergeRow, ProfileRow
from sojourn.errors import Problem
from sojourn.insight.store import events_before
from sojourn.journeys.store import EnrolmentRow
from sojourn.messages.store import MessageRow
from sojourn.segments.members.store import MembershipRow
from sojourn.tables import PeopleRow

lives = Blueprint(__name__)
SHOWN = {"profile", "consent", "consent_change", "message", "enrolment", "segment", "merge"}


@dataclass(slots=True)
class Life:
    """All that is kept of one person; `profile` is None of whoever is unknown, merged into another, or forgotten."""

    profile: Profile | None = None
    consent: Consent | None = None
    moments: list[Moment] = field(default_factory=list)
    segments: list[dict[str, str]] = field(default_factory=list)
    journeys: set[str] = field(default_factory=set)


@route(lives, "/api/contacts/{contact}/timeline")
def show_timeline(request: Request, contact: str) -> dict[str, Any]:
    """The contact, and a page of their life; `kind` picks one kind of moments."""
    kind = parameter(request, "kind") or ""
    if kind and kind not in moments.KINDS:
        known = ", ".join(moments.KINDS)
        raise Problem(400, "invalid_kind", f"`kind` is one of {known}", field="kind")
    life = _wanted(contact)
    profile = life.profile
    assert profile is not None
    page = listing(request, lambda limit, after: _page(life, profile, kind, limit, after), of={"kind": kind})
    told = answers.contact(profile, life.consent or Consent(profile.contact))
    segments = sorted(life.segments, key=lambda each: each["name"])
    return {"contact": told, "segments": segments, "journeys": sorted(life.journeys), **page}


def _wanted(named: str) -> Life:
    """By our own id at once; by any other name one must look first."""
    if len(named) == CONTACT_ID_LENGTH and named.isalnum():
        life = _life_of(named)
        if life.profile is not None:
            return _with_merged(life)
    return _with_merged(_life_of(wanted_contact(named).contact))


def _with_merged(life: Life) -> Life:
    """With the rows that stayed where others were who became this person."""
    assert life.profile is not None
    for contact in life.profile.merged:
        life.moments += _life_of(contact).moments
    return life


def _life_of(contact: str) -> Life:
    life = Life()
    for row in _rows(contact):
        _take(life, row)
    return life


def _rows(contact: str) -> Iterator[PeopleRow]:
    from sojourn.privacy.store import items

    for item in items(contact):
        if item.get("kind", {}).get("S") in SHOWN:
            yield PeopleRow.from_raw_data(dict(item))


def _take(life: Life, row: PeopleRow) -> None:
    """What holds now; what happened is of the moments."""
    match row:
        case ProfileRow():
            life.profile = row.to_profile() if not row.merged_into and not row.erased_at else None
        case ConsentRow():
            life.consent = row.to_consent() if not row.merged_into else None
        case EnrolmentRow():
            life.journeys.add(row.to_enrolment().journey)
        case MembershipRow() if row.is_in:
            life.segments.append({"name": row.sk.removeprefix("SEG#"), "since": row.since or ""})
    life.moments += _moments_of(row)


def _moments_of(row: PeopleRow) -> Iterator[Moment]:
    match row:
        case SaidRow():
            yield moments.of_consent(row.sk, row.to_change())
        case MessageRow():
            yield moments.of_message(row.to_message())
        case EnrolmentRow():
            yield from moments.of_run(row.to_enrolment())
        case MembershipRow():
            name = row.sk.removeprefix("SEG#")
            yield from moments.of_membership(name, row.since or "", row.until or "", row.cause)
        case MergeRow():
            yield moments.of_merge(row.to_merge())


def _page(life: Life, profile: Profile, kind: str, limit: int, after: Position | None) -> Fetched:
    """Rows at hand and events, one after the other; an event that a row tells better has its place, and is not told."""
    before = (after[0], after[1]) if after else None
    found = [
        each
        for each in life.moments
        if kind in ("", each.told["kind"]) and (before is None or each.place < before)
    ]
    told_by_rows = {each.key for each in life.moments}
    more = False
    if kind in ("", moments.EVENT, moments.SEGMENT):
        events, more = events_before(profile.partitions, before, limit)
        found += [moments.of_event(event) for event in events]
    found.sort(key=lambda each: each.place, reverse=True)
    page = found[:limit]
    place = list(page[-1].place) if page and (more or len(found) > limit) else None
    return [
        each.told
        for each in page
        if kind in ("", each.told["kind"]) and not (each.is_event and each.key in told_by_rows)
    ], place
