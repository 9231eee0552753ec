"""What is remembered of whom was erased: a hash that tells nothing, and the latest moment."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sojourn import config
from sojourn.contacts.memory import erased_at, recall, remember
from sojourn.contacts.memory.store import MemoryKey, memory_key
from tests.cloud import moto_cloud
from tests.insight_rows import NOW

LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    memory_key.forget()
    with moto_cloud():
        yield
    memory_key.forget()


def test_nobody_was_erased():
    assert erased_at("u#ann") is None
    assert config.get("KEY", "memory") is None


def test_until_when_somebody_is_erased():
    remember("u#ann", at=NOW, erasure="job")

    assert erased_at("u#ann") == NOW
    assert recall("u#ann").erasure == "job"  # type: ignore[union-attr]
    assert erased_at("u#eve") is None


@pytest.mark.parametrize("moments", [(NOW, LATER), (LATER, NOW), (LATER, LATER)])
def test_the_latest_moment_stays(moments):
    for at in moments:
        remember("u#ann", at=at, erasure="job")

    assert erased_at("u#ann") == LATER


def test_the_hash_tells_nothing_and_is_another_in_another_workspace():
    digest = remember("u#ann", at=NOW, erasure="job")
    config.put("KEY", "memory", {"secret": "b3RoZXI="})
    memory_key.forget()

    assert "ann" not in digest
    assert remember("u#ann", at=NOW, erasure="job") != digest


def test_a_key_that_somebody_else_made_first_is_taken():
    mine, theirs = MemoryKey(), MemoryKey()

    assert theirs.made() == mine.made() == MemoryKey().known()
    assert json.dumps(dict(config.get("KEY", "memory").data))  # type: ignore[union-attr]
