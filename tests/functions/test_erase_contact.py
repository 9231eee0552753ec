"""A person is forgotten: the machine walked with its real function, and a search for bytes over all that there is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.bootstrap import eraser
from sojourn.contacts.store import find_contact, get_profile
from sojourn.journeys.store import enrolments_of
from sojourn.privacy import store
from sojourn.privacy.budget import Budget
from sojourn.privacy.delete import Tally, delete_events
from sojourn.privacy.erase import run
from sojourn.privacy.model import Status, Step
from tests.faults.people import PHONE, does, sign_up, texts, unsubscribes
from tests.faults.world import START, World, delivery_of, rows
from tests.forgetting import WORDS, archive_lines, erase, export, furnish, lives, objects, places_of, tidy

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def furnished(made: World) -> World:
    furnish(made)
    return made


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    furnished.reset()
    yield furnished
    tidy()


def ann() -> str:
    contact = find_contact("u#ann")
    assert contact
    return contact


def test_nothing_is_left_of_a_person(world: World):
    lives(world)
    contact = get_profile(ann()).contact
    archive_lines(world, contact)
    world.run_until(START + HOUR)
    assert places_of(*WORDS)

    erase(world)
    world.run_until(START + 2 * HOUR)

    job = store.get_erasure(contact)
    assert job is not None
    assert job.status is Status.DONE
    assert places_of(*WORDS) == []
    assert job.deleted["events"] >= 5
    assert job.deleted["messages"] == 1
    assert job.deleted["rejected events"] == 1
    assert job.deleted["archive lines"] >= 4
    assert b'"contact":"bbbb' in objects()["archive/archive/kind=event/dt=2026-01-05/1"]
    assert not world.failures


def erased(world: World, named: str = "ann") -> str:
    """Ann, who lived until a moment ago."""
    lives(world)
    contact = ann()
    erase(world, named)
    world.run_until(START + HOUR)
    return contact


def test_the_run_is_cancelled_and_nothing_is_sent_any_more(world: World):
    """T44, C13."""
    lives(world)
    world.run_until(START + HOUR)
    mails = len(world.services.mails)

    erase(world)
    world.run_until(START + 30 * DAY)

    (journey, _) = world.walker.executions.values()
    assert (journey.status, journey.cause) == ("ABORTED", "erased")
    assert len(world.services.mails) == mails == 1
    assert list(rows("Due")) == []


def test_what_step_functions_is_told_are_ids(world: World):
    erased(world)

    said = " ".join(f"{run.name} {run.input}" for run in world.walker.executions.values())
    assert not any(word.strip('"') in said.lower() for word in WORDS)


def test_feedback_on_an_old_mail_is_dropped(world: World):
    """C13: a webhook's event for somebody who was erased."""
    erased(world)
    (mail,) = world.services.mails

    world.queue("record_feedback", delivery_of(mail, "Open", ipAddress="192.0.2.1"))
    world.queue("record_feedback", delivery_of(mail))
    texts(world, "hello?", PHONE)
    assert unsubscribes(world, mail.subject)["statusCode"] < 500
    world.run_until(START + 2 * DAY)

    assert list(rows("Events")) == []
    assert places_of(*WORDS) == []


def test_a_late_event_is_dropped_and_leaves_nothing(world: World):
    erased(world)

    does(world, "Order Completed", at=START - HOUR)
    does(world, "Order Completed", at=START, message_id="in the very moment")
    world.run_until(START + 2 * HOUR)

    assert list(rows("Events")) == []
    assert find_contact("u#ann") is None


def test_a_fresh_sign_up_is_somebody_new(world: World):
    before = erased(world)

    sign_up(world, firstName="Ann")
    world.run_until(START + 3 * HOUR)

    assert ann() != before
    assert get_profile(ann()).events["Signed Up"]["n"] == 1
    assert [run.contact for run in enrolments_of(ann())] == [ann()]


def test_an_address_that_was_suppressed_stays_so(world: World):
    lives(world)
    world.run_until(START + HOUR)
    texts(world, "STOP", PHONE)
    world.run_until(START + HOUR)

    erase(world)
    world.run_until(START + 2 * HOUR)
    sign_up(world, firstName="Ann")
    world.run_until(START + 20 * DAY)

    assert world.services.texts == []
    assert len(list(rows("Suppression"))) == 1


