"""A rule takes force over the people who are there: nobody is told before; then all stand as the events say."""

import os
import random
from datetime import timedelta

import pytest

from sojourn.contacts.store import ProfileRow
from sojourn.segments import store
from sojourn.segments.backfill import judge_people
from sojourn.segments.publish import Published
from sojourn.segments.runs.model import Run, Stage, Status
from sojourn.segments.runs.store import find_run, get_run, people_from, progress_of, runs
from tests.segment_runs import Shop

DAY = timedelta(days=1)
BUYERS = "{event: Order Completed, times: at least 2, in the last: 30 days}"

RULES = [BUYERS, "{event: Order Completed, times: exactly 1}", "{fact: orders, at least: 3}"]


def people(shop: Shop) -> None:
    """Ann bought twice lately, Ben once, Cid twice long ago."""
    for user, ago in (("ann", 1), ("ann", 2), ("ben", 3), ("cid", 100), ("cid", 101)):
        shop.does(user, "Order Completed", ago=ago * DAY, total=10, currency="USD")


def test_a_new_rule_takes_in_whom_the_raw_events_speak_for(shop: Shop):
    people(shop)

    published = shop.publishes("buyers", BUYERS)
    assert (published.generation, published.changed) == (1, True)
    shop.plays(published.run)

    assert (shop.is_in("ann"), shop.is_in("ben"), shop.is_in("cid")) == (["buyers"], [], [])
    assert shop.told() == [("Segment Entered", "buyers", "backfill")]
    assert shop.wrong() == []


def test_progress_tells_pages_contacts_and_heads(shop: Shop):
    people(shop)
    published = shop.publishes("buyers", BUYERS)
    shop.plays(published.run)
    assert published.run

    run = get_run(published.run.id)
    judged, settled = progress_of(run, Stage.JUDGE), progress_of(run, Stage.SETTLE)

    assert (run.status, len(judged.done), judged.pages) == (Status.DONE, run.pages, run.pages)
    assert judged.figures["judged"] == 3
    assert (judged.of("buyers", "entering"), judged.of("buyers", "leaving")) == (1, 0)
    assert (settled.of("buyers", "members"), settled.of("buyers", "entered")) == (1, 1)


def test_an_edited_rule_lets_some_in_and_some_out_with_its_own_cause(shop: Shop):
    people(shop)
    shop.has("buyers", BUYERS)

    shop.has("buyers", "{event: Order Completed, times: exactly 1}")

    assert (shop.is_in("ann"), shop.is_in("ben")) == ([], ["buyers"])
    assert shop.told("ann")[-1] == ("Segment Left", "buyers", "rule_edit")
    assert shop.told("ben") == [("Segment Entered", "buyers", "rule_edit")]
    assert shop.wrong() == []


@pytest.mark.parametrize("heard", [True, False], ids=["and the event came back", "and the event did not"])
def test_whom_react_told_between_the_rounds_is_counted_with_the_run(shop: Shop, heard: bool):
    people(shop)
    shop.has("buyers", BUYERS)

    def live(what: str) -> None:
        if what == "commit" and store.live()["buyers"].live == 2:
            shop.between = lambda what: None
            for user in ("ann", "ben"):
                shop.does(user, "Visited", is_late=not heard)

    shop.between = live
    published = shop.publishes("buyers", "{event: Order Completed, times: exactly 1}")
    shop.plays(published.run)
    assert published.run

    settled = progress_of(get_run(published.run.id), Stage.SETTLE)
    assert [settled.of("buyers", each) for each in ("members", "entered", "left")] == [1, 1, 1]
    assert shop.told("ben") == [("Segment Entered", "buyers", "rule_edit")]


def test_who_stays_in_is_told_nothing(shop: Shop):
    people(shop)
    shop.has("buyers", BUYERS)
    since = shop.profile("ann").segments["buyers"]["1"]["at"]
    shop.clock.advance(60)

    shop.has("buyers", "{event: Order Completed, times: at least 2, in the last: 40 days}")

    assert shop.told("ann") == [("Segment Entered", "buyers", "backfill")]
    assert shop.profile("ann").segments["buyers"] == {"2": {"at": since, "said": True}}


