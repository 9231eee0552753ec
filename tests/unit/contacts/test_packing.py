"""What is packed comes out as it went in."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sojourn.contacts.packing import packed, packed_times, unpacked, unpacked_times
from sojourn.contacts.seen import News, Seen, counted

AT = st.integers(1, 28).map(lambda day: f"2026-02-{day:02}T10:00:00.000Z")
TIMES = st.lists(st.tuples(AT, st.sampled_from(list(News))), min_size=1, max_size=6)


def seen(times: list[tuple[str, News]]) -> Seen:
    found: Seen | None = None
    for at, news in times:
        found = counted(found, at, news)
    assert found
    return found


@given(st.dictionaries(st.text(max_size=5), TIMES.map(seen), max_size=4))
def test_packed_counts_come_out_as_they_went_in(events: dict[str, Seen]):
    kept = json.loads(json.dumps(packed(events)))

    assert unpacked(kept) == events


def test_what_happened_once_is_its_time():
    once = counted(None, "2026-02-01T10:00:00.000Z")

    assert packed({"Signed Up": once}) == {"Signed Up": "2026-02-01T10:00:00.000Z"}


def test_rows_of_before_are_as_they_were():
    old = {"Met": {"n": 2, "first": "2026-01-01", "last": "2026-01-02"}}

    assert unpacked(old) == old == unpacked(packed(old))


@given(st.dictionaries(st.text(max_size=5), AT, max_size=6))
def test_packed_times_come_out_as_they_went_in(trait_at: dict[str, str]):
    assert unpacked_times(json.loads(json.dumps(packed_times(trait_at)))) == trait_at
