"""What stands is held against what the events say; what has drifted is found, named, and put right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.contacts.store import put_profile
from sojourn.events.store import history
from sojourn.events.wire import wire
from sojourn.segments.members.store import MembershipRow
from sojourn.segments.runs.model import Progress, Status
from sojourn.segments.runs.store import get_run, progress_of
from sojourn.segments.runs.verification import NotInForceError, RunIsOnError, StandsStillError, verify
from sojourn.segments.validity import invalidate
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


def verified(shop: Shop, name: str = "", *, repair: bool = False) -> Progress:
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

    assert verified(sold, repair=True).figures["repaired"] == 2
    assert sold.wrong() == []
    sold.clock.advance(600)
    assert "drifted" not in verified(sold).figures


def test_a_trace_that_is_lost_comes_back_from_the_events(sold: Shop):
    before = sold.profile("ann").traces
    drifts(sold, "ann", traces={}, segments={})

    verified(sold, repair=True)

    assert sold.profile("ann").traces == before
    assert sold.is_in("ann") == ["buyers"]


def test_a_row_of_the_list_that_is_lost_is_found_and_written(sold: Shop):
    MembershipRow.get(f"C#{sold.contact('ann')}", "SEG#buyers").delete()

    assert verified(sold).of("buyers", "row") == 1
    verified(sold, repair=True)

    assert sold.wrong() == []


def test_what_is_on_its_way_is_no_drift(sold: Shop):
    sold.does("ben", "Order Completed", is_late=True)

    found = verified(sold)

    assert found.figures["on_its_way"] == 1
    assert "drifted" not in found.figures


def test_a_sample_looks_at_some_pages_and_at_others_the_next_time(sold: Shop):
    numbers = []
    for _ in range(2):
        run = verify(percent=10, desk=sold.desk)
        sold.plays(run)
        ended = get_run(run.id)
        numbers.append(ended.numbers)

        assert (ended.of, ended.pages) == (10, 1)

    assert numbers[0] != numbers[1]


def test_one_segment_is_verified_alone_whatever_it_looks_at(sold: Shop):
    drifts(sold, "ann", segments={})
    drifts(sold, "ben", segments={})

    found = verified(sold, "quiet")

    assert found.figures["drifted"] == 1
    assert (found.of("quiet", "missing"), found.of("buyers", "missing")) == (1, 0)
    assert found.examples == (sold.contact("ben"),)


def test_whoever_is_repaired_for_one_segment_is_right_in_all(sold: Shop):
    drifts(sold, "ben", segments=sold.profile("ann").segments)

    assert verified(sold, "quiet", repair=True).figures["repaired"] == 1

    assert sold.wrong() == []


def test_what_the_events_no_longer_tell_is_neither_drift_nor_lost(sold: Shop):
    """Raw events go after EventsKeptDays; profiles stay."""
    for event in list(history(["u#ann"])):
        key = {"pk": {"S": event.pk}, "sk": {"S": event.sk}}
        wire().call("delete_item", TableName=wire().settings.events_table, Key=key)
    before = sold.profile("ann")

    found = verified(sold, repair=True)

    assert (found.figures["by_profile"], "drifted" in found.figures) == (1, False)
    drifts(sold, "ann", segments={})
    assert verified(sold, repair=True).figures["repaired"] == 1
    after = sold.profile("ann")
    assert (after.events["Order Completed"], after.traces) == (
        before.events["Order Completed"],
        before.traces,
    )
    assert sold.is_in("ann") == ["buyers"]


def test_one_verification_of_a_segment_at_a_time_and_none_while_its_rule_takes_force(sold: Shop):
    first = verify("buyers", desk=sold.desk)
    with pytest.raises(RunIsOnError) as refused:
        verify("buyers", repair=True, desk=sold.desk)
    assert refused.value.run.id == first.id
    sold.plays(first)

    published = sold.publishes("buyers", "{event: Order Completed}")
    with pytest.raises(RunIsOnError) as refused:
        verify("buyers", desk=sold.desk)
    assert refused.value.run == published.run
    assert verify("quiet", desk=sold.desk).status is Status.RUNNING


def test_a_verification_whose_execution_died_is_gone_on_with(sold: Shop):
    first = verify("buyers", desk=sold.desk)
    sold.machine.running.clear()

    again = verify("buyers", desk=sold.desk)
    sold.machine.running.clear()
    other = verify("buyers", repair=True, desk=sold.desk)

    assert (again.id, again.attempt) == (first.id, 2)
    assert (other.id, get_run(first.id).status) == ("verify-buyers.00002", Status.FAILED)


def test_another_rule_that_takes_force_meanwhile_ends_a_verification(sold: Shop):
    run = verify("buyers", desk=sold.desk)
    sold.has("buyers", "{event: Order Completed}")

    sold.plays(run)

    ended = get_run(run.id)
    assert (ended.status, progress_of(ended).figures) == (Status.SUPERSEDED, {})
    assert "verify again" in ended.reason
    assert ended.ended_at


def test_what_is_not_in_force_or_stands_still_cannot_be_verified(shop: Shop):
    for name in ("", "buyers"):
        with pytest.raises(NotInForceError):
            verify(name, desk=shop.desk)

    shop.has("buyers", "{attribute: plan, is: pro}")
    invalidate(frozenset({"plan"}))
    with pytest.raises(StandsStillError):
        verify("buyers", desk=shop.desk)


def test_a_run_tells_rows_and_its_times(sold: Shop):
    run = verify("buyers", desk=sold.desk)
    sold.plays(run)

    ended = get_run(run.id)
    assert progress_of(ended).rows == ended.rows > 3
    assert run.at <= ended.ended_at
