"""Drafts become generations; what is named cannot go; a rule whose attribute was deleted stands still."""

from datetime import timedelta

import pytest

from sojourn.contacts import registry
from sojourn.contacts.attributes import Teacher
from sojourn.contacts.datatypes import DataType
from sojourn.contacts.registry import Attribute, KnownAttributes
from sojourn.errors import NotFoundError
from sojourn.rules.load import SegmentRefusedError
from sojourn.segments import store
from sojourn.segments.publish import SegmentNamedError, publish, resume, retire
from sojourn.segments.runs import steps
from sojourn.segments.runs.model import Purpose, Stage, Status
from sojourn.segments.runs.store import change_run, find_run, get_run, progress_of
from sojourn.segments.validity import delete_attribute, invalid_segments
from tests.segment_runs import Shop

DAY = timedelta(days=1)
PRO = "{attribute: plan, is: pro}"
BEST = "{quantile: frequency, of: 2, at least: 2}"


def test_what_is_published_already_is_not_published_twice(shop: Shop):
    first = shop.publishes("pro", PRO)
    again = publish("pro", desk=shop.desk)

    assert (again.generation, again.changed, again.run) == (1, False, first.run)
    assert len(shop.machine.started) == 1


def test_a_rule_with_errors_is_refused_with_all_of_them(shop: Shop):
    shop.saves("odd", "[{attribute: plan, si: pro}, {in segment: none}]")

    with pytest.raises(SegmentRefusedError) as refused:
        publish("odd", desk=shop.desk)

    assert len(refused.value.findings) == 2
    assert store.live() == {}


def test_a_segment_that_looks_at_itself_round_a_corner_is_refused(shop: Shop):
    shop.has("one", PRO)
    shop.has("two", "{segment: one}")
    shop.saves("one", "{segment: two}")

    with pytest.raises(SegmentRefusedError):
        publish("one", desk=shop.desk)


def test_a_run_that_failed_goes_on_where_it_was(shop: Shop):
    shop.identifies("ann", plan="pro")
    run = shop.publishes("pro", PRO).run
    assert run
    steps.fail(run.id, shop.world, error="States.Timeout", cause="a page took too long")
    assert get_run(run.id).status is Status.FAILED

    again = publish("pro", desk=shop.desk).run

    assert again
    assert (again.status, again.attempt) == (Status.RUNNING, 2)
    shop.plays(again)
    assert shop.is_in("ann") == ["pro"]


def test_a_run_whose_execution_is_gone_is_started_anew(shop: Shop):
    run = shop.publishes("pro", PRO).run
    assert run
    shop.machine.running.clear()

    assert resume(run, desk=shop.desk).attempt == 2


def test_who_leaves_a_retired_segment_leaves_by_no_behaviour(shop: Shop):
    shop.identifies("ann", plan="pro")
    shop.has("pro", PRO)

    run = retire("pro", desk=shop.desk)
    shop.plays(run)

    assert shop.is_in("ann") == []
    assert shop.told("ann")[-1] == ("Segment Left", "pro", "rule_edit")
    assert shop.wrong() == []
    shop.has("pro", PRO)
    assert (shop.is_in("ann"), shop.wrong()) == (["pro"], [])


def test_a_segment_that_others_name_cannot_be_retired(shop: Shop):
    shop.has("pro", PRO)
    shop.has("others", "{not in segment: pro}")

    with pytest.raises(SegmentNamedError) as refused:
        retire("pro", named_by=["journey welcome"], desk=shop.desk)

    assert refused.value.by == ("journey welcome", "others")
    with pytest.raises(NotFoundError):
        retire("nobody", desk=shop.desk)


