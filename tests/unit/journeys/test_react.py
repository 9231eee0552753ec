"""What an event does, however often it is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.consent.store import get_consent
from sojourn.contacts.store import find_contact, get_profile
from sojourn.delivery import store as delivery_store
from sojourn.delivery.model import ClaimStaleError
from sojourn.errors import StoreBusyError
from sojourn.events import store as events
from sojourn.events.model import Event
from sojourn.events.stream import Sequenced
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status
from sojourn.journeys.model import Trigger
from sojourn.journeys.react import react
from sojourn.journeys.send_step import Leg, SendTask
from sojourn.journeys.steps import Send
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine
from sojourn.messages.model import Message
from sojourn.tables import connection
from tests.cloud import REGION, SETTINGS
from tests.journeys import IDENTITY, NOW, Machines, an_engine, an_event, welcome

AGREED = [{"channel": "email", "purpose": "marketing", "source": "form"}]
ANN = an_event(
    "", number=1, traits={"email": "ann@example.org", "phone": "+12125550123"}, context={"consent": AGREED}
)
SIGNED_UP = an_event("Signed Up", number=2)
ORDERED = an_event("Order Completed", number=3, at=NOW + timedelta(hours=1))


@pytest.fixture
def engine(live: LiveJourney) -> Engine:
    made = an_engine()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    return made


def machines(engine: Engine) -> Machines:
    assert isinstance(engine.machines, Machines)
    return engine.machines


def batch(*happened: Event, first: int = 1) -> list[Sequenced]:
    return [Sequenced(event, str(number)) for number, event in enumerate(happened, start=first)]


def the_contact() -> str:
    found = find_contact(IDENTITY)
    assert found is not None
    return found


def run() -> Any:
    (found,) = store.enrolments_of(the_contact())
    return found


def test_a_batch_takes_effect(engine: Engine, live: LiveJourney):
    assert react(batch(ANN, SIGNED_UP), {"welcome": live}, engine=engine) == []

    contact = the_contact()
    assert get_profile(contact).email == "ann@example.org"
    assert find_contact("p#+12125550123") == contact
    assert get_consent(contact).refusal("email", "marketing", "onboarding") is None
    assert machines(engine).started == [run().execution]


@pytest.mark.parametrize("cut", [(0, 2), (0, 1), (1, 2)])
def test_a_batch_that_comes_again_in_whole_or_in_part_changes_nothing(
    engine: Engine, live: LiveJourney, cut: tuple[int, int]
):
    react(batch(ANN, SIGNED_UP), {"welcome": live}, engine=engine)
    before = get_profile(the_contact())

    react(batch(ANN, SIGNED_UP)[slice(*cut)], {"welcome": live}, engine=engine)

    assert get_profile(the_contact()) == before
    assert len(machines(engine).started) == 1


def test_the_address_stands_before_the_run_begins(engine: Engine, live: LiveJourney):
    """The first mail may be sent before react has written what it folded."""
    machines(engine).breaks = StoreBusyError("states")

    with pytest.raises(StoreBusyError):
        react(batch(ANN, SIGNED_UP), {"welcome": live}, engine=engine)

    profile = get_profile(the_contact())
    assert (profile.email, profile.events, profile.folded) == ("ann@example.org", {}, {})
    machines(engine).breaks = None
    react(batch(ANN, SIGNED_UP), {"welcome": live}, engine=engine)
    assert {name: seen["n"] for name, seen in get_profile(the_contact()).events.items()} == {
        "identify": 1,
        "Signed Up": 1,
    }


def test_the_goal_ends_the_run_and_stops_the_execution(engine: Engine, live: LiveJourney):
    """T39."""
    react(batch(SIGNED_UP), {"welcome": live}, engine=engine)
    react(batch(ORDERED, first=2), {"welcome": live}, engine=engine)

    assert (run().status, run().reason) == (Status.EXITED, "goal")
    assert machines(engine).stopped == [run().execution]


def test_the_goal_that_ended_a_run_stops_it_again_when_it_comes_again(engine: Engine, live: LiveJourney):
    """react died between row and StopExecution; an order of next week stops nothing."""
    react(batch(SIGNED_UP), {"welcome": live}, engine=engine)
    store.end(run().id, Status.EXITED, reason="goal", now=iso(ORDERED.received_at))

    react(batch(ORDERED, first=2), {"welcome": live}, engine=engine)
    next_week = an_event("Order Completed", number=9, at=NOW + timedelta(days=7))
    react(batch(next_week, first=3), {"welcome": live}, engine=engine)

    assert machines(engine).stopped == [run().execution]


@pytest.mark.parametrize("at", [NOW - timedelta(hours=1), NOW])
def test_an_order_that_is_not_after_the_entry_is_no_goal(engine: Engine, live: LiveJourney, at: Any):
    """T38's neighbour: delivered late, or the order that the sign-up came with."""
    react(batch(SIGNED_UP), {"welcome": live}, engine=engine)
    react(batch(an_event("Order Completed", number=3, at=at), first=2), {"welcome": live}, engine=engine)

    assert run().status is Status.ACTIVE


