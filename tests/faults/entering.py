"""Journeys that are entered in every way, what people do there, and how each of their runs must have ended."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sojourn import bootstrap
from sojourn.asl.walk import Crash
from sojourn.clock import iso
from sojourn.errors import StoreBusyError
from sojourn.insight.report import report
from sojourn.insight.store import figures_of
from sojourn.journeys.coming import KIND as ENTRY
from sojourn.journeys.dates import rule_of
from sojourn.journeys.language.entering import OnDate
from sojourn.journeys.live import date_segment, live
from sojourn.journeys.requests import request_entry
from sojourn.journeys.schedules import MEMBERS
from tests.faults.invariants import left_over, people, providers
from tests.faults.people import does, introduces
from tests.faults.world import HOUR, START, World, due_rows, publish
from tests.playing import goes
from tests.segments import VIP, put_in_force, within

DAY = timedelta(days=1)
RESTS = "steps: [{wait: Rest, for: 3 days}, {exit: Over, reason: over}]\n"
CART = f"""
journey: cart
purpose: marketing
entry: {{event: Cart Updated, where: {{total: {{over: 20}}}}, key: cart_id}}
goal: {{event: Order Completed, match: cart_id, window: 10 days}}
exits: [{{event: Cart Emptied, match: cart_id, reason: emptied}}]
{RESTS}"""
CLUB = f"""
journey: club
purpose: marketing
entry: {{segment: vip}}
re-entry: after exit
exits: [{{leaves: vip, reason: no vip}}, {{rule: {{attribute: plan, is: gone}}, reason: gone}}, {{segment: active}}]
{RESTS}"""
RENEWAL = f"""
journey: renewal
purpose: marketing
entry: [{{date: renewal_date, before: 3 days, at: 09:00}}, {{date: birthday, yearly: true}}]
{RESTS}"""
WEEKLY = f"""
journey: weekly
purpose: marketing
entry: {{schedule: "0 9 * * 1", zone: Europe/Paris, segment: vip}}
{RESTS}"""
ASKED = """
journey: asked
purpose: marketing
entry: {api: true, key: order}
goal: {event: Order Completed, exit: false, window: 30 days}
holdout: 100%
steps: [{send: Say hello, template: reminder}, {wait: Rest, for: 1 day}, {exit: Over, reason: over}]
"""
FIRST = """
journey: first
purpose: marketing
entry: {event: Began}
steps:
  - {start: Go on there, journey: asked, properties: {order: entry.order}}
  - {wait: A while, for: 1 day}
  - {end: No more carts, journey: cart}
  - {exit: Over, reason: over}
