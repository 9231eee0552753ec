"""I32: how many requests a key may make in a second, and what it costs to know."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn import tables
from sojourn.clock import ManualClock
from sojourn.errors import Problem, StoreBusyError
from sojourn.limits.limiter import BLOCK, DEFAULT_RATE, FREE, Limiter
from sojourn.limits.store import lease
from tests.cloud import moto_cloud
from tests.partiql import empty

NOW = datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
SECOND = int(NOW.timestamp())


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def calm() -> None:
    empty("Counters")


class Leases:
    """Counts what is asked of the table."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, key: str, *, second: int, asked: int, rate: int) -> int:
        self.calls += 1
        return lease(key, second=second, asked=asked, rate=rate)


def passed(limiter: Limiter, requests: int, key: str = "shop", rate: int | None = None) -> int:
    return sum(_passes(limiter, key, rate) for _ in range(requests))


def _passes(limiter: Limiter, key: str, rate: int | None) -> bool:
    try:
        limiter.admit(key, rate)
    except Problem:
        return False
    return True


def test_the_thousand_and_first_request_of_a_second_is_refused():
    clock = ManualClock(NOW)
    limiter = Limiter(clock)

    assert passed(limiter, DEFAULT_RATE) == DEFAULT_RATE
    with pytest.raises(Problem) as refused:
        limiter.admit("shop")

    assert (refused.value.status, refused.value.code) == (429, "rate_limited")
    assert refused.value.extra["headers"] == {"Retry-After": "1", "X-RateLimit-Reset": str(SECOND + 1)}
    limiter.admit("other")
    clock.advance(0.75)
    limiter.admit("shop")


def test_a_key_may_have_a_rate_of_its_own():
    limiter = Limiter(ManualClock(NOW))

    assert passed(limiter, 40, rate=33) == 33
    assert passed(limiter, 40, key="tiny", rate=2) == 2


def test_it_costs_nothing_where_little_happens():
    leases, clock = Leases(), ManualClock(NOW)
    limiter = Limiter(clock, leases)

    for _ in range(100):
        assert passed(limiter, FREE) == FREE
        clock.advance(1)

    assert leases.calls == 0


def test_a_busy_container_writes_once_for_a_block_and_a_refused_one_no_more():
    leases = Leases()
    limiter = Limiter(ManualClock(NOW), leases)

    passed(limiter, FREE + 10 * BLOCK)
    assert leases.calls == 10
    passed(limiter, 5_000)
    assert leases.calls <= 1 + DEFAULT_RATE // BLOCK + 1


@pytest.mark.parametrize("containers", [2, 7, 20])
def test_containers_share_what_there_is(containers: int):
    limiters = [Limiter(ManualClock(NOW)) for _ in range(containers)]

    through = sum(passed(each, 1) for _ in range(200) for each in limiters)

    wanted = min(DEFAULT_RATE, 200 * containers)
    assert wanted - containers * BLOCK <= through <= wanted + containers * FREE


def test_a_clock_that_is_a_little_behind_counts_with_the_others():
    assert lease("shop", second=SECOND + 1, asked=20, rate=30) == 20

    assert lease("shop", second=SECOND, asked=20, rate=30) == 10
    assert lease("shop", second=SECOND, asked=20, rate=30) == 0
    assert lease("shop", second=SECOND + 2, asked=20, rate=30) == 20


def test_a_row_goes_when_nobody_calls():
    lease("shop", second=SECOND, asked=1, rate=1)

    row: Any = tables.connection().client.scan(TableName="Counters")["Items"][0]
    assert int(row["ttl"]["N"]) > SECOND


def test_nobody_is_refused_because_the_table_is_out_of_reach():
    def broken(key: str, *, second: int, asked: int, rate: int) -> int:
        raise StoreBusyError("lease")

    assert passed(Limiter(ManualClock(NOW), broken), 300) == 300


def test_the_next_second_may_begin_with_as_many():
    """DynamoDB names what an update wrote even where nothing changed; not every stand-in does."""
    assert lease("shop", second=SECOND, asked=20, rate=30) == 20
    assert lease("shop", second=SECOND + 1, asked=20, rate=30) == 20


def test_a_table_that_is_not_there_is_out_of_reach():
    tables.connection().client.delete_table(TableName="Counters")

    with pytest.raises(StoreBusyError):
        lease("shop", second=SECOND, asked=1, rate=1)
