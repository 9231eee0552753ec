"""What stands is held against what the events say; what has drifted is found, named, and put right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.contacts.store import put_profile
from sojourn.segments.members.store import MembershipRow
from sojourn.segments.publish import verify
from sojourn.segments.runs.model import Progress, Status
from sojourn.segments.runs.store import get_run, progress_of
from tests.segment_runs import Shop

DAY = timedelta(days=1)
BUYERS = "{event: Order Completed, times: at least 2, in the last: 30 days}"


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Ann and Eve bought twice, Ben once; a day later."""
    for user in ("ann", "ann", "ben", "eve", "eve"):
        shop.does(user, "Order Completed", ago=DAY, total=10)
    shop.has("buyers", BUYERS)
    shop.has("quiet", "{not in segment: buyers}")
    shop.clock.advance(86_400)
    return shop


def verified(shop: Shop, name: str = "once", *, repair: bool = False) -> Progress:
    run = verify(name, repair=repair, desk=shop.desk)
    shop.plays(run)
    assert get_run(run.id).status is Status.DONE
    return progress_of(get_run(run.id))


def drifts(shop: Shop, user: str, **changes: object) -> None:
    put_profile(replace(shop.profile(user), **changes))  # type: ignore[arg-type]


def test_where_nothing_has_drifted_nothing_is_said(sold: Shop):
    found = verified(sold)

    assert (found.figures, found.examples) == ({"checked": 3}, ())


def test_a_mark_that_is_lost_and_one_too_many_are_found_and_repaired(sold: Shop):
    drifts(sold, "ann", segments={})
    drifts(sold, "ben", segments=sold.profile("eve").segments)

    found = verified(sold)

    assert (found.figures["checked"], found.figures["drifted"]) == (3, 2)
    assert (found.of("buyers", "missing"), found.of("buyers", "surplus")) == (1, 1)
    assert found.of("quiet", "missing") == 1
    assert set(found.examples) == {sold.contact("ann"), sold.contact("ben")}
    assert sold.wrong()

    assert verified(sold, "again", repair=True).figures["repaired"] == 2
    assert sold.wrong() == []
    sold.clock.advance(600)
    assert "drifted" not in verified(sold, "after").figures


def test_a_trace_that_is_lost_comes_back_from_the_events(sold: Shop):
    before = sold.profile("ann").traces
    drifts(sold, "ann", traces={}, segments={})

    verified(sold, repair=True)

    assert sold.profile("ann").traces == before
    assert sold.is_in("ann") == ["buyers"]


def test_a_row_of_the_list_that_is_lost_is_found_and_written(sold: Shop):
    MembershipRow.get(f"C#{sold.contact('ann')}", "SEG#buyers").delete()

    assert verified(sold).of("buyers", "row") == 1
    verified(sold, "again", repair=True)

    assert sold.wrong() == []


def test_what_is_on_its_way_is_no_drift(sold: Shop):
    sold.does("ben", "Order Completed", is_late=True)

    found = verified(sold)

    assert found.figures["on_its_way"] == 1
    assert "drifted" not in found.figures


def test_a_sample_looks_at_some_pages_and_at_others_the_next_time(sold: Shop):
    one, two = (verify(name, percent=10, desk=sold.desk) for name in ("2026-11-21", "2026-11-22"))
    for run in (one, two):
        sold.plays(run)

    first, second = get_run(one.id), get_run(two.id)
    assert (first.of, first.pages) == (10, 1)
    assert first.numbers != second.numbers