@pytest.mark.parametrize("named", ["ann", "u#ann", "a#visitor-7", "e#ann@example.org", "e#ann@old.example"])
def test_a_person_goes_by_any_name(world: World, named: str):
    erased(world, named)

    assert places_of(*WORDS) == []


def test_asking_twice_is_asking_once(world: World):
    """C13."""
    contact = erased(world)

    again = [erase(world, named) for named in ("ann", contact, "e#ann@example.org")]

    assert {(each.id, each.status, each.attempt) for each in again} == {(contact, Status.DONE, 1)}
    assert len([run for run in world.walker.executions if "erase" in run]) == 1


def test_asking_twice_at_once_is_one_job(world: World):
    lives(world)

    first, second = erase(world), erase(world)
    world.run_until(START + HOUR)

    assert first.id == second.id
    assert len([run for run in world.walker.executions if "erase" in run]) == 1


def test_nobody_is_forgotten_too(world: World):
    """C13: a job that finds nothing, and drops what is still to come."""
    job = erase(world, "eve")
    again = erase(world, "eve")
    does(world, "Signed Up", "eve", at=START - HOUR)
    world.run_until(START + HOUR)

    assert (job.status, job.collections) == (Status.DONE, ())
    assert job.id == again.id
    assert list(rows("Events")) == []
    assert find_contact("u#eve") is None


def test_an_event_that_nobody_has_looked_at_yet_is_forgotten(world: World):
    sign_up(world, "eve", email="eve@example.org", firstName="Eve")

    erase(world, "eve")
    world.run_until(START + HOUR)

    assert places_of("eve@example.org") == []


def test_a_job_whose_execution_failed_is_taken_up_by_asking_again(world: World):
    lives(world)
    contact = ann()
    world.walker.functions, working = {}, world.walker.functions
    job = erase(world)
    world.walker.functions = working
    world.services.api.answer(
        "StopExecution",
        {
            "executionArn": next(arn for arn in world.walker.executions if job.execution in arn),
            "error": "x",
            "cause": "x",
        },
    )

    assert erase(world).attempt == 2
    world.run_until(START + HOUR)

    found = store.get_erasure(contact)
    assert found
    assert found.status is Status.DONE
    assert places_of(*WORDS) == []


def test_somebody_who_lives_under_a_name_that_was_free_is_left_alone(world: World):
    erased(world)
    sign_up(world, firstName="Ann")
    world.run_until(START + 2 * HOUR)

    erase(world, "eve")
    world.run_until(START + 3 * HOUR)

    assert get_profile(ann()).email == "ann@example.org"


def test_an_export_while_erasing_ends_well_and_is_empty(world: World):
    """C12."""
    lives(world)
    contact = ann()
    erase(world)

    job = export(world, contact)
    world.run_until(START + HOUR)

    done = store.get_export(job.id)
    assert done
    assert (done.status, done.found, done.bytes) == (Status.DONE, False, 0)
    assert [name for name in objects() if name.startswith("files/")] == []


def test_an_export_of_before_goes_with_the_person(world: World):
    lives(world)
    world.run_until(START)
    export(world, ann())
    world.run_until(START + timedelta(minutes=1))
    assert [name for name in objects() if name.startswith("files/exports/")]

    erase(world)
    world.run_until(START + HOUR)

    assert places_of(*WORDS) == []


def test_what_does_not_fit_into_one_invocation_is_done_in_several(world: World):
    lives(world)
    no_time = Budget(lambda: 0.0)
    job = erase(world).id
    calls = 0

    for step in (Step.FIND, Step.LEAVE, Step.DELETE, Step.ARCHIVE, Step.PROVE):
        while run(step, job, eraser=eraser(), budget=no_time):
            calls += 1

    assert calls >= 3
    assert places_of(*WORDS) == []


def test_names_that_only_deleted_events_told_are_kept_for_the_next_invocation(world: World):
    """An address that the profile knows no more, and others may have said in calls that were turned away."""
    lives(world)
    job = store.get_erasure(erase(world).id)
    stand = store.survivor_of(ann())
    assert job is not None
    assert stand is not None
    forgetful = replace(stand, identities=("u#ann",))

    assert delete_events(forgetful, job, Tally(Budget(lambda: 0.0)))

    assert "e#ann@old.example" in store.names_kept(stand.contact)
    world.run_until(START + HOUR)
    assert places_of(*WORDS) == []
