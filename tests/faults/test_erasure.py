"""Every fault at every call of an erasure, and of an export: they come to the same, and no byte is left (P9)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from sojourn.contacts.store import find_contact, get_profile
from sojourn.privacy import store
from sojourn.privacy.model import Status
from tests.faults.explore import EVERY_CHECK, Point, explore
from tests.faults.world import HOUR, START, World, a_world, rows
from tests.forgetting import WORDS, archive_lines, erase, export, furnish, lives, objects, places_of, tidy

pytestmark = pytest.mark.slow
LATER = START + timedelta(days=2)


@pytest.fixture(scope="module")
def furnished() -> Iterator[World]:
    """Everything that is made once has been made."""
    with a_world() as world:
        furnish(world)
        lives(world)
        is_forgotten(world)
        tidy()
        yield world


@pytest.fixture
def ann(furnished: World) -> Iterator[World]:
    """A world in which she has lived for an hour."""
    furnished.reset()
    lives(furnished)
    contact = find_contact("u#ann")
    assert contact
    archive_lines(furnished, get_profile(contact).contact)
    furnished.run_until(START + HOUR)
    furnished.network.forget()
    yield furnished
    tidy()


def is_forgotten(world: World) -> None:
    erase(world)
    world.run_until(LATER)


def wrong_after_forgetting(world: World) -> list[str]:
    jobs = list(store.erasures())
    statuses = [run.status for run in world.walker.executions.values()]
    kept = [body for name, body in objects().items() if "dt=" in name]
    return [
        *(f"{word} is left in {place}" for word in WORDS for place in places_of(word)),
        *(f"{each.id} is {each.status} at {each.step}" for each in jobs if each.status is not Status.DONE),
        *(f"a machine is {status}" for status in statuses if status not in ("ABORTED", "SUCCEEDED")),
        *(
            f"{len(list(rows(table)))} rows are left in {table}"
            for table in ("Events", "Due")
            if list(rows(table))
        ),
        *([] if kept and b'"contact":"bbbb' in kept[0] else ["somebody else's line is gone"]),
    ]


def takes_all_along(world: World) -> None:
    contact = find_contact("u#ann")
    assert contact
    export(world, contact)
    world.run_until(LATER)


def wrong_after_exporting(world: World) -> list[str]:
    files = [body.decode() for name, body in objects().items() if name.startswith("files/")]
    if len(files) != 1:
        return [f"{len(files)} files"]
    return [
        f"{word} is missing" for word in ("ann@example.org", "Signed Up", "Lovelace") if word not in files[0]
    ]


def assert_no_harm(points: list[Point], at_least: int, tell: Callable[[str], object]) -> None:
    harmed = [str(point) for point in points if point.problems]
    tell(f"{len(points)} points, {len(harmed)} harmed")
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least


def test_an_erasure_survives_every_fault(ann: World):
    points = explore(
        ann, is_forgotten, wrong_after_forgetting, functions={"erase_contact"}, kinds=EVERY_CHECK
    )

    assert_no_harm(points, 130, print)


def test_an_export_survives_every_fault(ann: World):
    points = explore(
        ann, takes_all_along, wrong_after_exporting, functions={"export_contact"}, kinds=EVERY_CHECK
    )

    assert_no_harm(points, 30, print)
