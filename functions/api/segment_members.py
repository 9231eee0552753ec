"""Who is in a segment, by the page, and what is known of each: what tables of people are made of."""

from typing import Any

from chalice.app import Request

from functions.api import answers
from functions.api.paging import Fetched, Position, listing, parameter
from functions.api.parts import PARTS, Row, parts_asked, walked
from functions.api.segmenting import wanted_segment
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profiles
from sojourn.segments.members.store import members_after
from sojourn.segments.model import SHARDS

PROFILES_A_CALL = 100


def list_members(request: Request, name: str) -> dict[str, Any]:
    """Contacts, shard by shard, each by when they came; with `profiles`, what is known of each beside it."""
    is_wanted = parameter(request, "profiles") == "true"
    parts = parts_asked(request)

    def fetch(limit: int, after: Position | None) -> Fetched:
        found, position = members_on(name, limit, after, parts=parts)
        if not found and after is None:
            wanted_segment(name)  # somebody's list is no empty one because it was never there
        return _with_profiles(found) if is_wanted else found, position

    return listing(request, fetch, of={"profiles": "true"} if is_wanted else {}, besides={PARTS})


def members_on(
    name: str, limit: int, after: Position | None, *, parts: int | None = None
) -> tuple[list[dict[str, Any]], Position | None]:
    """A page of them, and where the next begins."""

    def fetch(shard: int, place: Position, most: int) -> list[Row]:
        rows = members_after(name, shard, tuple(place), limit=most)
        return [({"contact": contact, "since": since}, [contact, since]) for contact, since in rows]

    found, position = walked(fetch, of=SHARDS, parts=parts, limit=limit, after=after)
    return [member for member, _ in found], position


def _with_profiles(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A hundred in one request; null for whoever became another, or was forgotten, a moment ago."""
    known: dict[str, Profile] = {}
    for start in range(0, len(members), PROFILES_A_CALL):
        known |= get_profiles(each["contact"] for each in members[start : start + PROFILES_A_CALL])
    return [{**each, "profile": _told(known.get(each["contact"]))} for each in members]


def _told(profile: Profile | None) -> dict[str, Any] | None:
    return answers.person(profile) if profile else None
