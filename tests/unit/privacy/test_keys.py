"""Keys of people: the first one holds, one call to KMS serves all, and a deleted row is the end."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from sojourn import config
from sojourn.clock import ManualClock
from sojourn.contacts.model import Profile
from sojourn.contacts.store import people_key, put_profile
from sojourn.events import store as events_store
from sojourn.events.sealing import SealBrokenError
from sojourn.privacy.keys import KeyRing, key_ring
from tests.archive import RING
from tests.cloud import REGION, moto_cloud
from tests.insight_rows import ADA, NOW
from tests.partiql import empty, teach_moto

EVE = "eeeeeeeeeeeeeeeeeeee"
DAY = "2026-11-21"


@pytest.fixture(scope="module")
def tables() -> Iterator[Any]:
    teach_moto()
    with moto_cloud() as settings:
        events_store.bind(settings, clock=ManualClock(NOW), region=REGION, sleep=lambda _: None)
        yield boto3.client("dynamodb", region_name=REGION)


@pytest.fixture(autouse=True)
def people(tables) -> Any:
    empty("People", "Config")
    put_profile(Profile(ADA))
    put_profile(Profile(EVE))
    return tables


@dataclass(slots=True)
class Kms:
    """Wraps by turning bytes round, and counts."""

    asked: list[str] = field(default_factory=list)

    def generate_data_key(self, **said: Any) -> dict[str, bytes]:
        self.asked.append("generate")
        plain = bytes(range(32))
        return {"Plaintext": plain, "CiphertextBlob": plain[::-1]}

    def decrypt(self, *, CiphertextBlob: bytes, **said: Any) -> dict[str, bytes]:  # noqa: N803
        self.asked.append("decrypt")
        return {"Plaintext": CiphertextBlob[::-1]}


def ring() -> KeyRing:
    return KeyRing(RING.secret)


def shred(people: Any, contact: str) -> None:
    key = {"pk": {"S": people_key(contact)}, "sk": {"S": "KEY"}}
    people.delete_item(TableName="People", Key=key)


def test_each_person_has_a_key_of_their_own_and_keeps_it():
    keys, unsettled = ring().ensured([ADA, EVE], day=DAY)

    assert keys == ring().ensured([ADA, EVE], day="2027-01-01")[0] == ring().existing([ADA, EVE])
    assert len({*keys.values()}) == 2
    assert {len(key) for key in keys.values()} == {32}
    assert unsettled == set()


def test_a_key_stands_in_its_row_wrapped_with_its_first_day(people):
    keys, _ = ring().ensured([ADA], day=DAY)

    row = people.get_item(TableName="People", Key={"pk": {"S": people_key(ADA)}, "sk": {"S": "KEY"}})["Item"]
    assert (row["kind"]["S"], row["since"]["S"]) == ("key", DAY)
    assert keys[ADA] not in base64.b64decode(row["wrapped"]["S"])


def test_who_comes_second_takes_the_first_ones_key(people):
    mine = ring()
    theirs: dict[str, bytes] = {}

    class Slow(KeyRing):
        """Another function writes its keys while this one makes them."""

        def wrapped(self, contact: str, key: bytes) -> str:
            theirs.update(mine.ensured([contact], day=DAY)[0])
            return super().wrapped(contact, key)

    assert Slow(RING.secret).ensured([ADA], day=DAY)[0] == theirs


@pytest.mark.parametrize("profile", ["missing", "erased"])
def test_nobody_gets_a_key_who_is_not_there_or_was_erased(people, profile):
    key = {"pk": {"S": people_key(ADA)}, "sk": {"S": "PROFILE"}}
    people.delete_item(TableName="People", Key=key)
    if profile == "erased":
        people.put_item(TableName="People", Item={**key, "erased_at": {"S": "2026-11-21T10:00:00.000Z"}})

    keys, unsettled = ring().ensured([ADA, EVE], day=DAY)

    assert (set(keys), unsettled) == ({EVE}, {ADA})
    assert ring().existing([ADA]) == {}


def test_a_shredded_key_is_gone_for_good(people):
    first, _ = ring().ensured([ADA], day=DAY)

    shred(people, ADA)

    assert ring().of(ADA) is None
    assert ring().ensured([ADA], day=DAY)[0] != first


def test_a_key_opens_in_its_own_row_only():
    wrapped = ring().wrapped(ADA, b"k" * 32)

    assert ring().unwrapped(ADA, wrapped) == b"k" * 32
    with pytest.raises(SealBrokenError):
        ring().unwrapped(EVE, wrapped)
    with pytest.raises(SealBrokenError):
        KeyRing(lambda: b"another" * 5).unwrapped(ADA, wrapped)


def test_a_reader_asks_once_for_each_person(people):
    reader = ring()
    keys, _ = reader.ensured([ADA], day=DAY)
    assert reader.of(ADA) == keys[ADA]

    shred(people, ADA)

    assert reader.of(ADA) == keys[ADA]
    assert reader.of("") == reader.nobodys


def test_kms_is_asked_once_by_a_container_whatever_the_number_of_people():
    kms = Kms()
    first, second = key_ring(kms, "arn"), key_ring(kms, "arn")

    for contact in (ADA, EVE):
        first.ensured([contact], day=DAY)
    assert second.existing([ADA, EVE]) == first.existing([ADA, EVE])

    assert kms.asked == ["generate", "decrypt"]
    row = config.get("KEY", "people")
    assert row is not None
    assert set(row.data) == {"wrapped"}


def test_two_containers_that_begin_at_once_share_the_first_ones_secret():
    kms = Kms()
    early = key_ring(kms, "arn")

    class Late(Kms):
        """The other container is quicker, between its look and its write."""

        def generate_data_key(self, **said: Any) -> dict[str, bytes]:
            early.hashed("x")
            return {"Plaintext": b"z" * 32, "CiphertextBlob": b"z" * 32}

    assert key_ring(Late(), "arn").hashed("x") == early.hashed("x")
