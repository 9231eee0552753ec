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
from sojourn.privacy.export import everything
from sojourn.privacy.files import PART, Files
from sojourn.privacy.model import Status
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
    pieces = list(everything(contact(), exporter=exporter()))

    assert len(pieces) > 20
    assert json.loads("".join(pieces))