"""
LIMITED = f"""
journey: limited
purpose: marketing
entry: {{event: Came}}
re-entry: {{again: always, at most: 2, within: 1 week}}
{RESTS}"""
PAUSED = f"""
journey: rested
purpose: marketing
entry: {{event: Came}}
re-entry: {{pause: 2 days}}
{RESTS}"""
EXITED = f"""
journey: left
purpose: marketing
entry: {{event: Came}}
re-entry: {{pause: 2 days, from: exit}}
{RESTS}"""
ONCE = f"""
journey: once
purpose: marketing
entry: {{event: Came}}
goal: {{event: Bought}}
late data grace: 2 hours
{RESTS}"""
SOURCES = {
    "asked": ASKED, "cart": CART, "club": CLUB, "first": FIRST, "left": EXITED, "limited": LIMITED, "once": ONCE,
    "renewal": RENEWAL, "rested": PAUSED, "weekly": WEEKLY,
}  # fmt: skip
PASSING = (ENTRY, MEMBERS)  # of what is due: none of it may be left

Ends = list[str]  # how runs ended: their reasons, or their status where there is none


def all_live(world: World) -> None:
    """Every journey published, every segment in force."""
    for name in sorted(SOURCES, key=list(SOURCES).index):
        publish(world, name, SOURCES[name])
    dates: dict[str, Any] = {
        date_segment("renewal", place): rule_of(entry.date)
        for place, entry in enumerate(live()["renewal"].entries, 1)
        if isinstance(entry, OnDate)
    }
    put_in_force(vip=VIP, active=within("Seen", "1 day"), **dates)


# What people do


def two_carts(world: World) -> None:
    """Two carts are two runs; one is bought, one emptied; each is changed again, and a third is too small."""
    introduces(world)
    for cart, total in (("1", 30), ("2", 40), ("1", 50), ("3", 10)):
        goes(world, {"cart_id": cart, "total": total}, "Cart Updated")
    world.run_until(START + HOUR)
    goes(world, {"cart_id": "1"}, "Order Completed")
    goes(world, {"cart_id": "2"}, "Cart Emptied")
    world.run_until(START + DAY)
    goes(world, {"cart_id": "2"}, "Order Completed")
    goes(world, {"cart_id": "1"}, "Order Completed")
    world.run_until(START + 2 * DAY)


def wrong_after_two_carts(world: World) -> list[str]:
    """What comes after the end, and within the window, converts once too; the second time it does nothing."""
    at = [f"{iso(START + HOUR)}", f"{iso(START + DAY)}"]
    return [*wrong_with(world, cart=["emptied", "goal"]), *_differ("converted", converted("cart"), at)]


def in_and_out_of_the_club(world: World) -> None:
    """In by a plan, out by it, in again, out by an attribute, in again, out by another segment."""
    introduces(world)
    for hours, plan in ((0, "vip"), (1, "basic"), (2, "vip"), (3, "gone"), (4, "vip")):
        world.run_until(START + hours * HOUR)
        says(world, f"plan-{hours}", plan=plan)
    world.run_until(START + 5 * HOUR)
    does(world, "Seen")
    world.run_until(START + 2 * DAY)


def wrong_after_the_club(world: World) -> list[str]:
    """Three runs, and each ended by its own way out."""
    return list(wrong_with(world, club=["entered active", "gone", "no vip"]))


def dates_come(world: World) -> None:
    """A renewal whose day has begun is put off before its hour; a birthday comes tomorrow, and in a year again."""
    introduces(world, renewal_date="2026-01-10", birthday="1990-01-08")
    world.run_until(START + DAY + 15 * HOUR)
    says(world, "put-off", renewal_date="2026-01-14")
    world.run_until(START + 372 * DAY)


def wrong_after_dates(world: World) -> list[str]:
    """Each return once, at its own hour."""
    at = ["2026-01-08T05:00", "2026-01-11T14:00", "2027-01-08T05:00"]
    entered = sorted(row["entered_at"][:16] for row in people("ENROL#renewal#"))
    return [*wrong_with(world, renewal=["over"] * 3), *_differ("entered", entered, at)]


def mondays(world: World) -> None:
    """Three are in the segment when it is Monday morning in Paris; one of them has left it a week later."""
    publish(world, "weekly", WEEKLY)  # again: what was due went with the world before
    for user in ("ann", "bob", "cem", "dan"):
        introduces(
            world, user, email=f"{user}@example.org", phone=None, plan="basic" if user == "dan" else "vip"
        )
    world.run_until(START + 8 * DAY)
    says(world, "no-more", "bob", plan="basic")
    world.run_until(START + 18 * DAY)


def wrong_after_mondays(world: World) -> list[str]:
    """All who are in at the moment, once for each; coming into the segment lets them into the club besides."""
    return list(wrong_with(world, weekly=["over"] * 5, club=["over"] * 3))


def requests(world: World) -> None:
    """The API asks twice under one key, and once for another order; a journey asks for the same, and ends a third."""
    introduces(world)
    world.run_until(START + HOUR)
    goes(world, {"cart_id": "1", "total": 30}, "Cart Updated")
    for key, order in (("k1", "1"), ("k1", "1"), ("k2", "2")):
        asks(world, order, key)
    world.run_until(START + 2 * HOUR)
    goes(world, {"order": "3"}, "Began")
    world.run_until(START + 3 * DAY)
    goes(world, {"order": "3"}, "Order Completed")
    goes(world, {"order": "3", "again": 1}, "Order Completed")
    world.run_until(START + 4 * DAY)


def wrong_after_requests(world: World) -> list[str]:
    """Who is held out is measured from the same moment, also when the run is over."""
    expected = wrong_with(world, asked=["over"] * 3, cart=["end_requested"], first=["over"])
    held = report(figures_of("asked"))["enrolments"]["holdout"]
    return [*expected, *_differ("held out", held, {"enrolled": 3, "converted": 3})]


def comes_again(world: World) -> None:
    """Again and again, by every rule of coming again; what was bought an hour before is told late."""
    introduces(world)
    for hours in (0, 24, 60, 144, 204):
        world.run_until(START + hours * HOUR)
        does(world, "Came")
        if not hours:
            world.run_until(START + HOUR)
            does(world, "Bought", at=START - HOUR)
    world.run_until(START + 13 * DAY)


def wrong_after_coming_again(world: World) -> list[str]:
    """As many runs as each rule lets in; whoever was refused is counted once."""
    runs = wrong_with(world, left=["over"] * 2, limited=["over"] * 3, once=["goal"], rested=["over"] * 4)
    names = ("left", "limited", "once", "rested")
    refused = {name: report(figures_of(name))["enrolments"]["skipped"] for name in names}
    expected = {
        "left": {"active": 3}, "limited": {"limit": 2}, "once": {"already_once": 4}, "rested": {"too_soon": 1},
    }  # fmt: skip
    return [*runs, *_differ("refused", refused, expected)]


def says(world: World, message_id: str, user: str = "ann", **traits: str) -> None:
    """Somebody says something of themselves."""
    now = iso(world.clock.calendar())
    told = {"type": "identify", "userId": user, "messageId": message_id, "timestamp": now}
    world.collect({**told, "traits": traits})


def asks(world: World, order: str, key: str) -> None:
    """A request of the API; when there is no answer, again, and a moment later."""
    for _ in range(3):
        now = world.clock.calendar()
        try:
            with world.network.on_behalf_of("api"), bootstrap.store_errors_translated():
                request_entry("u#ann", "asked", {"order": order}, at=now, key=key)
        except (Crash, StoreBusyError):
            world.clock.advance(1)
            continue
        return


# What must have become of it


def wrong_with(world: World, **expected: Ends) -> Iterator[str]:
    """Runs that ended otherwise, anything that is left over, sums that do not add up."""
    for name in SOURCES:
        yield from _differ(f"runs of {name}", ends(name), expected.get(name, []))
        yield from _sums(name)
    yield from providers(world)
    yield from stuck(world)


def ends(journey: str) -> Ends:
    """How runs ended, by the alphabet."""
    return sorted(row.get("reason") or row["status"] for row in people(f"ENROL#{journey}#"))


def converted(journey: str) -> list[str]:
    """When runs met their goal."""
    return sorted(row["converted_at"] for row in people(f"ENROL#{journey}#") if "converted_at" in row)


def stuck(world: World) -> Iterator[str]:
    """As `left_over`; but segments and schedules always have a next moment."""
    yield from (each for each in left_over(world) if not each.startswith("still due"))
    kinds = [item.attrs["sk"].value.split("#")[1] for item in due_rows()]
    yield from (f"still due: {kind}" for kind in kinds if kind in PASSING)


def _sums(journey: str) -> Iterator[str]:
    """The figures are what the rows give."""
    runs = people(f"ENROL#{journey}#")
    counted = report(figures_of(journey))["enrolments"]
    told = Counter({f"exited {reason}": n for reason, n in counted["exited"].items()})
    told.update(
        {name: counted[name] for name in ("enrolled", "active", "completed", "failed") if counted[name]}
    )
    there = Counter(f"exited {row['reason']}" if row["status"] == "exited" else row["status"] for row in runs)
    there.update({"enrolled": len(runs)} if runs else {})
    yield from _differ(f"figures of {journey}", dict(told), dict(there))
    met = counted["converted"] + counted["holdout"]["converted"]
    yield from _differ(f"goals of {journey}", met, len(converted(journey)))


def _differ(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found}, not {expected}"
