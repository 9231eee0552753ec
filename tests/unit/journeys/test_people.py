"""Whose an event is: identities that are claimed, contacts that become one, and those that stay two."""

from datetime import timedelta
from itertools import count, permutations
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.store import get_consent, ledger_of, record
from sojourn.contacts.memory import remember
from sojourn.contacts.model import Profile, content
from sojourn.contacts.store import (
    claim_identities,
    find_contact,
    find_owners,
    get_profile,
    merges_of,
    new_contact_id,
)
from sojourn.events import store as events
from sojourn.events.model import Event, Trust, sort_key
from sojourn.events.stream import Sequenced
from sojourn.journeys import store
from sojourn.journeys.react import react
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine
from tests.cloud import REGION, SETTINGS
from tests.journeys import NOW, Machines, an_engine

EMAIL, PHONE = "ann@example.org", "+12125550123"


@pytest.fixture
def engine(live: LiveJourney) -> Engine:
    made = an_engine()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


def call(
    kind: str, who: str, number: int, *, trust: Trust = Trust.SERVER, minutes: int = 0, **payload: Any
) -> Event:
    """A call: `kind` is a type, or the name of a deed."""
    at = NOW + timedelta(minutes=minutes)
    types = {"identify", "alias", "page", "group"}
    kind_of, name = (kind, "") if kind in types else ("track", kind)
    key = sort_key(iso(at), "web", str(number))
    return Event(who, key, kind_of, name, at, at, "web", str(number), payload, trust)


SEQUENCE = count(1)


def happen(engine: Engine, *calls: Event, live: LiveJourney | None = None) -> None:
    """Each in a batch of its own."""
    for each in calls:
        react([Sequenced(each, str(next(SEQUENCE)))], {"welcome": live} if live else {}, engine=engine)


def whose(identity: str) -> Profile:
    contact = find_contact(identity)
    assert contact is not None, identity
    return get_profile(contact)


def are_one(*identities: str) -> bool:
    return len({whose(identity).contact for identity in identities}) == 1


def counts(profile: Profile) -> dict[str, int]:
    return {name: seen["n"] for name, seen in profile.events.items()}


def test_a_visitor_who_identifies_keeps_the_history(engine: Engine):
    happen(
        engine, call("page", "a#1", 1), call("page", "a#1", 2), call("identify", "u#1", 3, anonymousId="1")
    )

    assert are_one("a#1", "u#1")
    assert counts(whose("u#1")) == {"page": 2, "identify": 1}
    assert whose("u#1").merged == ()  # the visitor's contact got the user id: nothing had to be merged


def test_any_call_with_both_ids_attaches_the_visitor(engine: Engine):
    happen(
        engine,
        call("page", "a#1", 1),
        call("Seen", "u#1", 2),
        call("Order Completed", "u#1", 3, anonymousId="1"),
    )

    profile = whose("a#1")
    assert counts(profile) == {"page": 1, "Seen": 1, "Order Completed": 1}
    assert len(profile.merged) == 1
    (merge,) = merges_of(profile.collections)
    assert (merge.why, merge.identity, merge.source) == ("visitor", "a#1", "web")
    assert merge.event.startswith("u#1|")


def test_a_shared_computer_does_not_make_two_users_one(engine: Engine):
    happen(
        engine,
        call("identify", "u#1", 1, anonymousId="1"),
        call("identify", "u#2", 2, anonymousId="1"),
        call("Seen", "u#2", 3, anonymousId="1"),
    )

    assert not are_one("u#1", "u#2")
    (conflict,) = whose("u#2").conflicts
    assert (conflict["identity"], conflict["why"]) == ("a#1", "another_user")


@pytest.mark.parametrize(("named", "identity"), [("u#0", "u#0"), ("a#0", "a#0")])
def test_an_alias_makes_one_of_whoever_had_the_previous_id(engine: Engine, named: str, identity: str):
    happen(engine, call("Seen", named, 1), call("Seen", "u#1", 2), call("alias", "u#1", 3, previousId="0"))

    assert are_one(identity, "u#1")
    assert counts(whose("u#1")) == {"Seen": 2, "alias": 1}


def test_an_alias_before_the_events_of_the_previous_id(engine: Engine):
    happen(engine, call("alias", "u#1", 1, previousId="0"), call("Seen", "u#0", 2), call("page", "a#0", 3))

    assert are_one("u#0", "u#1", "a#0")


