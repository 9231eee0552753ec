"""Every fault at every call of what holds messages back and lets them go: what a mode forbids never goes, a draft goes
once or expires, and whoever is released is not lost.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from sojourn import config
from sojourn.audit.store import KIND as AUDIT
from sojourn.delivery.modes import EVERYBODY, Mode, Sending
from sojourn.journeys.modes import set_sending
from tests.faults.explore import Point, explore
from tests.faults.invariants import UNCERTAIN, counters, people
from tests.faults.operating import an_operated_world, anew, asks, ends, resting
from tests.faults.people import does, introduces
from tests.faults.test_running import HARDEST
from tests.faults.world import HOUR, START, World

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
STEPS = """
purpose: marketing
entry: {event: Go}
steps:
  - send: One
    template: welcome
  - wait: An hour
    for: 1 hour
  - send: Two
    template: welcome
"""
PLAIN = f"journey: plain{STEPS}  - {{wait: Another, for: 1 hour}}\n  - {{send: Three, template: welcome}}\n"
DRAFTED = f"journey: drafted\nmode: draft{STEPS.replace('Go', 'Draft')}"
EVERYWHERE, IN_THE_API = ("api", "park_token", "send_message", "sweep_due"), ("api",)
Outcome = set[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with an_operated_world(plain=PLAIN, drafted=DRAFTED) as world:
        yield world


def release_all(world: World) -> None:
    for _ in range(2):
        asks(world, "/api/journeys/drafted/release")


def release_one(world: World) -> None:
    (row,) = people("MSG#")
    name = f"{row['pk'].removeprefix('C#')}-{row['sk'].removeprefix('MSG#')}"
    for _ in range(2):
        asks(world, f"/api/messages/{name}/release")


def discard_one(world: World) -> None:
    (row,) = people("MSG#")
    name = f"{row['pk'].removeprefix('C#')}-{row['sk'].removeprefix('MSG#')}"
    asks(world, f"/api/messages/{name}/discard", {"reason": "the wrong price"})


@pytest.mark.parametrize(
    ("lets_go", "one", "functions", "at_least"),
    [
        (release_all, ("sent", ""), EVERYWHERE, 30),
        (release_one, ("sent", ""), IN_THE_API, 8),
        (discard_one, ("skipped", "discarded"), IN_THE_API, 8),
    ],
    ids=["all of a journey", "one", "discarded"],
)
def test_a_draft_goes_once_and_the_next_expires(
    made: World,
    lets_go: Callable[[World], None],
    one: tuple[str, str],
    functions: tuple[str, ...],
    at_least: int,
    record_property: Callable[..., None],
):
    world = anew(made)

    def story(world: World) -> None:
        set_sending(EVERYBODY)
        introduces(world)
        does(world, "Draft")
        world.run_until(START + HOUR / 2)
        assert not world.services.mails
        lets_go(world)
        world.run_until(START + 3 * DAY)

    def wrong(world: World) -> list[str]:
        expected = {("ann", "One", *one), ("ann", "Two", "skipped", "expired")}
        return [*_not(world, expected), *resting(world), *counters("drafted")]

    points = explore(world, story, wrong, functions=functions, kinds=HARDEST, a_place=1)

    _assert_no_harm(points, at_least, record_property)


def test_what_the_mode_forbids_never_goes_while_it_changes(made: World, record_property: Callable[..., None]):
    """Only the named, then nobody, then everybody: the change itself may die anywhere, and is in the log."""
    world = anew(made)
    first = Sending(mode=Mode.ALLOW_LIST, allow=("Bob@example.org",))

    def story(world: World) -> None:
        set_sending(first)
        for user in ("ann", "bob"):
            introduces(world, user, email=f"{user}@example.org", phone=None)
            does(world, "Go", user)
        world.run_until(START + HOUR / 2)
        says(world, "off")
        world.run_until(START + 3 * HOUR / 2)
        says(world, "live", confirm=True, accept_default_host=True)
        world.run_until(START + 3 * HOUR)

    def wrong(world: World) -> list[str]:
        shut, went = ("skipped", "mode"), ("sent", "")
        one = {("ann", "One", *shut), ("bob", "One", *went)}
        rest = {
            (user, step, *end) for user in ("ann", "bob") for step, end in (("Two", shut), ("Three", went))
        }
        lines = (row.data for row in config.query(AUDIT) if row.data["did"].startswith("PUT"))
        logged = {line["after"]["mode"] for line in lines}
        unsaid = [] if logged == {"off", "live"} else [f"the log of changes has {logged}"]
        return [*_not(world, one | rest), *unsaid, *resting(world), *counters("plain")]

    points = explore(world, story, wrong, functions=EVERYWHERE, kinds=HARDEST, a_place=1)

    _assert_no_harm(points, 20, record_property)


def says(world: World, mode: str, **more: bool) -> None:
    """An admin's word on the workspace's mode."""
    asks(world, "/api/workspace/mode", {"mode": mode, **more}, method="PUT")


def _not(world: World, expected: Outcome) -> Iterator[str]:
    """What became of each message, but for those of which nobody knows since the fault lay at their claim."""
    users = {row["pk"]: row["identity"].partition("#")[2] for row in people("ENROL#")}
    found = {(users[row["pk"]], row["step"], row["state"], row.get("reason", "")) for row in people("MSG#")}
    unknown = {each[:2] for each in found if each[2] == "unknown"}
    if unknown and not _may_be_unknown(world):
        yield f"unknown are {unknown}"
    known = {each for each in expected if each[:2] not in unknown}
    if {each for each in found if each[2] != "unknown"} != known:
        yield f"messages are {sorted(found)}"
    if any(end != ("completed", "") for end in ends().values()):
        yield f"runs are {ends()}"


def _may_be_unknown(world: World) -> bool:
    fault = world.network.fault
    hurt = world.network.calls[fault.call - 1] if fault else None
    return hurt is not None and hurt.function == "send_message" and hurt.operation in UNCERTAIN


def _assert_no_harm(points: list[Point], at_least: int, record_property: Callable[..., None]) -> None:
    record_property("points", len(points))
    harmed = [str(point) for point in points if point.problems]
    assert not harmed, f"{len(harmed)} of {len(points)} points:\n" + "\n".join(harmed)
    assert len(points) >= at_least, len(points)
