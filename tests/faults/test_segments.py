"""Every fault at every call of react and the due sweep: afterwards everybody is where a full evaluation puts them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from functions.react.app import handler as react
from functions.sweep_due.app import handler as sweep
from sojourn import bootstrap, config
from sojourn.asl.walk import Crash
from sojourn.clock import iso
from sojourn.contacts.model import Profile, content
from sojourn.contacts.store import find_contact, get_profile
from sojourn.contacts.workspace import workspace
from sojourn.due.store import CURSOR, bucket_of
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event, sort_key
from sojourn.events.store import insert
from sojourn.journeys.refold import refolded
from sojourn.rules import nodes
from sojourn.rules.nodes import All, Consented, Done, InSegment, Match, Op
from sojourn.rules.view import Needs
from sojourn.segments import store
from sojourn.segments.judge import members_of
from sojourn.segments.members.store import Membership, memberships_of
from sojourn.segments.model import OUR_EVENTS
from sojourn.segments.reading import load
from sojourn.segments.view import view_of
from tests.faults.explore import EVERY_CHECK
from tests.faults.network import Call, Fault, Kind
from tests.faults.room import Outcome, Room, Step, a_room, assert_no_harm, table, walk
from tests.insight_rows import NOW
from tests.segments import VIP, put_in_force, within

WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
AGREED = [{"channel": "email", "purpose": "marketing"}]
BIG = Done(Match("Order Completed", (nodes.Test(("total",), Op.OVER, 20),)))


class Remembered:
    """What a container knows of segments."""

    @staticmethod
    def cache_clear() -> None:
        """A new one knows nothing."""
        store.forget()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    wired = (bootstrap.engine, bootstrap.reader)
    with a_room(
        ready=in_force, cached=(Remembered,), wired=wired, environment={"MAX_EVENT_AGE_HOURS": "24"}
    ) as made:
        yield made


def in_force() -> None:
    """A trace, a window, a word on consent, and one segment that looks at another."""
    put_in_force(
        active=within("Seen", "7 days"),
        big=BIG,
        courted=All((InSegment("active"), VIP, Consented("email", "marketing", "given"))),
    )


def test_segments_survive_every_fault(room: Room):
    """S6, T108, and issue 4: memberships equal the full evaluation afterwards."""
    assert_no_harm(walk(room, steps(room), came_of_it, EVERY_CHECK), at_least=55)


@pytest.mark.parametrize("kind", [Kind.ERROR_AFTER, Kind.ANSWER_LOST, Kind.DEATH_AFTER])
def test_a_profile_that_was_written_and_not_heard_of_is_told_of_once(room: Room, kind: Kind):
    """The write says what is still to be told; whoever repeats the batch finds all folded, and tells it."""
    write = number_of_the_profiles_write(room)
    begin(room)
    room.network.forget()
    room.network.fault = Fault(kind, write)

    if kind is not Kind.ANSWER_LOST:  # else the SDK asks again, and react finds its own write
        with pytest.raises((Crash, StoreBusyError)):
            room.call("react", partial(react, {"Records": stream()}, None))
        left = get_profile(find_contact("a#1") or "")
        assert [(each["segment"], each["entered"]) for each in left.unsaid] == [("active", True)]
        assert told() == []
    pump(room, set(), [])

    assert told() == [("Segment Entered", "active")]
    check(get_profile(find_contact("a#1") or ""))


def number_of_the_profiles_write(room: Room) -> int:
    """The first of the two writes of People: the other lists the member."""
    begin(room)
    room.network.forget()
    room.call("react", partial(react, {"Records": stream()}, None))
    writes = [each for each in room.network.calls if each.table == "People" and each.operation == "PutItem"]
    assert len(writes) == 2
    return writes[0].number


def begin(room: Room) -> None:
    """A visitor comes."""
    room.empty()
    _places.clear()
    insert([call("a#1", "Seen")])


def told() -> list[tuple[str, str]]:
    """What segments said."""
    return [
        (row["event"], json.loads(row["payload"])["properties"]["segment"])
        for row in table("Events")
        if row["event"] in OUR_EVENTS
    ]


def test_two_shards_that_race_on_one_contact_lose_nobody(room: Room):
    """S6: at each call of one, the other does all of its work."""
    places = list(range(1, 20))
    raced = [place for place in places if race(room, place)]

    assert raced == places[: len(raced)]
    assert len(raced) >= 6


def race(room: Room, place: int) -> bool:
    """Whether the one had so many calls."""
    room.empty()
    _places.clear()
    done = pump(room, set(), [call("u#ann", "Seen"), call("u#ann", "Page Left", anonymousId="1")])
    insert(
        [
            call("a#1", "Order Completed", properties={"total": 30}),
            call("u#ann", "identify", traits={"plan": "vip"}, context={"consent": AGREED}),
        ]
    )
    one, other = (each for each in stream() if key_of(each) not in done)
    before, overtaken = len(room.network.calls), False

    def overtake(asked: Call) -> None:
        nonlocal overtaken
        if asked.number - before == place and not overtaken:
            overtaken = True
            room.call("react", partial(react, {"Records": [other]}, None))

    room.network.noticed = overtake
    try:
        room.until_it_answers("react", partial(react, {"Records": [one]}, None))
    finally:
        room.network.noticed = lambda asked: None
    pump(room, {*done, key_of(one)}, [])
    check(get_profile(find_contact("u#ann") or ""))
    assert members_of(get_profile(find_contact("a#1") or "").segments, store.live_index()) == {
        "active",
        "big",
        "courted",
    }
    return overtaken


def steps(room: Room) -> Iterator[Step]:
    """A visitor, a user, the two as one; and a week in which nothing happens."""
    done: set[str] = set()
    _places.clear()
    visitor = [call("a#1", "Seen"), call("a#1", "Order Completed", properties={"total": 30})]
    user = [
        call("u#ann", "identify", traits={"plan": "vip"}, context={"consent": AGREED}),
        call("u#ann", "Page Left", anonymousId="1"),
    ]
    for happened in (visitor, user):
        taken: list[set[str]] = []
        yield partial(tell, room, frozenset(done), happened, taken)
        done |= taken[0]
    yield partial(time_passes, room, frozenset(done))


def tell(room: Room, done: Collection[str], happened: list[Event], taken: list[set[str]]) -> None:
    """Let it happen; the first time is undisturbed."""
    taken.append(pump(room, done, happened))


def time_passes(room: Room, done: Collection[str]) -> None:
    """A week, until whoever is due was judged, and what came of it was taken in."""
    room.clock.now = NOW + WEEK + MINUTE
    config.put(*CURSOR, {"bucket": bucket_of(NOW + WEEK, 1) - 1})
    room.until_it_answers("sweep_due", lambda: sweep({}, None))
    room.until_it_answers("sweep_due", lambda: sweep({}, None))  # the next tick
    pump(room, done, [])


def pump(room: Room, done: Collection[str], happened: list[Event]) -> set[str]:
    """The stream, until nothing is left in it."""
    insert(happened)
    taken = set(done)
    while records := [record for record in stream() if key_of(record) not in taken]:
        room.until_it_answers("react", partial(react, {"Records": records}, None))
        taken |= {key_of(record) for record in records}
    return taken


_places: dict[str, int] = {}


def stream() -> list[dict[str, Any]]:
    """Every event, in the order in which it was first seen."""
    images = table("Events")
    for image in images:
        _places.setdefault(f"{image['pk']}|{image['sk']}", len(_places) + 1)
    records = [record(image) for image in images]
    return sorted(records, key=lambda each: int(each["dynamodb"]["SequenceNumber"]))


def record(image: dict[str, Any]) -> dict[str, Any]:
    new = {name: {"N" if name == "ttl" else "S": str(value)} for name, value in image.items()}
    place = _places[f"{image['pk']}|{image['sk']}"]
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(place), "NewImage": new}}


def key_of(told: dict[str, Any]) -> str:
    image = told["dynamodb"]["NewImage"]
    return f"{image['pk']['S']}|{image['sk']['S']}"


def came_of_it() -> Outcome:
    """Profiles, lists of members, what was told, and what is still due."""
    contacts = {find_contact(identity) for identity in ("a#1", "u#ann")} - {None}
    profiles = sorted((get_profile(str(contact)) for contact in contacts), key=lambda each: each.contact)
    for profile in profiles:
        check(profile)
    return {
        "profiles": [known(each) for each in profiles],
        "members": [(each.segment, each.is_in, each.cause) for each in of_all(profiles)],
        "told": sorted(
            (row["event"], row["payload"]) for row in table("Events") if row["source"] == "sojourn"
        ),
        "due": [row["sk"] for row in table("Due")],
        "listed": sorted(row["segment"] + row["pk"] for row in table("People") if "segment" in row),
    }


def known(profile: Profile) -> dict[str, Any]:
    """What it holds; who comes again comes later, so when something was told is left out."""
    return {
        "attributes": dict(profile.attributes),
        "events": {name: seen["n"] for name, seen in profile.events.items()},
        "segments": {name: sorted(marks) for name, marks in profile.segments.items()},
        "traces": dict(profile.traces),
        "flips_at": profile.flips_at,
    }


def of_all(profiles: list[Profile]) -> list[Membership]:
    """Of those contacts, too, that became others."""
    return [
        each for profile in profiles for contact in profile.collections for each in memberships_of(contact)
    ]


def check(profile: Profile) -> None:
    """Whoever folds all events, and asks every rule, finds the same; and everything was told."""
    index = store.live_index()
    whole = refolded(profile, index=index)
    now = datetime.fromisoformat(iso(bootstrap.clock().calendar())).astimezone(UTC)
    view = view_of(whole, now, workspace=workspace(), loaded=load(whole, Needs.CONSENT))
    found: set[str] = set()
    for name in sorted(index.live, key=lambda each: index.rank[each]):
        if index.live[name].compiled.holds(in_those(view, found)):
            found.add(name)
    inside = members_of(profile.segments, index)
    listed = {each.segment for each in memberships_of(profile.contact) if each.is_in}
    assert found == inside == listed, (
        f"by all events in {found}, by the profile in {inside}, listed in {listed}"
    )
    assert content(profile) == content(whole)
    assert not profile.unsaid, f"never told: {profile.unsaid}"


def in_those(view: Any, names: set[str]) -> Any:
    """The view of somebody who is in these segments."""
    return replace(view, segments=frozenset(names))


def call(who: str, name: str, **payload: Any) -> Event:
    """Something that is told the server."""
    kind, event = (name, "") if name == "identify" else ("track", name)
    key = sort_key(iso(NOW), "web", f"{who} {name}")
    return Event(who, key, kind, event, NOW, NOW, "web", f"{who} {name}", payload)