def test_loops_and_chains_of_aliases_end_in_one_person_with_the_same_content(engine: Engine):
    lives = [call("Seen", f"u#{number}", number) for number in range(4)]
    aliases = [
        call("alias", f"u#{(number + 1) % 4}", 10 + number, previousId=str(number)) for number in range(4)
    ]

    happen(engine, *lives, *aliases, *[call("Seen", "u#2", 20)])

    assert are_one(*(f"u#{number}" for number in range(4)))
    assert counts(whose("u#0")) == {"Seen": 5, "alias": 4}
    assert whose("u#0").merging == ()


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_the_content_is_the_same_whatever_comes_first(engine: Engine, order: tuple[int, ...]):
    told = [
        call("page", "a#1", 1),
        call("identify", "u#1", 2, minutes=5, traits={"email": EMAIL, "plan": "free"}),
        call("identify", "a#1", 3, minutes=9, traits={"plan": "paid"}),
        call("alias", "u#1", 4, minutes=7, previousId="1"),
    ]

    happen(engine, *(told[place] for place in order))
    found = content(whose("u#1"))

    assert found["traits"] == {"email": EMAIL, "plan": "paid"}
    assert {name: seen["n"] for name, seen in found["events"].items()} == {
        "page": 1,
        "identify": 2,
        "alias": 1,
    }
    assert are_one("a#1", "u#1", f"e#{EMAIL}")


@pytest.mark.parametrize(
    ("said", "identity"),
    [
        ({"traits": {"email": "Ann@Example.org"}}, "e#ann@example.org"),
        ({"traits": {"phone": PHONE}}, f"p#{PHONE}"),
        ({"context": {"externalIds": [{"type": "shop", "id": 7}]}}, "x#shop#7"),
    ],
)
def test_an_address_or_an_external_id_leads_to_whoever_has_it(
    engine: Engine, said: dict[str, Any], identity: str
):
    happen(
        engine,
        call("identify", "a#1", 1, **said),
        call("Seen", "u#1", 2),
        call("identify", "u#1", 3, **said),
        call("identify", "a#2", 4, **said),
    )

    assert are_one("u#1", "a#1", "a#2", identity)
    assert identity in whose("u#1").identities


def test_two_users_with_one_address_stay_two_and_the_first_owns_it(engine: Engine):
    """I34."""
    happen(engine, *(call("identify", f"u#{n}", n, traits={"email": EMAIL}) for n in (1, 2)))

    assert not are_one("u#1", "u#2")
    assert are_one("u#1", f"e#{EMAIL}")
    assert whose("u#2").email == EMAIL
    assert [conflict["why"] for conflict in whose("u#2").conflicts] == ["another_user"]


class TestBrowsers:
    """Their keys are public."""

    @staticmethod
    def says(kind: str, who: str, number: int, **payload: Any) -> Event:
        return call(kind, who, number, trust=Trust.BROWSER, **payload)

    def test_may_attach_history_to_whom_they_made(self, engine: Engine):
        happen(
            engine,
            self.says("page", "a#1", 1),
            self.says("identify", "u#1", 2, anonymousId="1"),
            call("identify", "u#1", 3),  # the shop confirms
            self.says("page", "a#2", 4),
            self.says("identify", "u#1", 5, anonymousId="2"),
        )

        assert are_one("a#1", "u#1", "a#2")

    def test_may_not_attach_anything_to_a_known_person(self, engine: Engine):
        happen(
            engine,
            call("identify", "u#1", 1),
            self.says("page", "a#1", 2),
            self.says("identify", "u#1", 3, anonymousId="1"),
            self.says("identify", "u#1", 4, anonymousId="2"),
        )

        assert not are_one("a#1", "u#1")
        assert find_contact("a#2") is None
        assert [conflict["why"] for conflict in whose("u#1").conflicts] == ["not_proved"]

    def test_may_with_proof(self, engine: Engine):
        happen(
            engine,
            call("identify", "u#1", 1),
            self.says("page", "a#1", 2),
            call("identify", "u#1", 3, trust=Trust.PROVED, anonymousId="1"),
        )

        assert are_one("a#1", "u#1")

    def test_may_not_take_over_the_address_of_somebody_else(self, engine: Engine):
        happen(
            engine,
            call("identify", "u#1", 1, traits={"email": EMAIL, "phone": PHONE}),
            self.says("identify", "u#2", 2, traits={"email": EMAIL, "phone": PHONE}),
            self.says("identify", "u#1", 3, traits={"email": "eve@example.org"}),
        )

        assert not are_one("u#1", "u#2")
        assert whose("u#1").email == EMAIL
        assert find_contact("e#eve@example.org") is None

    def test_may_not_make_two_users_one_nor_claim_a_user_by_an_alias(self, engine: Engine):
        happen(
            engine,
            call("identify", "u#1", 1),
            self.says("alias", "u#2", 2, previousId="1"),
            self.says("alias", "u#2", 3, previousId="3"),
            call("identify", "u#3", 4),
        )

        assert not are_one("u#1", "u#2")
        assert not are_one("u#2", "u#3")


