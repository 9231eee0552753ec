"""What is due, in buckets."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.due.store import (
    Due,
    bucket_of,
    bucket_seconds,
    due_in,
    put_due,
    read_cursor,
    write_cursor,
)
from tests.cloud import moto_cloud
from tests.partiql import empty

NOW = datetime(2026, 1, 5, 20, 0, 30, tzinfo=UTC)
HERE = bucket_of(NOW, 1)


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def nothing() -> None:
    empty("Due", "Config")


def in_bucket(bucket: int) -> list[Due]:
    return [due for shard in (0, 1) for _, due in due_in(bucket, shard)]


def test_a_bucket_is_a_minute_and_on_a_paced_calendar_a_tick():
    assert bucket_seconds(1) == 60
    assert bucket_seconds(17_280) == 3_456
    assert bucket_of(NOW, 1) == bucket_of(NOW.replace(second=59), 1) == bucket_of(NOW.replace(second=0), 1)
    assert bucket_of(NOW + timedelta(minutes=1), 1) == HERE + 1


def test_it_comes_back_as_it_was_put_and_twice_is_once():
    due = Due(NOW + timedelta(hours=1), "hold", "e.welcome.1/1/Text", {"enrolment": "e.welcome.1", "leg": 1})

    for _ in range(2):
        put_due(due, now=NOW, pace=1, shards=2)

    assert in_bucket(HERE + 60) == [due]


def test_the_past_goes_into_the_present_bucket_and_keeps_its_time():
    late = Due(NOW - timedelta(days=1), "hold", "x", {"leg": 1})

    put_due(late, now=NOW, pace=1, shards=2)

    assert in_bucket(HERE) == [late]


def test_many_things_of_one_moment_are_spread_over_the_shards():
    for number in range(40):
        put_due(Due(NOW, "hold", str(number), {}), now=NOW, pace=1, shards=2)

    sizes = [sum(1 for _ in due_in(HERE, shard)) for shard in (0, 1)]
    assert sum(sizes) == 40
    assert min(sizes) > 8


def test_there_is_no_cursor_before_the_first_sweep():
    assert read_cursor() is None
    write_cursor(7)
    assert read_cursor() == 7
