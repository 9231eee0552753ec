"""Letting a contact in."""

import pytest

from sojourn.errors import StoreBusyError
from sojourn.journeys import store
from sojourn.journeys.enrol import enrol
from sojourn.journeys.enrolment import Status
from sojourn.journeys.names import EnrolmentId, execution_name
from sojourn.journeys.versions import LiveJourney
from tests.journeys import CONTACT, NOW, Machines, an_enrolment, an_event

ID = f"{CONTACT}.welcome.1"


def test_the_row_comes_first_and_then_the_execution(live: LiveJourney):
    machines = Machines()

    admitted = enrol(CONTACT, an_event(), live, machines=machines, now=NOW)

    assert admitted == store.get_enrolment(ID) == an_enrolment()
    assert machines.started == [an_enrolment().execution]


def test_the_same_event_again_starts_the_same_execution(live: LiveJourney):
    """T5: the first attempt died between row and execution."""
    broken, machines = Machines(breaks=StoreBusyError("states")), Machines()

    with pytest.raises(StoreBusyError):
        enrol(CONTACT, an_event(), live, machines=broken, now=NOW)
    for _ in range(3):
        enrol(CONTACT, an_event(), live, machines=machines, now=NOW)

    assert machines.started == [an_enrolment().execution]


def test_another_event_does_not_let_in_again(live: LiveJourney):
    """T2."""
    machines = Machines()
    enrol(CONTACT, an_event(), live, machines=machines, now=NOW)
    store.end(ID, Status.COMPLETED, reason="", now="2026-02-01T00:00:00.000Z")

    assert enrol(CONTACT, an_event(number=2), live, machines=machines, now=NOW) is None
    assert len(machines.started) == 1


def test_a_repeat_after_the_run_went_on_starts_nothing(live: LiveJourney):
    enrol(CONTACT, an_event(), live, machines=Machines(), now=NOW)
    store.next_leg(an_enrolment(), start_at="Wait a week", until="2026-02-01T00:00:00.000Z")
    machines = Machines()

    enrol(CONTACT, an_event(), live, machines=machines, now=NOW)

    assert machines.started == []


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