def test_consent_is_the_stricter_of_both_at_the_moment_of_the_merge(engine: Engine):
    happen(engine, call("Seen", "u#1", 1), call("Seen", "u#2", 2))
    one, other = whose("u#1").contact, whose("u#2").contact
    for contact, status in ((one, Status.GIVEN), (other, Status.WITHDRAWN)):
        said = ConsentChange(
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            topic=None,
            status=status,
            at=NOW,
            source="form",
            event_key=contact,
        )
        record(contact, said)

    happen(engine, call("alias", "u#1", 3, previousId="2"))

    survivor = whose("u#1").contact
    assert str(get_consent(survivor).refusal("email", "marketing", None)) == "unsubscribed"
    assert get_consent(one) == get_consent(other) == get_consent(survivor)
    assert {each.source for each in ledger_of(survivor)} == (
        {"form", "merge"} if survivor == one else {"form"}
    )


def test_what_is_said_to_a_contact_that_became_another_reaches_the_survivor(engine: Engine):
    """An unsubscribe link names the contact that the mail was sent to."""
    happen(engine, call("Seen", "u#1", 1), call("Seen", "u#2", 2))
    gone = {whose("u#1").contact, whose("u#2").contact}
    happen(engine, call("alias", "u#1", 3, previousId="2"))
    survivor = whose("u#1").contact
    (loser,) = gone - {survivor}

    said = ConsentChange(
        channel=Channel.SMS,
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.WITHDRAWN,
        at=NOW,
        source="sms STOP",
        event_key="k",
    )
    record(loser, said)

    assert str(get_consent(survivor).refusal("sms", "marketing", None)) == "unsubscribed"
    assert [change.source for change in ledger_of(survivor)] == ["sms STOP"]


def test_the_survivor_continues_once(engine: Engine, live: LiveJourney):
    """T46: both were in the same journey."""
    happen(engine, call("Signed Up", "u#1", 1), call("Signed Up", "u#2", 2, minutes=1), live=live)
    before = {whose("u#1").contact, whose("u#2").contact}

    happen(engine, call("alias", "u#1", 3, minutes=2, previousId="2"), live=live)

    profile = whose("u#1")
    runs = {run.contact: run for contact in profile.collections for run in store.enrolments_of(contact)}
    assert set(runs) == before == set(profile.collections)
    (loser,) = before - {profile.contact}
    assert (runs[profile.contact].status, runs[loser].status, runs[loser].reason) == (
        "active",
        "exited",
        "merged",
    )
    machines = engine.machines
    assert isinstance(machines, Machines)
    assert machines.stopped == [runs[loser].execution]
    assert profile.merging == ()


def test_a_run_of_the_absorbed_goes_on_and_the_goal_reaches_it(engine: Engine, live: LiveJourney):
    happen(engine, call("Seen", "u#1", 1), call("Signed Up", "u#2", 2, minutes=1), live=live)
    (loser_run,) = store.enrolments_of(whose("u#2").contact)
    happen(engine, call("alias", "u#1", 3, minutes=2, previousId="2"), live=live)
    assert whose("u#1").contact != loser_run.contact

    happen(
        engine,
        call("Signed Up", "u#1", 4, minutes=3),
        call("Order Completed", "u#1", 5, minutes=4),
        live=live,
    )

    (ended,) = store.enrolments_of(loser_run.contact)
    assert (ended.status, ended.reason) == ("exited", "goal")
    assert list(store.enrolments_of(whose("u#1").contact)) == []


def test_identities_name_the_survivor_once_the_merge_is_finished(engine: Engine):
    happen(
        engine,
        call("identify", "u#1", 1, traits={"email": EMAIL}),
        call("identify", "u#2", 2, anonymousId="2", traits={"phone": PHONE}),
        call("alias", "u#1", 3, previousId="2"),
    )

    owners = find_owners(["u#1", "u#2", "a#2", f"e#{EMAIL}", f"p#{PHONE}"])
    assert {owner.contact for owner in owners.values()} == {whose("u#1").contact}
    assert len(owners) == 5


def test_what_the_erased_did_is_never_taken_in_again_and_what_they_do_later_is(engine: Engine):
    remember("u#1", at=NOW, erasure="e1")

    happen(engine, call("Seen", "u#1", 1), call("Seen", "u#1", 2, minutes=-5))
    assert find_contact("u#1") is None

    happen(engine, call("Seen", "u#1", 3, minutes=5))
    assert counts(whose("u#1")) == {"Seen": 1}


def test_an_identity_that_an_earlier_try_claimed_is_known_to_the_profile(engine: Engine):
    """react died between the claim and the profile: the walk through every fault found it."""
    said = call("identify", "u#1", 1, anonymousId="1", traits={"email": EMAIL})
    claim_identities(["u#1", "a#1", f"e#{EMAIL}"], new_contact_id(said.key), trust="server")

    happen(engine, said)

    assert whose("u#1").identities == ("a#1", f"e#{EMAIL}", "u#1")