@pytest.mark.parametrize("cut", ["plan", "page"])
def test_interrupted_half_way_the_old_rule_is_in_force_and_nobody_is_told(shop: Shop, cut: str):
    """T111."""
    people(shop)
    shop.has("buyers", BUYERS)
    before = shop.told()
    published = shop.publishes("buyers", "{event: Order Completed, times: exactly 1}")

    def die(what: str) -> None:
        if what == cut:
            raise ConnectionError

    shop.between = die
    with pytest.raises(ConnectionError):
        shop.plays(published.run)
    shop.react()

    assert (shop.is_in("ann"), shop.is_in("ben")) == (["buyers"], [])
    assert shop.told() == before
    shop.between = lambda what: None
    shop.plays(published.run)
    assert (shop.is_in("ann"), shop.is_in("ben")) == ([], ["buyers"])
    assert shop.wrong() == []


def test_events_go_on_meanwhile(shop: Shop):
    """What happens before, between and after the pages; what comes late in the stream."""
    people(shop)
    doings = iter(["ann", "ben", "cid", "dan", "ben", "dan", "eve", "eve"])

    def live(what: str) -> None:
        if user := next(doings, ""):
            shop.does(user, "Order Completed", is_late=user == "dan", total=5, currency="USD")

    shop.between = live
    shop.has("buyers", BUYERS)
    shop.between = lambda what: None
    shop.react()

    assert shop.wrong() == []
    assert shop.is_in("ben") == ["buyers"]


def test_of_two_backfills_the_older_stops(shop: Shop):
    people(shop)
    first = shop.publishes("buyers", BUYERS)
    second = shop.publishes("buyers", "{event: Order Completed, times: exactly 1}")

    shop.plays(second.run)
    shop.plays(first.run)
    assert first.run
    assert second.run

    assert find_run(first.run.id).status is Status.SUPERSEDED  # type: ignore[union-attr]
    assert store.live()["buyers"].live == second.generation == 2
    assert (shop.is_in("ann"), shop.is_in("ben")) == ([], ["buyers"])
    assert shop.told() == [("Segment Entered", "buyers", "backfill")]
    assert shop.wrong() == []


def test_a_rule_that_is_edited_during_its_backfill_never_takes_force(shop: Shop):
    people(shop)
    first = shop.publishes("buyers", BUYERS)
    edited: list[Published] = []

    def edit(what: str) -> None:
        if what == "page" and not edited:
            edited.append(shop.publishes("buyers", "{event: Order Completed, times: exactly 1}"))

    shop.between = edit
    shop.plays(first.run)
    shop.between = lambda what: None
    assert shop.told() == []
    shop.plays(edited[0].run)

    assert shop.told() == [("Segment Entered", "buyers", "backfill")]
    assert shop.is_in("ben") == ["buyers"]
    assert shop.wrong() == []


@pytest.mark.parametrize("moment", range(6))
def test_a_visitor_who_turns_out_to_be_a_user_meanwhile(shop: Shop, moment: int):
    shop.does("a#v1", "Order Completed", ago=DAY, total=1, currency="USD")
    shop.does("ann", "Order Completed", ago=2 * DAY, total=1, currency="USD")
    moments = iter(range(100))

    def merge(what: str) -> None:
        if next(moments) == moment:
            shop.becomes("a#v1", "ann")

    shop.between = merge
    shop.has("buyers", BUYERS)
    shop.between = lambda what: None
    if next(moments) <= moment:
        shop.becomes("a#v1", "ann")

    assert shop.is_in("ann") == ["buyers"]
    assert [said for said in shop.wrong() if "events" not in said] == []


