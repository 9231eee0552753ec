"""What an event does, however often it is told."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.consent.store import get_consent
from sojourn.contacts.store import find_contact, get_profile
from sojourn.errors import StoreBusyError
from sojourn.events import store as events
from sojourn.events.model import Event
from sojourn.events.stream import Sequenced
from sojourn.journeys import store
from sojourn.journeys.enrolment import Status
from sojourn.journeys.react import react
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine
from tests.cloud import REGION, SETTINGS
from tests.journeys import IDENTITY, NOW, Machines, an_engine, an_event

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
        "lost": LiveJourney(name="lost", version=9, version_arn="x", entry="Lost", listens=()),
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
