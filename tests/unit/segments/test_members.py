"""Rows of segments and of their members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, put_profile
from sojourn.errors import NotFoundError, StaleWriteError
from sojourn.segments import store
from sojourn.segments.members.store import count, forget, members, memberships_of, note, shard_of
from sojourn.segments.store import SegmentDraft, Standing
from tests.cloud import moto_cloud
from tests.partiql import empty
from tests.segments import BUYER, VIP, put_in_force

ANN = "a" * 20


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def nothing() -> None:
    empty("People", "Config")
    store.forget()


def told(step: int, *, entered: bool) -> dict[str, Any]:
    return {
        "segment": "vip",
        "generation": 1,
        "entered": entered,
        "cause": "behaviour",
        "by": f"event {step}",
        "at": f"2026-01-0{step}T00:00:00.000Z",
        "since": f"2026-01-0{step if entered else step - 1}T00:00:00.000Z",
        "pk": "u#ann",
        "id": str(step),
        "step": step,
    }


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_the_newest_change_stands_in_whatever_order_they_are_noted(order: tuple[int, ...]):
    changes = {1: told(1, entered=True), 2: told(2, entered=False), 3: told(3, entered=True)}

    for step in (*order, *order):
        note(ANN, changes[step])

    (row,) = memberships_of(ANN)
    assert (row.segment, row.is_in, row.since, row.event) == (
        "vip",
        True,
        "2026-01-03T00:00:00.000Z",
        "event 3",
    )
    shard = int(shard_of("vip", ANN).partition("#")[2])
    assert list(members("vip", shard)) == [ANN]
    assert count("vip") == 1


def test_who_went_out_is_in_no_list_and_it_is_known_since_when():
    note(ANN, told(1, entered=True))
    note(ANN, told(2, entered=False))

    (row,) = memberships_of(ANN)
    assert (row.is_in, row.since, row.until) == (
        False,
        "2026-01-01T00:00:00.000Z",
        "2026-01-02T00:00:00.000Z",
    )
    assert count("vip") == 0
    forget(ANN)
    assert memberships_of(ANN) == []


def test_a_profile_keeps_what_segments_need_and_nothing_where_there_is_none():
    profile = Profile(
        ANN,
        traces={"abc": {"f": 1, "r": [[1, "00aa11"]]}},
        segments={"vip": {"1": {"at": "2026-01-01", "said": True}, "2": {"at": "2026-01-02", "said": False}}},
        flips_at="2026-02-01T00:00:00.000Z",
        unsaid=(told(1, entered=True),),
    )

    put_profile(profile)

    assert get_profile(ANN) == replace(profile, revision=1)


def test_the_index_is_of_what_is_in_force():
    put_in_force(vip=VIP, buyers=BUYER)

    index = store.live_index()

    assert set(index.live) == {"vip", "buyers"}
    assert index.named_by({"plan"}) == {"vip"}
    assert index.named_by((), "Order Completed") == {"buyers"}
    assert store.segment("vip", 1) == index.live["vip"]


def test_nothing_in_force_is_an_empty_index():
    assert store.live_index() is store.NONE
    assert store.live() == {}


def test_a_generation_that_is_lost_is_no_closed_segment():
    """Else everybody would leave it."""
    store.change_live(lambda stands: {"vip": Standing(live=7)})

    with pytest.raises(NotFoundError):
        store.live_index()


def test_the_row_of_what_is_in_force_is_changed_by_one_at_a_time():
    put_in_force(vip=VIP)

    def slow(stands: dict[str, Standing]) -> dict[str, Standing]:
        put_in_force(2, buyers=BUYER)
        return {**stands, "vip": Standing(live=1, pending=2)}

    with pytest.raises(StaleWriteError):
        store.change_live(slow)
    assert store.live() == {"vip": Standing(live=1), "buyers": Standing(live=2)}


def test_drafts_and_generations_are_told_apart():
    put_in_force(vip=VIP)
    draft = store.save_draft(SegmentDraft(name="vip", revision=0, source="…", definition={}))

    assert store.get_draft("vip") == draft
    assert list(store.drafts()) == [draft]
    assert [each.number for each in store.generations("vip")] == [1]
