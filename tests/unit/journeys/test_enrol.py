"""Letting a contact in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.consent.model import Purpose
from sojourn.contacts.model import Profile
from sojourn.errors import StoreBusyError
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.enrol import Arrival, enrol
from sojourn.journeys.enrolment import Status
from sojourn.journeys.names import EnrolmentId, execution_name
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine
from tests.journeys import (
    CONTACT,
    IDENTITY,
    NOW,
    Machines,
    an_engine,
    an_enrolment,
    an_event,
    keep,
    publish_as_first,
    welcome,
)

ID = f"{CONTACT}.welcome.1"
ABSORBED = "b" * 20
HOUR = timedelta(hours=1)


def arriving(event: Event, *contacts: str, **profile: Any) -> Arrival:
    """Ann, who may have been other contacts before."""
    contact, *merged = contacts or (CONTACT,)
    return Arrival(Profile(contact, merged=tuple(merged), identities=(IDENTITY,), **profile), event, 1)


def with_machines(machines: Machines) -> Engine:
    return replace(an_engine(), machines=machines)


def test_the_row_comes_first_and_then_the_execution(live: LiveJourney):
    machines = Machines()

    admitted = enrol(arriving(an_event()), live, engine=with_machines(machines))

    assert admitted == store.get_enrolment(ID) == an_enrolment()
    assert machines.started == [an_enrolment().execution]


def test_the_same_event_again_starts_the_same_execution(live: LiveJourney):
    """T5: the first attempt died between row and execution."""
    broken, machines = Machines(breaks=StoreBusyError("states")), Machines()

    with pytest.raises(StoreBusyError):
        enrol(arriving(an_event()), live, engine=with_machines(broken))
    for _ in range(3):
        enrol(arriving(an_event()), live, engine=with_machines(machines))

    assert machines.started == [an_enrolment().execution]


def test_another_event_does_not_let_in_again(live: LiveJourney):
    """T2."""
    machines = Machines()
    enrol(arriving(an_event()), live, engine=with_machines(machines))
    store.end(ID, Status.COMPLETED, reason="", now="2026-02-01T00:00:00.000Z")

    assert enrol(arriving(an_event(number=2)), live, engine=with_machines(machines)) is None
    assert len(machines.started) == 1


def test_a_repeat_after_the_run_went_on_starts_nothing(live: LiveJourney):
    enrol(arriving(an_event()), live, engine=with_machines(Machines()))
    store.next_leg(an_enrolment(), start_at="Wait a week", until="2026-02-01T00:00:00.000Z")
    machines = Machines()

    enrol(arriving(an_event()), live, engine=with_machines(machines))

    assert machines.started == []


def test_who_was_in_as_another_contact_is_not_let_in_again(live: LiveJourney):
    """`once` holds for the person, whatever their runs are kept under."""
    keep(an_enrolment(contact=ABSORBED, entered_by="an event of before"))
    machines = Machines()

    assert enrol(arriving(an_event(), CONTACT, ABSORBED), live, engine=with_machines(machines)) is None
    assert (store.get_enrolment(ID), machines.started) == (None, [])


def test_an_entry_that_a_merge_overtook_goes_on_where_it_began(live: LiveJourney):
    """The row was put, the profile was not: by then the contact had become another."""
    began = keep(an_enrolment(contact=ABSORBED))
    machines = Machines()

    enrol(arriving(an_event(), CONTACT, ABSORBED), live, engine=with_machines(machines))

    assert (store.get_enrolment(ID), machines.started) == (None, [began.execution])


def test_an_entry_that_a_merge_made_one_too_many_ends(live: LiveJourney):
    keep(an_enrolment(entered_by="an event of before"))
    began = keep(an_enrolment(contact=ABSORBED))
    machines = Machines()

    assert enrol(arriving(an_event(), CONTACT, ABSORBED), live, engine=with_machines(machines)) is None

    ended = store.get_enrolment(began.id)
    assert ended is not None
    assert (ended.status, ended.reason, machines.stopped) == (Status.EXITED, "merged", [began.execution])


# A journey of the purpose `service`


@pytest.fixture
def answering(live: LiveJourney) -> LiveJourney:
    """The same steps, as the answer to a request."""
    asked = replace(welcome(), name="link", purpose=Purpose.SERVICE, topic=None)
    return publish_as_first(asked)


def test_each_request_is_an_entry_once_the_run_before_is_over(answering: LiveJourney):
    machines = Machines()
    engine = with_machines(machines)
    first = enrol(arriving(an_event()), answering, engine=engine)
    assert first is not None

    later = an_event(number=2, at=NOW + HOUR)
    assert enrol(arriving(later), answering, engine=engine) is None, "one at a time"
    store.end(first.id, Status.COMPLETED, reason="", now=iso(NOW + HOUR))
    second = enrol(arriving(later), answering, engine=engine)

    assert second is not None
    assert (first.entry, second.entry, second.status) == (1, 2, Status.ACTIVE)
    assert machines.started == [first.execution, second.execution]


def test_a_request_that_comes_again_finds_its_own_run(answering: LiveJourney):
    machines = Machines()
    engine = with_machines(machines)
    first = enrol(arriving(an_event()), answering, engine=engine)
    assert first is not None
    store.end(first.id, Status.COMPLETED, reason="", now=iso(NOW))
    later = an_event(number=2, at=NOW + HOUR)
    with pytest.raises(StoreBusyError):
        enrol(arriving(later), answering, engine=with_machines(Machines(breaks=StoreBusyError("states"))))

    again = [enrol(arriving(later), answering, engine=engine) for _ in range(2)]
    assert enrol(arriving(an_event()), answering, engine=engine) == store.get_enrolment(first.id)

    assert [run.entry if run else 0 for run in again] == [2, 2]
    assert len(list(store.enrolments_of(CONTACT, "link"))) == 2


def test_hasty_requests_are_one(answering: LiveJourney):
    engine = with_machines(Machines())
    first = enrol(arriving(an_event()), answering, engine=engine)
    assert first is not None
    store.end(first.id, Status.COMPLETED, reason="", now=iso(NOW))

    soon = [an_event(number=2 + minute, at=NOW + timedelta(minutes=minute)) for minute in (1, 9, 10)]
    runs = [enrol(arriving(event), answering, engine=engine) for event in soon]

    assert [run.entry if run else 0 for run in runs] == [0, 0, 2]


def test_a_request_is_answered_once_whatever_contacts_the_person_was(answering: LiveJourney):
    keep(
        an_enrolment(contact=ABSORBED, journey="link", entry=4, entered_by="before", status=Status.COMPLETED)
    )
    engine = with_machines(Machines())
    later = an_event(at=NOW + HOUR)

    run = enrol(arriving(later, CONTACT, ABSORBED), answering, engine=engine)
    again = enrol(arriving(later, CONTACT, ABSORBED), answering, engine=engine)

    assert run is not None
    assert (run.contact, run.entry, again) == (CONTACT, 5, run)


def test_names_fit_into_80_characters_and_tell_nobody():
    """Step Functions takes 80; the longest journey name, version, entry and leg of ten years."""
    name = execution_name(EnrolmentId(CONTACT, "x" * 40, 999), version=999, leg=9_999)

    assert len(name) <= 80
    assert CONTACT not in name


def test_what_a_leg_is_given_is_the_same_at_every_try():
    assert an_enrolment(leg=2, start_at="Wait a week").input == {
        "enrolment": ID,
        "leg": 2,
        "at": "Wait a week",
    }
    assert an_enrolment().execution_arn == (
        f"arn:aws:states:us-east-1:123456789012:execution:sojourn-j-welcome:{an_enrolment().execution}"
    )
