"""F12: a table goes back to before an erasure; the proofs beside the archive are replayed, and nobody is back."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from sojourn.bootstrap import eraser
from sojourn.contacts.memory import erased_at
from sojourn.contacts.store import find_contact, get_profile
from sojourn.privacy.replay import replay
from tests.cloud import REGION
from tests.faults.people import sign_up
from tests.faults.world import HOUR, START, World
from tests.forgetting import WORDS, archive_lines, erase, furnish, lives, places_of, tidy


@pytest.fixture(scope="module")
def furnished(made: World) -> World:
    furnish(made)
    return made


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    furnished.reset()
    yield furnished
    tidy()


def items(table: str) -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].items


@pytest.mark.parametrize(
    "restored",
    [("People", "Identity", "Events"), ("People",), ("Identity",), ("Events",)],
    ids=" ".join,
)
def test_nobody_comes_back_by_a_restore(world: World, restored: tuple[str, ...]):
    lives(world)
    contact = find_contact("u#ann")
    assert contact
    archive_lines(world, get_profile(contact).contact)
    world.run_until(START + HOUR)
    before = {table: deepcopy(items(table)) for table in restored}
    erase(world)
    world.run_until(START + 2 * HOUR)
    for table, rows in before.items():
        items(table).clear()
        items(table).update(rows)
    assert places_of(*WORDS)

    found = replay(eraser=eraser())

    assert found["erasures"] == 1
    assert places_of(*WORDS) == []
    assert erased_at("u#ann") == START + HOUR
    again = replay(eraser=eraser())
    assert {what: n for what, n in again.items() if n} == {"erasures": 1}


def test_whoever_came_after_the_erasure_stays(world: World):
    lives(world)
    erase(world)
    world.run_until(START + HOUR)
    sign_up(world, firstName="Ann")
    world.run_until(START + 2 * HOUR)

    replay(eraser=eraser())

    contact = find_contact("u#ann")
    assert contact
    assert get_profile(contact).email == "ann@example.org"
    assert places_of("signed up")


def test_a_proof_names_nobody(world: World):
    lives(world)
    erase(world)
    world.run_until(START + HOUR)

    (proof,) = eraser().files.proofs()

    assert not any(word.strip('"') in str(proof).lower() for word in WORDS)
    assert proof["deleted"]["events"] >= 5
    assert proof["by"] == "ops"