def test_poison_is_handed_back_and_the_others_take_effect(engine: Engine, live: LiveJourney):
    """T21, T134."""
    strange = {
        "welcome": live,
        "lost": LiveJourney(name="lost", version=9, version_arn="x", entries=(Trigger("Lost"),)),
    }

    poisoned = react(batch(ANN, an_event("Lost", number=5), SIGNED_UP), strange, engine=engine)

    assert [record.rejection.code for record in poisoned] == ["no_effect"]
    assert machines(engine).started == [run().execution]
    assert set(get_profile(the_contact()).events) == {"identify", "Signed Up"}


def test_a_busy_table_raises_for_the_whole_batch(engine: Engine, live: LiveJourney):
    machines(engine).breaks = StoreBusyError("states")

    with pytest.raises(StoreBusyError):
        react(batch(ANN, SIGNED_UP), {"welcome": live}, engine=engine)

    assert get_profile(the_contact()).folded == {}


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """What is asked of DynamoDB meanwhile."""
    seen: list[str] = []
    events_of = connection().client.meta.events

    def note(model: Any, **_: Any) -> None:
        seen.append(model.name)

    events_of.register("before-call.dynamodb", note)
    yield seen
    events_of.unregister("before-call.dynamodb", note)


def before_the_first(operation: str, effect: Callable[[], None]) -> None:
    """Somebody else is faster, once."""
    pending = [effect]
    events_of = connection().client.meta.events
    events_of.register(f"before-call.dynamodb.{operation}", lambda **_: pending.pop()() if pending else None)


def test_several_events_of_a_person_are_one_read_and_one_write(engine: Engine, asked: list[str]):
    visits = [an_event("Seen", number=number) for number in range(20)]
    react(batch(visits[0]), {}, engine=engine)
    asked.clear()

    react(batch(*visits[1:], first=2), {}, engine=engine)

    assert asked == ["BatchGetItem", "GetItem", "PutItem"]
    assert get_profile(the_contact()).events["Seen"]["n"] == 20


def test_people_whom_one_event_names_together_are_taken_together(engine: Engine, asked: list[str]):
    visitor = replace(an_event("Seen", number=1), pk="a#1")
    identified = an_event("", number=2, anonymousId="1")
    react(
        batch(visitor, identified, replace(visitor, sk="-#web#3"), an_event("Seen", number=4)),
        {},
        engine=engine,
    )

    profile = get_profile(the_contact())
    assert {name: seen["n"] for name, seen in profile.events.items()} == {"Seen": 3, "identify": 1}
    assert profile.folded == {"a#1": "3", IDENTITY: "4"}
    assert asked.count("PutItem") == 3  # of the visitor, of the user id, and of the profile


@pytest.mark.parametrize(
    ("source", "late", "reason"), [("import:7", 0, "imported"), ("web", 25, "late"), ("web", 24, None)]
)
def test_what_is_no_news_is_known_and_moves_nobody(
    engine: Engine, live: LiveJourney, source: str, late: int, reason: str | None
):
    event = replace(SIGNED_UP, source=source, received_at=NOW + timedelta(hours=late))

    react(batch(ANN, event), {"welcome": live}, engine=engine)

    seen = get_profile(the_contact()).events["Signed Up"]
    assert seen["n"] == 1
    assert seen.get(reason or "late") == (1 if reason else None)
    assert len(machines(engine).started) == (0 if reason else 1)


@pytest.mark.parametrize("changes", [{"source": "import:7"}, {"received_at": NOW + timedelta(hours=30)}])
def test_what_is_no_news_meets_no_goal(engine: Engine, live: LiveJourney, changes: dict[str, Any]):
    react(batch(SIGNED_UP), {"welcome": live}, engine=engine)
    react(batch(replace(ORDERED, **changes), first=2), {"welcome": live}, engine=engine)

    assert run().status is Status.ACTIVE
    assert get_profile(the_contact()).events["Order Completed"]["n"] == 1