def test_a_rule_whose_attribute_is_deleted_stands_still(shop: Shop):
    """T109: it keeps whom it has, says so, and never matches everybody."""
    registry.write(Attribute("plan", DataType.TEXT, Teacher.OPERATOR))
    shop.identifies("ann", plan="pro")
    shop.has("pro", PRO)
    shop.has("not-pro", "{not: {attribute: plan, is: pro}}")

    assert delete_attribute("plan") == {"not-pro": ("plan",), "pro": ("plan",)}
    shop.identifies("ann", plan="basic")
    shop.identifies("ben", plan="pro")
    shop.identifies("cid", city="Ghent")

    assert (shop.is_in("ann"), shop.is_in("ben"), shop.is_in("cid")) == (["pro"], [], [])
    with pytest.raises(SegmentRefusedError, match="`plan` was deleted"):
        publish("pro", desk=shop.desk)
    shop.has("pro", "{attribute: tier, is: pro}")
    assert invalid_segments() == {"not-pro": ("plan",)}
    assert shop.is_in("ann") == []


def test_a_deleted_attribute_that_comes_in_again_is_a_new_one(shop: Shop):
    registry.write(Attribute("plan", DataType.TEXT, Teacher.SERVER))
    registry.delete("plan")
    assert not registry.delete("plan")
    assert (registry.deleted(), list(registry.read_all())) == (frozenset({"plan"}), [])

    assert KnownAttributes(shop.clock).type_of("plan", 7, Teacher.SERVER) is DataType.NUMBER
    assert registry.deleted() == frozenset()


def buyers(shop: Shop) -> None:
    for user, times in (("ann", 4), ("ben", 1), ("cid", 2), ("dan", 1)):
        for _ in range(times):
            shop.does(user, "Order Completed", ago=DAY, total=1)


def test_cut_points_that_nobody_made_are_made_first(shop: Shop):
    buyers(shop)

    published = shop.publishes("best", BEST)
    assert published.generation == 0
    shop.does("ann", "Order Completed", total=1)
    shop.plays(published.run)

    assert [shop.is_in(user) for user in ("ann", "ben", "cid", "dan")] == [["best"], [], ["best"], []]
    assert store.newest_cuts() == (1, {"frequency/2": [1.0]})
    assert published.run
    assert progress_of(get_run(published.run.id), Stage.MEASURE).figures == {"measured": 4, "customers": 4}


def test_every_day_new_cut_points_judge_anew_whom_they_part(shop: Shop):
    buyers(shop)
    shop.has("best", BEST)
    for user in ("ben", "dan"):
        for _ in range(5):
            shop.does(user, "Order Completed", total=1)
    assert shop.is_in("ben") == ["best"]  # by yesterday's cuts
    shop.clock.advance(86_400)

    answer = steps.plan(steps.DAILY, shop.world)
    run = get_run(answer["run"])
    shop.plays(run)

    assert run.purpose is Purpose.QUANTILES
    assert find_run(run.follows).status is Status.DONE  # type: ignore[union-attr]
    assert [shop.is_in(user) for user in ("ann", "ben", "cid", "dan")] == [[], ["best"], [], ["best"]]
    assert shop.told("ann")[-1] == ("Segment Left", "best", "backfill")
    assert (store.live()["best"].live, store.newest_cuts()[0]) == (2, 2)
    assert shop.wrong() == []


def test_a_day_without_segments_costs_nothing(shop: Shop):
    assert steps.plan(steps.DAILY, shop.world)["then"] == "done"


def test_a_day_without_quantiles_only_verifies(shop: Shop):
    shop.has("pro", PRO)

    run = get_run(steps.plan(steps.DAILY, shop.world)["run"])

    assert run.purpose is Purpose.VERIFY


def test_whoever_publishes_while_cut_points_are_made_has_the_last_word(shop: Shop):
    buyers(shop)
    first = shop.publishes("best", BEST)
    second = shop.publishes("best", PRO)

    shop.plays(first.run)
    shop.plays(second.run)

    assert first.run
    assert get_run(first.run.id).status is Status.SUPERSEDED
    assert store.live()["best"].live == second.generation
    assert shop.wrong() == []


def test_a_run_that_was_superseded_stays_so(shop: Shop):
    run = shop.publishes("pro", PRO).run
    assert run
    change_run(run.id, status=Status.SUPERSEDED)

    assert steps.plan(run.id, shop.world)["then"] == "done"
    assert resume(get_run(run.id), desk=shop.desk).attempt == 1
