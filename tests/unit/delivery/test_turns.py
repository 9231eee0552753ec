"""The account's turns over all containers, in the rows of Counters."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.delivery.model import HoldReason
from sojourn.delivery.turns.model import Limits, Turn
from sojourn.delivery.turns.store import AccountTurns
from tests.cloud import moto_cloud
from tests.feedback import cleared

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
TURNS = AccountTurns()


@pytest.fixture(autouse=True, scope="module")
def _cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def _empty() -> None:
    cleared()


def test_turns_lie_evenly_and_no_second_holds_more_than_the_rate():
    """T61."""
    taken = [TURNS.take(Limits(rate=14), now=NOW, urgent=False).at for _ in range(100)]

    assert taken[0] == NOW
    assert all(
        later - earlier >= timedelta(seconds=1) for earlier, later in zip(taken, taken[14:], strict=False)
    )
    assert taken[-1] - NOW <= timedelta(seconds=100 / 13)


def test_after_a_while_the_next_turn_is_now():
    TURNS.take(Limits(rate=1), now=NOW, urgent=False)

    assert TURNS.take(Limits(rate=1), now=NOW, urgent=False).at == NOW + timedelta(seconds=1)
    later = NOW + timedelta(hours=1)
    assert TURNS.take(Limits(rate=1), now=later, urgent=False).at == later


def test_when_the_days_mails_are_gone_the_rest_waits_for_tomorrow():
    """T63."""
    limits = Limits(quota=20)
    for _ in range(19):
        assert TURNS.take(limits, now=NOW, urgent=False) == Turn(NOW)

    tomorrow = datetime(2026, 1, 6, tzinfo=UTC)
    assert TURNS.take(limits, now=NOW, urgent=False) == Turn(tomorrow, HoldReason.QUOTA)
    assert TURNS.take(limits, now=NOW, urgent=True) == Turn(NOW)
    assert TURNS.take(limits, now=NOW, urgent=True) == Turn(tomorrow, HoldReason.QUOTA)
    assert TURNS.take(limits, now=tomorrow, urgent=False) == Turn(tomorrow)