def test_consent_of_an_import_holds_though_it_is_no_news(engine: Engine):
    react(batch(replace(ANN, source="import:7")), {}, engine=engine)

    assert get_consent(the_contact()).refusal("email", "marketing", None) is None


def test_traits_that_no_row_can_hold_are_left_out_and_kept_for_the_operator(engine: Engine):
    """C14."""
    chapters = [
        an_event("", number=n, at=NOW + timedelta(minutes=n), traits={f"chapter{n}": "x" * 60_000, "last": n})
        for n in range(1, 9)
    ]

    kept = react(batch(ANN, *chapters), {}, engine=engine)

    assert [(record.rejection.code, record.rejection.field) for record in kept] == [
        ("profile_too_large", "traits.chapter1"),
        ("profile_too_large", "traits.chapter1"),
    ]
    profile = get_profile(the_contact())
    assert (profile.email, profile.traits["last"], profile.events["identify"]["n"]) == (
        "ann@example.org",
        6,
        9,
    )


def test_who_is_overtaken_folds_onto_what_was_written(engine: Engine):
    react(batch(ANN), {}, engine=engine)
    visitor = replace(an_event("Seen", number=2), pk="a#1")
    overtaker = batch(an_event("Seen", number=3, anonymousId="1"), first=3)
    before_the_first("PutItem", lambda: assert_quiet(react(overtaker, {}, engine=engine)))

    react(batch(visitor, first=2), {}, engine=engine)

    profile = get_profile(the_contact())
    assert {name: seen["n"] for name, seen in profile.events.items()} == {"identify": 1, "Seen": 2}
    assert find_contact("a#1") == profile.contact


def test_of_two_merges_at_once_one_gives_way_and_both_people_are_one(engine: Engine):
    people = [replace(an_event("Seen", number=number), pk=f"u#{number}") for number in (1, 2, 3)]
    react(batch(*people), {}, engine=engine)
    joins = [
        replace(an_event("", number=10 + n, previousId=str(n + 1)), pk=f"u#{n}", type="alias") for n in (1, 2)
    ]
    other = batch(joins[1], first=20)
    before_the_first("TransactWriteItems", lambda: assert_quiet(react(other, {}, engine=engine)))

    react(batch(joins[0], first=10), {}, engine=engine)

    one = {get_profile(find_contact(f"u#{n}") or "").contact for n in (1, 2, 3)}
    assert len(one) == 1
    profile = get_profile(one.pop())
    assert {name: seen["n"] for name, seen in profile.events.items()} == {"Seen": 3, "alias": 2}
    assert len(profile.merged) == 2


def test_a_message_claimed_by_what_the_absorbed_had_allowed_is_decided_anew(
    engine: Engine, live: LiveJourney
):
    """The claim's fence: what was read before the merge does not hold after it."""
    react(batch(ANN, SIGNED_UP), {"welcome": live}, engine=engine)
    other = replace(an_event("Seen", number=5), pk="u#old", at=NOW - timedelta(days=9))
    says_no = [{"channel": "email", "purpose": "marketing", "source": "form", "status": "withdrawn"}]
    known = replace(an_event("", number=6, context={"consent": says_no}), pk="u#old", at=other.at)
    react(batch(other, known, first=5), {}, engine=engine)
    enrolment = run()
    message = Message(
        contact=enrolment.contact, digest="0" * 16, enrolment=enrolment.id, journey="welcome", version=1,
        step="Send the welcome", channel="email", template="welcome", template_version=1, identity=IDENTITY,
    )  # fmt: skip
    step = welcome().steps[0]
    assert isinstance(step, Send)
    leg = Leg(SendTask.from_task({"enrolment": enrolment.id, "leg": 1, "step": "", "next": "", "attempt": 1}),
              enrolment, welcome(), step, engine.clock)  # fmt: skip
    facts, _ = delivery_store.read(enrolment.contact, message.digest, leg.key)

    react(batch(replace(an_event("", number=7, previousId="old"), type="alias"), first=7), {}, engine=engine)

    with pytest.raises(ClaimStaleError):
        delivery_store.claim(message, facts.consent, leg)
    again, row = delivery_store.read(enrolment.contact, message.digest, leg.key)
    assert again.profile.contact == again.consent.contact != enrolment.contact
    assert again.consent.refusal("email", "marketing", None) is not None
    assert (again.profile.email, row is not None) == ("ann@example.org", True)
    delivery_store.claim(message, again.consent, leg)


def assert_quiet(poisoned: list[Any]) -> None:
    assert poisoned == []
