"""A person takes everything along: one file, of flat memory, with nothing in it that opens a door."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sojourn.bootstrap import client, exporter
from sojourn.contacts.store import find_contact, get_profile
from sojourn.events.archive_line import event_line
from sojourn.events.shown import SAFE
from sojourn.events.store import history
from sojourn.privacy import store
from sojourn.privacy.budget import Budget
from sojourn.privacy.export import everything, run_export
from sojourn.privacy.files import PART, Files
from sojourn.privacy.model import Export, Status
from sojourn.privacy.search import REJECTED, look
from tests.faults.people import PHONE, texts
from tests.faults.world import HOUR, START, World
from tests.forgetting import export, furnish, lives, objects, tidy

LONG_AGO = START - timedelta(days=500)


@pytest.fixture(scope="module")
def furnished(made: World) -> World:
    furnish(made)
    return made


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    furnished.reset()
    exporter().ring._known.clear()
    lives(furnished)
    furnished.run_until(START + HOUR)
    yield furnished
    tidy()


def contact() -> str:
    found = find_contact("u#ann")
    assert found
    return get_profile(found).contact


def exported(world: World) -> Any:
    job = export(world, contact())
    world.run_until(world.clock.calendar() + HOUR)
    done = store.get_export(job.id)
    assert done
    assert (done.status, done.found) == (Status.DONE, True)
    body = objects()[f"files/{done.key}"]
    assert len(body) == done.bytes
    return json.loads(body)


def test_everything_is_in_the_file(world: World):
    told = exported(world)

    assert set(told["identities"]) >= {"u#ann", "a#visitor-7"}
    assert told["profile"]["traits"]["email"] == "ann@example.org"
    assert told["merged_contacts"]
    assert told["merges"][0]["loser"] == told["merged_contacts"][0]
    assert {each["channel"] for each in told["consents"]} == {"email", "sms"}
    assert told["consent"][0]["state"]["email|marketing|*"]["status"] == "given"
    assert [each["row"] for each in told["enrolments"]] == ["ENROL#welcome#1"]
    assert [each["state"] for each in told["messages"]] == ["sent"]
    assert {each["event"] for each in told["events"]} >= {"Signed Up"}
    assert {each["identity"] for each in told["events"]} == {"u#ann", "a#visitor-7"}
    assert told["profile"]["facts"]["groups"]


def test_an_address_that_is_closed_is_told(world: World):
    texts(world, "STOP", PHONE)
    world.run_until(START + 2 * HOUR)

    (told,) = exported(world)["suppressed"]

    assert (told["channel"], told["address"], told["reason"]) == ("sms", PHONE, "stop")


def test_nothing_in_it_opens_a_door(world: World):
    world.run_until(START + timedelta(days=2, hours=1))  # the run waits for a click, with a task token
    (run,) = store.items(contact(), "ENROL#")
    assert run["wait_token"]["S"]

    told = json.dumps(exported(world))

    assert run["wait_token"]["S"] not in told
    assert "wrapped" not in told


def test_what_only_the_archive_still_knows_is_opened(world: World):
    desk = exporter()
    keys, _ = desk.ring.ensured([contact()], day=LONG_AGO.date().isoformat())
    event = next(iter(history(["u#ann"])))
    line = event_line(event, contact=contact(), key=keys[contact()], hashed=desk.ring.hashed, safe=SAFE)
    body = f"{line.text()}\n".encode()
    name = f"archive/kind=event/dt={LONG_AGO.date()}/1"
    client("s3").put_object(Bucket="archive", Key=name, Body=body)

    (told,) = exported(world)["archive"]

    assert told["payload"] == event.payload
    assert not [key for key in objects() if ".aside/" in key], "what was put aside goes"


def test_a_large_archive_is_searched_in_steps(world: World):
    """Each call looks at one object here: time is short. A line that came twice is told once."""
    desk = exporter()
    keys, _ = desk.ring.ensured([contact()], day=(LONG_AGO - timedelta(days=9)).date().isoformat())
    events = list(history(["u#ann"]))
    for number, event in enumerate([*events, events[-1]]):
        line = event_line(event, contact=contact(), key=keys[contact()], hashed=desk.ring.hashed, safe=SAFE)
        day = (LONG_AGO + timedelta(days=number)).date()
        client("s3").put_object(
            Bucket="archive", Key=f"archive/kind=event/dt={day}/1", Body=line.text().encode()
        )
    job = store.put_export(Export(id="slow", contact=contact(), asked_at="-", by="ops"))

    steps = 1
    while look(job.id, exporter=desk, budget=Budget(lambda: 0)):
        assert not any(
            word in body
            for key, body in objects().items()
            if key.endswith(f"{steps - 1:05d}")
            for word in (b"ann@example.org", b"Lovelace")
        ), "sealed as they lay"
        steps += 1
    done = run_export(job.id, exporter=desk)

    assert steps == len(events) + 3  # and one for what was turned away
    assert done is not None
    told = json.loads(objects()[f"files/{done.key}"])["archive"]
    assert [each["message_id"] for each in told] == [event.message_id for event in events]


def test_nobody_looks_for_what_was_never_archived(world: World):
    for day in ("2020-01-01", "2020-01-02"):
        client("s3").put_object(Bucket="archive", Key=f"archive/kind=event/dt={day}/1", Body=b"{}")
    job = store.put_export(Export(id="new", contact=contact(), asked_at="-", by="ops"))

    assert look(job.id, exporter=exporter(), budget=Budget(lambda: 0))
    there = store.get_export(job.id)
    assert there is not None
    assert (there.cursor, there.pieces) == (REJECTED, 0)


def test_what_was_turned_away_is_told_to_whose_it_was_and_to_nobody_else(world: World):
    world.collect({"type": "track", "event": "", "userId": "eve", "traits": {"email": "ann@example.org"}})

    (record,) = exported(world)["turned_away"]

    assert record["record"]["userId"] == "ann"
    assert record["record"]["traits"] == {"email": "ann@example.org"}


def test_a_large_file_goes_in_parts_and_never_whole(world: World):
    piece = "x" * (PART // 4)
    held: list[int] = []

    def pieces() -> Iterator[str]:
        for number in range(9):
            held.append(number)
            yield piece

    size = Files(client("s3"), "files", "archive").write("exports/large", pieces())

    assert size == 9 * len(piece)
    assert len(objects()["files/exports/large"]) == size


def test_an_empty_file_is_a_file(world: World):
    assert Files(client("s3"), "files", "archive").write("exports/empty", []) == 0


def test_the_text_comes_in_pieces(world: World):
    job = Export(id="x", contact=contact(), asked_at="-", by="ops")

    pieces = list(everything(job, exporter=exporter()))

    assert len(pieces) > 20
    assert json.loads("".join(pieces))