@pytest.mark.parametrize("moment", range(4))
def test_nothing_comes_back_of_somebody_who_is_erased_meanwhile(shop: Shop, moment: int):
    people(shop)
    contact, moments = shop.contact("ann"), iter(range(100))

    def erase(what: str) -> None:
        if next(moments) == moment:
            erased(contact)

    shop.between = erase
    shop.has("buyers", BUYERS)

    row = ProfileRow.get(f"C#{contact}", "PROFILE")
    assert (row.erased_at, row.segments, row.traces) == ("2026-11-21", None, None)
    assert shop.is_in("ben") == []


def test_who_is_erased_between_the_read_and_the_write_stays_erased(shop: Shop):
    people(shop)
    run = shop.publishes("buyers", BUYERS).run
    assert run
    read = people_from(0, 1, None)[0]
    contact = shop.contact("ann")
    erased(contact)

    judge_people(read, {"buyers": 1}, store.live_index(), shop.world.hands)

    assert ProfileRow.get(f"C#{contact}", "PROFILE").segments is None


def erased(contact: str) -> None:
    """As an erasure marks a profile before it deletes the rest."""
    row = ProfileRow.get(f"C#{contact}", "PROFILE")
    ProfileRow(row.pk, "PROFILE", revision=row.revision + 1, erased_at="2026-11-21").save()


def test_a_segment_that_looks_at_one_that_is_edited_follows_it(shop: Shop):
    people(shop)
    shop.has("buyers", BUYERS)
    shop.has("others", "{not in segment: buyers}")
    assert (shop.is_in("ann"), shop.is_in("ben")) == (["buyers"], ["others"])

    shop.has("buyers", "{event: Order Completed, times: exactly 1}")

    assert (shop.is_in("ann"), shop.is_in("ben")) == (["others"], ["buyers"])
    assert ("Segment Entered", "others", "rule_edit") in shop.told("ann")
    assert shop.wrong() == []


def test_a_moment_to_come_is_noted(shop: Shop):
    people(shop)

    shop.has("buyers", BUYERS)

    assert shop.profile("ann").flips_at[:10] == "2026-12-19"  # thirty days after the second-last order


def test_traces_that_nobody_looks_at_are_dropped(shop: Shop):
    people(shop)
    shop.has("buyers", BUYERS)
    assert len(shop.profile("ann").traces) == 1

    shop.has("buyers", "{event: Order Completed, times: exactly 1}")

    assert shop.profile("ann").traces == {}


@pytest.mark.parametrize("seed", range(int(os.environ.get("WALKS", "4"))))
def test_whatever_happens_meanwhile_everybody_stands_as_the_events_say(shop: Shop, seed: int):
    """S6: people buy, late or not, merge and are new; rules are edited, and run beside each other."""
    chance, waiting = random.Random(seed), list[Run]()
    people(shop)

    shop.between = lambda what: something(shop, chance, waiting)
    shop.has("buyers", RULES[seed % 3])
    if seed % 2:
        shop.has("others", "{not in segment: buyers}")
    while waiting:
        shop.plays(waiting.pop(chance.randrange(len(waiting))))
    shop.between = lambda what: None
    for run in runs():
        if not run.is_over:
            shop.plays(run)
    shop.react()

    assert not store.live()["buyers"].pending
    assert [said for said in shop.wrong() if ": events" not in said] == []


def something(shop: Shop, chance: random.Random, waiting: list[Run]) -> None:
    """Between two steps of the machine."""
    user = chance.choice(["ann", "ben", "cid", "dan", "a#v1", "a#v2"])
    match chance.randrange(8):
        case 0 | 1 | 2:
            late, ago = chance.random() < 0.4, chance.randrange(40) * DAY
            shop.does(user, "Order Completed", ago=ago, is_late=late, total=1, currency="USD")
        case 3 if user.startswith("a#"):
            shop.becomes(user, chance.choice(["ann", "ben"]))
        case 4 if len(waiting) < 3 and (run := shop.publishes("buyers", chance.choice(RULES)).run):
            waiting.append(run)
        case _:
            shop.clock.advance(1)
