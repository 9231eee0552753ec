"""Letting a contact in."""

from dataclasses import replace

import pytest

from sojourn.errors import StoreBusyError
from sojourn.journeys import store
from sojourn.journeys.enrol import enrol
from sojourn.journeys.enrolment import Status
from sojourn.journeys.names import EnrolmentId, execution_name
from sojourn.journeys.versions import LiveJourney
from sojourn.journeys.wait import Engine
from tests.journeys import CONTACT, Machines, an_engine, an_enrolment, an_event, keep

ID = f"{CONTACT}.welcome.1"
ABSORBED = "b" * 20


def with_machines(machines: Machines) -> Engine:
    return replace(an_engine(), machines=machines)


def test_the_row_comes_first_and_then_the_execution(live: LiveJourney):
    machines = Machines()

    admitted = enrol([CONTACT], an_event(), live, engine=with_machines(machines))

    assert admitted == store.get_enrolment(ID) == an_enrolment()
    assert machines.started == [an_enrolment().execution]


def test_the_same_event_again_starts_the_same_execution(live: LiveJourney):
    """T5: the first attempt died between row and execution."""
    broken, machines = Machines(breaks=StoreBusyError("states")), Machines()

    with pytest.raises(StoreBusyError):
        enrol([CONTACT], an_event(), live, engine=with_machines(broken))
    for _ in range(3):
        enrol([CONTACT], an_event(), live, engine=with_machines(machines))

    assert machines.started == [an_enrolment().execution]


def test_another_event_does_not_let_in_again(live: LiveJourney):
    """T2."""
    machines = Machines()
    enrol([CONTACT], an_event(), live, engine=with_machines(machines))
    store.end(ID, Status.COMPLETED, reason="", now="2026-02-01T00:00:00.000Z")

    assert enrol([CONTACT], an_event(number=2), live, engine=with_machines(machines)) is None
    assert len(machines.started) == 1


def test_a_repeat_after_the_run_went_on_starts_nothing(live: LiveJourney):
    enrol([CONTACT], an_event(), live, engine=with_machines(Machines()))
    store.next_leg(an_enrolment(), start_at="Wait a week", until="2026-02-01T00:00:00.000Z")
    machines = Machines()

    enrol([CONTACT], an_event(), live, engine=with_machines(machines))

    assert machines.started == []


def test_who_was_in_as_another_contact_is_not_let_in_again(live: LiveJourney):
    """`once` holds for the person, whatever their runs are kept under."""
    keep(an_enrolment(contact=ABSORBED, entered_by="an event of before"))
    machines = Machines()

    assert enrol([CONTACT, ABSORBED], an_event(), live, engine=with_machines(machines)) is None
    assert (store.get_enrolment(ID), machines.started) == (None, [])


def test_an_entry_that_a_merge_overtook_goes_on_where_it_began(live: LiveJourney):
    """The row was put, the profile was not: by then the contact had become another."""
    began = keep(an_enrolment(contact=ABSORBED))
    machines = Machines()

    enrol([CONTACT, ABSORBED], an_event(), live, engine=with_machines(machines))

    assert (store.get_enrolment(ID), machines.started) == (None, [began.execution])


def test_an_entry_that_a_merge_made_one_too_many_ends(live: LiveJourney):
    keep(an_enrolment(entered_by="an event of before"))
    began = keep(an_enrolment(contact=ABSORBED))
    machines = Machines()

    assert enrol([CONTACT, ABSORBED], an_event(), live, engine=with_machines(machines)) is None

    ended = store.get_enrolment(began.id)
    assert ended is not None
    assert (ended.status, ended.reason, machines.stopped) == (Status.EXITED, "merged", [began.execution])


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
