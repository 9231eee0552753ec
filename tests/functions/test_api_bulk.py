"""The same change of many, and two that a person says are one: events like any other, once each."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, find_contact, get_profile, put_profile
from sojourn.events.model import Event
from sojourn.events.store import history
from sojourn.events.stream import Sequenced
from sojourn.journeys.live import set_live
from sojourn.journeys.react import react
from tests.entering import a_journey
from tests.functions.test_api import ada, call, dynamodb, press
from tests.insight_rows import ADA, NOW
from tests.journeys import an_engine, live_journey, publish_as_first
from tests.partiql import teach_moto

__all__ = ["dynamodb", "press"]  # fixtures
BOB, CAT, DAN = "b" * 20, "c" * 20, "d" * 20
SEQUENCE = count(1)


@pytest.fixture(autouse=True)
def people(press: Any) -> None:
    teach_moto()
    ada()
    somebody(BOB, "u#bob", plan="free")
    somebody(CAT, "a#phone", city="Oslo")
    somebody(DAN, "a#import-1")


def somebody(contact: str, identity: str, **traits: str) -> None:
    """With one name, younger than Ada."""
    claim_identity(identity, contact)
    put_profile(
        Profile(contact, traits=traits, identities=(identity,), created_at=iso(NOW - timedelta(minutes=1)))
    )


def change(key: str = "", **said: Any) -> Any:
    body = {"do": "tag", "label": "vip", "contacts": [BOB, CAT]} | said
    headers = {"Idempotency_Key": key} if key else {}
    return call("POST", "/api/bulk", json.dumps(body), **headers)


def told(identity: str) -> list[Event]:
    return list(history([identity]))


@pytest.mark.parametrize(
    ("do", "event", "properties"),
    [
        ("tag", "Tag Added", {"tag": "vip"}),
        ("untag", "Tag Removed", {"tag": "vip"}),
        ("join", "List Joined", {"list": "vip"}),
        ("leave", "List Left", {"list": "vip"}),
    ],
)
def test_each_gets_an_event_of_their_own(do: str, event: str, properties: dict[str, str]):
    answer = change(do=do)

    assert (answer.status, answer.body) == (202, {"accepted": 2, "new": 2, "left_out": []})
    for identity in ("u#bob", "a#phone"):
        (found,) = told(identity)
        assert (found.event, dict(found.properties), found.source) == (event, properties, "api")


def test_the_same_key_changes_the_same_person_once_and_another_change_is_another():
    assert change("k1").body["new"] == 2
    assert change("k1").body["new"] == 0
    assert change("k1", contacts=[BOB, DAN]).body["new"] == 1
    assert change("k1", do="untag").body["new"] == 2
    assert change("k2").body["new"] == 2


def test_who_is_gone_is_left_out_and_named():
    nobody = "z" * 20

    answer = change(contacts=[BOB, nobody, BOB])

    assert answer.body == {"accepted": 1, "new": 1, "left_out": [nobody]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "erase"},
        {"label": " "},
        {"label": "x" * 101},
        {"contacts": []},
        {"contacts": ["x"] * 101},
        {"all": 1},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_by_name(wrong: dict[str, Any]):
    answer = change(**wrong)

    assert answer.status == 400
    assert answer.body["field"] == next(iter(wrong))


def test_many_are_let_into_a_journey_that_is_entered_by_request():
    journey = a_journey(entry={"api": True})
    publish_as_first(journey)
    set_live(live_journey(journey))

    first, again = change("k", do="enrol", label="cart"), change("k", do="enrol", label="cart")

    assert (first.body["new"], again.body["new"]) == (2, 0)
    (found,) = told("u#bob")
    assert (found.event, found.properties["journey"]) == ("Journey Requested", "cart")


@pytest.mark.parametrize(
    ("entry", "status"),
    [({"event": "Seen"}, 409), ({"api": True, "key": "order"}, 409), (None, 404)],
    ids=["event", "keyed", "none"],
)
def test_a_journey_that_cannot_be_entered_so_says_why(entry: Any, status: int):
    if entry:
        journey = a_journey(entry=entry)
        publish_as_first(journey)
        set_live(live_journey(journey))

    assert change(do="enrol", label="cart").status == status
    assert told("u#bob") == []


@pytest.mark.parametrize(
    ("one", "other", "identities"),
    [
        (ADA, BOB, {"u#ada", "u#bob"}),
        (ADA, CAT, {"u#ada", "a#phone"}),
        (CAT, ADA, {"u#ada", "a#phone"}),
        (CAT, DAN, {"a#phone", "a#import-1"}),
    ],
    ids=["users", "user and visitor", "visitor and user", "visitors"],
)
def test_two_become_one_whoever_they_are(one: str, other: str, identities: set[str]):
    plan = call("GET", f"/api/contacts/{one}/merge?with={other}").body
    said = call("POST", f"/api/contacts/{one}/merge", json.dumps({"with": other}))
    again = call("POST", f"/api/contacts/{one}/merge", json.dumps({"with": other}))
    events = [event for identity in sorted(identities) for event in told(identity) if event.source == "api"]
    hear(events)

    assert (said.status, again.status) == (202, 202)
    assert said.body == plan
    survivor = plan["survivor"]["id"]
    assert {survivor, plan["loser"]["id"]} == {one, other}
    assert {find_contact(identity) for identity in identities} == {survivor}
    person = get_profile(plan["loser"]["id"])
    assert person.contact == survivor
    assert dict(person.attributes) == plan["together"]["traits"]


def test_a_visitor_is_not_taken_for_a_user_of_the_same_name():
    """`previousId` is a user id first: an alias of the visitor `bob` would fetch Bob."""
    somebody("e" * 20, "a#bob")

    call("POST", f"/api/contacts/{ADA}/merge", json.dumps({"with": "e" * 20}))
    hear([event for identity in ("u#ada", "a#bob") for event in told(identity) if event.source == "api"])

    assert find_contact("a#bob") == find_contact("u#ada")
    assert find_contact("u#bob") == BOB


@pytest.mark.parametrize(("other", "status"), [(ADA, 409), ("nobody", 404), ("", 400)])
def test_what_cannot_become_one_is_refused(other: str, status: int):
    assert call("GET", f"/api/contacts/{ADA}/merge?with={other}").status == status
    assert call("POST", f"/api/contacts/{ADA}/merge", json.dumps({"with": other})).status == status
    assert [event for event in told("u#ada") if event.type == "alias"] == []


def hear(events: list[Event]) -> None:
    """As the stream tells them."""
    assert events
    arrivals = [Sequenced(event, str(next(SEQUENCE))) for event in events]
    assert react(arrivals, {}, engine=an_engine()) == []
